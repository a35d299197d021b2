"""Rules for sellers of a country: NO-R-…, SE-R-… and NL-R-…; for Greeks and Icelanders a warning that theirs are not checked.

Source: Peppol BIS Billing 3.0.21, in words of our own. They are not part of self-billing.
"""

import re
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.identifiers import norwegian, swedish
from simulator.documents.ubl.rules import abroad
from simulator.documents.ubl.rules.facts import Facts
from simulator.documents.ubl.rules.rule import (
    BUYER,
    DOCUMENT,
    LEGAL,
    PAYMENT,
    REPRESENTATIVE,
    SELLER,
    TOTALS,
    Group,
    Rule,
    named,
    of_text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
IS_NUMBER = of_text(_NUMBER.fullmatch)


def _norwegian_vat(text: str) -> bool:
    return not text.startswith("NO") or (len(text) == 14 and text.endswith("MVA") and norwegian(text[2:11]))


NORWAY = Group(
    "Norwegian sellers",
    (
        Rule(
            "NO-R-001",
            f"{SELLER}/cac:PartyTaxScheme[normalize-space(cac:TaxScheme/cbc:ID) = 'VAT']/cbc:CompanyID",
            lambda node, facts: _norwegian_vat(node.text or ""),
            "The seller's VAT number '{}' is not right: NO, an organisation number and MVA.",
        ),
        Rule(
            "NO-R-002",
            SELLER,
            "normalize-space(cac:PartyTaxScheme[normalize-space(cac:TaxScheme/cbc:ID) = 'TAX']/cbc:CompanyID)"
            " = 'Foretaksregisteret'",
            "Most Norwegian sellers have to state 'Foretaksregisteret'.",
            warning=True,
        ),
    ),
    lambda facts: facts.seller_country == "NO",
)

SWEDISH = "[cac:PostalAddress/cac:Country/cbc:IdentificationCode = 'SE']"
SWEDISH_VAT = f"{SELLER}{SWEDISH}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']/cbc:CompanyID[starts-with(., 'SE')]"
SWEDISH_NUMBER = f"{SELLER}{SWEDISH}/{LEGAL}"
GIRO = PAYMENT + (
    "[normalize-space(cbc:PaymentMeansCode) = '30']/cac:PayeeFinancialAccount"
    "[normalize-space(cac:FinancialInstitutionBranch/cbc:ID) = 'SE:{}']/cbc:ID"
)
RATES = (25, 12, 6)


def _swedish_rate(category: "_Element", facts: Facts) -> bool:
    return not facts.find(SWEDISH_VAT) or facts.number(category, "cbc:Percent") in RATES


def _length(least: int, most: int) -> Any:
    return of_text(lambda text: least <= len(text) <= most)


SWEDEN = Group(
    "Swedish sellers",
    (
        Rule("SE-R-001", SWEDISH_VAT, _length(14, 14), "The seller's VAT number '{}' has not 14 characters."),
        Rule(
            "SE-R-002",
            SWEDISH_VAT,
            of_text(lambda text: _NUMBER.fullmatch(text[2:14])),
            "The seller's VAT number '{}' has not twelve digits after SE.",
        ),
        Rule("SE-R-003", SWEDISH_NUMBER, IS_NUMBER, "The seller's organisation number '{}' has more than digits."),
        Rule("SE-R-004", SWEDISH_NUMBER, _length(10, 10), "The seller's organisation number '{}' has not ten digits."),
        Rule(
            "SE-R-005",
            f"{SELLER}{SWEDISH}[{LEGAL}]/cac:PartyTaxScheme"
            "[translate(normalize-space(cac:TaxScheme/cbc:ID), 'vat', 'VAT') != 'VAT']/cbc:CompanyID",
            of_text(lambda text: " ".join(text.split()).upper() == "GODKÄND FÖR F-SKATT"),
            "A Swedish seller's tax registration is 'Godkänd för F-skatt', not '{}'.",
        ),
        Rule(
            "SE-R-006",
            named("cac:TaxCategory", "cac:ClassifiedTaxCategory") + "[cbc:ID = 'S']",
            _swedish_rate,
            "Swedish standard rates are 25, 12 and 6.",
        ),
        *(
            Rule(id, GIRO.format(giro.upper()), test, f"{giro} numbers have {what}, not '{{}}'.", warning=True)
            for id, giro, test, what in (
                ("SE-R-007", "Plusgiro", IS_NUMBER, "digits alone"),
                ("SE-R-010", "Plusgiro", _length(2, 8), "two to eight digits"),
                ("SE-R-008", "Bankgiro", IS_NUMBER, "digits alone"),
                ("SE-R-009", "Bankgiro", _length(7, 8), "seven or eight digits"),
            )
        ),
        Rule(
            "SE-R-011",
            PAYMENT,
            "not(cbc:PaymentMeansCode = '50' or cbc:PaymentMeansCode = '56')",
            "Bankgiro and Plusgiro are written with the code 30 and the branch SE:BANKGIRO or SE:PLUSGIRO.",
            warning=True,
        ),
        Rule(
            "SE-R-012",
            PAYMENT,
            f"not(cbc:PaymentMeansCode = '31' and {BUYER}{SWEDISH})",
            "Between Swedish companies a credit transfer is written with the code 30.",
            warning=True,
        ),
        Rule(
            "SE-R-013",
            SWEDISH_NUMBER,
            of_text(swedish),
            "The check digit of the seller's organisation number '{}' is not right.",
        ),
    ),
    lambda facts: bool(facts.find(f"{SELLER}{SWEDISH}")),
)

ADDRESS = "cbc:StreetName and cbc:CityName and cbc:PostalZone"
DUTCH_NUMBER = "@schemeID = '0106' or @schemeID = '0190'"
DUTCH_MEANS = "30 48 49 57 58 59"


def _paid_how(totals: "_Element", facts: Facts) -> bool:
    payable = facts.number(totals, "cbc:PayableAmount")
    if facts.find("//cac:PaymentMeans"):
        return True
    return payable is not None and (payable >= 0 if facts.is_credit_note else payable <= 0)


NETHERLANDS = Group(
    "Dutch sellers",
    (
        Rule(
            "NL-R-001",
            "//cbc:CreditNoteTypeCode",
            "/*/cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
            "A Dutch seller's credit note names the invoice that it is for.",
        ),
        Rule(
            "NL-R-002", f"{SELLER}/cac:PostalAddress", ADDRESS, "A Dutch seller's address has street, postal code and city."
        ),
        Rule("NL-R-003", f"{SELLER}/{LEGAL}", DUTCH_NUMBER, "A Dutch seller's number {} is a KvK (0106) or an OIN (0190)."),
        Rule("NL-R-007", TOTALS, _paid_how, "A Dutch seller's document says how it is to be paid (PaymentMeans)."),
        Rule(
            "NL-R-009",
            "//cac:OrderLineReference/cbc:LineID",
            "/*/cac:OrderReference/cbc:ID",
            "A line names the line of an order, and the document names no order.",
        ),
    ),
    lambda facts: facts.seller_address_country == "NL",
)
INSIDE_NETHERLANDS = Group(
    "Dutch sellers with a Dutch buyer or tax representative",
    (
        Rule(
            "NL-R-004",
            f"{BUYER}/cac:PostalAddress",
            lambda node, facts: facts.buyer_address_country != "NL" or _has_address(node),
            "A Dutch buyer's address has street, postal code and city.",
        ),
        Rule(
            "NL-R-005",
            f"{BUYER}/{LEGAL}",
            lambda node, facts: facts.buyer_address_country != "NL" or node.get("schemeID") in ("0106", "0190"),
            "A Dutch buyer's number {} is a KvK (0106) or an OIN (0190).",
        ),
        Rule(
            "NL-R-006",
            f"{REPRESENTATIVE}/cac:PostalAddress",
            lambda node, facts: facts.representative_address_country != "NL" or _has_address(node),
            "A Dutch tax representative's address has street, postal code and city.",
        ),
        Rule(
            "NL-R-008",
            PAYMENT,
            lambda node, facts: facts.buyer_address_country != "NL" or _means_of(node) in DUTCH_MEANS.split(),
            f"Inside the Netherlands documents are paid by the means {DUTCH_MEANS.replace(' ', ', ')}.",
        ),
    ),
    lambda facts: facts.seller_address_country == "NL",
)


def _means_of(payment: "_Element") -> str:
    return (payment.findtext("{*}PaymentMeansCode") or "").strip()


def _has_address(address: "_Element") -> bool:
    return all(address.find(f"{{*}}{name}") is not None for name in ("StreetName", "CityName", "PostalZone"))


UNCHECKED = frozenset(("GR", "EL", "IS"))
"""Countries with rules for their sellers that are not in the table."""

OTHERS = Group(
    "Sellers of other countries",
    (
        Rule(
            "SIM-NATIONAL",
            DOCUMENT,
            lambda node, facts: False,
            "National rules not checked: the seller's country has some that the simulator lacks.",
            warning=True,
        ),
    ),
    lambda facts: bool({facts.seller_country, facts.seller_address_country} & UNCHECKED),
)

GROUPS = tuple(
    Group(group.title, group.rules, lambda facts, group=group: not facts.is_self_billed and group.applies(facts))  # type: ignore[misc]
    for group in (NORWAY, SWEDEN, NETHERLANDS, INSIDE_NETHERLANDS, *abroad.GROUPS, OTHERS)
)
