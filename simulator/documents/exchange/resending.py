"""Resending a document, and choosing the receiver of one on hold.

Source: AutoInvoice, sent invoices: *Resend invoice*, the same way or another one, of sent and failed ones; a document that waits
goes on when its sender picks a route. A corrected resend is charged again ("Visma DI"). Own choice: the document stays one row; its
``revision`` counts.
"""

from dataclasses import replace

from simulator.core import events, normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.exchange import routing
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import history
from simulator.documents.model.channels import Route
from simulator.documents.model.history import JournalEntry
from simulator.documents.model.models import Direction, Document, HistoryType, Status
from simulator.documents.model.statuses import can_move_to, move_to
from simulator.documents.registers import schemes
from simulator.documents.registers.receivers import Receiver

events.declare(document__resent="Somebody sent a document again, or chose the way of one that waited.")


def may_be_resent(document: Document) -> bool:
    """Return whether a document can be resent in its present status."""
    return document.direction == Direction.SENT and can_move_to(document, Status.CREATED)


def resend(
    db: Db,
    actor_email: str | None,
    document: Document,
    channel_group: str,
    address: str | None = None,
    operator: str | None = None,
) -> Document:
    """Send a document again by one route; whether the person may is decided by who calls this.

    Args:
        db: the transaction.
        actor_email: who does it; None for a program.
        document: a document that was sent, failed or waits.
        channel_group: ``einvoice``, ``email`` or ``print``.
        address: another electronic or e-mail address than the document's own, for this time only.
        operator: the network to use this time, by an operator's code.

    Raises:
        RuleViolation: ``documents.not_resendable``, ``documents.bad_route``, ``documents.bad_address`` or ``documents.bad_email``.
    """
    if not may_be_resent(document):
        raise RuleViolation("documents.not_resendable", number=document.number)
    if channel_group not in list(Route):
        raise RuleViolation("documents.bad_route", field="route", route=channel_group)
    address = (address or "").strip() or None
    preferences = replace(
        RoutingPreferences.of(document.preferences), only=channel_group, sender=actor_email, instead=None, through=operator
    )
    if address is not None and channel_group == Route.EINVOICE:
        preferences = replace(preferences, instead=":".join(routing.split(address)))
    elif address is not None and channel_group == Route.EMAIL:
        if not normal_forms.is_email(address):
            raise RuleViolation("documents.bad_email", field="address", email=address)
        preferences = replace(preferences, instead=normal_forms.email(address))
    _again(db, actor_email, document, preferences)
    return document


def choices(db: Db, document: Document) -> list[Receiver]:
    """Return the receivers that a document on hold can go to."""
    return routing.candidates(db, document) if document.status == Status.ON_HOLD else []


def choose(db: Db, actor_email: str | None, document: Document, receiver_address: str) -> Document:
    """Let a document that waits go to one of the receivers found.

    Raises:
        RuleViolation: ``documents.not_on_hold``, or ``documents.not_a_choice``.
    """
    if document.status != Status.ON_HOLD:
        raise RuleViolation("documents.not_on_hold", number=document.number)
    requested_address = ":".join(schemes.parts(receiver_address))
    chosen = next((receiver for receiver in choices(db, document) if receiver.address == requested_address), None)
    if chosen is None:
        raise RuleViolation("documents.not_a_choice", field="receiver", address=receiver_address)
    preferences = replace(
        RoutingPreferences.of(document.preferences), address=chosen.address, sender=actor_email, instead=None, through=None
    )
    _again(db, actor_email, document, preferences)
    return document


def _again(db: Db, actor_email: str | None, document: Document, preferences: RoutingPreferences) -> None:
    history.settle(db, document)
    document.revision += 1
    document.preferences = preferences.stored()
    move_to(document, Status.CREATED)
    document.error, document.mark = None, None
    document.channel, document.delivered_at = None, None
    entry = JournalEntry("document.resent", actor_email, {"route": preferences.only, "revision": document.revision})
    history.add(db, document, HistoryType.INFO, "resent", journal=entry, by=actor_email or "", revision=document.revision)
    routing.set_out(db, document)
