"""Rules of the reports: the list of invoices, the page of an invoice, and the hint at the other ones.

The expected tables are those of "Specificatie verbruik Visma.net AutoInvoice", steps 2 and 3.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import pytest
from sqlalchemy import select

from simulator.billing.models import Invoice
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES, text
from simulator.directory import people
from simulator.directory.models import Customer
from simulator.directory.people import Particulars
from simulator.directory.roles import BUSINESS_CONTACT
from simulator.products.admin.exports import ON_SCREEN
from tests.products.admin.browser import Browser, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn

T = TypeVar("T")

LIST = "/admin/reports/invoices"
PRINTED = """\
INTERNAL	Verzonde...	1-12-21 aan 31-12-21	28
PRINT_PRI...	Printservi...	1-12-21 aan 31-12-21	1132
SCAN_GO...	Ontvange...	1-12-21 aan 31-12-21	1
SCAN_PDF	Ontvange...	1-12-21 aan 31-12-21	15
PRINT_PRI...	Printservi...	1-12-21 aan 31-12-21	1102
PRINT_EU...	Printservi...	1-12-21 aan 31-12-21	9
EMAIL	Verzonde...	1-12-21 aan 31-12-21	2989
PRINT_EU	Printservi...	1-12-21 aan 31-12-21	9
EINVOICE	Verzonde...	1-12-21 aan 31-12-21	316
EMAIL	Verzonde...	1-12-21 aan 31-12-21	19
INCOMIN...	Ontvange...	1-12-21 aan 31-12-21	1
EMAIL	Verzonde...	1-9-21 aan 30-9-21	2
PRINT_PRI...	Printservi...	1-10-21 aan 31-10-21	231
EMAIL	Verzonde...	1-10-21 aan 31-10-21	2041
FINVOICE	Verzonde...	1-10-21 aan 31-10-21	213
"""
"""The lines of the printed invoice that is due on 27-3-22; words are cut off with dots as on the picture."""
HEADINGS = [
    "Klantacco...",
    "KvK-num...",
    "Intern kla...",
    "Abonnem...",
    "SKU",
    "Eenheid",
    "Toeslagna...",
    "Periode",
    "Aantal",
    "Bedrag ex...",
    "Btw-bedrag",
]
"""The headings of the same picture; its scan has one letter wrong in the sixth."""


def fits(printed: str, text: str) -> bool:
    """Return whether a text equals the printed one, which may be cut off with dots."""
    if printed.endswith("..."):
        return text.startswith(printed[:-3]) and len(text) > len(printed) - 3
    return text == printed


def contains_in_order(headings: Iterable[str], printed: Iterable[str]) -> bool:
    """Return whether the printed headings are among others in their order."""
    rest = iter(headings)
    return all(any(fits(heading, other) for other in rest) for heading in printed)


def number_of(sandbox: Sandbox, due: str) -> str:
    """Return the number of the INV invoice that is due on a day."""
    with sandbox.reading() as db:
        invoices = db.scalars(select(Invoice).where(Invoice.system == "inv"))
        (number,) = [invoice.number for invoice in invoices if str(invoice.due_date) == due]
        return number


@pytest.fixture
def printed(sandbox: Sandbox) -> str:
    """Return the number of the invoice of fifteen lines."""
    return number_of(sandbox, "2022-03-27")


def lines(page: Page) -> list[list[str]]:
    """Return the rows of the lines, without the links to their details and without the second lines."""
    return [row[:-1] for row in page.table if len(row) > 1]


def second_lines(page: Page) -> list[str]:
    """Return the second line of each row."""
    return [row[0] for row in page.table if len(row) == 1]


POSITIONS = {column.text.removeprefix("admin.invoice."): position for position, column in enumerate(ON_SCREEN)}


def cells(row: Sequence[T], *names: str) -> list[T]:
    """Return the cells of some columns of a line, on the page or in the file, by the last word of their text keys."""
    return [row[POSITIONS[name]] for name in names]


SALE = ("sku", "unit", "charge_name", "period")
"""What tells how a line was sold."""


def submenu(page: Page) -> list[str]:
    """Return the entries of the submenu."""
    return [link.text for link in page.root.all("nav")[1].all("a")]


def test_the_invoice_of_fifteen_lines_is_the_printed_one_line_by_line(administrator: Browser, printed: str) -> None:
    page = administrator.open(f"{LIST}/{printed}")
    head, *rows = lines(page)
    assert head == [text("nl", column.text) for column in ON_SCREEN]
    assert contains_in_order(head, HEADINGS)
    expected = [line.split("\t") for line in PRINTED.splitlines()]
    assert len(rows) == len(expected) == 15
    for (unit, charge, period, quantity), row in zip(expected, rows, strict=True):
        sku, unit_cell, charge_cell, period_cell, quantity_cell = cells(row, *SALE, "quantity")
        assert fits(unit, unit_cell) and fits(charge, charge_cell)
        assert (bool(sku), period_cell, quantity_cell) == (True, period, quantity)
    assert "Vervaldatum: 27-3-22" in page.text
    assert submenu(page) == ["Inloghistorie", "Facturen", "factuurgegevens"]


def test_the_invoice_of_september_has_three_lines_sold_by_their_numbers(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(f"{LIST}/{number_of(sandbox, '2021-10-09')}")
    assert "Factuurdatum: 9-9-21" in page.text and "Vervaldatum: 9-10-21" in page.text
    assert [cells(row, *SALE) for row in lines(page)[1:]] == [
        ["NL-00000039", "", "", "1-9-21 aan 30-9-21"],
        ["NL-00000036", "", "", "1-9-21 aan 30-9-21"],
        ["NL-00000042", "Users", "", "1-9-21 aan 30-9-21"],
    ]


def test_lines_add_up_to_the_totals_above_them(administrator: Browser, printed: str) -> None:
    page = administrator.open(f"{LIST}/{printed}")
    amounts, vat = (
        sum(int(re.sub(r"\D", "", cells(row, name)[0])) for row in lines(page)[1:]) / 100
        for name in ("amount", "vat_amount")
    )
    assert (amounts, round(amounts + vat, 2)) == (2249.52, 2721.92)
    assert "Totaal: 2.721,92" in page.text and "Totaal ex btw: 2.249,52" in page.text and "Btw: 472,40" in page.text


def test_invoices_are_listed_newest_first_and_sorted_and_filtered_by_the_address(
    administrator: Browser, printed: str
) -> None:
    page = administrator.open(LIST)
    assert page.table[0] == [
        "Factuurnummer", "Factuurdatum", "Vervaldatum", "Klantnaam", "Valuta", "Totaal ex btw", "Btw", "Totaal", "Soort"
    ]  # fmt: skip
    numbers = [row[0] for row in page.table[1:]]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 16
    assert page.table[2] == [
        printed, "25-2-22", "27-3-22", "Administratiekantoor De Rietkraag", "EUR", "2.249,52", "472,40", "2.721,92", "Transactie"
    ]  # fmt: skip
    assert submenu(page) == ["Inloghistorie", "Facturen"]
    dearest = administrator.open(f"{LIST}?sort=total&order=desc").table[1:]
    assert [dearest[0][0], dearest[1][8]] == [printed, "Abonnement"]
    assert [row[0] for row in administrator.open(f"{LIST}?sort=date").table[1:]] == sorted(numbers)
    for query, count in (
        ("type=subscription", 1),
        ("from=2021-09-09&to=2022-02-25", 7),
        (f"number={printed[-4:].lower()}", 1),
        ("number=inv&type=nonsense&from=2022-13-01", 16),
    ):
        assert len(administrator.open(f"{LIST}?{query}").table[1:]) == count, query
    few = administrator.open(f"{LIST}?size=25&page=9")
    assert len(few.table) == 17


@pytest.mark.parametrize("query", ["from=2030-01-01", "number=INV1%25"])
def test_a_filter_that_fits_nothing_says_so(administrator: Browser, query: str) -> None:
    page = administrator.open(f"{LIST}?{query}")
    assert page.status == 200 and "Facturen: 0" in page.text and page.root.all("table") == []


def test_each_row_says_product_product_code_and_price_without_a_click(
    administrator: Browser, printed: str, sandbox: Sandbox
) -> None:
    page = administrator.open(f"{LIST}/{printed}")
    said = second_lines(page)
    assert len(said) == 15
    assert said[0] == "Product: Visma.net AutoInvoice Productcode: NL-00000051 Bedrag per stuk: 0,1500"
    for row, second in zip(lines(page)[1:], said, strict=True):
        assert f"Productcode: {cells(row, 'sku')[0]} " in second
    sold = second_lines(administrator.open(f"{LIST}/{number_of(sandbox, '2021-10-09')}"))
    assert sold[2] == "Product: Visma.net Financials, gebruikers Productcode: NL-00000042 Bedrag per stuk: 15,7500"


def test_the_amount_is_what_the_text_calls_the_total_and_the_list_stays_marked(administrator: Browser, printed: str) -> None:
    page = administrator.open(f"{LIST}/{printed}")
    titles = {heading.text: heading.get("title") for heading in page.root.all("th")}
    assert titles["Bedrag ex btw"] == "Totaal ex btw"
    marked = {link.text: link.get("aria-current") for link in page.root.all("nav")[1].all("a")}
    assert marked == {"Inloghistorie": "", "Facturen": "true", "factuurgegevens": "page"}
    marked = {link.text: link.get("aria-current") for link in administrator.open(LIST).root.all("nav")[1].all("a")}
    assert marked == {"Inloghistorie": "", "Facturen": "page"}


def test_the_page_of_a_line_says_all_of_it(administrator: Browser, printed: str, sandbox: Sandbox) -> None:
    line = administrator.open(f"{LIST}/{printed}/lines/5")
    facts = dict(zip((e.text for e in line.root.all("dt")), (e.text for e in line.root.all("dd")), strict=True))
    assert facts["Product"] == "Visma.net AutoInvoice" and facts["Bedrag per stuk"] == "1,1000"
    assert facts["Toeslagnaam"] == "Printservice prioriteit" and facts["Aantal"] == "1102"
    assert facts["Productcode"] == facts["SKU"] == "NL-00000055"
    assert administrator.open(f"{LIST}/{printed}/lines/16").status == 404
    sold = administrator.open(f"{LIST}/{number_of(sandbox, '2021-10-09')}/lines/3")
    assert "Visma.net Financials, gebruikers" in sold.text


def test_every_heading_says_its_whole_name(administrator: Browser, printed: str) -> None:
    page = administrator.open(f"{LIST}/{printed}")
    headings = page.root.all("th")[: len(ON_SCREEN)]
    assert [heading.get("title") for heading in headings if heading.text != "Bedrag ex btw"] == [
        heading.text for heading in headings if heading.text != "Bedrag ex btw"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(sign_in: SignIn, printed: str, language: str) -> None:
    visitor = sign_in(ADMINISTRATOR, language)
    period = {"nl": "1-12-21 aan 31-12-21", "nb": "01.12.2021-31.12.2021", "sv": "2021-12-01 - 2021-12-31"}
    for path in (LIST, f"{LIST}/{printed}", f"{LIST}/{printed}/lines/1", f"{LIST}/71000001"):
        assert visitor.open(path).root.all("html")[0].get("lang") == language
    (period_cell,) = cells(visitor.open(f"{LIST}/{printed}").table[1], "period")
    assert period_cell == period.get(language, "01/12/2021 to 31/12/2021")


@pytest.fixture
def contact(sandbox: Sandbox) -> Iterator[str]:
    """Return the address of a user whose only role is Business contact of the office."""
    with sandbox.transaction() as db:
        office = db.scalars(select(Customer).where(Customer.key == "office")).one()
        person = people.create(db, Particulars(email="c@office.example", first_name="C", last_name="D", language="nl"))
        person.status = "active"
        people.grant(db, None, person, BUSINESS_CONTACT, customer=office)
    yield "c@office.example"


def test_the_administrator_and_the_business_contact_see_invoices_and_nobody_else(
    sign_in: SignIn, contact: str, printed: str
) -> None:
    paths = (LIST, f"{LIST}/{printed}", f"{LIST}/{printed}/lines/1")
    for email, status in ((ADMINISTRATOR, 200), (contact, 200), (COMPANY_ADMINISTRATOR, 403), (USER, 403)):
        assert [sign_in(email).open(path).status for path in paths] == [status] * 3, email
    assert [sign_in(OUTSIDER).open(path).status for path in paths] == [200, 404, 404]
    assert "Facturen" not in submenu_of_reports(sign_in(COMPANY_ADMINISTRATOR))


def submenu_of_reports(visitor: Browser) -> list[str]:
    """Return the submenu of Reports."""
    return visitor.open("/admin/reports").links("nav")


def test_a_number_of_the_other_kind_is_said_to_be_in_settings_searched_or_opened(
    administrator: Browser, sign_in: SignIn, contact: str
) -> None:
    for path, status in ((f"{LIST}?number=71000001", 200), (f"{LIST}/71000001", 404)):
        page = administrator.open(path)
        assert page.status == status
        assert "Settings bij Licenties" in page.text.replace(" ,", ",")
        assert administrator.click(page, "Settings: Licenties", "main").heading == "Specificatie 71000001"
        assert "Settings: Licenties" not in sign_in(contact).open(path).links("main")
    assert administrator.open(f"{LIST}/INV99999999").status == 404


def test_a_number_that_begins_with_inv_is_said_to_be_in_admin_searched_or_opened(
    administrator: Browser, printed: str
) -> None:
    invoice = administrator.open(f"/settings/licenses/find?number={printed.lower()}")
    assert (invoice.status, invoice.heading) == (200, f"Factuur {printed}")
    for path in ("/settings/licenses/find?number=INV99999999", f"/settings/licenses/autoinvoice/invoices/{printed.lower()}"):
        page = administrator.open(path)
        assert page.status == 404
        assert "Rapporten" in page.text
        assert administrator.click(page, "Visma.net Admin: Facturen", "main").heading == "Facturen"
    assert administrator.open("/settings/licenses/find?number=71000001").heading == "Specificatie 71000001"
    assert "71999999" in administrator.open("/settings/licenses/find?number=71999999").alerts[0]
    assert administrator.open(f"{LIST}?number=7100000").status == 200


def test_reports_opens_with_the_invoices_for_a_visitor_who_may_see_them(administrator: Browser, sign_in: SignIn) -> None:
    page = administrator.click(administrator.open("/admin/startpage"), "Rapporten", "nav")
    assert page.heading == "Facturen"
    page = sign_in(COMPANY_ADMINISTRATOR).open("/admin/reports")
    assert (page.status, page.heading) == (200, "Inloghistorie")


def test_a_customer_without_invoices_sees_where_the_other_ones_are(administrator: Browser, sign_in: SignIn) -> None:
    visitor = sign_in(OUTSIDER)
    page = visitor.open(LIST)
    assert "Deze klant heeft geen factuur waarvan het nummer met INV begint." in page.text
    assert "Settings bij Licenties" in page.text.replace(" ,", ",")
    assert visitor.click(page, "Settings: Licenties", "main").heading == "Licenties"
    for path in (LIST, f"{LIST}?from=2030-01-01"):
        assert "geen factuur waarvan" not in administrator.open(path).text


def test_headings_of_numbers_are_aligned_like_the_numbers(administrator: Browser) -> None:
    page = administrator.open(LIST)
    (table,) = page.root.all("table")
    headings = ["number" in cell.get("class").split() for cell in table.all("thead")[0].all("th")]
    cells = ["number" in cell.get("class").split() for cell in table.all("tbody")[0].all("tr")[0].all("td")]
    assert headings == cells
    assert sum(cells) == 3


@pytest.mark.parametrize("typed", ["2022-02-30", "30-2-22", "27-3", "yesterday", "2022-W01-1"])
def test_a_day_that_is_none_is_named_at_its_field_and_nothing_else_is_lost(administrator: Browser, typed: str) -> None:
    page = administrator.open(f"/admin/reports/invoices?from={typed}&to=2022-03-01&number=INV")
    (field,) = (element for element in page.root.all("input") if element.attributes.get("name") == "from")
    (problem,) = (
        element for element in page.root.all("div") if element.attributes.get("id") == field.attributes["aria-describedby"]
    )
    assert typed in problem.text
    values = {element.attributes.get("name"): element.attributes.get("value") for element in page.root.all("input")}
    assert (values["to"], values["number"]) == ("1-3-22", "INV")
