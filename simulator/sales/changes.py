"""What can change of the books of clients, and of their programs; see ``core.changes``."""

from collections.abc import Sequence

from sqlalchemy import select

from simulator.core.changes import Area, Key, Label, Thing
from simulator.core.sandbox import Db
from simulator.directory.models import Customer
from simulator.sales.models import Buyer, Client, Installation, InstalledProgram, SalesInvoice
from simulator.sales.submission import trace


def _programs(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(InstalledProgram, Client.name).join(Client, Client.id == InstalledProgram.client_id))
    return {
        (installed.client_id, installed.program): Thing(
            names={
                "program": Label(installed.program, f"lobby.program.{installed.program.replace('-', '_')}"),
                "client": client,
            },
            values={
                "version": installed.version,
                "licensed": installed.licensed,
                "modules": tuple(sorted(installed.modules)),
            },
        )
        for installed, client in rows
    }


def _servers(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Installation, Customer.name).join(Customer, Customer.id == Installation.customer_id))
    return {
        (server.customer_id,): Thing(
            names={"customer": customer},
            values={
                "acs": Label(server.acs, f"lobby.acs.{server.acs}"),
                "opg": Label(server.opg, f"lobby.opg.{server.opg}"),
            },
        )
        for server, customer in rows
    }


def _buyers(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Buyer, Client.name).join(Client, Client.id == Buyer.client_id))
    return {
        (buyer.client_id, buyer.number): Thing(
            names={"name": buyer.name, "client": client},
            values={
                "name": buyer.name,
                "email": buyer.email,
                "delivery": Label(buyer.delivery, f"sales.delivery.{buyer.delivery}"),
            },
        )
        for buyer, client in rows
    }


def _invoices(db: Db) -> dict[Key, Thing]:
    rows = db.execute(
        select(SalesInvoice, Client.name, Buyer.name)
        .join(Client, Client.id == SalesInvoice.client_id)
        .join(Buyer, Buyer.id == SalesInvoice.buyer_id)
    )
    return {
        (invoice.client_id, invoice.number): Thing(
            names={"number": invoice.number, "client": client, "buyer": buyer},
            values={"status": Label(outcome, outcome.text)},
            at=invoice.created_at,
        )
        for invoice, client, buyer in rows
        for outcome in (trace(db, invoice).outcome,)
    }


AREAS: Sequence[Area] = (
    Area("program", _programs),
    Area("server", _servers),
    Area("buyer", _buyers),
    Area("sales_invoice", _invoices),
)
