"""Calls about the programs of clients, and about what runs on the servers of customers."""

from simulator.control import installations
from simulator.control import sales_schemas as schemas
from simulator.control.forms import VERSION
from simulator.control.table import Calls, store
from simulator.sales.models import Acs, Module, Opg, ProgramCode
from simulator.web.calls.fields import Field, choice, flag, line, pattern
from simulator.web.problem_documents import Problem

blueprint = Calls("installations", __name__)

_PROGRAM = choice(*ProgramCode)


def _modules(value: object) -> list[str]:
    if not isinstance(value, list) or not all(module in list(Module) for module in value):
        raise ValueError(f"write a list of some of {', '.join(Module)}")
    return list(dict.fromkeys(map(str, value)))


SERVER = {"acs": choice(*Acs), "acs_server": line(longest=60), "opg": choice(*Opg)}
PROGRAM = {
    "version": pattern(VERSION, "write a version such as 13.02"),
    "licensed": flag(),
    "modules": Field(_modules, {"type": "array", "items": {"type": "string", "enum": list(Module)}}),
}


@blueprint.call("GET", "/sandboxes/{name}/installations", refusals=(404,))
def list_installations(name: str) -> schemas.Installations:
    """List the clients of a sandbox with their programs, and what runs on the servers of their customers."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return installations.describe(db)


@blueprint.call("PUT", "/sandboxes/{name}/servers/{customer}", body=SERVER, refusals=(404, 422))
def set_server(name: str, customer: str, acs: str | None, acs_server: str | None, opg: str | None) -> schemas.Server:
    """Set what runs on the server of a customer, named by key or number; what is left out stays."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return installations.set_server(db, customer, acs=acs, acs_server=acs_server, opg=opg)


@blueprint.call("PUT", "/sandboxes/{name}/clients/{client}/programs/{program}", body=PROGRAM, refusals=(404, 422))
def set_program(
    name: str, client: str, program: str, version: str | None, licensed: bool | None, modules: list[str] | None
) -> schemas.InstalledProgram:
    """Install a program for a client, named by its key, its company's or its id, or change it; what is left out stays."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return installations.set_program(db, client, _program(program), version=version, licensed=licensed, modules=modules)


@blueprint.call("DELETE", "/sandboxes/{name}/clients/{client}/programs/{program}", status=204, refusals=(404,))
def remove_program(name: str, client: str, program: str) -> None:
    """Remove a program from a client; its books stay."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        installations.remove_program(db, client, _program(program))


@blueprint.call("GET", "/sandboxes/{name}/clients/{client}/invoices", refusals=(404,))
def list_sales_invoices(name: str, client: str) -> list[schemas.SalesInvoice]:
    """List the invoices of a client's books, oldest first, with what became of them."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return installations.invoices_of(db, client)


def _program(program: str) -> str:
    if program not in list(ProgramCode):
        raise Problem(404, f"There is no program {program[:40]!r}; there are {', '.join(ProgramCode)}.")
    return program
