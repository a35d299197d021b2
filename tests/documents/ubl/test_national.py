"""Rules for sellers of a country apply to them, and to nobody else."""

import pytest

from tests.documents.ubl.example import as_credit_note, example, refusing, warning
from tests.documents.ubl.test_verdicts import GERMAN_BUYER, GERMANS
from tools.vocabulary import BUYERS, CREDIT_NOTE, INVOICE, SELLERS, document

DUTCH, SWEDISH = document(INVOICE, "NL", "S", rich=False), document(INVOICE, "SE", "S", rich=False)
DUTCH_CREDIT_NOTE = document(CREDIT_NOTE, "NL", "S", rich=False)
REFERENCE = DUTCH_CREDIT_NOTE[
    DUTCH_CREDIT_NOTE.index("<cac:BillingReference>") : DUTCH_CREDIT_NOTE.index("<cac:AccountingSupplier")
]
DUTCH_NUMBER, OTHER_NUMBER = '<cbc:CompanyID schemeID="0106"', '<cbc:CompanyID schemeID="0183"'
STREET = "<cbc:StreetName>Street 1</cbc:StreetName>"
MEANS = DUTCH[DUTCH.index("<cac:PaymentMeans>") : DUTCH.index("<cac:PaymentTerms>")]
ORDER = "<cac:OrderReference><cbc:ID>2</cbc:ID></cac:OrderReference>"


@pytest.mark.parametrize(
    ("text", "old", "new", "rule"),
    [
        (DUTCH_CREDIT_NOTE, REFERENCE, "", "NL-R-001"),
        (DUTCH, SELLERS["NL"], SELLERS["NL"].replace(STREET, ""), "NL-R-002"),
        (
            DUTCH,
            SELLERS["NL"],
            SELLERS["NL"].replace(DUTCH_NUMBER, OTHER_NUMBER),
            "NL-R-003",
        ),
        (DUTCH, BUYERS["NL"], BUYERS["NL"].replace("<cbc:CityName>City</cbc:CityName>", ""), "NL-R-004"),
        (
            DUTCH,
            BUYERS["NL"],
            BUYERS["NL"].replace(DUTCH_NUMBER, OTHER_NUMBER),
            "NL-R-005",
        ),
        (DUTCH, MEANS, "", "NL-R-007"),
        (DUTCH, ">30<", ">31<", "NL-R-008"),
        (DUTCH, ORDER, "", "NL-R-009"),
        (SWEDISH, "SE999999000601", "SE99999900060", "SE-R-001"),
        (SWEDISH, "SE999999000601", "SE99999900060X", "SE-R-002"),
        (SWEDISH, '"0007">9999990006</cbc:CompanyID', '"0002">99999900x6</cbc:CompanyID', "SE-R-003"),
        (SWEDISH, '"0007">9999990006</cbc:CompanyID', '"0002">999999000</cbc:CompanyID', "SE-R-004"),
        (SWEDISH, '"0007">9999990006</cbc:CompanyID', '"0002">9999990007</cbc:CompanyID', "SE-R-013"),
        (SWEDISH, ">25<", ">24<", "SE-R-006"),
    ],
)
def test_a_national_rule_refuses_a_document_of_its_country(text: str, old: str, new: str, rule: str) -> None:
    assert old in text
    assert rule in refusing(text.replace(old, new).encode())


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (">12345678<", ">12-3456<", "SE-R-008"),
        (">12345678<", ">123456<", "SE-R-009"),
        ("SE:BANKGIRO", "SE:PLUSGIRO", None),
        (">30<", ">56<", "SE-R-011"),
        (">30<", ">31<", "SE-R-012"),
    ],
)
def test_swedish_accounts_are_warned_of(old: str, new: str, rule: str | None) -> None:
    assert old in SWEDISH
    content = SWEDISH.replace(old, new).encode()
    assert refusing(content) == set()
    assert warning(content) == ({rule} if rule else set())


