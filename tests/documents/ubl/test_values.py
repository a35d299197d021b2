"""No value that a schema lets through, or does not, stops checking and reading."""

import pytest

from simulator.documents import ubl
from tests.documents.ubl.example import LINE, TEXT, example, refusing

PRICE = "100</cbc:PriceAmount>"


@pytest.mark.parametrize("value", ["+100", " 100 ", "100.", "100.0000000000", "00100", "\n100\t"])
def test_a_number_may_be_written_in_every_way_of_the_schema(value: str) -> None:
    assert ubl.read(example((">100</cbc:Price", f">{value}</cbc:Price"))).lines[0].price == 100


@pytest.mark.parametrize(
    "value", ["1e2", "NaN", "INF", "-INF", "", " ", ".", "-", "0x1", "1 0", "1,0", "9" * 5000, "0." + "9" * 5000, "\u0661"]
)
@pytest.mark.parametrize("old", [">100</cbc:Price", ">1</cbc:Invoiced", ">25</cbc:Percent", ">125.00</cbc:Payable"])
def test_what_is_no_number_is_refused(value: str, old: str) -> None:
    assert refusing(example((old, f">{value}<{old.partition('<')[2]}")))


def test_a_price_for_next_to_nothing_is_refused() -> None:
    tiny = f"{PRICE}<cbc:BaseQuantity unitCode='C62'>0.00000000000000000001</cbc:BaseQuantity>"
    assert "SIM-NUMBER" in refusing(example((PRICE, tiny)))


@pytest.mark.parametrize(
    "day", ["2022-03-15Z", "2022-03-15+01:00", "0000-01-01", "12022-03-15", "-0044-03-15", "2022-02-30"]
)
def test_other_days_are_refused_by_their_rule(day: str) -> None:
    assert "PEPPOL-EN16931-F001" in refusing(example((">2022-03-15<", f">{day}<")))


@pytest.mark.parametrize("day", ["2022-03-15Z", "2022-03-15+01:00"])
def test_a_day_to_pay_may_have_a_time_zone(day: str) -> None:
    means = "<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
    content = example(
        ("  <cbc:DueDate>2022-03-15</cbc:DueDate>\n", ""), (means, f"{means}<cbc:PaymentDueDate>{day}</cbc:PaymentDueDate>")
    )
    due = ubl.read(content).due_date
    assert due is not None
    assert due.isoformat() == "2022-03-15"


@pytest.mark.parametrize("day", ["0000-01-01", "12022-03-15", "-0044-03-15"])
def test_a_day_to_pay_that_no_calendar_here_has_is_refused(day: str) -> None:
    means = "<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
    assert "SIM-DATE" in refusing(example((means, f"{means}<cbc:PaymentDueDate>{day}</cbc:PaymentDueDate>")))


def test_five_thousand_lines_are_read() -> None:
    count = 5_000
    lines = "".join(LINE.replace("<cbc:ID>1<", f"<cbc:ID>{number}<") for number in range(count))
    text = TEXT.replace(LINE, lines)
    head, separator, rest = text.partition("  <cac:InvoiceLine>")
    for old, new in (
        (">100.00<", f">{count}00.00<"),
        (">25.00<", f">{count * 25}.00<"),
        (">125.00<", f">{count * 125}.00<"),
    ):
        head = head.replace(old, new)
    assert len(ubl.read((head + separator + rest).encode()).lines) == count


def test_warnings_do_not_hide_what_refuses_a_document() -> None:
    """Sixty warnings, and at the end an amount in another currency."""
    party = "<cac:PartyIdentification><cbc:ID schemeID='0190'>1</cbc:ID></cac:PartyIdentification>"
    many = (
        "      <cac:PostalAddress>\n        <cbc:StreetName>Prøveveien 1",
        party * 60 + "<cac:PostalAddress><cbc:StreetName>P",
    )
    content = example(many, ('<cbc:PriceAmount currencyID="NOK"', '<cbc:PriceAmount currencyID="SEK"'))
    assert refusing(content) == {"PEPPOL-EN16931-R051"}
    assert len(ubl.check(content)) == 50
