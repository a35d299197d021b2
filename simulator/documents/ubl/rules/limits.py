"""What the simulator asks for besides, because it keeps and draws what documents say: SIM-…."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.rules.codes import OF_DOCUMENT
from simulator.documents.ubl.rules.facts import Facts
from simulator.documents.ubl.rules.rule import LINES, Group, Rule, named, of_text, text_of
from simulator.documents.ubl.words import DECIMALS, INTEGER_DIGITS, LONG_TEXT_LENGTH, TEXT_LENGTH

if TYPE_CHECKING:
    from lxml.etree import _Element

NUMBERS = named(
    *OF_DOCUMENT,
    "cbc:TaxAmount",
    "cbc:Percent",
    "cbc:MultiplierFactorNumeric",
    "cbc:BaseQuantity",
    "cbc:InvoicedQuantity",
    "cbc:CreditedQuantity",
)
DATES = named(
    "cbc:IssueDate",
    "cbc:DueDate",
    "cbc:TaxPointDate",
    "cbc:StartDate",
    "cbc:EndDate",
    "cbc:ActualDeliveryDate",
    "cbc:PaymentDueDate",
)
LONG_TEXTS = ("}Note", "}Description")
FILE = "}EmbeddedDocumentBinaryObject"
PARTIES = "/*/*[self::cac:AccountingSupplierParty or self::cac:AccountingCustomerParty]/cac:Party"
LARGEST = Decimal(10) ** INTEGER_DIGITS
JOINERS = "\N{SOFT HYPHEN}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def _is_short(node: Any, facts: Facts) -> bool:
    whole, _, decimals = text_of(node).lstrip("+-").partition(".")
    return len(whole) <= INTEGER_DIGITS and len(decimals) <= DECIMALS


def _unit_price(line: "_Element", facts: Facts) -> bool:
    price, base = (facts.number(line, f"cac:Price/cbc:{name}") for name in ("PriceAmount", "BaseQuantity"))
    return not price or not base or abs(price / base) < LARGEST


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text[:10])) and text[10:11] in ("", "Z", "+", "-")
    except ValueError:
        return False


def _is_of_length(element: "_Element", facts: Facts) -> bool:
    text = element.text
    if text is None or len(text) <= TEXT_LENGTH:
        return True
    tag = str(element.tag)
    return tag.endswith(FILE) or (tag.endswith(LONG_TEXTS) and len(text) <= LONG_TEXT_LENGTH)


def _holds_more_than_blanks(element: "_Element", facts: Facts) -> bool:
    """Return whether an element holds others, or nothing at all, or a text that shows; XPath knows fewer blanks than Unicode."""
    text = element.text
    return not text or not text.isspace() or not text.strip(" \t\r\n") or len(element) > 0


def _is_readable(text: str) -> bool:
    return all(letter.isprintable() or letter.isspace() or letter in JOINERS for letter in text)


GROUPS = (
    Group(
        "The simulator's own",
        (
            Rule(
                "SIM-NUMBER",
                NUMBERS,
                _is_short,
                f"The number {{}} has more than {INTEGER_DIGITS} digits, or more than {DECIMALS} decimals.",
            ),
            Rule(
                "SIM-NUMBER",
                LINES,
                _unit_price,
                f"The price of one unit has more than {INTEGER_DIGITS} digits.",
            ),
            Rule("SIM-DATE", DATES, of_text(_is_date), "'{}' is not a day of the years 1 to 9999."),
            Rule(
                "SIM-LENGTH",
                "//*",
                _is_of_length,
                f"The text has more than {TEXT_LENGTH} characters, or {LONG_TEXT_LENGTH} in a note or a description.",
            ),
            Rule("SIM-TEXT", "//*", _holds_more_than_blanks, "The element holds nothing but blanks."),
            *(
                Rule(
                    "SIM-TEXT",
                    of,
                    of_text(_is_readable),
                    "The text has characters that cannot be printed: '{}'.",
                )
                for of in ("/*/cbc:ID", f"{PARTIES}/descendant::cbc:*[self::cbc:Name or self::cbc:RegistrationName]")
            ),
        ),
    ),
)
