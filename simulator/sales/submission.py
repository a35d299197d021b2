"""Sending invoices of the books through AutoInvoice, and what became of them there.

Source: "Visma Administration 2000: Så här fakturerar du i ditt program", printing hands the invoice over, and AutoInvoice delivers
it as e-invoice, e-mail or letter; Visma's desktop programs, invoices that AutoInvoice did not take: send again, or handle
manually. Own choice: when AutoInvoice cannot be reached the invoice is kept and sent every five minutes until it was taken, once.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from simulator.billing import ledger
from simulator.core import events, faults, jobs
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.exchange import resending, sending
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import history
from simulator.documents.model.channels import Route
from simulator.documents.model.models import Document, HistoryType, Status
from simulator.sales import books
from simulator.sales.models import Buyer, Client, Delivery, ProgramCode, SalesInvoice, Submission

AGAIN = timedelta(minutes=5)

faults.declare(
    "sales.send",
    "A program hands an invoice to AutoInvoice.",
    unreachable="AutoInvoice does not answer the program. The invoice is kept and sent again five minutes later.",
)
events.declare(
    sales_invoice__sent="An invoice of the books was handed to AutoInvoice.",
    sales_invoice__kept="AutoInvoice did not answer a program; the invoice is sent later.",
    sales_invoice__refused="AutoInvoice did not take an invoice of the books.",
    sales_invoice__handled="Somebody marked an invoice as handled without AutoInvoice.",
    sales_invoice__printed="An invoice was printed or mailed on the own computer, without AutoInvoice.",
)


class Outcome(StrEnum):
    """What became of an invoice, as programs show it in their own words."""

    NOT_SENT = "not_sent"
    WAITING = "waiting"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"
    MANUAL = "manual"
    LOCAL = "local"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"sales.outcome.{self}"


OF_STATUS = {
    Status.CREATED: Outcome.PENDING,
    Status.ON_HOLD: Outcome.ON_HOLD,
    Status.SENT: Outcome.SENT,
    Status.DELIVERED: Outcome.DELIVERED,
    Status.FAILED: Outcome.FAILED,
}
"""What became of an invoice that is a document at AutoInvoice, by its status."""
OF_SUBMISSION = {
    Submission.NONE: Outcome.NOT_SENT,
    Submission.WAITING: Outcome.WAITING,
    Submission.REFUSED: Outcome.REFUSED,
    Submission.MANUAL: Outcome.MANUAL,
    Submission.LOCAL: Outcome.LOCAL,
}
"""What became of an invoice that is no document at AutoInvoice."""


@dataclass(frozen=True)
class Trace:
    """What became of an invoice.

    Attributes:
        outcome: in a word.
        document: its document at AutoInvoice, if there is one.
        channel: how it travels, once that is decided.
        problem: text key of what went wrong, with ``facts``; None when nothing did.
    """

    outcome: Outcome
    document: Document | None
    channel: str | None = None
    problem: str | None = None
    facts: dict[str, Any] | None = None


def trace(db: Db, invoice: SalesInvoice) -> Trace:
    """Return what became of an invoice, from its document when AutoInvoice has it."""
    document = db.get(Document, invoice.document_id) if invoice.document_id is not None else None
    if document is not None and invoice.submission != Submission.MANUAL:
        if document.status == Status.FAILED:
            return _failed(db, document)
        return Trace(OF_STATUS[Status(document.status)], document, document.channel)
    problem = f"error.{invoice.problem}" if invoice.problem else None
    return Trace(OF_SUBMISSION[Submission(invoice.submission)], document, None, problem, invoice.problem_facts)


def _failed(db: Db, document: Document) -> Trace:
    errors = [line for line in history.of(db, document) if line.type == HistoryType.ERROR]
    if errors:
        return Trace(Outcome.FAILED, document, document.channel, history.text_of(errors[-1]), errors[-1].data)
    facts = {"number": document.number, "address": document.party.email or ""}
    return Trace(Outcome.FAILED, document, document.channel, f"documents.failure.{document.error}", facts)


def send(db: Db, invoice: SalesInvoice, *, actor: str, delivery: Delivery | None = None) -> Submission:
    """Hand an invoice to AutoInvoice, or print it on the own computer, as its delivery says.

    An invoice that AutoInvoice has already, or that waits to be sent, is not sent again; see ``documents.exchange.resending``.

    Args:
        db: the transaction.
        invoice: the invoice.
        actor: address of the person who sends it.
        delivery: how to send it; as the invoice says when None.

    Returns:
        How far it got.

    Raises:
        RuleViolation: ``sales.already_sent`` with its number; ``sales.cannot_receive``; ``sales.no_address``; ``sales.no_email``;
            ``sales.not_exported``. What AutoInvoice itself refuses is no exception: the invoice keeps it as its problem.
    """
    if is_sent(invoice):
        raise RuleViolation("sales.already_sent", number=invoice.number)
    if delivery is not None:
        invoice.delivery = delivery
    refusal = refusal_of(db, invoice, Delivery(invoice.delivery))
    if refusal is not None:
        raise refusal
    invoice.submitted_at, invoice.submitted_by = db.clock.now(), actor
    invoice.problem, invoice.problem_facts = None, {}
    if not Delivery(invoice.delivery).through_autoinvoice:
        invoice.submission = Submission.LOCAL
        if invoice.delivery == Delivery.MAIL_PROGRAM:
            _mail(db, invoice)
        events.record(db, "sales_invoice.printed", actor=actor, subject=invoice.number, delivery=invoice.delivery)
        return Submission.LOCAL
    return _hand_over(db, invoice)


def is_sent(invoice: SalesInvoice) -> bool:
    """Return whether an invoice is on its way, or is handled otherwise, so that it is not sent again.

    Own choice: what only came out of the own printer, or was saved as PDF, can be sent yet.
    """
    mailed = invoice.submission == Submission.LOCAL and invoice.delivery == Delivery.MAIL_PROGRAM
    return mailed or invoice.submission in (Submission.ACCEPTED, Submission.WAITING, Submission.MANUAL)


def choose_delivery(db: Db, invoice: SalesInvoice, delivery: Delivery) -> None:
    """Choose how an invoice is to be sent, before it is.

    Raises:
        RuleViolation: ``sales.already_sent``.
    """
    if invoice.submission not in (Submission.NONE, Submission.REFUSED):
        raise RuleViolation("sales.already_sent", number=invoice.number)
    invoice.delivery = delivery


def _mail(db: Db, invoice: SalesInvoice) -> None:
    """Mail an invoice without AutoInvoice, as a PDF. Own choice: from the client's own address."""
    from simulator.documents.exchange import mailing

    buyer = invoice.buyer
    assert buyer.email is not None  # refused otherwise
    mailing.from_supplier(db, books.seller_of(invoice.client), buyer.email, buyer.country, books.content_of(invoice))


