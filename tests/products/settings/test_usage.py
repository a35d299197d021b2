"""Rules of accumulated usage: its sums, its filters, and its exported files."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from simulator.billing import usage
from simulator.billing.ledger import add_charge
from simulator.billing.usage import Group, Search
from simulator.core import events
from simulator.core.sandbox import Sandbox
from simulator.directory.models import Company
from tests import reading
from tests.products.settings.conftest import SignIn
from tests.products.settings.test_export_specification import sheet
from tests.products.settings.visitor import Visitor

USAGE = "/settings/licenses/autoinvoice/usage?from=2022-01&to=2022-03"
MAILS, PAGES = "Verzonden facturen per e-mail", "Printservice prioriteit, pagina's"
HEAD = ["Type verbruik", "Aantal", "Bedrag ex btw", "Periode", "Bedrijf"]


def test_use_is_chosen_instead_of_invoices_on_the_row_of_the_licence(administrator: Visitor) -> None:
    page = administrator.follow(administrator.page("/settings/licenses"), "Verbruik")
    assert page.heading == "Verbruik van Visma.net AutoInvoice"


def test_it_adds_up_types_over_months_and_companies_billed_or_not(administrator: Visitor) -> None:
    _, table = administrator.page(USAGE).tables
    whole = "1-1-22 aan 31-3-22"
    assert table == [HEAD, [MAILS, "5.980", "598,00", whole, "Alle"], [PAGES, "2.264", "271,68", whole, "Alle"]]
    assert "Totaal ex btw: EUR 869,68" in " ".join(administrator.page(USAGE).text.split()).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ("type=EMAIL&group=month", [[MAILS, "5.978", "597,80", "1-1-22 aan 31-1-22", "Alle"],
                                    [MAILS, "2", "0,20", "1-2-22 aan 28-2-22", "Alle"]]),
        ("type=EMAIL&group=company", [[MAILS, "2.990", "299,00", "1-1-22 aan 31-3-22", "=Atelier Maan"],
                                      [MAILS, "2.990", "299,00", "1-1-22 aan 31-3-22", "Bakkerij Zon"]]),
        ("company=1&group=each", [[MAILS, "2.989", "298,90", "1-1-22 aan 31-1-22", "Bakkerij Zon"],
                                  [MAILS, "1", "0,10", "1-2-22 aan 28-2-22", "Bakkerij Zon"],
                                  [PAGES, "1.132", "135,84", "1-1-22 aan 31-1-22", "Bakkerij Zon"]]),
    ],
)  # fmt: skip
def test_company_type_and_grouping_can_be_chosen(administrator: Visitor, chosen: str, rows: list[list[str]]) -> None:
    _, table = administrator.page(f"{USAGE}&{chosen}").tables
    assert table == [HEAD, *rows]


def test_a_company_of_another_customer_chooses_nothing_and_months_turned_round_are_the_same(administrator: Visitor) -> None:
    mine = administrator.page(USAGE).tables
    assert administrator.page(f"{USAGE}&company=3").tables == mine
    turned = "/settings/licenses/autoinvoice/usage?from=2022-03&to=2022-01"
    assert administrator.page(turned).tables == mine
    assert (
        administrator.page("/settings/licenses/autoinvoice/usage?from=soon&to=99&group=x&type=NO&company=one").tables == mine
    )


def test_usage_is_a_chart_of_bars_by_month_for_each_type_with_the_same_numbers_as_a_table(administrator: Visitor) -> None:
    root = reading.read(administrator.get(USAGE).text)
    charts = [element for element in root.all("svg") if element["role"] == "img"]
    assert [chart["aria-label"] for chart in charts] == [
        f"{MAILS} per maand, van januari 2022 tot en met februari 2022: het meeste was 5.978, in januari 2022.",
        f"{PAGES} per maand, van januari 2022 tot en met februari 2022: het meeste was 2.264, in januari 2022.",
    ]
    assert [bar.text for bar in charts[0].all("title")] == ["jan 2022: 5.978", "feb 2022: 2"]
    assert [len(chart.all("rect")) for chart in charts] == [2, 2]
    assert administrator.page(USAGE).tables[0] == [
        ["Maand", MAILS, PAGES],
        ["januari 2022", "5.978", "2.264"],
        ["februari 2022", "2", "0"],
    ]


def test_the_chart_is_the_same_whatever_the_rows_are_grouped_by_and_follows_the_filters(administrator: Visitor) -> None:
    charts = [
        administrator.get(f"{USAGE}&group={group}").text.partition("<figure")[2].partition("</figure>")[0] for group in Group
    ]
    assert len(set(charts)) == 1
    (numbers, _) = administrator.page(f"{USAGE}&company=1&type=EMAIL").tables
    assert numbers == [["Maand", MAILS], ["januari 2022", "2.989"], ["februari 2022", "1"]]


def test_months_without_use_say_so(administrator: Visitor) -> None:
    page = administrator.page("/settings/licenses/autoinvoice/usage?from=2021-01&to=2021-02")
    assert page.tables == [] and "In deze maanden is niets verbruikt." in page.text


@pytest.mark.parametrize("product", ["financials", "autopay", "expense", "nothing"])
def test_only_licensed_products_with_counted_usage_have_the_page(administrator: Visitor, product: str) -> None:
    assert administrator.get(f"/settings/licenses/{product}/usage").status_code == 404


@pytest.mark.parametrize("entry", ["Excel", "CSV"])
def test_the_displayed_table_is_exported(administrator: Visitor, sandbox: Sandbox, entry: str) -> None:
    response = administrator.export(f"{USAGE}&type=EMAIL&group=company", entry)
    assert response.status_code == 200
    if entry == "Excel":
        rows = sheet(response.data)
        assert rows == [tuple(HEAD), (MAILS, 2990, 299, "1-1-22 - 31-3-22", "=Atelier Maan"),
                        (MAILS, 2990, 299, "1-1-22 - 31-3-22", "Bakkerij Zon")]  # fmt: skip
    else:
        assert "2990;299,00" in response.get_data(as_text=True)
    with sandbox.reading() as db:
        (line,) = events.after(db, 0, "usage.exported")
    assert (line.actor, line.subject) == ("anna@office.example", "autoinvoice")


def test_nobody_but_an_administrator_sees_it(sign_in: SignIn) -> None:
    assert sign_in("cees@office.example").get(USAGE).status_code == 403


def test_new_consumption_counts_at_once(sandbox: Sandbox) -> None:
    search = Search(first=date(2022, 3, 1), last=date(2022, 3, 1), group=Group.TYPE)
    with sandbox.transaction() as db:
        company = db.scalars(select(Company).order_by(Company.id)).first()
        assert company is not None
        assert usage.find(db, company.customer_id, "autoinvoice", search).rows == []
        add_charge(db, company, "EINVOICE", date(2022, 3, 2), 3)
        result = usage.find(db, company.customer_id, "autoinvoice", search)
    assert [(row.quantity, row.amount) for row in result.rows] == [(3, Decimal("0.60"))]
