"""Rules of Peppol BIS Billing 3.0 and of countries that the package with the common rules lacks: one table.

Source: Peppol BIS Billing 3.0, rules PEPPOL-…, BR-…, NO-R-…, SE-R-… and NL-R-…, in words of our own. Own choice: those called
``SIM-…``; a buyer without any number is a person, who need not have an electronic address (people get documents by e-mail or post).
Left out: rules on allowances, periods and tax categories beyond those here and in the package.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.identifiers import SCHEMES, VAT_NUMBERS
from simulator.documents.ubl.problems import Problem
from simulator.documents.ubl.words import (
    ADDRESS_SCHEMES,
    CREDIT_NOTE_CODES,
    CUSTOMIZATION,
    INVOICE_CODES,
    MEDIA_TYPES,
    NAMESPACES,
    PROFILE,
)

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: its published name.
        of: XPath of the elements it is about.
        test: what must be true there: an XPath, or a function of the element's text.
        message: what is wrong when it is not; ``{}`` stands for the element's text.
        warning: whether a document that breaks it can be sent all the same.
    """

    id: str
    of: str
    test: str | Callable[[str], Any]
    message: str
    warning: bool = False


SELLER = "/*/cac:AccountingSupplierParty/cac:Party"
BUYER = "/*/cac:AccountingCustomerParty/cac:Party"
LEGAL = "cac:PartyLegalEntity/cbc:CompanyID"
VAT = "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']/cbc:CompanyID"
COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
IDENTIFIERS = "cbc:EndpointID | cac:PartyIdentification/cbc:ID | cac:PartyLegalEntity/cbc:CompanyID"
PARTIES = f"({SELLER} | {BUYER})"
DUTCH = "@schemeID = '0106' or @schemeID = '0190'"
ONE_LINE = (
    "/*/cbc:ID | /*/cbc:BuyerReference | /*/cac:OrderReference/cbc:ID | /*/cac:PaymentMeans//cbc:*"
    " | //cac:Party//cbc:* | //cac:Item/cbc:Name"
)
AMOUNTS = "//*[@currencyID]"
NUMBERS = f"{AMOUNTS} | //cbc:Percent | //*[@unitCode] | //cbc:MultiplierFactorNumeric"
CURRENCY = "/*/cbc:DocumentCurrencyCode"


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text).year >= 1
    except ValueError:
        return False


@cache
def _currencies() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(map(str, get_global("all_currencies")))


@cache
def _countries() -> frozenset[str]:
    from babel.core import Locale

    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if re.fullmatch(r"[A-Z]{2}", code)) - {"EU", "UN", "ZZ", "XA", "XB"}


def _is_currency(text: str) -> bool:
    return text in _currencies()


def _is_country(text: str) -> bool:
    return text in _countries()