def test_an_f_tax_certificate_is_written_as_it_is_called() -> None:
    vat = SELLERS["SE"][SELLERS["SE"].index("<cac:PartyTaxScheme>") : SELLERS["SE"].index("<cac:PartyLegalEntity>")]
    right = vat.replace("SE999999000601", "Godkänd för F-skatt").replace(">VAT<", ">TAX<")
    assert refusing(SWEDISH.replace(vat, vat + right).encode()) == set()
    assert refusing(SWEDISH.replace(vat, vat + right.replace("för", "av")).encode()) == {"SE-R-005"}


def test_dutch_rules_are_not_for_others() -> None:
    assert refusing(document(CREDIT_NOTE, "NO", "S", rich=False).replace(REFERENCE, "").encode()) == set()


GERMAN = [*GERMANS, *GERMAN_BUYER]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (
            "<cbc:BuyerReference>Ola</cbc:BuyerReference>",
            "<cac:OrderReference><cbc:ID>1</cbc:ID></cac:OrderReference>",
            "DE-R-015",
        ),
        ("<cbc:Telephone>+49 30 123456</cbc:Telephone>", "", "DE-R-006"),
        ("<cbc:Name>N</cbc:Name>", "", "DE-R-005"),
        ("<cbc:PostalZone>0002</cbc:PostalZone>", "", "DE-R-009"),
    ],
)
def test_what_germans_need_is_missing(old: str, new: str, rule: str) -> None:
    right = example(*GERMAN)
    assert refusing(right) == set()
    assert old.encode() in right
    assert refusing(right.replace(old.encode(), new.encode())) == {rule}


def test_an_account_that_is_no_iban_is_warned_of() -> None:
    assert warning(example(*GERMAN).replace(b"DE91100000000123456789", b"DE00100000000123456789")) == {"DE-R-019"}


DANISH = [
    ('<cbc:EndpointID schemeID="0192">310000019', '<cbc:EndpointID schemeID="0184">99999012'),
    ('<cbc:CompanyID schemeID="0192">310000019', '<cbc:CompanyID schemeID="0184">99999012'),
    ('<cbc:EndpointID schemeID="0192">312002205', '<cbc:EndpointID schemeID="0184">99999020'),
    ('<cbc:CompanyID schemeID="0192">312002205', '<cbc:CompanyID schemeID="0184">99999020'),
    ("NO310000019MVA", "DK99999012"),
    ("NO312002205MVA", "DK99999020"),
    ("IdentificationCode>NO<", "IdentificationCode>DK<"),
    ("MeansCode>30<", "MeansCode>58<"),
]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('<cbc:CompanyID schemeID="0184">99999012', '<cbc:CompanyID schemeID="0088">7999999000005', "DK-R-014"),
        ('<cbc:CompanyID schemeID="0184">99999020', '<cbc:CompanyID schemeID="0088">7999999000005', "DK-R-017"),
        ("MeansCode>58<", "MeansCode>57<", "DK-R-005"),
        ("MeansCode>58<", "MeansCode>42<", "DK-R-006"),
        ("MeansCode>58<", "MeansCode>50<", "DK-R-008"),
        ("MeansCode>58<", "MeansCode>93<", "DK-R-010"),
    ],
)
def test_what_danes_need_is_missing(old: str, new: str, rule: str) -> None:
    right = example(*DANISH)
    assert refusing(right) == set()
    assert old.encode() in right
    assert refusing(right.replace(old.encode(), new.encode())) == {rule}


def test_a_danish_credit_note_is_not_negative() -> None:
    text = as_credit_note(example(*DANISH)).decode()
    for old in (">100.00<", ">25.00<", ">125.00<", ">1</cbc:CreditedQuantity"):
        text = text.replace(old, f">-{old[1:]}")
    assert refusing(text.encode()) == {"DK-R-016"}


def test_italian_sellers_have_an_address() -> None:
    italian = example(("NO310000019MVA", "IT12345678903"), ("Foretaksregisteret", "IT123456789"))
    assert refusing(italian) == set()
    assert refusing(italian.replace(b"<cbc:StreetName>Pr\xc3\xb8veveien 1</cbc:StreetName>", b"")) == {"IT-R-002"}


def test_rules_that_are_not_in_the_table_are_said_to_be_missing() -> None:
    assert "SIM-NATIONAL" in warning(example(("NO310000019MVA", "EL123456789")))
