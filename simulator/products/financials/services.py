"""Commands of Financials: customers with *Send to AutoInvoice*, and processing invoices.

Source: help of Visma.net ERP: a customer who is found in AutoInvoice is set up by itself, and anybody else by hand; an invoice
takes *Send to AutoInvoice* from its customer. Own choice: an invoice without it is mailed from Financials itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from simulator.core import outbox
from simulator.core.errors import NotFound, RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Company
from simulator.products.financials import queries
from simulator.products.financials.queries import Action
from simulator.sales import books, submission
from simulator.sales.books import BuyerDetails
from simulator.sales.models import Buyer, Client, Delivery, SalesInvoice, Submission
from simulator.sales.submission import Outcome

MOST = 200
"""Own choice: how many invoices are processed at once."""


def save_customer(
    db: Db, actor: str, client: Client, details: BuyerDetails, buyer: Buyer | None, version: int | None
) -> Buyer:
    """Add or change a customer; one who is found in AutoInvoice now, and was not before, gets *Send to AutoInvoice*.

    ``version`` is the one of the customer that was changed on the page.

    Raises:
        RuleViolation: as ``books.save_buyer``.
    """
    was_receiving = buyer is not None and bool(buyer.receives)
    delivery = Delivery(buyer.delivery) if buyer is not None else Delivery.MAIL_PROGRAM
    saved = books.save_buyer(db, client, replace(details, delivery=delivery), actor=actor, buyer=buyer, version=version)
    if saved.receives and not was_receiving:
        saved.delivery = _delivery(saved.delivery, True)
    return saved


def look_up(db: Db, buyer: Buyer) -> bool:
    """Look a customer up in AutoInvoice; one who is found gets *Send to AutoInvoice*.

    Returns:
        Whether the customer was found.
    """
    if books.look_up_again(db, buyer):
        buyer.delivery = _delivery(buyer.delivery, True)
        buyer.version += 1
        return True
    return False


def set_sending(db: Db, actor: str, buyer: Buyer, *, through_autoinvoice: bool) -> None:
    """Tick or untick *Send to AutoInvoice* of a customer; the form in which AutoInvoice delivers stays as it is."""
    details = replace(books.details_of(buyer), delivery=_delivery(buyer.delivery, through_autoinvoice))
    books.save_buyer(db, buyer.client, details, actor=actor, buyer=buyer)


def set_sending_of_invoice(db: Db, invoice: SalesInvoice, *, through_autoinvoice: bool) -> None:
    """Tick or untick *Send to AutoInvoice* of an invoice.

    Raises:
        RuleViolation: ``sales.already_sent``.
    """
    submission.choose_delivery(db, invoice, _delivery(invoice.delivery, through_autoinvoice))


def _delivery(present: str, through_autoinvoice: bool) -> Delivery:
    delivery = Delivery(present)
    if delivery.through_autoinvoice == through_autoinvoice:
        return delivery
    return Delivery.AUTOINVOICE if through_autoinvoice else Delivery.MAIL_PROGRAM


@dataclass
class Processed:
    """What became of processed invoices: how many of each, and what was refused.

    Attributes:
        sent: AutoInvoice took them.
        waiting: AutoInvoice did not answer; they are sent later by themselves.
        mailed: they were mailed from here.
        came_back: addresses whose mail came back.
        polled: their status was fetched.
        refusals: why the others were left as they are.
    """

    sent: int = 0
    waiting: int = 0
    mailed: int = 0
    polled: int = 0
    came_back: list[str] = field(default_factory=list)
    refusals: list[RuleViolation] = field(default_factory=list)


def process(sandbox: Sandbox, actor: str, company_id: int, action: Action, invoice_ids: Sequence[int]) -> Processed:
    """Process invoices of a company, each in a transaction of its own, so that a refusal leaves the others alone.

    Raises:
        NotFound: an invoice is not in the company's books.
    """
    result = Processed()
    for invoice_id in invoice_ids:
        with sandbox.transaction() as db:
            client = queries.client_of(db, db.get_one(Company, company_id))
            invoice = queries.invoice(db, client, invoice_id) if client is not None else None
            if invoice is None:
                raise NotFound("invoice", str(invoice_id))
            try:
                _process(db, actor, action, invoice, result)
            except RuleViolation as refusal:
                result.refusals.append(refusal)
    return result


def _process(db: Db, actor: str, action: Action, invoice: SalesInvoice, result: Processed) -> None:
    if action is Action.POLL:
        result.polled += 1
    elif action is Action.SEND:
        _send(db, actor, invoice, result)
    elif action is Action.EMAIL:
        _mail(db, actor, invoice, result)


def _send(db: Db, actor: str, invoice: SalesInvoice, result: Processed) -> None:
    if not Delivery(invoice.delivery).through_autoinvoice:
        raise RuleViolation("financials.not_for_autoinvoice", number=invoice.number)
    is_failed = submission.trace(db, invoice).outcome is Outcome.FAILED
    send = submission.send_again if is_failed else submission.send
    match send(db, invoice, actor=actor):
        case Submission.WAITING:
            result.waiting += 1
        case Submission.REFUSED:
            result.refusals.append(RuleViolation(invoice.problem or "", **invoice.problem_facts))
        case _:
            result.sent += 1


def _mail(db: Db, actor: str, invoice: SalesInvoice, result: Processed) -> None:
    if Delivery(invoice.delivery).through_autoinvoice:
        raise RuleViolation("financials.for_autoinvoice", number=invoice.number)
    submission.send(db, invoice, actor=actor, delivery=Delivery.MAIL_PROGRAM)
    result.mailed += 1
    email = invoice.buyer.email or ""
    if outbox.came_back(db, email):
        result.came_back.append(email)
