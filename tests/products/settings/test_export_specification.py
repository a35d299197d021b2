"""Rules of the specification of an invoice and of its exported files."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TypeVar

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from simulator.billing import billing_runs, queries
from simulator.billing.ledger import add_charge
from simulator.billing.models import Invoice, InvoiceSystem, Licence
from simulator.core import events, files
from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.directory import people
from simulator.directory.models import Company
from simulator.products.settings.exports import SPECIFICATION
from simulator.products.settings.queries import by_company
from tests.products.settings.conftest import SignIn
from tests.products.settings.visitor import Visitor

T = TypeVar("T")

JANUARY = "/settings/licenses/autoinvoice/invoices/71000001"
PRINTED = {
    "nl": ["Type verbruik", "Aantal", "Prijs per stuk", "Subtotaal", "Periode", "Bedrijf"],
    "nb": ["Type forbruk", "Antall", "Pris per stykk", "Delsum", "Periode", "Firma"],
    "sv": ["Typ av förbrukning", "Antal", "Pris per styck", "Delsumma", "Period", "Företag"],
    "en": ["Type of consumption", "Quantity", "Unit price", "Subtotal", "Period", "Company"],
}
"""The columns of the printed sheet; others may stand among them."""
POSITIONS = [
    next(at for at, column in enumerate(SPECIFICATION) if column.text == f"settings.specification.{name}")
    for name in ("type", "quantity", "unit_price", "subtotal", "period", "company")
]
EXPORT_AS = {"nl": "Exporteren als", "nb": "Eksporter til", "sv": "Exportera som", "en": "Export as"}


def printed(row: Sequence[T]) -> list[T]:
    """Return the cells of the printed columns."""
    return [row[position] for position in POSITIONS]


def sheet(content: bytes) -> list[tuple[object, ...]]:
    """Return the rows of a workbook's only sheet."""
    return list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def test_the_specification_lists_consumption_by_type_month_and_company(administrator: Visitor) -> None:
    page = administrator.page(JANUARY)
    pages, mails = "Printservice prioriteit, pagina's", "Verzonden facturen per e-mail"
    lines = [printed(row) for row in page.tables[0] if len(row) == len(SPECIFICATION)]
    assert lines == [
        PRINTED["nl"],
        [mails, "2.989", "0,1000", "298,90", "1-1-22 aan 31-1-22", "=Atelier Maan"],
        [pages, "1.132", "0,1200", "135,84", "1-1-22 aan 31-1-22", "=Atelier Maan"],
        [mails, "2.989", "0,1000", "298,90", "1-1-22 aan 31-1-22", "Bakkerij Zon"],
        [pages, "1.132", "0,1200", "135,84", "1-1-22 aan 31-1-22", "Bakkerij Zon"],
    ]
    others = [[cell for cell in row if cell] for row in page.tables[0] if len(row) != len(SPECIFICATION)]
    assert others == [
        ["=Atelier Maan"],
        ["Subtotaal =Atelier Maan", "434,74"],
        ["Bakkerij Zon"],
        ["Subtotaal Bakkerij Zon", "434,74"],
        ["Totaal ex btw", "869,48", "EUR"],
    ]
    assert "Vervaldatum 3-3-22" in page.text


def test_the_subtotals_of_all_companies_add_up_to_the_invoice(administrator: Visitor, sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == "71000001")).one()
        groups = by_company(queries.specification(db, invoice))
        assert [group.company for group in groups] == ["=Atelier Maan", "Bakkerij Zon"]
        assert sum(group.subtotal for group in groups) == invoice.total_excluding_vat


def test_companies_come_in_pages_and_each_page_has_the_total(
    administrator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.products.settings.views.COMPANIES_PER_PAGE", 1)
    first, last = administrator.page(JANUARY), administrator.page(f"{JANUARY}?page=2")
    for page, company, other in ((first, "=Atelier Maan", "Bakkerij Zon"), (last, "Bakkerij Zon", "=Atelier Maan")):
        cells = [cell for row in page.tables[0] for cell in row]
        assert f"Subtotaal {company}" in cells
        assert f"Subtotaal {other}" not in cells
        assert "869,48" in cells
    assert len(sheet(administrator.export(JANUARY, "Excel").data)) == 5


@pytest.mark.parametrize("language", PRINTED)
def test_the_sheet_has_its_columns_in_the_readers_language(sign_in: SignIn, language: str) -> None:
    visitor = sign_in("anna@office.example", language)
    assert EXPORT_AS[language] in visitor.page(JANUARY).text
    response = visitor.export(JANUARY, "Excel")
    headings = sheet(response.data)[0]
    assert list(headings) == [text(language, column.text) for column in SPECIFICATION]
    assert printed(headings) == PRINTED[language]


def test_numbers_in_the_sheet_are_numbers_and_add_up_to_the_invoice(administrator: Visitor, sandbox: Sandbox) -> None:
    response = administrator.export(JANUARY, "Excel")
    rows = sheet(response.data)[1:]
    assert printed(rows[0]) == ["Verzonden facturen per e-mail", 2989, 0.1, 298.9, "1-1-22 - 31-1-22", "=Atelier Maan"]
    with sandbox.reading() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == "71000001")).one()
    assert round(sum(float(str(printed(row)[3])) for row in rows), 2) == float(invoice.total_excluding_vat)


