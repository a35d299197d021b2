"""What testers and trainers set of programs and servers: the control API and the lobby do the same.

Own choice, all of it.
"""

from typing import Any

from sqlalchemy import select

from simulator.control import sales_schemas as schemas
from simulator.core import events
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory.models import Customer
from simulator.sales import books, clients, installations, submission
from simulator.sales.models import Acs, Client, InstalledProgram, Module, Opg, ProgramCode, SalesInvoice


def describe(db: Db) -> schemas.Installations:
    """Return the servers of the customers that have clients, and the clients with their programs."""
    of_sandbox = clients.all_of(db)
    customers = {client.customer_id: client.customer for client in of_sandbox}
    return {
        "servers": [describe_server(db, customer) for customer in customers.values()],
        "clients": [describe_client(client) for client in of_sandbox],
    }


def describe_server(db: Db, customer: Customer) -> schemas.Server:
    """Return what runs on a customer's server."""
    installation = installations.of(db, customer.id)
    return {
        "customer": customer.key,
        "name": customer.name,
        "acs": installation.acs,
        "acs_server": installation.acs_server,
        "opg": installation.opg,
    }


def describe_client(client: Client) -> schemas.Client:
    """Return a client with its programs."""
    return {
        "id": client.id,
        "key": client.key or (client.company.key if client.company else None),
        "customer": client.customer.key,
        "company": client.company.key if client.company else None,
        "number": client.number,
        "name": client.name,
        "organisation_number": client.organisation_number,
        "programs": [describe_program(installed) for installed in client.programs],
    }


def describe_program(installed: InstalledProgram) -> schemas.InstalledProgram:
    """Return what is installed of a program."""
    return {
        "program": installed.program,
        "version": installed.version,
        "licensed": installed.licensed,
        "modules": installed.modules,
    }


def set_server(
    db: Db, customer: str, *, acs: str | None = None, acs_server: str | None = None, opg: str | None = None
) -> schemas.Server:
    """Set what runs on a customer's server; ``customer`` is its key or number.

    Raises:
        NotFound: there is no such customer.
    """
    owner = db.scalar(select(Customer).where((Customer.key == customer) | (Customer.number == customer)))
    if owner is None:
        raise NotFound("customer", customer)
    installations.set_state(db, owner, acs=Acs(acs) if acs else None, acs_server=acs_server, opg=Opg(opg) if opg else None)
    return describe_server(db, owner)


def set_program(
    db: Db,
    client: str,
    program: str,
    *,
    version: str | None = None,
    licensed: bool | None = None,
    modules: list[str] | None = None,
) -> schemas.InstalledProgram:
    """Install a program for a client, or change it in what is not None; a new one has version 1.0 unless another is named.

    Raises:
        NotFound: there is no such client.
    """
    owner = client_named(db, client)
    before = db.get(InstalledProgram, (owner.id, program))
    old_version, old_licensed = (before.version, before.licensed) if before else ("1.0", True)
    installed = clients.install(
        db,
        owner,
        ProgramCode(program),
        version=version or old_version,
        licensed=old_licensed if licensed is None else licensed,
        modules=[Module(module) for module in (modules if modules is not None else before.modules if before else [])],
    )
    facts: dict[str, Any] = dict(describe_program(installed))
    events.record(db, "program.changed", subject=owner.number, **facts)
    return describe_program(installed)


def remove_program(db: Db, client: str, program: str) -> None:
    """Remove a program from a client.

    Raises:
        NotFound: there is no such client, or it does not have the program.
    """
    owner = client_named(db, client)
    installed = db.get(InstalledProgram, (owner.id, program))
    if installed is None:
        raise NotFound("program", program)
    clients.uninstall(db, installed)
    events.record(db, "program.changed", subject=owner.number, program=program, version=None)


def client_named(db: Db, name: str) -> Client:
    """Return a client by its key, or the key of its company, or its id.

    Raises:
        NotFound: there is none.
    """
    client = clients.by_key(db, name)
    if client is None and name.isascii() and name.isdigit() and len(name) < 10:
        client = db.get(Client, int(name))
    if client is None:
        raise NotFound("client", name)
    return client


def invoices_of(db: Db, client: str) -> list[schemas.SalesInvoice]:
    """Return the invoices of a client's books with what became of them, oldest first.

    Raises:
        NotFound: there is no such client.
    """
    return [_invoice(db, invoice) for invoice in reversed(books.invoices(db, client_named(db, client)))]


def _invoice(db: Db, invoice: SalesInvoice) -> schemas.SalesInvoice:
    trace = submission.trace(db, invoice)
    return {
        "number": invoice.number,
        "kind": invoice.kind,
        "buyer": invoice.buyer.name,
        "program": invoice.program,
        "issued_on": invoice.issued_on.isoformat(),
        "total": f"{books.totals(invoice).total:.2f}",
        "currency": invoice.currency,
        "delivery": invoice.delivery,
        "outcome": trace.outcome,
        "channel": trace.channel,
        "attempts": invoice.attempts,
        "document": trace.document.uuid if trace.document else None,
    }
