"""Types of the control API's answers about programs on computers, and the invoices that are written in them."""

from typing import Annotated, TypedDict

from simulator.sales.models import Acs, Delivery, Opg, ProgramCode
from simulator.sales.submission import Outcome
from simulator.web.calls.openapi import Day, Words


class InstalledProgram(TypedDict):
    """What is installed of a program."""

    program: Annotated[str, Words(ProgramCode)]
    version: str
    licensed: bool
    modules: list[str]


class Client(TypedDict):
    """A client whose books a customer keeps in programs; ``company`` is None before it was exported to the platform."""

    id: int
    key: str | None
    customer: str
    company: str | None
    number: str
    name: str
    organisation_number: str
    programs: list[InstalledProgram]


class Server(TypedDict):
    """What runs on a customer's server."""

    customer: str
    name: str
    acs: Annotated[str, Words(Acs)]
    acs_server: str
    opg: Annotated[str, Words(Opg)]


class Installations(TypedDict):
    """The servers of the customers that have clients, and the clients with their programs."""

    servers: list[Server]
    clients: list[Client]


class SalesInvoice(TypedDict):
    """An invoice of a client's books, and what became of it; ``document`` is its id at AutoInvoice."""

    number: str
    kind: str
    buyer: str
    program: Annotated[str, Words(ProgramCode)]
    issued_on: Day
    total: str
    currency: str
    delivery: Annotated[str, Words(Delivery)]
    outcome: Annotated[str, Words(Outcome)]
    channel: str | None
    attempts: int
    document: str | None
