"""What the simulator asks for besides, because it keeps and draws what documents say: SIM-…."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.rules.facts import Facts
from simulator.documents.ubl.rules.rule import LINES, Group, Rule, of_text, text_of
from simulator.documents.ubl.words import DECIMALS, INTEGER_DIGITS, LONG_TEXT_LENGTH, TEXT_LENGTH

if TYPE_CHECKING:
    from lxml.etree import _Element

NUMBERS = """//*[
    @currencyID or @unitCode or self::cbc:Percent or self::cbc:MultiplierFactorNumeric
    or self::cbc:BaseQuantity or self::cbc:InvoicedQuantity or self::cbc:CreditedQuantity
]"""
DATES = "//*[substring(local-name(), string-length(local-name()) - 3) = 'Date']"
LONG_TEXTS = "self::cbc:Note or self::cbc:Description"
FILES = "self::cbc:EmbeddedDocumentBinaryObject"
PARTIES = "/*/*[self::cac:AccountingSupplierParty or self::cac:AccountingCustomerParty]/cac:Party"
LARGEST = Decimal(10) ** INTEGER_DIGITS
BLANKS = "\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
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
                f"//cbc:*[not({LONG_TEXTS} or {FILES})]",
                f"string-length() <= {TEXT_LENGTH}",
                f"The text has more than {TEXT_LENGTH} characters.",
            ),
            Rule(
                "SIM-LENGTH",
                f"//cbc:*[{LONG_TEXTS}]",
                f"string-length() <= {LONG_TEXT_LENGTH}",
                f"The text has more than {LONG_TEXT_LENGTH} characters.",
            ),
            Rule(
                "SIM-TEXT",
                "//*[not(*)][normalize-space()]",
                f"normalize-space(translate(., '{BLANKS}', ''))",
                "The element holds nothing but blanks.",
            ),
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
