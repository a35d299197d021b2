"""Rules of the export of an invoice: queue, bell, file, and failures."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from sqlalchemy import func, select

from simulator.billing.models import Invoice, InvoiceLine
from simulator.billing.units import unit_of
from simulator.core import events, jobs, notices
from simulator.core.clock import Clock
from simulator.core.files import StoredFile
from simulator.core.jobs import Job, JobState
from simulator.core.sandbox import SCRATCH, Db, Sandbox
from simulator.core.texts import LANGUAGES, text
from simulator.directory import administration, people
from simulator.directory.models import Company, Customer
from simulator.directory.roles import BUSINESS_CONTACT, CUSTOMER_ADMINISTRATOR
from simulator.products.admin import jobs as admin_jobs
from simulator.products.admin.exports import IN_FILE, ON_SCREEN
from simulator.products.admin.queries import reports
from tests.conftest import NOW
from tests.products.admin.browser import Browser, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, SignIn
from tests.products.admin.test_reports import LIST, POSITIONS, SALE, cells, contains_in_order, number_of
from tests.products.admin.test_user import give
from tests.waiting import before_the_write_lock

SECOND = "administrator2@rietkraag.example"
BANNER = (
    "Uw export wordt in de wachtrij gezet en door een afzonderlijk proces verwerkt. "
    "U ontvangt een melding wanneer dit klaar is."
)
READY = {
    "en": "Export ready: invoice {}",
    "nl": "Export gereed: factuur {}",
    "nb": "Eksport klar: faktura {}",
    "sv": "Export klar: faktura {}",
}
HEAD = ["Customer name", "Invoice number", "Invoice date", "Due date", "Total", "Currency"]
PRINTED_COLUMNS = {
    "nl": "Klantaccount|KvK nummer|Intern klantnummer|Abonnementsnummer|SKU|Eenheid|Charge Name|Periode|Aantal|"
    "Bedrag ex btw|Btw-bedrag",
    "nb": "Kundekonto|Organisasjonsnummer|Internt kundenummer|Abonnementsnummer|SKU|Enhet|Charge Name|Periode|Antall|"
    "Beløp ekskl. mva|Mva-beløp",
    "sv": "Kundkonto|Organisationsnummer|Internt kundnummer|Abonnemangsnummer|SKU|Enhet|Charge Name|Period|Antal|"
    "Belopp exkl. moms|Momsbelopp",
    "en": "Customer account|Organisation number|Internal customer number|Subscription number|SKU|Unit|Charge Name|Period|"
    "Quantity|Amount excl. VAT|VAT amount",
}


@pytest.fixture
def printed(sandbox: Sandbox) -> str:
    """Return the number of the invoice of fifteen lines."""
    return number_of(sandbox, "2022-03-27")


def export(visitor: Browser, number: str, label: str = "Exporteren") -> Page:
    """Click *Export* on the page of an invoice."""
    return visitor.press(visitor.open(f"{LIST}/{number}"), label)


def fetch(visitor: Browser, sandbox: Sandbox, email: str) -> Any:
    """Click the newest notice in the bell; returns the response."""
    page = visitor.open("/home/notices")
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        newest = notices.latest(db, person.id)[0]
    token = next(field for field in page.root.all("input") if field.get("name") == "csrf_token").get("value")
    data = {"csrf_token": token, "notice": newest.id}
    return visitor.client.post(f"{visitor.home}/home/notices/read", data=data, follow_redirects=True)


def exported_file(
    visitor: Browser, sandbox: Sandbox, number: str, email: str = ADMINISTRATOR, label: str = "Exporteren"
) -> Any:
    """Export an invoice, let the queue run, and fetch the file."""
    export(visitor, number, label)
    jobs.run_due(sandbox)
    return fetch(visitor, sandbox, email)


def rows(content: bytes) -> list[list[Any]]:
    """Return the cells of a workbook's one sheet."""
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["Invoice"]
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def count(sandbox: Sandbox, table: Any) -> int:
    """Count the rows of a table."""
    with sandbox.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_an_export_is_queued_made_announced_in_the_bell_and_downloaded_from_there(
    administrator: Browser, sandbox: Sandbox, printed: str
) -> None:
    page = export(administrator, printed)
    assert page.alerts == [BANNER]
    assert page.heading == f"Factuur {printed}"
    assert count(sandbox, StoredFile) == 0 and "Meldingen (0" in page.text
    jobs.run_due(sandbox)
    page = administrator.open("/home/notices")
    assert READY["nl"].format(printed) in page.text and "1 ongelezen" in page.text
    answer = fetch(administrator, sandbox, ADMINISTRATOR)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=invoice_{printed}_20220301_0900.xlsx"
    assert answer.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with sandbox.reading() as db:
        (event,) = events.after(db, type_="invoice.exported")
        assert (event.actor, event.subject, event.data["format"]) == (ADMINISTRATOR, printed, "xlsx")


