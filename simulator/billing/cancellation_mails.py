"""The mail with which a customer gives notice, composed from the page of a contract.

Source: "Brukertips i Kundeservice": notice is given in writing, to *oppsigelse@visma.no*. Own choice: the page writes the mail;
what counts is the mail, as if it had been written by hand.
"""

from datetime import date

from sqlalchemy import select

from simulator.billing import access, cancellations
from simulator.billing.cancellations import Cancellation, CancellationRefused, CancellationRequest
from simulator.billing.contract_days import DAY, ContractKind, access_until, period_of
from simulator.billing.models import Contract
from simulator.billing.products import BY_CODE
from simulator.core import formats, outbox
from simulator.core.desks import CANCELLATIONS
from simulator.core.outbox import Message, PersonalMail
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.actors import Actor
from simulator.directory.cases.models import SupportCase
from simulator.directory.cases.queries import UNFINISHED

ENDS = 4
"""How many ends can be chosen. Own choice."""


def check(db: Db, actor: Actor, contract: Contract, end: date | None = None) -> Cancellation:
    """Return what notice of a contract would lead to if it arrived now.

    Raises:
        CancellationRefused: as ``cancellations.check``; or ``cancellation.waiting``, a mail about it waits at the desk.
    """
    waiting = waiting_case(db, contract)
    if waiting is not None:
        raise CancellationRefused("cancellation.waiting", number=contract.number, case=waiting.number)
    request = CancellationRequest(contract.customer.number, contract.number, actor.email, db.clock.now(), end)
    return cancellations.check(db, request)


def ends(contract: Contract, first: date) -> list[date]:
    """Return the first possible last day of a contract, and some that follow."""
    days = [first]
    while len(days) < ENDS:
        days.append(period_of(ContractKind(contract.kind), contract.signed_on, days[-1] + DAY).last)
    return days


def last_days(cancellation: Cancellation) -> dict[str, date | None]:
    """Return until when there is access to each product that ends, by name, as if it ended so; None for reading for good."""
    return {
        BY_CODE[licence.product].name: access_until(access.after_end(licence), cancellation.ends_on)
        for licence in cancellation.licences
    }


def waiting_case(db: Db, contract: Contract) -> SupportCase | None:
    """Return the unfinished case at the cancellations desk that names a contract, or None."""
    query = select(SupportCase).where(
        SupportCase.desk == CANCELLATIONS.code,
        SupportCase.customer_id == contract.customer_id,
        SupportCase.state.in_(UNFINISHED),
    )
    cases = db.scalars(query.order_by(SupportCase.number)).all()
    return next((case for case in cases if contract.number in case.subject.split()), None)


def send(db: Db, actor: Actor, contract: Contract, end: date, remark: str, language: str) -> Message:
    """Mail notice of a contract to the cancellations desk.

    Args:
        db: the transaction.
        actor: the sender.
        contract: the contract.
        end: the day with which it shall end.
        remark: what the sender adds, or nothing.
        language: the language of the mail.

    Raises:
        CancellationRefused: as ``check``.
    """
    cancellation = check(db, actor, contract, end)
    values = {
        "number": contract.number,
        "customer": contract.customer.name,
        "customer_number": contract.customer.number,
        "company": contract.company.name,
        "product": cancellation.products,
        "end": formats.short_date(language, cancellation.ends_on),
        "name": actor.name,
    }
    body = text(language, "cancellation.mail.body", **values)
    mail = PersonalMail(
        sender=actor.email,
        sender_name=actor.name,
        to=CANCELLATIONS.alias,
        subject=text(language, "cancellation.mail.subject", number=contract.number),
        text="\n\n".join(part for part in (body, remark.strip()) if part) + "\n",
        language=language,
    )
    return outbox.write(db, mail)
