"""Each rule finds what it is there for, at its place, and nothing else is found."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from simulator.documents import ubl
from simulator.documents.model.content import Content
from simulator.documents.model.parties import Named
from simulator.documents.ubl.problems import MOST
from simulator.documents.ubl.words import LONG_TEXT_LENGTH, TEXT_LENGTH
from tests.documents.invoices import (
    DUTCH,
    DUTCH_BUYER,
    NORWEGIAN,
    NORWEGIAN_BUYER,
    SWEDISH,
    SWEDISH_BUYER,
    credit_note,
    invoice,
)


def rules_of(content: bytes) -> set[str]:
    """Return the rules that a file breaks so that it cannot be sent."""
    return {problem.rule for problem in ubl.check(content) if not problem.warning}


def damaged(old: str, new: str, content: Content | None = None) -> bytes:
    """Return an invoice in which a text was replaced by another; it must be there."""
    written = ubl.write(content or invoice()).decode()
    assert old in written
    return written.replace(old, new, 1).encode()


def without(start: str, end: str, content: Content | None = None) -> bytes:
    """Return an invoice without what lies between two texts."""
    written = ubl.write(content or invoice()).decode()
    before, _, rest = written.partition(start)
    assert end in rest
    return (before + rest.partition(end)[2]).encode()


DAMAGE: list[tuple[Callable[[], bytes], set[str]]] = [
    (lambda: damaged("billing:3.0<", "billing:2.0<"), {"PEPPOL-EN16931-R004"}),
    (lambda: damaged("billing:01:1.0<", "billing:02:1.0<"), {"PEPPOL-EN16931-R007"}),
    (lambda: without("<cbc:BuyerReference>", "</cbc:BuyerReference>"), {"PEPPOL-EN16931-R003"}),
    (lambda: damaged('<cbc:EndpointID schemeID="0192">310000019</cbc:EndpointID>', ""), {"PEPPOL-EN16931-R020"}),
    (lambda: damaged('<cbc:EndpointID schemeID="0192">312002205</cbc:EndpointID>', ""), {"PEPPOL-EN16931-R010"}),
    (lambda: damaged('EndpointID schemeID="0192"', "EndpointID"), {"BR-62"}),
    (lambda: damaged('EndpointID schemeID="0192"', 'EndpointID schemeID="1234"'), {"BR-CL-25", "PEPPOL-EN16931-CL008"}),
    (lambda: without("<cac:AccountingCustomerParty>", "</cac:AccountingCustomerParty>"), {"BR-07", "BR-10", "UBL-XSD"}),
    (
        lambda: without("<cac:AccountingSupplierParty>", "</cac:AccountingSupplierParty>"),
        {"BR-06", "BR-08", "BR-S-02", "UBL-XSD"},
    ),
    (lambda: damaged("<cbc:DueDate>2022-03-31<", "<cbc:DueDate>2022-03-31Z<"), {"PEPPOL-EN16931-F001"}),
    (
        lambda: damaged("<cbc:DueDate>2022-03-31<", "<cbc:DueDate>31.03.2022<"),
        {"PEPPOL-EN16931-F001", "SIM-DATE", "UBL-XSD"},
    ),
    (lambda: damaged("380</cbc:InvoiceTypeCode", "381</cbc:InvoiceTypeCode"), {"BR-CL-01", "PEPPOL-EN16931-P0100"}),
    (
        lambda: damaged("381</cbc:CreditNoteTypeCode", "380</cbc:CreditNoteTypeCode", credit_note()),
        {"BR-CL-01", "PEPPOL-EN16931-P0101"},
    ),
    (lambda: ubl.write(invoice(currency="XYZ")), {"BR-CL-03", "BR-CL-04", "PEPPOL-EN16931-CL007"}),
    (
        lambda: damaged('LineExtensionAmount currencyID="NOK"', 'LineExtensionAmount currencyID="SEK"'),
        {"PEPPOL-EN16931-R051"},
    ),
    (lambda: without("<cbc:TaxExclusiveAmount", "</cbc:TaxExclusiveAmount>"), {"BR-13", "BR-CO-13", "BR-CO-15"}),
    (lambda: without("<cbc:TaxInclusiveAmount", "</cbc:TaxInclusiveAmount>"), {"BR-14", "BR-CO-15", "BR-CO-16"}),
    (lambda: without("<cbc:InvoicedQuantity", "</cbc:InvoicedQuantity>"), {"BR-22", "BR-23", "PEPPOL-EN16931-R120"}),
    (lambda: without("<cbc:Name>Example goods", "</cbc:Name>"), {"BR-25"}),
    (lambda: without("<cac:Price>", "</cac:Price>"), {"BR-26", "BR-27", "PEPPOL-EN16931-R120"}),
    (lambda: damaged("<cbc:Name>Example goods<", "<cbc:Name>\N{NO-BREAK SPACE}<"), {"SIM-TEXT"}),
    (lambda: damaged("IdentificationCode>NO<", "IdentificationCode>XX<"), {"BR-CL-14"}),
    (lambda: damaged("<cbc:Name>Example goods<", "<cbc:Name> <"), {"BR-25", "PEPPOL-EN16931-R008"}),
    (
        lambda: damaged(
            "<cbc:DocumentCurrencyCode>", "<cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note><cbc:DocumentCurrencyCode>"
        ),
        {"PEPPOL-EN16931-R002"},
    ),
    (lambda: damaged("1250.00</cbc:PayableAmount", "1250.001</cbc:PayableAmount"), {"BR-CO-16", "BR-DEC-18", "UBL-DT-01"}),
    (lambda: damaged("1250.00</cbc:PayableAmount", "1251.00</cbc:PayableAmount"), {"BR-CO-16"}),
    (
        lambda: damaged("1000.00</cbc:TaxExclusiveAmount", "1010.00</cbc:TaxExclusiveAmount"),
        {"BR-CO-13", "BR-CO-15"},
    ),
    (lambda: ubl.write(replace(invoice(), tax=Decimal(240), total=Decimal(1240))), {"BR-CO-14"}),
    (lambda: damaged(">400</cbc:PriceAmount", ">-400</cbc:PriceAmount"), {"BR-27", "PEPPOL-EN16931-R120"}),
    (lambda: damaged(">400</cbc:PriceAmount", ">" + "9" * 40 + "</cbc:PriceAmount"), {"PEPPOL-EN16931-R120", "SIM-NUMBER"}),
    (lambda: ubl.write(invoice(number="9" * (TEXT_LENGTH + 1))), {"SIM-LENGTH"}),
    (lambda: ubl.write(invoice(note="9" * (LONG_TEXT_LENGTH + 1))), {"SIM-LENGTH"}),
    (
        lambda: damaged(
            'schemeID="0106">99999901</cbc:CompanyID', 'schemeID="0088">7999999000005</cbc:CompanyID', invoice(DUTCH)
        ),
        {"NL-R-003"},
    ),
    (
        lambda: damaged(
            'schemeID="0106">99999902</cbc:CompanyID', 'schemeID="0088">7999999000005</cbc:CompanyID', invoice(DUTCH)
        ),
        {"NL-R-005"},
    ),
]


@pytest.mark.parametrize(("damage", "rules"), DAMAGE)
def test_damage_is_found_by_its_rule_and_by_no_other(damage: Callable[[], bytes], rules: set[str]) -> None:
    assert rules_of(damage()) == rules


def addressed(scheme: str, identifier: str) -> bytes:
    """Return an invoice to a buyer with that electronic address."""
    return ubl.write(invoice(buyer=replace(NORWEGIAN_BUYER, scheme=scheme, identifier=identifier)))


RIGHT = {
    "0192": ["310000019", "310000035", "312002205"],
    "0007": ["9999990006", "9999990014", "9912990000", "8012310002"],
    "0106": ["99999901", "99999902", "99999903"],
    "0190": ["00000001999999011000", "00000001999999023000", "00000003123456780000"],
    "9944": ["NL999999011B01", "NL999999023B02", "NL999999035B01"],
    "0088": ["7999999000005", "7999999000012", "7999999000029"],
    "0184": ["99999012", "99999020", "99999039", "DK99999012"],
    "0208": ["0999999922"],
    "0151": ["51824753556"],
    "0096": ["1234567890"],
    "0198": ["DK12345678"],
    "0201": ["abc123"],
    "0210": ["12345678901", "RSSMRA80A01H501U"],
    "0211": ["IT12345678903", "FR1"],
    "0216": ["003799999028", "00379999902801"],
    "EM": ["somebody@skogvang.example"],
}
WRONG = [
    ("0192", "PEPPOL-COMMON-R041", ["310000018", "31000001", "000000000", "123456789", "987654321", "310 000 019"]),
    ("0007", "PEPPOL-COMMON-R049", ["9999990007", "999990006", "999999-0006"]),
    ("0088", "PEPPOL-COMMON-R040", ["7999999000006", "79999990000A5"]),
    ("0184", "PEPPOL-COMMON-R042", ["0999901", "9999901", "DK1234567"]),
    ("0208", "PEPPOL-COMMON-R043", ["0999999923", "999999922"]),
    ("0151", "PEPPOL-COMMON-R050", ["51824753557", "5182475355"]),
    ("0096", "PEPPOL-COMMON-R052", ["123456789"]),
    ("0198", "PEPPOL-COMMON-R053", ["1234567890"]),
    ("0212", "PEPPOL-EN16931-CL008", ["99999028"]),
    ("9908", "PEPPOL-EN16931-CL008", ["310000019"]),
]
DOUBTFUL = [
    ("0106", "PEPPOL-COMMON-R054", ["9999990", "999999011", "9999990A"]),
    ("0190", "PEPPOL-COMMON-R055", ["00000001999999011", "0000000199999901100A"]),
    ("9944", "PEPPOL-COMMON-R056-1", ["NL999999011B1", "NL99999901B01", "999999011B01"]),
    ("0201", "PEPPOL-COMMON-R044", ["abc12"]),
    ("0210", "PEPPOL-COMMON-R045", ["1234567890"]),
    ("0211", "PEPPOL-COMMON-R047", ["IT12345678901"]),
    ("0190", "SIM-0190", ["00000001999999012000"]),
    ("0088", "SIM-0088", ["73500537"]),
    ("0184", "SIM-0184", ["99999013", "DK99999013"]),
    ("0208", "SIM-0208", ["2999999964"]),
    ("0216", "SIM-0216", ["003799999027", "99999028"]),
    ("EM", "SIM-EM", ["somebody"]),
]


def each(table: list[tuple[str, str, list[str]]]) -> list[tuple[str, str, str]]:
    """Return a table with a row for each identifier."""
    return [(scheme, rule, identifier) for scheme, rule, identifiers in table for identifier in identifiers]


@pytest.mark.parametrize(
    ("scheme", "identifier"), [(scheme, identifier) for scheme, identifiers in RIGHT.items() for identifier in identifiers]
)
def test_right_identifiers_pass(scheme: str, identifier: str) -> None:
    assert ubl.check(addressed(scheme, identifier)) == []


@pytest.mark.parametrize(("scheme", "rule", "identifier"), each(WRONG))
def test_wrong_identifiers_are_refused_by_the_rule_of_their_scheme(scheme: str, rule: str, identifier: str) -> None:
    assert rule in rules_of(addressed(scheme, identifier))


@pytest.mark.parametrize(("scheme", "rule", "identifier"), each(DOUBTFUL))
def test_identifiers_that_the_official_rules_let_pass_are_warned_of(scheme: str, rule: str, identifier: str) -> None:
    content = addressed(scheme, identifier)
    assert rule in {problem.rule for problem in ubl.check(content) if problem.warning}
    assert ubl.read(content).buyer.identifier == identifier


VAT = [
    (NORWEGIAN, "310000019MVA", {"BR-CO-09"}),
    (NORWEGIAN, "NO310000019", {"NO-R-001"}),
    (NORWEGIAN, "NO310000018MVA", {"NO-R-001"}),
    (SWEDISH, "SE999999000701", set()),
    (SWEDISH, "SE9999990006", {"SE-R-001"}),
    (SWEDISH, "SE99999900060A", {"SE-R-002"}),
    (SWEDISH, "999999000601", {"BR-CO-09"}),
    (DUTCH, "NL999999011B1", set()),
    (DUTCH, "999999011B01", {"BR-CO-09"}),
]


@pytest.mark.parametrize(("seller", "number", "rules"), VAT)
def test_wrong_vat_numbers_of_sellers_are_found(seller: Named, number: str, rules: set[str]) -> None:
    problems = ubl.check(ubl.write(invoice(replace(seller, vat_number=number))))
    assert {problem.rule for problem in problems if not problem.warning} == rules
    assert problems


def test_a_buyers_vat_number_is_looked_at_too() -> None:
    content = ubl.write(invoice(SWEDISH, replace(SWEDISH_BUYER, vat_number="SE9999990006")))
    assert [(problem.rule, problem.warning) for problem in ubl.check(content)] == [("SIM-VAT-SE", True)]


def test_a_swedish_sellers_organisation_number_has_a_right_check_digit() -> None:
    written = damaged('"0007">9999990006</cbc:CompanyID', '"0002">9999990007</cbc:CompanyID', invoice(SWEDISH))
    assert rules_of(written) == {"SE-R-013"}


def test_a_seller_needs_a_number() -> None:
    seller = replace(NORWEGIAN, organisation_number=None, vat_number=None)
    assert rules_of(ubl.write(invoice(seller))) == {"BR-CO-26"}


def test_a_person_needs_no_electronic_address_but_a_company_does() -> None:
    person = Named(name="Somebody", country="NO", email="somebody@home.example")
    company = replace(person, organisation_number="312002205")
    assert rules_of(ubl.write(invoice(buyer=person))) == set()
    assert rules_of(ubl.write(invoice(buyer=company))) == {"PEPPOL-EN16931-R010"}


def test_a_missing_register_is_a_warning_and_no_more() -> None:
    written = damaged("Foretaksregisteret", "Something")
    assert [(problem.rule, problem.warning) for problem in ubl.check(written)] == [("NO-R-002", True)]
    assert ubl.read(written).number == "1001"


def test_a_dutch_seller_may_have_an_oin() -> None:
    seller = replace(DUTCH, organisation_number="00000001999999011000")
    assert ubl.read(ubl.write(invoice(seller, DUTCH_BUYER))).seller == seller


def test_a_problem_says_where_it_is() -> None:
    problem = ubl.check(damaged(">200</cbc:PriceAmount", ">-200</cbc:PriceAmount"))[0]
    assert problem.rule == "BR-27"
    assert problem.where.endswith(", /Invoice/InvoiceLine[2]")
    assert problem.where.startswith("line ")
    assert problem.message == "The price is missing or less than nothing."


def test_what_the_schema_finds_is_told_without_namespaces() -> None:
    problems = ubl.check(damaged("<cbc:ProfileID>", "<cbc:Unheard>x</cbc:Unheard><cbc:ProfileID>"))
    violations = [problem for problem in problems if problem.rule == "UBL-XSD"]
    assert violations and "Unheard" in violations[0].message and "urn:" not in violations[0].message
    assert violations[0].where.startswith("line ")


def test_no_more_problems_are_told_than_somebody_reads() -> None:
    written = ubl.write(invoice()).decode().replace('currencyID="NOK"', 'currencyID="SEK"')
    many = invoice(lines=tuple(replace(invoice().lines[0], id=str(id)) for id in range(200)))
    assert len(ubl.check(ubl.write(many).decode().replace('currencyID="NOK"', 'currencyID="SEK"').encode())) == MOST
    assert 1 < len(ubl.check(written.encode())) <= MOST


def test_the_refusal_tells_the_first_problem_and_how_many_there_are() -> None:
    with pytest.raises(ubl.Invalid) as refusal:
        ubl.read(damaged("1000.00</cbc:TaxExclusiveAmount", "1010.00</cbc:TaxExclusiveAmount"))
    assert refusal.value.code == "documents.bad_file"
    assert refusal.value.facts["problem"].startswith("BR-CO-")
    assert refusal.value.facts["others"] == len(refusal.value.problems) - 1
    assert str(refusal.value).count("\n") == refusal.value.facts["others"]


@pytest.mark.parametrize("letter", ["\x9f", "\u202e", "\ufeff", "\ue000", "\u200b"])
def test_number_and_names_hold_nothing_that_cannot_be_printed(letter: str) -> None:
    for content in (
        invoice(number=f"10{letter}01"),
        invoice(replace(NORWEGIAN, name=f"Fjord{letter}lys")),
        invoice(buyer=replace(NORWEGIAN_BUYER, name=f"Skog{letter}vang")),
    ):
        (problem,) = [problem for problem in ubl.check(ubl.write(content)) if not problem.warning]
        assert problem.rule == "SIM-TEXT" and problem.where.startswith("line ") and letter not in problem.message
    assert rules_of(ubl.write(invoice(number="10\n01"))) == set()
