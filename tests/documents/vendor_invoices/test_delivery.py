"""The vendor's invoices that the clock makes: mail and notice, and, where the scenario says so, EHF or mail with the PDF."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from simulator.billing.announcements import READERS
from simulator.billing.ledger import add_charge
from simulator.billing.models import Invoice, InvoiceSystem
from simulator.core import events, jobs
from simulator.core.advance import advance
from simulator.core.notices import Notice, NoticeKind
from simulator.core.outbox import Message
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.directory.models import Company, CompanyService, CompanyStatus, Membership, Person, Status
from simulator.documents import ubl
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Document, DocumentFile, FileKind
from simulator.documents.registers import participants
from simulator.documents.vendor_invoices.delivery import DELIVERED
from simulator.products.admin.permissions import MATRIX
from simulator.products.settings.product import PRODUCT as SETTINGS
from tests.documents.norway import REGISTERED, acting, company, create

CONTACT = "administrator@fjordlys.example"


@pytest.fixture
def norway(store: Store) -> Iterator[Sandbox]:
    """Return a fresh sandbox of ``company-no`` in which a document was charged."""
    create(store)
    with store.open("norway") as sandbox:
        with sandbox.transaction() as db:
            day = db.clock.now().astimezone(ZoneInfo("Europe/Oslo")).date()
            add_charge(db, company(db, REGISTERED), "EINVOICE", day, 7)
        yield sandbox


def made(sandbox: Sandbox, ehf: bool = True, days: int = 32, change: Callable[[Db], object] | None = None) -> str:
    """Let the clock make the next invoice, and return its number.

    Args:
        sandbox: the sandbox.
        ehf: whether the scenario delivers the vendor's invoices as documents.
        days: how far the clock goes.
        change: what happens before.
    """
    with sandbox.transaction() as db:
        db.record.vendor_invoices = "ehf" if ehf else "none"
        if change is not None:
            change(db)
    advance(sandbox, int(timedelta(days=days).total_seconds()))
    with sandbox.reading() as db:
        lines = events.after(db, type_="invoice.made")
        return str(next(line.subject for line in lines if line.data["customer"] == "200300"))


def deliveries(sandbox: Sandbox, number: str) -> list[dict[str, object]]:
    with sandbox.reading() as db:
        return [line.data for line in events.after(db, type_=DELIVERED) if line.subject == number]


def received(sandbox: Sandbox, number: str) -> list[Document]:
    with sandbox.reading() as db:
        return list(db.scalars(select(Document).where(Document.number == number)))


def mails(sandbox: Sandbox, name: str) -> list[Message]:
    with sandbox.reading() as db:
        return list(db.scalars(select(Message).where(Message.name == name).order_by(Message.id)))


def test_nothing_of_before_the_creation_is_announced(norway: Sandbox) -> None:
    with norway.reading() as db:
        assert db.scalars(select(Invoice)).all()
        assert not db.scalars(select(Notice)).all()
    assert not mails(norway, "invoice_made")


def test_an_invoice_is_mailed_to_the_contact_and_is_in_the_bell_of_all_who_may_see_it(norway: Sandbox) -> None:
    number = made(norway, ehf=False)
    (mail, *others) = [mail for mail in mails(norway, "invoice_made") if number in mail.subject]
    assert (mail.recipient, others, mail.language) == (CONTACT, [], "nb")
    assert mail.links[0].endswith(f"/settings/licenses/find?number={number}")
    with norway.reading() as db:
        notices = db.scalars(select(Notice).where(Notice.kind == NoticeKind.INVOICE_MADE)).all()
        people = {db.get_one(Person, row.person_id).email for row in notices if row.data["number"] == number}
    assert people == {CONTACT, "deputy@fjordlys.example"}
    assert deliveries(norway, number) == []
    assert received(norway, number) == []


def test_readers_of_an_invoice_are_those_whose_role_opens_its_page() -> None:
    assert READERS[InvoiceSystem.INV] == MATRIX["admin.view_invoices"]
    assert READERS[InvoiceSystem.LEGACY] == SETTINGS.permissions["settings.open"]


def test_without_a_contact_who_may_see_it_the_administrators_are_mailed(norway: Sandbox) -> None:
    def resign(db: Db) -> None:
        db.execute(update(Membership).values(primary_contact=False))

    number = made(norway, ehf=False, change=resign)
    recipients = [mail.recipient for mail in mails(norway, "invoice_made") if number in mail.subject]
    assert recipients == [CONTACT, "deputy@fjordlys.example"]


def test_people_who_cannot_sign_in_get_neither(norway: Sandbox) -> None:
    def leave(db: Db) -> None:
        db.execute(update(Person).where(Person.email == CONTACT).values(status=Status.INACTIVE))

    number = made(norway, ehf=False, change=leave)
    recipients = [mail.recipient for mail in mails(norway, "invoice_made") if number in mail.subject]
    assert recipients == ["deputy@fjordlys.example"]


def test_the_company_in_elma_receives_the_invoice_once_and_is_not_charged(norway: Sandbox) -> None:
    number = made(norway)
    (document,) = received(norway, number)
    assert (document.direction, document.channel, document.unit, document.charged) == ("received", "peppol", None, 0)
    assert deliveries(norway, number) == [{"by": "peppol", "company": "Fjordlys Drift AS", "document": document.uuid}]
    with norway.reading() as db:
        file = select(DocumentFile.content).where(
            DocumentFile.document_id == document.id, DocumentFile.kind == FileKind.SOURCE
        )
        assert ubl.check(db.scalars(file).one()) == []
        invoice = db.scalars(select(Invoice).where(Invoice.number == number)).one()
        assert document.total == invoice.total
    assert mails(norway, "vendor_invoice_by_email") == []
    with norway.transaction() as db:
        jobs.enqueue(db, "vendor_invoice.deliver", invoice=invoice.id)
    jobs.run_due(norway)
    assert len(received(norway, number)) == 1


def test_a_clock_that_jumps_over_months_delivers_each_invoice_once(norway: Sandbox) -> None:
    with norway.transaction() as db:
        day = db.clock.now().astimezone(ZoneInfo("Europe/Oslo")).date()
        for month in (1, 2):
            add_charge(db, company(db, REGISTERED), "EINVOICE", day + timedelta(days=31 * month), 3)
    made(norway, days=400)
    with norway.reading() as db:
        numbers = [str(line.subject) for line in events.after(db, type_="invoice.made") if line.data["customer"] == "200300"]
        delivered = [str(line.subject) for line in events.after(db, type_=DELIVERED)]
    assert len(numbers) >= 3
    assert sorted(number for number in delivered if number in numbers) == sorted(numbers)
    assert all(len(received(norway, number)) == 1 for number in numbers)


def _leave_elma(db: Db) -> None:
    participants.deregister(db, acting(db), company(db, REGISTERED))


def _unverify(db: Db) -> None:
    accounts.of(db, company(db, REGISTERED)).verified = False


def _deactivate(db: Db) -> None:
    for row in db.scalars(select(Company).where(Company.customer_id == company(db, REGISTERED).customer_id)):
        row.status = CompanyStatus.DEACTIVATED


def _stop_service(db: Db) -> None:
    query = select(CompanyService).where(CompanyService.company_id == company(db, REGISTERED).id)
    for row in db.scalars(query.where(CompanyService.service == "autoinvoice")):
        db.delete(row)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_leave_elma, "not_registered"),
        (_unverify, "not_verified"),
        (_stop_service, "not_registered"),
        (_deactivate, "no_company"),
    ],
)
def test_what_cannot_be_sent_as_ehf_is_mailed_as_pdf_and_the_journal_says_why(
    norway: Sandbox, change: Callable[[Db], None], reason: str
) -> None:
    number = made(norway, change=change)
    (delivery,) = deliveries(norway, number)
    with norway.reading() as db:
        email = company(db, REGISTERED).email
    expected = CONTACT if reason == "no_company" else email
    assert delivery == {"by": "email", "reason": reason, "recipients": [expected]}
    (mail,) = [mail for mail in mails(norway, "vendor_invoice_by_email") if number in mail.subject]
    (file,) = mail.attachments
    assert (mail.recipient, file.name, file.media_type) == (expected, f"faktura-{number}.pdf", "application/pdf")
    assert received(norway, number) == []
