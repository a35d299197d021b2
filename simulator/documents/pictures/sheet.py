"""The content of a document's picture, in a language: words, amounts and days written as that language writes them.

Own choice: what is shown and in which order; names, addresses and notes stand there as the document has them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from simulator.core import formats
from simulator.core.texts import text
from simulator.directory.countries import BY_CODE
from simulator.documents.model.content import Content, Line, Tax
from simulator.documents.model.parties import Named

Facts = tuple[tuple[str, str], ...]
"""Labels and their values."""

MOST_DECIMALS = 4
UNITS = {"C62": "", "EA": "", "XPP": "", "H87": "", "HUR": "h", "DAY": "d", "KGM": "kg", "GRM": "g", "MTR": "m", "KMT": "km"}
UNITS |= {"MTK": "m²", "MTQ": "m³", "LTR": "l", "KWH": "kWh", "P1": "%"}
"""Signs of units by their codes in UN/ECE Recommendation 20; pieces have none. Own choice: other codes stand there as they are."""


@dataclass(frozen=True)
class Side:
    """A side of the document: its role, its name, and the lines below."""

    role: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A line of the document; ``cells`` stand under ``Sheet.columns``, ``note`` below the first one."""

    cells: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Sheet:
    """The content of a picture.

    ``mark`` says where it comes from, ``page`` how a page is numbered, ``more`` how many lines are left out.
    """

    language: str
    title: str
    mark: str
    page: str
    more: str
    seller: Side
    buyer: Side
    facts: Facts
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    taxes: Facts
    sums: Facts
    payable: tuple[str, str]
    payment: Facts
    note: str


def sheet(content: Content, language: str) -> Sheet:
    """Return the content of a document's picture."""
    words = _Words(language, content.currency)
    kind = words("documents.picture.invoice" if content.kind == "invoice" else "documents.picture.credit_note")
    return Sheet(
        language=language,
        title=f"{kind} {content.number}",
        mark=words("documents.picture.mark"),
        page=words("documents.picture.page"),
        more=words("documents.picture.more"),
        seller=_side(words, words("documents.picture.seller"), content.seller),
        buyer=_side(words, words("documents.picture.buyer"), content.buyer),
        facts=_present(
            (words("documents.picture.number"), content.number),
            (words("documents.picture.issue_date"), formats.short_date(language, content.issue_date)),
            (
                words("documents.picture.due_date"),
                formats.short_date(language, content.due_date) if content.due_date else None,
            ),
            (words("documents.picture.buyer_reference"), content.buyer_reference),
            (words("documents.picture.order_reference"), content.order_reference),
            (words("documents.picture.currency"), content.currency),
        ),
        columns=(
            words("documents.picture.description"),
            words("documents.picture.quantity"),
            words("documents.picture.price"),
            words("documents.picture.tax_rate"),
            words("documents.picture.amount"),
        ),
        rows=tuple(_row(words, line) for line in content.lines),
        taxes=tuple(_tax(words, tax) for tax in content.taxes),
        sums=_present(*_sums(words, content)),
        payable=(words("documents.picture.total"), formats.money(language, content.total, content.currency)),
        payment=_present(
            (words("documents.picture.account"), content.account),
            (words("documents.picture.payment_id"), content.payment_id),
            (words("documents.picture.terms"), content.terms),
            (words("documents.picture.attachments"), ", ".join(attachment.name for attachment in content.attachments)),
        ),
        note=content.note or "",
    )


class _Words:
    """Texts and numbers of one language."""

    def __init__(self, language: str, currency: str) -> None:
        self.language = language
        self.currency = currency

    def __call__(self, key: str) -> str:
        return text(self.language, key)

    def amount(self, amount: Decimal) -> str:
        return formats.money(self.language, amount)

    def number(self, number: Decimal, least: int = 0) -> str:
        """Write a number with the decimals it has, at least some and at most four."""
        digits = f"{number:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2]
        return formats.number(self.language, number, max(least, len(digits)))

    def percent(self, percent: Decimal) -> str:
        return f"{self.number(percent)}{formats.NARROW}%"


def _present(*facts: tuple[str, str | None]) -> Facts:
    return tuple((label, value) for label, value in facts if value)


def _side(words: _Words, role: str, named: Named) -> Side:
    def lines() -> Iterator[str | None]:
        yield named.street
        yield " ".join(part for part in (named.postal_code, named.city) if part)
        yield words(f"country.{named.country.lower()}") if named.country in BY_CODE else named.country
        yield (
            f"{words('documents.picture.organisation_number')} {named.organisation_number}"
            if named.organisation_number
            else None
        )
        yield f"{words('documents.picture.vat_number')} {named.vat_number}" if named.vat_number else None
        yield named.email

    return Side(role, named.name, tuple(line for line in lines() if line))


def _row(words: _Words, line: Line) -> Row:
    quantity = f"{words.number(line.quantity)} {UNITS.get(line.unit, line.unit)}".strip()
    tax = words.percent(line.tax_percent)
    return Row((line.name, quantity, words.number(line.price, 2), tax, words.amount(line.amount)), line.description or "")


def _tax(words: _Words, tax: Tax) -> tuple[str, str]:
    rate = f"{words('documents.picture.tax')} {words.percent(tax.percent)}"
    reason = f" ({tax.reason})" if tax.reason else ""
    return f"{rate}, {words('documents.picture.of')} {words.amount(tax.taxable)}{reason}", words.amount(tax.amount)


def _sums(words: _Words, content: Content) -> Iterator[tuple[str, str | None]]:
    """Yield the sums above what is to be paid; adjustments only where there are some."""
    adjusted = content.net - sum((line.amount for line in content.lines), Decimal(0))
    if adjusted:
        yield words("documents.picture.adjustment"), words.amount(adjusted)
    yield words("documents.picture.net"), words.amount(content.net)
    yield words("documents.picture.tax_sum"), words.amount(content.tax)
    rest = content.total - content.net - content.tax
    if rest:
        rounding = words("documents.picture.rounding" if abs(rest) < 1 else "documents.picture.prepaid")
        yield rounding, words.amount(rest)