def export_state(visitor: Browser, number: str) -> tuple[str, dict[str, str], bool]:
    """Return what an invoice's page says of its export: the words, its links, and whether the page follows it."""
    lines = [line for line in visitor.open(f"{LIST}/{number}").root.all("p") if line.get("id") == "export-state"]
    if not lines:
        return "", {}, False
    return lines[0].text, {link.text: link.get("href") for link in lines[0].all("a")}, "data-follow" in lines[0].attributes


def test_the_page_follows_an_export_to_its_end_and_leads_to_the_file(
    administrator: Browser, sandbox: Sandbox, printed: str
) -> None:
    assert export_state(administrator, printed) == ("", {}, False)
    export(administrator, printed)
    words, links, follows = export_state(administrator, printed)
    assert words.startswith("Het bestand wordt gemaakt.") and follows
    assert links == {"Pagina vernieuwen": f"{administrator.home}{LIST}/{printed}"}
    jobs.run_due(sandbox)
    words, links, follows = export_state(administrator, printed)
    assert words.startswith("Het bestand van 1-3-22 09:00 is klaar.") and not follows
    answer = administrator.client.get(links["Bestand downloaden"])
    assert answer.headers["Content-Disposition"] == f"attachment; filename=invoice_{printed}_20220301_0900.xlsx"
    export(administrator, printed)
    assert export_state(administrator, printed)[2]


def test_the_page_no_longer_leads_to_a_file_that_has_expired(administrator: Browser, sandbox: Sandbox, printed: str) -> None:
    exported_file(administrator, sandbox, printed)
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(days=7))
    assert export_state(administrator, printed) == ("", {}, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_has_its_head_in_english_and_its_columns_in_the_readers_language_but_one(
    sign_in: SignIn, sandbox: Sandbox, printed: str, language: str
) -> None:
    visitor = sign_in(ADMINISTRATOR, language)
    label = {"nl": "Exporteren", "nb": "Eksporter", "sv": "Exportera", "en": "Export"}[language]
    file_rows = rows(exported_file(visitor, sandbox, printed, label=label).data)
    assert [row[0] for row in file_rows[:6]] == HEAD
    assert not any(file_rows[6])
    assert file_rows[7] == [text(language, column.text) for column in IN_FILE]
    assert contains_in_order(file_rows[7], PRINTED_COLUMNS[language].split("|"))
    assert READY[language].format(printed) in visitor.open("/home/notices").text


def test_the_file_is_the_ledger_cell_by_cell(administrator: Browser, sandbox: Sandbox, printed: str) -> None:
    file_rows = rows(exported_file(administrator, sandbox, printed).data)
    with sandbox.reading() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == printed)).one()
        assert file_rows[0][1] == invoice.customer.name and file_rows[1][1] == printed and file_rows[5][1] == "EUR"
        assert file_rows[2][1] == datetime(2022, 2, 25) and file_rows[3][1] == datetime(2022, 3, 27)
        assert Decimal(str(file_rows[4][1])) == invoice.total
        assert len(file_rows) == 8 + len(invoice.lines)
        for line, row in zip(invoice.lines, file_rows[8:], strict=True):
            company = db.get_one(Company, line.company_id)
            assert line.subscription is not None
            assert cells(row, "customer_account", "organisation_number", "internal_number", "subscription") == [
                company.account_number,
                company.organisation_number,
                company.internal_number,
                line.subscription.number,
            ]
            sku, unit, charge_name, quantity = cells(row, "sku", "unit", "charge_name", "quantity")
            assert (sku, unit, quantity) == (unit_of(line.unit).sku, line.unit, line.quantity)
            assert (row[len(ON_SCREEN)], Decimal(str(row[len(ON_SCREEN) + 1]))) == ("Visma.net AutoInvoice", line.unit_price)
            assert isinstance(charge_name, str) and isinstance(quantity, int)
            assert [Decimal(str(cell)) for cell in cells(row, "amount", "vat_amount")] == [line.amount, line.vat_amount]
    periods = [cells(file_rows[row], "period") for row in (8, 19)]
    assert periods == [["1-12-21 - 31-12-21"], ["1-9-21 - 30-9-21"]]


