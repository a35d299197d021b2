"""Rules of Peppol BIS Billing 3.0 and of countries that the package with the common rules lacks: one table.

Source: Peppol BIS Billing 3.0, rules PEPPOL-…, BR-…, NO-R-…, SE-R-… and NL-R-…, in words of our own. Own choice: those called
``SIM-…``; a buyer without any number is a person, who need not have an electronic address (people get documents by e-mail or post).
Left out: rules on allowances, periods and tax categories beyond those here and in the package.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
PARTIES = "/*/*[self::cac:AccountingSupplierParty or self::cac:AccountingCustomerParty]/cac:Party"
DUTCH = "@schemeID = '0106' or @schemeID = '0190'"
LINES = "/*/*[self::cac:InvoiceLine or self::cac:CreditNoteLine]"
AMOUNTS = "//*[@currencyID]"
NUMBERS = "//*[@currencyID or @unitCode or self::cbc:Percent or self::cbc:MultiplierFactorNumeric]"
DATES = "//*[self::cbc:IssueDate or self::cbc:DueDate or self::cbc:PaymentDueDate]"
LONG_TEXTS = "self::cbc:Note or self::cbc:Description"
FILES = "self::cbc:EmbeddedDocumentBinaryObject"


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


def _is_readable(text: str) -> bool:
    return all(letter.isprintable() or letter.isspace() for letter in text)


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
    Rule("PEPPOL-EN16931-R008", "//*[not(*)]", "normalize-space(translate(., '\u00a0', ' '))", "The element is empty."),
    Rule("BR-13", "/*/cac:LegalMonetaryTotal", "cbc:TaxExclusiveAmount", "The total without tax is missing."),
    Rule("BR-14", "/*/cac:LegalMonetaryTotal", "cbc:TaxInclusiveAmount", "The total with tax is missing."),
    Rule("BR-22", LINES, "cbc:InvoicedQuantity or cbc:CreditedQuantity", "The line has no quantity."),
    Rule("BR-25", LINES, "cac:Item/cbc:Name", "The line has no name."),
    Rule("BR-26", LINES, "cac:Price/cbc:PriceAmount", "The line has no price."),
    Rule("PEPPOL-EN16931-R002", "/*", "count(cbc:Note) < 2", "There is more than one note."),
    Rule("BR-CL-04", "/*/cbc:DocumentCurrencyCode", _is_currency, "'{}' is not the code of a currency."),
    Rule("BR-CL-14", f"{PARTIES}/{COUNTRY}", _is_country, "'{}' is not the code of a country."),
    Rule("PEPPOL-EN16931-P0100", "/*/cbc:InvoiceTypeCode", INVOICE_CODES.__contains__, "'{}' is not a type of invoice."),
    Rule(
        "PEPPOL-EN16931-P0101",
        "/*/cbc:CreditNoteTypeCode",
        CREDIT_NOTE_CODES.__contains__,
        "'{}' is not a type of credit note.",
    ),
    Rule(
        "PEPPOL-EN16931-F001",
        DATES,
        "translate(., '0123456789', '9999999999') = '9999-99-99' and not(starts-with(., '0000'))",
        "'{}' is not a date written as 2022-03-27.",
    ),
    Rule(
        "PEPPOL-EN16931-R051",
        AMOUNTS,
        "@currencyID = $currency or (self::cbc:TaxAmount and @currencyID = $tax_currency)",
        "The amount {} is in another currency than the document.",
    ),
    Rule(
        "UBL-DT-01",
        f"{AMOUNTS}[not(self::cbc:PriceAmount)]",
        "string-length(substring-after(., '.')) <= 2",
        "The amount {} has more than two decimals.",
    ),
    Rule(
        "SIM-NUMBER",
        NUMBERS,
        "string-length(substring-before(concat(., '.'), '.')) <= 13 and string-length(substring-after(., '.')) <= 10",
        "The number {} has too many digits.",
    ),
    Rule(
        "SIM-LENGTH",
        f"//cbc:*[not({LONG_TEXTS} or {FILES})]",
        "string-length() <= 250",
        "The text has more than 250 characters.",
    ),
    Rule("SIM-LENGTH", f"//cbc:*[{LONG_TEXTS}]", "string-length() <= 5000", "The text has more than 5000 characters."),
    Rule("BR-27", "//cac:Price/cbc:PriceAmount", "not(. < 0)", "The price {} is less than nothing."),
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
    Rule("BR-62/63", f"{PARTIES}/cbc:EndpointID", "@schemeID", "The electronic address {} has no scheme (schemeID)."),
    Rule(
        "BR-CL-25",
        f"{PARTIES}/cbc:EndpointID/@schemeID",
        ADDRESS_SCHEMES.__contains__,
        "'{}' is not a scheme of electronic addresses.",
    ),
    *(
        Rule(
            scheme.rule,
            f"{PARTIES}/descendant::cbc:*[self::cbc:EndpointID or self::cbc:ID or self::cbc:CompanyID][@schemeID = '{code}']",
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

READABLE = (
    *(
        Rule("SIM-TEXT", of, _is_readable, "The text has characters that cannot be printed: '{}'.")
        for of in ("/*/cbc:ID", f"{PARTIES}/descendant::cbc:*[self::cbc:Name or self::cbc:RegistrationName]")
    ),
)
"""Rules for what lists and mails show on one line."""

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

RULES = (*STRUCTURE, *IDENTIFYING, *READABLE, *NATIONAL)


def broken(root: "_Element") -> Iterator[Problem]:
    """Yield what the rules of the table find in a document, in the table's order; one rule finds a place wrong once."""
    reported = set()
    currency, tax_currency = (
        (root.findtext(f"cbc:{name}CurrencyCode", "", NAMESPACES) or "").strip() for name in ("Document", "Tax")
    )
    for rule, find in _compiled():
        for node in find(root, currency=currency, tax_currency=tax_currency):
            text = (node if isinstance(node, str) else node.text or "").strip()
            if not isinstance(rule.test, str) and rule.test(text):
                continue
            where = location(node)
            if (where, rule.id) not in reported:
                reported.add((where, rule.id))
                yield Problem(where, rule.id, rule.message.replace("{}", _short(text)), rule.warning)


