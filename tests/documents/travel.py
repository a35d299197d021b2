"""Documents on their way: a sandbox in which companies are verified, and how tests send, look and wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from simulator.billing.models import Charge
from simulator.core import events, faults, jobs, outbox
from simulator.core.jobs import Job, JobState
from simulator.core.outbox import Message
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Company
from simulator.documents import ubl
from simulator.documents.accounts import accounts
from simulator.documents.exchange import sending
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import history, parties
from simulator.documents.model.content import Attached, Content
from simulator.documents.model.models import AccessPoint, Account, Document
from simulator.documents.model.parties import Named
from simulator.documents.registers import access_points, participants
from tests.documents import norway
from tests.documents.invoices import invoice

SENDER = norway.UNREGISTERED
"""Sends in these tests; nothing in ELMA leads to it."""
PERSON = "administrator@fjordlys.example"
INSIDE = Named(
    name="Fjordlys Drift AS",
    country="NO",
    organisation_number=norway.REGISTERED,
    scheme="0192",
    identifier=norway.REGISTERED,
)
"""Receives at AutoInvoice."""
OUTSIDE = Named(
    name="Skogvang Elektro AS", country="NO", organisation_number="312002205", scheme="0192", identifier="312002205"
)
"""Receives through another access point."""
CREDIT_NOTES_ONLY = Named(
    name="Viken Kontorrekvisita AS", country="NO", organisation_number="315005507", scheme="0192", identifier="315005507"
)
UNKNOWN = Named(name="Ukjent AS", country="NO", organisation_number="316006604", scheme="0192", identifier="316006604")
"""Stands in no register."""
HOUSE = {"street": "Prøveveien 9", "postal_code": "0009", "city": "Oslo"}
PDF = b"%PDF-1.4\n"


@dataclass(frozen=True)
class Seen:
    """A document as its company sees it."""

    status: str
    channel: str | None
    error: str | None
    unit: str | None
    charged: int
    history: tuple[tuple[str, str], ...]


def prepare(sandbox: Sandbox, *, delays: str = "none") -> None:
    """Verify all companies, give the senders an outside world with or without delays, and charge their documents."""
    with sandbox.transaction() as db:
        db.record.delays = delays
        for company in db.scalars(select(Company)):
            account = accounts.open_account(db, company, verified=True)
            account.contact_email = None


def change(sandbox: Sandbox, number: str = SENDER, **settings: Any) -> None:
    """Change settings of a company's account."""
    with sandbox.transaction() as db:
        account = accounts.of(db, norway.company(db, number))
        for name, value in settings.items():
            assert hasattr(Account, name)
            setattr(account, name, value)


def content(sandbox: Sandbox, buyer: Named, *, seller: str = SENDER, **changes: Any) -> Content:
    """Return an invoice of a company here to somebody."""
    with sandbox.reading() as db:
        named = replace(parties.of_company(norway.company(db, seller)), **HOUSE)
    return invoice(named, buyer, **changes)


def accept(
    sandbox: Sandbox,
    buyer: Named,
    *,
    number: str = "1001",
    seller: str = SENDER,
    preferences: RoutingPreferences | None = None,
    attachments: Sequence[Attached] = (),
    picture: Attached | None = None,
    upload_key: str | None = None,
    actor: str | None = PERSON,
    **changes: Any,
) -> int:
    """Send an invoice, and leave it at its first step; returns its id."""
    sent_content = content(sandbox, buyer, seller=seller, number=number, **changes)
    with sandbox.transaction() as db:
        document = sending.accept(
            db,
            norway.company(db, seller),
            sent_content,
            source=ubl.write(sent_content),
            preferences=preferences,
            upload_key=upload_key,
            attachments=attachments,
            picture=picture,
            actor=actor,
        )
        return document.id


def send(sandbox: Sandbox, buyer: Named, **values: Any) -> Seen:
    """Send an invoice and let the queue do its work."""
    id_ = accept(sandbox, buyer, **values)
    jobs.run_due(sandbox)
    return seen(sandbox, id_)


def seen(sandbox: Sandbox, id_: int) -> Seen:
    """Return how a document stands."""
    with sandbox.reading() as db:
        document = db.get_one(Document, id_)
        events = tuple((str(line.type), line.code) for line in history.of(db, document))
        return Seen(document.status, document.channel, document.error, document.unit, document.charged, events)


def inbox(sandbox: Sandbox, number: str = norway.REGISTERED) -> list[Document]:
    """Return the documents that a company received since the sandbox was born."""
    with sandbox.reading() as db:
        query = select(Document).where(
            Document.company_id == norway.company(db, number).id,
            Document.direction == "received",
            Document.created_at >= db.record.born_at,
        )
        return list(db.scalars(query.options(joinedload(Document.party)).order_by(Document.id)))


def fail_at(sandbox: Sandbox, operation: str, outcome: str | None = None, **values: Any) -> None:
    """Let something go wrong."""
    with sandbox.transaction() as db:
        faults.add(db, operation, outcome=outcome, **values)


def mails(sandbox: Sandbox, name: str) -> list[Message]:
    """Return the mails of a name, oldest first."""
    with sandbox.reading() as db:
        matches = [mail for mail in outbox.after(db, kind="mail") if mail.name == name]
        # What is read later is read now.
        assert all(mail.answers is None for mail in matches)
        assert all(file.content for mail in matches for file in mail.attachments)
        return matches


def journal_data(sandbox: Sandbox, type_: str) -> list[dict[str, Any]]:
    """Return what the journal tells of a type of event."""
    with sandbox.reading() as db:
        return [line.data for line in events.after(db, type_=type_)]


def charges(sandbox: Sandbox, number: str = SENDER) -> dict[str, int]:
    """Return what a company is charged today, by unit."""
    with sandbox.reading() as db:
        company = norway.company(db, number)
        today = db.clock.now().date()
        query = select(Charge.unit, func.sum(Charge.quantity)).where(Charge.company_id == company.id, Charge.day == today)
        return {unit: quantity for unit, quantity in db.execute(query.group_by(Charge.unit).order_by(Charge.unit))}


def queue(sandbox: Sandbox) -> list[str]:
    """Return the kinds of jobs about documents that wait."""
    with sandbox.reading() as db:
        query = select(Job.kind).where(Job.state == JobState.QUEUED, Job.kind.not_like("billing.%"))
        return list(db.scalars(query.order_by(Job.due_at, Job.id)))


def register(db: Db, scheme: str, identifier: str, name: str, organisation_number: str, country: str = "NO") -> None:
    """Enter an address of an organisation outside into a register."""
    other = db.scalars(select(AccessPoint).where(AccessPoint.ours.is_(False))).first() or access_points.add(db, "far", "Far")
    participants.enter(db, identifier, name, other, scheme=scheme, country=country, organisation_number=organisation_number)


def pdf_of(pages: int) -> bytes:
    """Return a PDF of so many empty pages."""
    from io import BytesIO

    from reportlab.pdfgen.canvas import Canvas

    written = BytesIO()
    canvas = Canvas(written, invariant=1)
    for _ in range(pages):
        canvas.drawString(100, 100, "page")
        canvas.showPage()
    canvas.save()
    return written.getvalue()