def test_the_printed_file_of_september_comes_out_as_printed(administrator: Browser, sandbox: Sandbox) -> None:
    file_rows = rows(exported_file(administrator, sandbox, number_of(sandbox, "2021-10-09")).data)
    assert [file_rows[2][1], file_rows[3][1]] == [datetime(2021, 9, 9), datetime(2021, 10, 9)]
    assert [cells(row, *SALE) for row in file_rows[8:]] == [
        ["NL-00000039", None, None, "1-9-21 - 30-9-21"],
        ["NL-00000036", None, None, "1-9-21 - 30-9-21"],
        ["NL-00000042", "Users", None, "1-9-21 - 30-9-21"],
    ]


def test_texts_are_texts_with_any_first_character(administrator: Browser, sandbox: Sandbox, printed: str) -> None:
    wicked = ["=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "0012", '=HYPERLINK("http://x.example")', "1e3"]
    with sandbox.transaction() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == printed)).one()
        for line, value in zip(invoice.lines, wicked, strict=False):
            line.customer_account = line.internal_number = value
        invoice.customer.name = "=cmd|' /C calc'!A0"
    book = load_workbook(BytesIO(exported_file(administrator, sandbox, printed).data)).worksheets[0]
    used = [cell for row in book.iter_rows() for cell in row if isinstance(cell, Cell)]
    assert not [cell.coordinate for cell in used if cell.data_type == "f"]
    assert [book.cell(9 + at, 1).value for at in range(len(wicked))] == wicked
    assert book["B1"].value == "=cmd|' /C calc'!A0"
    assert book["B3"].number_format == "d-m-yy"
    assert book.cell(9, POSITIONS["amount"] + 1).number_format == "#,##0.00"


def test_a_second_click_while_one_export_waits_makes_no_second_file_and_says_so(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox, printed: str
) -> None:
    export(administrator, printed)
    assert "niet klaar" in export(administrator, printed).alerts[0]
    assert BANNER in export(sign_in(SECOND), printed).alerts
    jobs.run_due(sandbox)
    assert count(sandbox, StoredFile) == 2
    assert BANNER in export(administrator, printed).alerts
    jobs.run_due(sandbox)
    assert count(sandbox, StoredFile) == 3


def test_a_file_is_for_the_person_who_requested_it(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox, printed: str
) -> None:
    exported_file(administrator, sandbox, printed)
    with sandbox.reading() as db:
        path = f"/admin/reports/exports/{db.scalars(select(StoredFile.id)).one()}"
    assert administrator.client.get(administrator.home + path).status_code == 200
    assert [sign_in(email).open(path).status for email in (SECOND, OUTSIDER, COMPANY_ADMINISTRATOR)] == [404, 404, 403]
    assert administrator.open("/admin/reports/exports/999").status == 404
    assert "export" not in sign_in(SECOND).open("/home/notices").root.all("main")[0].text.lower()