def refusal_of(db: Db, invoice: SalesInvoice, delivery: Delivery) -> RuleViolation | None:
    """Return why an invoice cannot be delivered like this; None when it can. Programs disable such a choice with the reason."""
    return refusal_for(db, invoice.client, invoice.buyer, invoice.kind, delivery)


def refusal_for(db: Db, client: Client, buyer: Buyer, kind: str, delivery: Delivery) -> RuleViolation | None:
    """Return why invoices or credit notes (``kind``) for a buyer cannot be delivered like this; None when they can."""
    if delivery.through_autoinvoice and client.company is None:
        return RuleViolation("sales.not_exported", field="delivery", client=client.name)
    if delivery is Delivery.EINVOICE:
        return (
            None
            if books.look_up(db, buyer.country, buyer.organisation_number, kind) is not None
            else RuleViolation("sales.cannot_receive", field="delivery", name=buyer.name)
        )
    if delivery is Delivery.LETTER and not (buyer.street and buyer.postal_code and buyer.city):
        return RuleViolation("sales.no_address", field="delivery", name=buyer.name)
    if delivery in (Delivery.EMAIL, Delivery.MAIL_PROGRAM) and not buyer.email:
        return RuleViolation("sales.no_email", field="delivery", name=buyer.name)
    return None


def send_again(db: Db, invoice: SalesInvoice, *, actor: str, delivery: Delivery | None = None) -> Submission:
    """Send an invoice again that AutoInvoice refused, could not deliver, or did not answer for; its document stays the same one.

    Raises:
        RuleViolation: as ``send``; ``sales.not_failed``: none of that happened to it.
    """
    outcome = trace(db, invoice).outcome
    if outcome is Outcome.WAITING:
        return _hand_over(db, invoice)
    if outcome is Outcome.REFUSED:
        return send(db, invoice, actor=actor, delivery=delivery)
    if outcome is not Outcome.FAILED:
        raise RuleViolation("sales.not_failed", number=invoice.number)
    if delivery is not None:
        invoice.delivery = delivery
    refusal = refusal_of(db, invoice, Delivery(invoice.delivery))
    if refusal is not None:
        raise refusal
    document = db.get_one(Document, invoice.document_id)
    route = _route(db, invoice)
    resending.resend(db, actor, document, route, invoice.buyer.email if route is Route.EMAIL else None)
    _record_sent(db, invoice, document, actor)
    return Submission.ACCEPTED


def _route(db: Db, invoice: SalesInvoice) -> Route:
    """Return the one route by which an invoice is sent again. Own choice: the best one that the buyer's entry allows now."""
    delivery, buyer = Delivery(invoice.delivery), invoice.buyer
    if delivery is Delivery.LETTER:
        return Route.PRINT
    if delivery is Delivery.EMAIL:
        return Route.EMAIL
    if books.look_up(db, buyer.country, buyer.organisation_number, invoice.kind) is not None:
        return Route.EINVOICE
    return Route.EMAIL if buyer.email else Route.PRINT


