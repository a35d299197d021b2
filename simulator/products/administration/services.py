"""Commands of Visma Administration 2000: its settings, and how invoices leave the program.

Source: "Visma Administration 2000: Så här fakturerar du i ditt program": the company settings can send every invoice through
AutoInvoice, and each leaves as its Utskriftsval says. Own choice: with that setting an invoice whose Utskriftsval stays on the
computer, and one without any, takes the first possible of e-invoice, e-mail and letter.
"""

from dataclasses import dataclass, replace

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.products.administration.models import CompanySettings
from simulator.sales import books, submission
from simulator.sales.models import Buyer, Client, Delivery, SalesInvoice, Submission

CHOICES = (
    Delivery.PRINTER,
    Delivery.PDF,
    Delivery.MAIL_PROGRAM,
    Delivery.EINVOICE,
    Delivery.LETTER,
    Delivery.EMAIL,
)
"""The six values of Utskriftsval. Source: Visma Administration 2000, Utskriftsval."""
THROUGH_AUTOINVOICE = (Delivery.EINVOICE, Delivery.EMAIL, Delivery.LETTER)
"""The order in which AutoInvoice's are tried."""

events.declare(administration__settings_changed="The company settings for AutoInvoice were changed in Administration 2000.")


@dataclass(frozen=True)
class Choice:
    """A value of Utskriftsval, and why it is not possible; ``refusal`` is None when it is."""

    delivery: Delivery
    refusal: RuleViolation | None


def settings_of(db: Db, client: Client) -> CompanySettings:
    """Return the settings of a client; those of a fresh one are not stored."""
    return db.get(CompanySettings, client.id) or CompanySettings(client_id=client.id, send_all=False, receive=False)


def save_settings(db: Db, client: Client, *, send_all: bool, receive: bool, actor: str) -> None:
    """Set what goes through AutoInvoice.

    Raises:
        RuleViolation: ``sales.not_exported``: the client is no company at the platform.
    """
    if (send_all or receive) and client.company is None:
        raise RuleViolation("sales.not_exported", client=client.name)
    settings = settings_of(db, client)
    settings.send_all, settings.receive = send_all, receive
    db.add(settings)
    db.flush()
    facts = {"send_all": send_all, "receive": receive}
    events.record(db, "administration.settings_changed", actor=actor, subject=client.number, **facts)


def choices(db: Db, client: Client, buyer: Buyer, kind: str) -> list[Choice]:
    """Return the six values of Utskriftsval for a customer's invoices or credit notes, each with what speaks against it."""
    send_all = settings_of(db, client).send_all
    return [Choice(delivery, _refusal(db, client, buyer, kind, delivery, send_all=send_all)) for delivery in CHOICES]


def usual_choice(db: Db, client: Client, buyer: Buyer, kind: str, delivery: Delivery) -> Delivery | None:
    """Return the value of Utskriftsval that a page offers first for a stored delivery; None when that one is not possible."""
    possible = [choice.delivery for choice in choices(db, client, buyer, kind) if choice.refusal is None]
    stays_here = settings_of(db, client).send_all and not delivery.through_autoinvoice
    if delivery is Delivery.AUTOINVOICE or stays_here:
        return next((choice for choice in THROUGH_AUTOINVOICE if choice in possible), None)
    return delivery if delivery in possible else None


def set_delivery(db: Db, client: Client, buyer: Buyer, delivery: Delivery, *, actor: str, version: int | None) -> None:
    """Set a customer's Utskriftsval.

    Raises:
        RuleViolation: why it is not possible; ``sales.buyer_changed``.
    """
    refusal = _refusal(db, client, buyer, "invoice", delivery, send_all=settings_of(db, client).send_all)
    if refusal is not None:
        raise refusal
    details = books.details_of(buyer)
    books.save_buyer(db, client, replace(details, delivery=delivery), actor=actor, buyer=buyer, version=version)


def print_invoice(db: Db, client: Client, invoice: SalesInvoice, delivery: Delivery, *, actor: str) -> Submission:
    """Print an invoice with a value of Utskriftsval: AutoInvoice delivers it, or it stays on this computer.

    Raises:
        RuleViolation: ``sales.already_sent``; why the value is not possible.
    """
    if submission.is_sent(invoice):
        raise RuleViolation("sales.already_sent", number=invoice.number)
    refusal = _refusal(db, client, invoice.buyer, invoice.kind, delivery, send_all=settings_of(db, client).send_all)
    if refusal is not None:
        raise refusal
    return submission.send(db, invoice, actor=actor, delivery=delivery)


def send_again(db: Db, client: Client, invoice: SalesInvoice, delivery: Delivery, *, actor: str) -> Submission:
    """Send an invoice again that AutoInvoice did not take or deliver.

    Raises:
        RuleViolation: ``sales.not_failed``; why the value is not possible.
    """
    if not delivery.through_autoinvoice:
        raise RuleViolation("administration.only_through_autoinvoice", field="delivery")
    return submission.send_again(db, invoice, actor=actor, delivery=delivery)


def _refusal(db: Db, client: Client, buyer: Buyer, kind: str, delivery: Delivery, *, send_all: bool) -> RuleViolation | None:
    if send_all and not delivery.through_autoinvoice:
        return RuleViolation("administration.send_all", field="delivery")
    return submission.refusal_for(db, client, buyer, kind, delivery)
