"""Choosing the delivery route of a document: as an e-invoice, else by e-mail, else as a letter.

Source: AutoInvoice, invoice routing and invoice routes: the order, and what changes it; several addresses of which none matches
are no certain receiver; services in Norway: the internal network before Peppol. Own choice: an address that no register knows gives
way to the organisation number; one receiver at AutoInvoice among several is certain, and so is the one of exactly that name; which
failure is reported when no route is left, see ``_nothing_left``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from simulator.core import events, faults, jobs, normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.documents.accounts import accounts
from simulator.documents.exchange import delays, delivery, delivery_route, duplicates, failures, letters, notifications
from simulator.documents.exchange.delivery_route import DeliveryRoute
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import history
from simulator.documents.model.channels import Route
from simulator.documents.model.history import JournalEntry
from simulator.documents.model.models import Account, Channel, Document, HistoryType, Party, Status
from simulator.documents.model.statuses import move_to
from simulator.documents.registers import operators, receivers, schemes
from simulator.documents.registers.receivers import Network, Receiver

LOOK_UPS = 3
"""Own choice: how often registers that do not answer are asked."""
PATIENCE = timedelta(minutes=1)

MAIL_SCHEME = "EM"
"""Scheme of an electronic address that is an e-mail address, and no address in any network."""

events.declare(
    document__routed="It was decided how a document goes.",
    document__on_hold="A document waits because several receivers were found and none is certain.",
)


@dataclass(frozen=True)
class Hold:
    """A document waits: these could all be meant."""

    receivers: tuple[Receiver, ...]


@dataclass(frozen=True)
class NoRoute:
    """There is no route, and why."""

    code: str
    data: dict[str, Any]


Decision = DeliveryRoute | Hold | NoRoute


@jobs.job("document.route", on_failed=delivery_route.fail_unprocessed, batched=True)
def route(db: Db, **data: Any) -> None:
    """Decide the route of ``document`` and hand it over; do nothing when its ``revision`` has changed."""
    document = delivery_route.document_of_job(db, Status.CREATED, **data)
    if document is None:
        return
    db.flush()
    # Routing reads much and changes little of what it reads, so everything is written at the end.
    with db.no_autoflush:
        _route(db, document, data.get("attempt", 1))


def _route(db: Db, document: Document, attempt: int) -> None:
    account = accounts.of(db, document.company)
    # Once more, because of documents that were accepted at the same time: only the first of them may leave.
    if (
        document.sent_at is None
        and document.revision == 1
        and duplicates.is_duplicate(db, document, stop=account.stop_duplicates)
    ):
        duplicates.block(db, document)
        return
    if faults.triggered_outcome(db, "receivers.find", company=document.company.organisation_number, document=document.uuid):
        _ask_again(db, document, attempt)
        return
    decision = decide(db, document, account)
    if isinstance(decision, Hold):
        _hold(db, document, decision)
    elif isinstance(decision, NoRoute):
        failures.fail(db, document, decision.code, **decision.data)
    else:
        _go(db, document, decision)


def set_out(db: Db, document: Document) -> None:
    """Queue the routing of a document."""
    delay = delays.of(db, delays.ROUTING)
    jobs.enqueue(db, "document.route", delay=delay, document=document.id, revision=document.revision)


def decide(db: Db, document: Document, account: Account) -> Decision:
    """Decide the delivery route of a document."""
    preferences, party = RoutingPreferences.of(document.preferences), document.party
    operator = operators.by_code(preferences.operator_now() or party.operator)
    address = _address(preferences, party)
    routes = preferences.routes()
    if operator is not None and address is not None and Route.EINVOICE in routes:
        return _forced(db, document, operator.code, address)
    for route in routes:
        decision = _TRIED[route](db, document, preferences, account)
        if decision is not None:
            return decision
    return _nothing_left(db, document, preferences, account, routes)


def candidates(db: Db, document: Document) -> list[Receiver]:
    """Return the receivers that match what a document says of its receiver."""
    preferences, party = RoutingPreferences.of(document.preferences), document.party
    address = _address(preferences, party)
    if address is not None:
        matches = receivers.find(db, scheme=address[0], identifier=address[1], kind=document.kind)
        if matches:
            return matches
    if party.organisation_number is None:
        return []
    return receivers.find(db, country=party.country, organisation_number=party.organisation_number, kind=document.kind)


def split(address: str) -> tuple[str, str]:
    """Return scheme and identifier of an address as it is written.

    Raises:
        RuleViolation: ``documents.bad_address``.
    """
    scheme, identifier = schemes.parts(address)
    if not scheme.isascii() or not scheme.isalnum() or not identifier:
        raise RuleViolation("documents.bad_address", field="address", address=address)
    return scheme, identifier


def _address(preferences: RoutingPreferences, party: Party) -> tuple[str, str] | None:
    preferred = preferences.address_now()
    if preferred:
        try:
            return split(preferred)
        except RuleViolation:
            return None
    return (party.scheme, party.identifier) if party.scheme and party.scheme != MAIL_SCHEME and party.identifier else None


def _forced(db: Db, document: Document, operator: str, address: tuple[str, str]) -> Decision:
    """Go only where the sender said."""
    written = ":".join(address)
    if operator != operators.PEPPOL:
        return DeliveryRoute(Channel.OPERATOR, written, operator)
    receiver = receivers.in_registers(db, *address, document.kind)
    if receiver is not None:
        return DeliveryRoute(Channel.PEPPOL, written, operator, receiver.company_id)
    return NoRoute(_unfound(db, document, address), {"address": written})


def _electronic(db: Db, document: Document, preferences: RoutingPreferences, account: Account) -> Decision | None:
    matches = candidates(db, document)
    receiver = _certain(document, matches)
    if receiver is not None:
        channel = Channel.INTERNAL if receiver.network == Network.INTERNAL else Channel.PEPPOL
        return DeliveryRoute(channel, receiver.address, company_id=receiver.company_id)
    return Hold(tuple(matches)) if matches and account.hold_multiple else None


def _certain(document: Document, matches: Sequence[Receiver]) -> Receiver | None:
    """Return the receiver that is certain, or None."""
    named = [receiver for receiver in matches if folded(receiver.name) == document.party.folded_name]
    inside = [receiver for receiver in matches if receiver.network == Network.INTERNAL]
    return next((group[0] for group in (matches, inside, named) if len(group) == 1), None)


def _mail(db: Db, document: Document, preferences: RoutingPreferences, account: Account) -> Decision | None:
    party = document.party
    email = preferences.email_now() or party.email or (party.identifier if party.scheme == MAIL_SCHEME else None)
    address = normal_forms.email(email or "")
    return DeliveryRoute(Channel.EMAIL, address) if address and account.email_enabled else None


def _letter(db: Db, document: Document, preferences: RoutingPreferences, account: Account) -> Decision | None:
    return DeliveryRoute(Channel.PRINT) if account.print_enabled and has_postal_address(document.party) else None


def has_postal_address(party: Party) -> bool:
    """Return whether a letter would arrive. Source: AutoInvoice, invoice errors: street, postal code, city and country.

    A part without a letter or digit, such as the dash with which programs fill what a Dutch invoice must have, is none.
    """
    parts = (party.street, party.postal_code, party.city, party.country)
    return all(any(character.isalnum() for character in part or "") for part in parts)


_TRIED = {Route.EINVOICE: _electronic, Route.EMAIL: _mail, Route.PRINT: _letter}


def _nothing_left(
    db: Db, document: Document, preferences: RoutingPreferences, account: Account, routes: Sequence[Route]
) -> NoRoute:
    """Return why there is no route.

    Source: AutoInvoice, invoice errors, the texts. Own choice, of several reasons: a letter that only lacks the activation comes
    first, then a receiver who takes the other type of document, then an address or number that leads nowhere, then too little
    information.
    """
    party, address = document.party, _address(preferences, document.party)
    if (
        Route.PRINT in routes
        and not account.print_enabled
        and (has_postal_address(party) or preferences.only == Route.PRINT)
    ):
        return NoRoute(failures.PRINT_NOT_ENABLED, {})
    if Route.EINVOICE in routes and (address is not None or party.organisation_number):
        return NoRoute(_unfound(db, document, address), {"address": ":".join(address) if address else party.name})
    return NoRoute(failures.NOT_ENOUGH_INFORMATION, {})


def _unfound(db: Db, document: Document, address: tuple[str, str] | None) -> str:
    """Say why no register led to a receiver. Own choice: in Finland an operator has to be named, elsewhere not."""
    party = document.party
    scheme, identifier = address or (None, None)
    if receivers.takes_another_type(
        db, scheme=scheme, identifier=identifier, country=party.country, number=party.organisation_number, kind=document.kind
    ):
        return failures.WRONG_TYPE
    named = operators.by_code(RoutingPreferences.of(document.preferences).operator_now() or party.operator)
    return failures.OPERATOR_MISSING if party.country == operators.FINNISH and named is None else failures.NO_ROUTE


def _ask_again(db: Db, document: Document, attempt: int) -> None:
    """Ask the registers later, or give up."""
    if attempt >= LOOK_UPS:
        failures.fail(db, document, failures.LOOK_UP_DOWN)
        return
    history.add(db, document, HistoryType.INFO, "look_up_down")
    delay = delays.of(db, PATIENCE)
    jobs.enqueue(db, "document.route", delay=delay, document=document.id, revision=document.revision, attempt=attempt + 1)


def _hold(db: Db, document: Document, decision: Hold) -> None:
    move_to(document, Status.ON_HOLD)
    addresses = [receiver.address for receiver in decision.receivers]
    entry = JournalEntry("document.on_hold", facts={"receivers": addresses})
    history.add(db, document, HistoryType.INFO, "on_hold", journal=entry, count=len(addresses))
    notifications.on_hold(db, document)


def _go(db: Db, document: Document, route: DeliveryRoute) -> None:
    document.channel, document.error = route.channel, None
    history.record(db, "document.routed", document, address=route.address)
    HAND_OVER[Channel(route.channel)](db, document, route)


HAND_OVER: dict[Channel, Callable[[Db, Document, DeliveryRoute], None]] = {
    Channel.INTERNAL: delivery.to_company,
    Channel.PEPPOL: delivery.to_peppol,
    Channel.OPERATOR: delivery.to_operator,
    Channel.EMAIL: delivery.queue_mail,
    Channel.PRINT: letters.queue_letter,
}
"""How a document is handed over to each channel: to networks at once; mails and letters are queued as jobs."""
