"""WebFaktura clients at the platform: WebFaktura Admin (sync) registers them, and WebFaktura reads which ones are.

Source: "WebFaktura og Visma.net", Forutsetninger: an office has clients that are registered at Visma.net beside clients that are
not; Registrer eksisterende WebFaktura klient i Visma.net: version 2.2, the gateway, and a Firma ID. Own choice: the service
WebFaktura has to be active on the company; registering a client again changes nothing.
"""

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies
from simulator.sales import clients, exports
from simulator.sales.exports import WEBFAKTURA
from simulator.sales.models import Client, InstalledProgram, WebFakturaLink

events.declare(webfaktura__linked="A WebFaktura client was registered at the platform in WebFaktura Admin (sync).")


def link_of(db: Db, client: Client) -> WebFakturaLink | None:
    """Return how a client of WebFaktura is registered at the platform; None when it is not, or its company is not active."""
    link = db.get(WebFakturaLink, client.id)
    return link if link is not None and link.company_id == client.company_id and clients.is_exported(client) else None


def is_linked(db: Db, client: Client) -> bool:
    """Return whether a client of WebFaktura is registered at the platform."""
    return link_of(db, client) is not None


def refusal(db: Db, installed: InstalledProgram) -> RuleViolation | None:
    """Return why WebFaktura Admin (sync) cannot register a client now; None when it can.

    Returns:
        What ``exports.version_refusal`` and ``exports.gateway_refusal`` return; ``sales.no_firma_id``: it is no active company;
        ``sales.not_exported_for_service``; ``sales.service_inactive``.
    """
    client = installed.client
    facts = {"name": client.name, "number": client.number}
    if (violation := exports.version_refusal(installed) or exports.gateway_refusal(db, client)) is not None:
        return violation
    if client.company is None or not clients.is_exported(client):
        return RuleViolation("sales.no_firma_id", **facts)
    if not exports.is_exported_for(db, client, WEBFAKTURA):
        return RuleViolation("sales.not_exported_for_service", **facts)
    if WEBFAKTURA not in companies.services_of(db, client.company):
        return RuleViolation("sales.service_inactive", **facts)
    return None


def register(db: Db, installed: InstalledProgram, *, actor: str) -> bool:
    """Register a client of WebFaktura at the platform, with the Firma ID of its company.

    Returns:
        False when it was registered already.

    Raises:
        RuleViolation: the ``refusal``.
    """
    violation = refusal(db, installed)
    if violation is not None:
        raise violation
    client = installed.client
    if is_linked(db, client):
        return False
    link(db, client, actor=actor)
    assert client.company is not None
    firma_id = exports.firma_id(client.company)
    events.record(db, "webfaktura.linked", actor=actor, subject=client.name, client=client.number, firma_id=firma_id)
    return True


def link(db: Db, client: Client, *, actor: str | None) -> WebFakturaLink:
    """Store that a client, which is a company, is registered at the platform now."""
    assert client.company_id is not None
    link = db.get(WebFakturaLink, client.id) or WebFakturaLink(client_id=client.id)
    link.company_id, link.linked_at, link.linked_by = client.company_id, db.clock.now(), actor
    db.add(link)
    db.flush()
    return link
