"""Who administers a client in WebFaktura.

Source: "WebFaktura og Visma.net": people at Visma.net have user or admin access on the company, and an office has clients with and
without Visma.net beside each other. Own choice: ``sales.clients`` says who opens a client. A person with a role on the customer
that keeps its books administers it, linked with Visma.net or not, for the office signed in to WebFaktura before there was
Visma.net; so does one with the role *WebFaktura admin* on its company.
"""

from dataclasses import dataclass

from sqlalchemy import select

from simulator.core.errors import NoAccess
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.roles import WEBFAKTURA_ADMIN
from simulator.sales import clients
from simulator.sales.models import Client, InstalledProgram, ProgramCode
from simulator.web.visit import actor


@dataclass(frozen=True)
class OpenClient:
    """A client that the visitor has open; ``is_admin``: whether they administer it."""

    client: Client
    is_admin: bool


def open_client(db: Db, client_id: int) -> OpenClient:
    """Return a client that the visitor may open in WebFaktura.

    Raises:
        NotFound: there is none, or it is another customer's.
        NoAccess: the visitor has no role in WebFaktura on its company.
    """
    return _opened(db, [clients.client(db, actor(), ProgramCode.WEBFAKTURA, client_id)])[0]


def open_clients(db: Db) -> list[OpenClient]:
    """Return the clients that the visitor may open in WebFaktura, by number."""
    return _opened(db, clients.clients(db, actor(), ProgramCode.WEBFAKTURA))


def administered(db: Db, client_id: int) -> Client:
    """Return a client that the visitor administers.

    Raises:
        NotFound: as ``open_client``.
        NoAccess: the visitor may not administer it.
    """
    opened = open_client(db, client_id)
    if not opened.is_admin:
        raise NoAccess("forbidden")
    return opened.client


def keeps_clients(db: Db, actor: Actor) -> bool:
    """Return whether a person has a role on a customer that keeps the books of clients in WebFaktura."""
    query = select(Client.customer_id).join(InstalledProgram, InstalledProgram.client_id == Client.id)
    offices = set(db.scalars(query.where(InstalledProgram.program == ProgramCode.WEBFAKTURA).distinct()))
    return bool(offices) and not offices.isdisjoint(clients.rights(db, actor).offices)


def _opened(db: Db, selected: list[InstalledProgram]) -> list[OpenClient]:
    rights = clients.rights(db, actor())
    return [
        OpenClient(
            client,
            client.customer_id in rights.offices or WEBFAKTURA_ADMIN.code in rights.roles.get(client.company_id, ()),
        )
        for client in (installed.client for installed in selected)
    ]