STRUCTURE = (
    Rule("PEPPOL-EN16931-R001", "/*", "normalize-space(cbc:ProfileID)", "The profile (ProfileID) is missing."),
    Rule(
        "PEPPOL-EN16931-R004",
        "/*",
        "normalize-space(cbc:CustomizationID)",
        "The specification (CustomizationID) is missing.",
    ),
    Rule("PEPPOL-EN16931-R007", "/*/cbc:ProfileID", PROFILE.__eq__, "The profile is '{}'; it must be " + PROFILE + "."),
    Rule(
        "PEPPOL-EN16931-R004",
        "/*/cbc:CustomizationID",
        CUSTOMIZATION.__eq__,
        "The specification is '{}'; it must be " + CUSTOMIZATION + ".",
    ),
    Rule("BR-02", "/*", "normalize-space(cbc:ID)", "The document has no number."),
    Rule("BR-06", "/*", "cac:AccountingSupplierParty/cac:Party", "The seller is missing."),
    Rule("BR-07", "/*", "cac:AccountingCustomerParty/cac:Party", "The buyer is missing."),
    Rule(
        "PEPPOL-EN16931-R003",
        "/*",
        "normalize-space(cbc:BuyerReference) or normalize-space(cac:OrderReference/cbc:ID)",
        "There is neither a buyer's reference nor the number of an order.",
    ),
    Rule(
        "PEPPOL-EN16931-R020",
        SELLER,
        "normalize-space(cbc:EndpointID)",
        "The seller has no electronic address (EndpointID).",
    ),
    Rule(
        "PEPPOL-EN16931-R010",
        BUYER,
        f"normalize-space(cbc:EndpointID) or not({LEGAL} | {VAT} | cac:PartyIdentification)",
        "The buyer has no electronic address (EndpointID).",
    ),
    Rule(
        "BR-CO-26",
        SELLER,
        f"{LEGAL} | {VAT} | cac:PartyIdentification/cbc:ID",
        "The seller has neither an organisation number nor a VAT number.",
    ),
    Rule("PEPPOL-EN16931-R008", "//*[not(*)]", "normalize-space()", "The element is empty."),
    Rule("PEPPOL-EN16931-R002", "/*", "count(cbc:Note) < 2", "There is more than one note."),
    Rule("BR-CL-04", CURRENCY, _is_currency, "'{}' is not the code of a currency."),
    Rule("BR-CL-14", f"//{COUNTRY}", _is_country, "'{}' is not the code of a country."),
    Rule("PEPPOL-EN16931-P0100", "/*/cbc:InvoiceTypeCode", INVOICE_CODES.__contains__, "'{}' is not a type of invoice."),
    Rule(
        "PEPPOL-EN16931-P0101",
        "/*/cbc:CreditNoteTypeCode",
        CREDIT_NOTE_CODES.__contains__,
        "'{}' is not a type of credit note.",
    ),
    Rule(
        "PEPPOL-EN16931-F001",
        "//cbc:IssueDate | //cbc:DueDate | //cbc:PaymentDueDate",
        _is_date,
        "'{}' is not a date written as 2022-03-27.",
    ),
    Rule(
        "PEPPOL-EN16931-R051",
        AMOUNTS,
        f"@currencyID = {CURRENCY} or (self::cbc:TaxAmount and @currencyID = /*/cbc:TaxCurrencyCode)",
        "The amount {} is in another currency than the document.",
    ),
    Rule(
        "UBL-DT-01",
        "//*[@currencyID][not(self::cbc:PriceAmount)]",
        re.compile(r"[^.]*(\.[0-9]{0,2}0*)?").fullmatch,
        "The amount {} has more than two decimals.",
    ),
    Rule(
        "SIM-NUMBER",
        NUMBERS,
        re.compile(r"\s*[+-]?[0-9]{0,12}(\.[0-9]{0,10})?\s*").fullmatch,
        "The number {} has too many digits.",
    ),
    Rule("SIM-LENGTH", ONE_LINE, lambda text: len(text) <= 250, "The text has more than 250 characters."),
    Rule(
        "SIM-LENGTH",
        "//cbc:Note | //cbc:Description",
        lambda text: len(text) <= 5000,
        "The text has more than 5000 characters.",
    ),
    Rule(
        "BR-27", "//cac:Price/cbc:PriceAmount", lambda text: not text.startswith("-"), "The price {} is less than nothing."
    ),
    Rule(
        "BR-CO-25",
        "/*[cac:LegalMonetaryTotal/cbc:PayableAmount > 0]",
        "normalize-space(cbc:DueDate) or cac:PaymentMeans/cbc:PaymentDueDate or normalize-space(cac:PaymentTerms/cbc:Note)",
        "There is something to pay, but neither a day it is due nor terms of payment.",
    ),
    Rule(
        "BR-CL-24",
        "//cbc:EmbeddedDocumentBinaryObject/@mimeCode",
        frozenset(MEDIA_TYPES.values()).__contains__,
        "Files of the type '{}' cannot be attached.",
    ),
)
"""Rules for documents from everywhere."""