@cache
def _compiled() -> "tuple[tuple[Rule, Any], ...]":
    """Return each rule with what finds its elements: those that break it where its test is an XPath, else all.

    Neither is more than a thousand: a schema lets nothing be repeated so often that the functions here look at, but attachments.
    No path joins others by ``|``, which takes time by the square of their number.
    """
    from lxml.etree import XPath

    compiled = []
    for rule in RULES:
        path = f"{rule.of}[not({rule.test})]" if isinstance(rule.test, str) else rule.of
        compiled.append((rule, XPath(f"({path})[position() <= 1000]", namespaces=NAMESPACES)))
    return tuple(compiled)


def _short(text: str) -> str:
    readable = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return readable if len(readable) <= 60 else f"{readable[:60]}…"


def location(node: Any) -> str:
    """Say where an element or attribute is: ``line 12, /Invoice/InvoiceLine[2]/Price``."""
    attribute = ""
    if isinstance(node, str):
        attribute, node = f"/@{node.attrname}", node.getparent()  # type: ignore[attr-defined]
    line, steps = node.sourceline, []
    while node is not None:
        steps.append(_step(node))
        node = node.getparent()
    return f"line {line}, /{'/'.join(reversed(steps))}{attribute}"


def _step(node: "_Element") -> str:
    name = str(node.tag).rpartition("}")[2]
    before = int(_before()(node, name=name))
    alone = not before and next(node.itersiblings(str(node.tag)), None) is None
    return name if alone else f"{name}[{before + 1}]"


@cache
def _before() -> Any:
    from lxml.etree import XPath

    return XPath("count(preceding-sibling::*[local-name() = $name])")
