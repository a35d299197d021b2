"""Rules of tables: one list of columns, read by screen, CSV and Excel."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from markupsafe import Markup
from openpyxl import load_workbook

from simulator.web import sheets
from simulator.web.tables import Column, Key, Period, in_file, table_rows, wrappable


@dataclass(frozen=True)
class Sale:
    """One row of the tables below."""

    what: str
    pieces: int
    price: Decimal
    day: date
    note: str | None = None


COLUMNS = (
    Column[Sale](text="settings.specification.type", value=lambda sale: Key(sale.what)),
    Column[Sale](text="settings.specification.quantity", value=lambda sale: sale.pieces, decimals=0),
    Column[Sale](text="settings.specification.unit_price", value=lambda sale: sale.price, decimals=4),
    Column[Sale](text="settings.specification.period", value=lambda sale: Period(sale.day, sale.day)),
    Column[Sale](text="settings.date", value=lambda sale: sale.day),
    Column[Sale](text="settings.specification.company", value=lambda sale: sale.note),
)
SALES = [
    Sale("unit.scan_gold", 1132, Decimal("0.1250"), date(2022, 3, 27), "=SUM(A1)"),
    Sale("unit.email", -5, Decimal("1400.5"), date(2021, 12, 1)),
]
MADE = datetime(2022, 3, 1, 8, 0, tzinfo=UTC)


def test_the_screen_writes_numbers_and_days_as_the_language_does() -> None:
    table = table_rows(COLUMNS, SALES, "nl")
    assert table.headings == ["Type verbruik", "Aantal", "Prijs per stuk", "Periode", "Datum", "Bedrijf"]
    assert table.rows[0] == ["Ontvangen scan goud", "1.132", "0,1250", "27-3-22 aan 27-3-22", "27-3-22", "=SUM(A1)"]
    assert table.rows[1][-1] == ""
    assert table.numeric == [False, True, True, False, False, False]
    assert table.classes == ["", "number", "number", "whole", "whole", ""]
    assert table_rows(COLUMNS, [], "nl").classes[:2] == ["", "number"]


def test_only_a_word_that_no_column_is_wide_enough_for_may_be_divided() -> None:
    assert wrappable("administrator@example.test") == "administrator@example.test"
    assert wrappable("a" * 45) == Markup("a" * 20 + "<wbr>" + "a" * 20 + "<wbr>" + "a" * 5)
    assert wrappable("<b>" * 20) == Markup("<wbr>").join(["<b>" * 6 + "<b", "><b" * 6 + "><", "b>" + "<b>" * 6])


def test_in_a_file_a_period_is_joined_by_a_dash() -> None:
    assert in_file(Period(date(2021, 9, 1), date(2021, 9, 30)), "nl") == "1-9-21 - 30-9-21"


def test_csv_opens_in_a_spreadsheet_of_the_language() -> None:
    dutch = sheets.separated(COLUMNS, SALES, "nl").decode("utf-8-sig").splitlines()
    assert dutch[0] == "Type verbruik;Aantal;Prijs per stuk;Periode;Datum;Bedrijf"
    assert dutch[2] == "Verzonden facturen per e-mail;-5;1400,5000;1-12-21 - 1-12-21;2021-12-01;"
    english = sheets.separated(COLUMNS, SALES, "en").decode("utf-8-sig").splitlines()
    assert english[1] == "Gold scans received,1132,0.1250,27/03/2022 - 27/03/2022,2022-03-27,'=SUM(A1)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_in_csv_is_taken_for_a_formula(text: str) -> None:
    column = (Column[str](text="settings.specification.company", value=lambda row: row),)
    content = sheets.separated(column, [text], "nl").decode("utf-8-sig")
    assert content.partition("\r\n")[2].lstrip('"').startswith("'")


def test_excel_holds_numbers_dates_and_texts_that_are_never_formulas() -> None:
    content = sheets.excel(COLUMNS, SALES, "nl", sheet="Verkoop", created=MADE, above=[("Totaal", 17, Decimal("2.5"))])
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["Verkoop"]
    above, heads, first, second = [list(row) for row in book["Verkoop"].iter_rows()]
    assert [cell.value for cell in above[:3]] == ["Totaal", 17, 2.5]
    assert [cell.value for cell in heads] == [
        "Type verbruik", "Aantal", "Prijs per stuk", "Periode", "Datum", "Bedrijf",
    ]  # fmt: skip
    assert [cell.value for cell in first[1:3]] == [1132, 0.125]
    assert (first[4].value, first[4].number_format) == (datetime(2022, 3, 27), "d-m-yy")
    assert (first[5].value, first[5].data_type) == ("=SUM(A1)", "s")
    assert (second[2].number_format, second[5].value) == ("#,##0.0000", None)


def test_the_same_table_gives_the_same_bytes() -> None:
    files = {sheets.excel(COLUMNS, SALES, "sv", sheet="Försäljning", created=MADE) for _ in range(2)}
    assert len(files) == 1


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(1900, 1, 1), date(1900, 2, 28)])
def test_a_day_that_excel_has_no_number_for_is_a_text(day: date) -> None:
    column: Column[date] = Column(text="settings.specification.company", value=lambda value: value)
    file = sheets.excel([column], [day], "nb", sheet="Days", created=datetime(2022, 3, 1, tzinfo=UTC))
    cell = load_workbook(BytesIO(file))["Days"]["A2"]
    assert cell.value == f"{day.day:02}.{day.month:02}.{day.year:04}" and not cell.is_date


def test_the_first_days_that_every_spreadsheet_numbers_alike_are_days() -> None:
    column: Column[date] = Column(text="settings.specification.company", value=lambda value: value)
    days = [date(1900, 3, 1), date(9999, 12, 31)]
    file = sheets.excel([column], days, "nb", sheet="Days", created=datetime(2022, 3, 1, tzinfo=UTC))
    sheet = load_workbook(BytesIO(file))["Days"]
    assert [sheet["A2"].value, sheet["A3"].value] == [datetime(day.year, day.month, day.day) for day in days]