IDENTIFYING = (
    Rule("BR-62/63", "//cbc:EndpointID", "@schemeID", "The electronic address {} has no scheme (schemeID)."),
    Rule(
        "BR-CL-25",
        "//cbc:EndpointID/@schemeID",
        ADDRESS_SCHEMES.__contains__,
        "'{}' is not a scheme of electronic addresses.",
    ),
    *(
        Rule(
            scheme.rule,
            f"{PARTIES}/*[self::cbc:EndpointID][@schemeID = '{code}'] | {PARTIES}/*/cbc:*[self::cbc:ID or self::cbc:CompanyID]"
            f"[@schemeID = '{code}']",
            scheme.is_right,
            f"'{{}}' is not right for scheme {code}: {scheme.expected}.",
        )
        for code, scheme in SCHEMES.items()
    ),
    *(
        Rule(
            scheme.rule,
            f"{PARTIES}/{VAT}[starts-with(., '{country}')]",
            scheme.is_right,
            f"The VAT number '{{}}' is not right: {scheme.expected}.",
        )
        for country, scheme in VAT_NUMBERS.items()
    ),
)
"""Rules for numbers by their scheme and country."""

NATIONAL = (
    Rule(
        "NO-R-001",
        f"{SELLER}[{COUNTRY} = 'NO']/{VAT}",
        VAT_NUMBERS["NO"].is_right,
        "The seller's VAT number '{}' is not right: " + VAT_NUMBERS["NO"].expected + ".",
    ),
    Rule(
        "NO-R-002",
        f"{SELLER}[{COUNTRY} = 'NO']",
        "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'TAX']/cbc:CompanyID = 'Foretaksregisteret'",
        "Most Norwegian sellers have to state 'Foretaksregisteret'.",
        warning=True,
    ),
    Rule(
        "SE-R-001",
        f"{SELLER}[{COUNTRY} = 'SE']/{VAT}",
        VAT_NUMBERS["SE"].is_right,
        "The seller's VAT number '{}' is not right: " + VAT_NUMBERS["SE"].expected + ".",
    ),
    Rule(
        "SE-R-013",
        f"{SELLER}[{COUNTRY} = 'SE']/{LEGAL}",
        SCHEMES["0007"].is_right,
        "'{}' is not a Swedish organisation number: " + SCHEMES["0007"].expected + ".",
    ),
    Rule(
        "NL-R-003",
        f"{SELLER}[{COUNTRY} = 'NL']/{LEGAL}",
        DUTCH,
        "A Dutch seller's number {} is a KvK (0106) or an OIN (0190).",
    ),
    Rule(
        "NL-R-005",
        f"{BUYER}[{COUNTRY} = 'NL'][{SELLER}/{COUNTRY} = 'NL']/{LEGAL}",
        DUTCH,
        "A Dutch buyer's number {} is a KvK (0106) or an OIN (0190).",
    ),
)
"""Rules for sellers of a country."""

RULES = (*STRUCTURE, *IDENTIFYING, *NATIONAL)


def broken(root: "_Element") -> Iterator[Problem]:
    """Yield what the rules of the table find in a document, in the table's order."""
    for rule, find, test in _compiled():
        for node in find(root):
            text = (node if isinstance(node, str) else node.text or "").strip()
            if not (test(node) if isinstance(rule.test, str) else rule.test(text)):
                yield Problem(place(node), rule.id, rule.message.replace("{}", _short(text)), rule.warning)


@cache
def _compiled() -> "tuple[tuple[Rule, Any, Any], ...]":
    from lxml.etree import XPath

    def compiled(path: str) -> Any:
        return XPath(path, namespaces=NAMESPACES)

    return tuple(
        (rule, compiled(rule.of), compiled(f"boolean({rule.test})") if isinstance(rule.test, str) else None)
        for rule in RULES
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def place(node: Any) -> str:
    """Say where an element or attribute is: ``line 12, /Invoice/InvoiceLine[2]/Price``."""
    attribute = ""
    if isinstance(node, str):
        attribute, node = f"/@{node.attrname}", node.getparent()  # type: ignore[attr-defined]
    line, steps = node.sourceline, []
    while node is not None:
        parent = node.getparent()
        alike = [] if parent is None else parent.findall(node.tag)
        name = node.tag.rpartition("}")[2]
        steps.append(f"{name}[{alike.index(node) + 1}]" if len(alike) > 1 else name)
        node = parent
    return f"line {line}, /{'/'.join(reversed(steps))}{attribute}"