def lose_access(sandbox: Sandbox, email: str) -> None:
    """Remove somebody from the office, as another administrator would; the neighbour still has this one."""
    with sandbox.transaction() as db:
        person = people.by_email(db, email)
        assert person is not None
        administration.remove(db, SECOND, person, db.scalars(select(Customer).where(Customer.key == "office")).one())


def test_a_user_removed_meanwhile_gets_no_file_and_a_notice_of_the_failure(
    sign_in: SignIn, sandbox: Sandbox, printed: str
) -> None:
    give(sandbox, OUTSIDER, CUSTOMER_ADMINISTRATOR)
    visitor = sign_in(OUTSIDER)
    export(visitor, printed)
    lose_access(sandbox, OUTSIDER)
    jobs.run_due(sandbox)
    assert count(sandbox, StoredFile) == 0
    page = visitor.open("/home/notices")
    assert f"Export mislukt: factuur {printed}" in page.text
    assert "Export gereed" not in page.text
    with sandbox.reading() as db:
        assert events.after(db, type_="invoice.exported") == []


def test_a_user_removed_while_the_file_is_written_gets_none(sign_in: SignIn, sandbox: Sandbox, printed: str) -> None:
    give(sandbox, OUTSIDER, CUSTOMER_ADMINISTRATOR)
    visitor = sign_in(OUTSIDER)
    export(visitor, printed)
    # The first transaction claims the job, the second one stores the file.
    with before_the_write_lock(lambda: lose_access(sandbox, OUTSIDER), transaction=2) as done:
        jobs.run_due(sandbox)
    assert done and count(sandbox, StoredFile) == 0
    assert f"Export mislukt: factuur {printed}" in visitor.open("/home/notices").text


def test_a_user_removed_since_cannot_download_the_file_until_that_is_undone(
    sign_in: SignIn, sandbox: Sandbox, printed: str
) -> None:
    give(sandbox, OUTSIDER, CUSTOMER_ADMINISTRATOR)
    visitor = sign_in(OUTSIDER)
    assert exported_file(visitor, sandbox, printed, OUTSIDER).status_code == 200
    lose_access(sandbox, OUTSIDER)
    assert visitor.open("/admin/reports/invoices").status == 200
    assert fetch(visitor, sandbox, OUTSIDER).status_code == 404
    give(sandbox, OUTSIDER, BUSINESS_CONTACT)
    assert fetch(visitor, sandbox, OUTSIDER).status_code == 200


def test_a_file_can_be_fetched_for_seven_days_on_the_sandboxs_clock(
    administrator: Browser, sandbox: Sandbox, printed: str
) -> None:
    exported_file(administrator, sandbox, printed)
    for later, status in ((timedelta(days=7, seconds=-1), 200), (timedelta(days=7), 410)):
        with sandbox.transaction() as db:
            db.record.clock = Clock.frozen(NOW + later)
        answer = fetch(Browser(administrator.client.application, sandbox, ADMINISTRATOR), sandbox, ADMINISTRATOR)
        assert answer.status_code == status
    assert "zeven dagen" in answer.text and "Dit bestand is er niet meer" in answer.text


@pytest.mark.parametrize(("email", "status"), [(COMPANY_ADMINISTRATOR, 403), (OUTSIDER, 404)])
def test_nobody_exports_what_they_may_not_see(
    sign_in: SignIn, sandbox: Sandbox, printed: str, email: str, status: int
) -> None:
    visitor = sign_in(email)
    page = visitor.open("/home/notices")
    token = next(field for field in page.root.all("input") if field.get("name") == "csrf_token").get("value")
    path = f"{visitor.home}{LIST}/{printed}/export"
    assert visitor.client.post(path, data={"csrf_token": token}).status_code == status
    assert visitor.client.post(path).status_code == 400
    assert [job.kind for job in waiting(sandbox)] == []