def handle_manually(db: Db, invoice: SalesInvoice, remark: str, *, actor: str) -> None:
    """Mark an invoice that was not delivered as handled without AutoInvoice.

    Raises:
        RuleViolation: ``sales.not_failed``: nothing went wrong with it.
    """
    if trace(db, invoice).outcome not in (Outcome.FAILED, Outcome.REFUSED, Outcome.WAITING):
        raise RuleViolation("sales.not_failed", number=invoice.number)
    invoice.submission, invoice.remark = Submission.MANUAL, remark or None
    events.record(db, "sales_invoice.handled", actor=actor, subject=invoice.number, remark=remark)


def _hand_over(db: Db, invoice: SalesInvoice) -> Submission:
    invoice.attempts += 1
    company = invoice.client.company
    assert company is not None
    if faults.triggered_outcome(db, "sales.send", company=company.organisation_number):
        invoice.submission = Submission.WAITING
        events.record(db, "sales_invoice.kept", actor=invoice.submitted_by, subject=invoice.number, attempt=invoice.attempts)
        jobs.enqueue(db, "sales.send", delay=AGAIN, invoice=invoice.id, attempt=invoice.attempts)
        return Submission.WAITING
    try:
        document = _accepted(db, invoice)
    except RuleViolation as refusal:
        _refuse(db, invoice, refusal.code, refusal.facts)
        return Submission.REFUSED
    invoice.document_id, invoice.submission = document.id, Submission.ACCEPTED
    _record_sent(db, invoice, document, invoice.submitted_by)
    return Submission.ACCEPTED


def _record_sent(db: Db, invoice: SalesInvoice, document: Document, actor: str | None) -> None:
    facts: dict[str, Any] = {"program": invoice.program, "delivery": invoice.delivery, "document": document.uuid}
    events.record(db, "sales_invoice.sent", actor=actor, subject=invoice.number, **facts)


def _accepted(db: Db, invoice: SalesInvoice) -> Document:
    """Give AutoInvoice an invoice; the same invoice twice is one document.

    Raises:
        RuleViolation: AutoInvoice does not take it.
    """
    from simulator.documents import ubl
    from simulator.documents.ubl.writing import write

    company = invoice.client.company
    assert company is not None
    source = write(books.content_of(invoice))
    try:
        content = ubl.read(source)
    except ubl.Invalid as invalid:
        problem = invalid.problems[0]
        raise RuleViolation("sales.invalid", rule=problem.rule) from None
    return sending.accept(
        db,
        company,
        content,
        source=source,
        preferences=_preferences(Delivery(invoice.delivery), invoice),
        upload_key=f"{invoice.program}-{invoice.client_id}-{invoice.number}",
        product=_product(db, invoice),
        actor=invoice.submitted_by,
    )


def _product(db: Db, invoice: SalesInvoice) -> str:
    """Return through whose licence an invoice is charged: that of Visma.net Financials where there is one, else AutoInvoice's."""
    company = invoice.client.company
    assert company is not None
    if invoice.program == ProgramCode.FINANCIALS:
        with suppress(RuleViolation):
            ledger.licence_on(db, company, "financials", books.today(db, invoice.client))
            return "financials"
    return "autoinvoice"


def _preferences(delivery: Delivery, invoice: SalesInvoice) -> RoutingPreferences:
    """Return what a delivery means for AutoInvoice.

    Source: "Visma Administration 2000: Så här fakturerar du i ditt program", Leverans till kund. Own choice: an e-invoice that can
    no longer be delivered goes as e-mail or letter; a letter and an e-mail go as nothing else.
    """
    if delivery is Delivery.LETTER:
        return RoutingPreferences(order=(Route.PRINT,), disabled=(Route.EINVOICE, Route.EMAIL))
    if delivery is Delivery.EMAIL:
        return RoutingPreferences(order=(Route.EMAIL,), disabled=(Route.EINVOICE, Route.PRINT), email=invoice.buyer.email)
    return RoutingPreferences()


def _refuse(db: Db, invoice: SalesInvoice, code: str, facts: dict[str, Any]) -> None:
    invoice.submission = Submission.REFUSED
    invoice.problem = code
    invoice.problem_facts = {name: str(value) for name, value in facts.items()}
    events.record(db, "sales_invoice.refused", actor=invoice.submitted_by, subject=invoice.number, problem=code)


@jobs.job("sales.send")
def send_later(db: Db, **data: Any) -> None:
    """Send an invoice that AutoInvoice did not answer for; do nothing when it was handled, or sent by hand, meanwhile."""
    invoice = db.get(SalesInvoice, data["invoice"])
    if invoice is not None and invoice.submission == Submission.WAITING and invoice.attempts == data["attempt"]:
        _hand_over(db, invoice)
