"""Who opens a client in WebFaktura, and what they may do there.

Source: "WebFaktura og Visma.net": people at Visma.net have user or admin access on the company, and an office has clients with and
without Visma.net beside each other. Own choice: two ways lead to a client, besides the rule of ``sales.clients`` that limits both.

- The office: a person with a role on the customer that keeps the client's books opens each of its clients, linked with Visma.net
  or not, and administers it. The office signed in to WebFaktura before there was Visma.net.
- Everybody else has a role in WebFaktura on the client's company, where the service is active, and may do there what it gives.
"""

from dataclasses import dataclass

from sqlalchemy import select
from werkzeug.exceptions import Forbidden

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import CompanyService, Grant
from simulator.directory.roles import WEBFAKTURA_ADMIN, WEBFAKTURA_USER
from simulator.sales import clients
from simulator.sales.exports import WEBFAKTURA
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
        Forbidden: the visitor has no role in WebFaktura on its company.
    """
    installed = clients.client(db, actor(), ProgramCode.WEBFAKTURA, client_id)
    for opened in _opened(db, [installed.client]):
        return opened
    raise Forbidden


def open_clients(db: Db) -> list[OpenClient]:
    """Return the clients that the visitor may open in WebFaktura, by number."""
    return _opened(db, [installed.client for installed in clients.clients(db, actor(), ProgramCode.WEBFAKTURA)])


def administered(db: Db, client_id: int) -> Client:
    """Return a client that the visitor administers.

    Raises:
        NotFound: as ``open_client``.
        Forbidden: the visitor may not administer it.
    """
    opened = open_client(db, client_id)
    if not opened.is_admin:
        raise Forbidden
    return opened.client


def keeps_clients(db: Db, actor: Actor) -> bool:
    """Return whether a person has a role on a customer that keeps the books of clients in WebFaktura."""
    customers = select(Grant.customer_id).where(Grant.person_id == actor.id, Grant.customer_id.is_not(None))
    query = select(Client.id).join(InstalledProgram, InstalledProgram.client_id == Client.id)
    in_webfaktura = query.where(Client.customer_id.in_(customers), InstalledProgram.program == ProgramCode.WEBFAKTURA)
    return db.scalar(in_webfaktura.limit(1)) is not None


def _opened(db: Db, selected: list[Client]) -> list[OpenClient]:
    mine = select(Grant.customer_id, Grant.company_id, Grant.role).where(Grant.person_id == actor().id)
    offices: set[int] = set()
    roles: dict[int | None, set[str]] = {}
    for customer_id, company_id, role in db.execute(mine):
        if customer_id is not None:
            offices.add(customer_id)
        elif role in (WEBFAKTURA_USER.code, WEBFAKTURA_ADMIN.code):
            roles.setdefault(company_id, set()).add(role)
    active = set(db.scalars(select(CompanyService.company_id).where(CompanyService.service == WEBFAKTURA)))
    opened = []
    for client in selected:
        held = roles.get(client.company_id, set()) if client.company_id in active else set()
        if client.customer_id in offices or held:
            opened.append(OpenClient(client, client.customer_id in offices or WEBFAKTURA_ADMIN.code in held))
    return opened