def test_what_an_accountant_recharges_to_each_company_adds_up_to_the_invoice(
    administrator: Visitor, sandbox: Sandbox
) -> None:
    recharged: dict[str, Decimal] = {}
    for row in sheet(administrator.export(JANUARY, "Excel").data)[1:]:
        *_, subtotal, _, company = printed(row)
        recharged[str(company)] = recharged.get(str(company), Decimal(0)) + Decimal(str(subtotal))
    with sandbox.reading() as db:
        invoice = db.scalars(select(Invoice).where(Invoice.number == "71000001")).one()
        groups = by_company(queries.specification(db, invoice))
        assert recharged == {group.company: group.subtotal for group in groups}
        assert sum(recharged.values()) == invoice.total_excluding_vat


def test_the_same_specification_gives_the_same_bytes(administrator: Visitor) -> None:
    first, second = (administrator.export(JANUARY, "Excel").data for _ in range(2))
    assert first == second


def test_an_export_is_sent_stored_for_its_maker_and_recorded_in_the_journal(
    administrator: Visitor, sandbox: Sandbox
) -> None:
    response = administrator.export(JANUARY, "Excel")
    assert response.headers["Content-Disposition"] == "attachment; filename=specificatie-71000001.xlsx"
    with sandbox.reading() as db:
        (event,) = events.after(db, type_="invoice.exported")
        assert (event.actor, event.subject, event.data["format"]) == ("anna@office.example", "71000001", "xlsx")
        anna, bob = (people.by_email(db, f"{name}@office.example") for name in ("anna", "bob"))
        assert anna is not None and bob is not None
        stored = files.of_owner(db, event.data["file"], anna.id)
        assert stored is not None
        assert stored.content == response.data
        assert files.of_owner(db, stored.id, bob.id) is None


def test_csv_holds_the_same_table_and_no_formula(administrator: Visitor) -> None:
    response = administrator.export(JANUARY, "CSV")
    lines = response.data.decode("utf-8-sig").splitlines()
    assert [";".join(printed(line.split(";"))) for line in lines[:2]] == [
        ";".join(PRINTED["nl"]),
        "Verzonden facturen per e-mail;2989;0,1000;298,90;1-1-22 - 31-1-22;'=Atelier Maan",
    ]
    assert len(lines) == 5


def test_looking_at_an_export_address_makes_nothing(administrator: Visitor, sandbox: Sandbox) -> None:
    assert administrator.get(f"{JANUARY}/export/xlsx").status_code == 405
    with sandbox.reading() as db:
        assert events.after(db, type_="invoice.exported") == []


@pytest.mark.parametrize(("email", "path", "status"), [
    ("cees@office.example", f"{JANUARY}/export/xlsx", 403),
    ("anna@office.example", f"{JANUARY}/export/pdf", 404),
    ("anna@office.example", "/settings/licenses/autoinvoice/invoices/71000003/export/xlsx", 404),
])  # fmt: skip
def test_an_invoice_out_of_reach_is_not_exported(
    sign_in: SignIn, administrator: Visitor, sandbox: Sandbox, email: str, path: str, status: int
) -> None:
    visitor = sign_in(email)
    token = visitor.get("/home/").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert visitor.client.post(visitor.home + path, data={"csrf_token": token}).status_code == status
    with sandbox.reading() as db:
        assert events.after(db, type_="invoice.exported") == []


def test_one_more_charge_moves_one_line_and_the_total(administrator: Visitor, sandbox: Sandbox) -> None:
    before = sheet(administrator.export(JANUARY, "Excel").data)
    with sandbox.transaction() as db:
        company = db.scalars(select(Company).where(Company.name == "Bakkerij Zon")).one()
        charge = add_charge(db, company, "EMAIL", date(2022, 1, 30))
        billing_runs.rebill_from(db, db.get_one(Licence, charge.licence_id), date(2022, 1, 1))
    after = sheet(administrator.export(JANUARY, "Excel").data)
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [(printed(old)[1:4], printed(new)[1:4]) for old, new in moved] == [([2989, 0.1, 298.9], [2990, 0.1, 299.0])]


def test_an_invoice_of_the_other_system_is_said_to_be_in_admin(administrator: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = db.scalars(select(Company).where(Company.name == "Bakkerij Zon")).one()
        licence = next(row for row in queries.licences_of(db, company.customer_id) if row.system == InvoiceSystem.INV)
        add_charge(db, company, "EMAIL", date(2022, 2, 1), product=licence.product)
        (invoice,) = billing_runs.bill_licence_until(db, licence, date(2022, 3, 1))
    page = administrator.page(f"/settings/licenses/financials/invoices/{invoice.number}", 404)
    assert page.heading == f"Factuur {invoice.number} staat hier niet"
    assert "Rapporten" in page.text