def test_access_lost_while_the_file_is_written_leaves_no_file(sandbox: Sandbox, printed: str) -> None:
    export = admin_jobs.Export("invoice.xlsx", b"written before the access was lost")
    with sandbox.transaction() as db:
        person, invoice = (
            people.by_email(db, COMPANY_ADMINISTRATOR),
            db.scalars(select(Invoice).where(Invoice.number == printed)).one(),
        )
        assert person is not None
        admin_jobs.export_invoice(
            db, invoice=invoice.id, person=person.id, prepared=export, language="nl", zone="Europe/Amsterdam"
        )
        assert notices.latest(db, person.id)[0].text == "notice.invoice.export_failed"
    assert count(sandbox, StoredFile) == 0


def waiting(sandbox: Sandbox) -> list[Job]:
    """Return the exports that are queued."""
    with sandbox.reading() as db:
        return list(db.scalars(select(Job).where(Job.kind == "admin.export_invoice", Job.state == JobState.QUEUED)))


def test_an_export_that_fails_is_announced_leaves_nothing_and_can_be_retried(
    administrator: Browser, sandbox: Sandbox, printed: str
) -> None:
    export(administrator, printed)
    with sandbox.transaction() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == printed)).one()
        line = invoice.lines[14]
        unit, line.unit = line.unit, "PIGEON"
    jobs.run_due(sandbox)
    assert count(sandbox, StoredFile) == 0
    page = administrator.open("/home/notices")
    assert f"Export mislukt: factuur {printed}. Probeer het opnieuw." in page.text
    with sandbox.transaction() as db:
        assert [event.type for event in events.after(db)][1:] == ["job.failed"]
        db.get_one(InvoiceLine, line.id).unit = unit
    answer = Page(fetch(administrator, sandbox, ADMINISTRATOR))
    assert answer.heading == f"Factuur {printed}"
    assert BANNER in administrator.press(answer, "Opnieuw proberen").alerts
    jobs.run_due(sandbox)
    assert count(sandbox, StoredFile) == 1


def test_the_files_minute_is_where_the_company_is(sign_in: SignIn, sandbox: Sandbox, printed: str) -> None:
    with sandbox.transaction() as db:
        person = people.by_email(db, ADMINISTRATOR)
        assert person is not None
        person.company_id = db.scalars(select(Company.id).where(Company.key == "sauna")).one()
    answer = exported_file(sign_in(ADMINISTRATOR), sandbox, printed)
    assert f"invoice_{printed}_20220301_1000.xlsx" in answer.headers["Content-Disposition"]


def test_the_same_invoice_at_the_same_instant_gives_the_same_bytes(
    administrator: Browser, sandbox: Sandbox, printed: str
) -> None:
    first, second = (exported_file(administrator, sandbox, printed).data for _ in range(2))
    assert first == second
    assert rows(first)[2][1] == datetime.combine(date(2022, 2, 25), datetime.min.time())


def test_temporary_files_are_beside_the_sandbox_where_the_next_server_deletes_them(
    administrator: Browser, sandbox: Sandbox, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[set[str]] = []
    lines = reports.all_lines

    def watched(db: Db, invoice: Invoice) -> Iterator[reports.Line]:
        for line in lines(db, invoice):
            (scratch,) = sandbox.path.parent.glob(f"{SCRATCH}*")
            folders.append({path.name.partition("-")[0] for path in scratch.iterdir()})
            yield line

    monkeypatch.setattr(reports, "all_lines", watched)
    assert exported_file(administrator, sandbox, printed).status_code == 200
    assert folders and all(names == {"vnsim"} for names in folders)
    assert list(sandbox.path.parent.glob(f"{SCRATCH}*")) == []
