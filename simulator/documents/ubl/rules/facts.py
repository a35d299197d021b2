"""What several rules want to know of a document, worked out once: its numbers, its countries, the amounts of its tax categories."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.rules.rule import named, text_of
from simulator.documents.ubl.words import NAMESPACES, SELF_BILLED

if TYPE_CHECKING:
    from lxml.etree import _Element

DIGITS = 60
"""Digits that sums are exact to."""

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_HALF = Decimal("0.5")


class NotANumber(Exception):
    """A text where a number belongs is none, or too long: other rules refuse it, and no sum can be checked."""


@lru_cache(maxsize=1000)
def decimal(text: str) -> Decimal:
    """Return a number as the schema's ``decimal`` writes it, with blanks around it, a plus, or nothing after the point.

    Raises:
        NotANumber: it is none, or longer than numbers may be here.
    """
    text = text.strip()
    if len(text) > DIGITS or _DECIMAL.fullmatch(text) is None:
        raise NotANumber
    return Decimal(text)


def rounded(number: Decimal, decimals: int = 2) -> Decimal:
    """Round half towards the larger number, as XPath does."""
    return (number.scaleb(decimals) + _HALF).to_integral_value(ROUND_FLOOR).scaleb(-decimals)


@cache
def xpath(path: str) -> Any:
    """Return a path, compiled."""
    from lxml.etree import XPath

    return XPath(path, namespaces=NAMESPACES)


_NAME = re.compile(r"//(?:(\w+:\w+)|\*\[((?:self::\w+:\w+)(?: or self::\w+:\w+)*)\])(.*)", re.DOTALL)


@cache
def _anywhere(path: str) -> tuple[tuple[str, ...], Any]:
    """Return the names that a path looks for anywhere, and the rest of it, compiled; no names when it is another path."""
    match = _NAME.fullmatch(path)
    if match is None:
        return (), None
    names = [match[1]] if match[1] else match[2].replace("self::", "").split(" or ")
    tags = ((NAMESPACES[prefix], name) for prefix, _, name in (name.partition(":") for name in names))
    return tuple(f"{{{space}}}{name}" for space, name in tags), xpath(f"self::*{match[3]}") if match[3] else None


@dataclass(frozen=True)
class TaxCategory:
    """A tax category somewhere in a document.

    Attributes:
        position: ``line``, ``allowance``, ``charge``, ``breakdown``, or empty for elsewhere.
        code: its code.
        vat: whether it is one of VAT.
    """

    position: str
    code: str
    vat: bool


class Facts:
    """What rules want to know of one document."""

    def __init__(self, root: "_Element") -> None:
        self.root = root
        self._elements: dict[str, list[Any]] = {}

    def find(self, path: str) -> list[Any]:
        """Return the elements or attributes of a path from the root.

        Paths to elements of a name wherever they stand do not walk through the whole document again and again.
        """
        if path not in self._elements:
            names, rest = _anywhere(path)
            if not names:
                self._elements[path] = xpath(path)(self.root)
            else:
                elements = [element for name in names for element in self._by_name.get(name, ())]
                self._elements[path] = [node for element in elements for node in rest(element)] if rest else elements
        return self._elements[path]

    @cached_property
    def _by_name(self) -> dict[str, list["_Element"]]:
        elements: dict[str, list[_Element]] = defaultdict(list)
        for element in self.root.iter():
            elements[str(element.tag)].append(element)
        return elements

    def text(self, path: str) -> str | None:
        """Return the text of the first element or attribute of a path from the root, or None."""
        nodes = self.find(path)
        return text_of(nodes[0]) if nodes else None

    @staticmethod
    def number(element: "_Element", path: str) -> Decimal | None:
        """Return the number at a path of child elements, or None when it is not there.

        Raises:
            NotANumber: what is there is none.
        """
        child = element.find(path, NAMESPACES)
        return None if child is None else decimal(child.text or "")

    @classmethod
    def sum(cls, elements: Iterable["_Element"], path: str) -> Decimal:
        """Return the sum of the numbers at a path of child elements.

        Raises:
            NotANumber: one is none.
        """
        return sum((cls.number(element, path) or Decimal(0) for element in elements), Decimal(0))

    @cached_property
    def is_credit_note(self) -> bool:
        """Whether it is a credit note."""
        return str(self.root.tag).endswith("}CreditNote")

    @cached_property
    def is_self_billed(self) -> bool:
        """Whether it says that the buyer wrote it."""
        return (self.text("/*/cbc:CustomizationID") or "").startswith(SELF_BILLED.customization)

    @cached_property
    def currency(self) -> str:
        """The document's currency, as it stands there."""
        return self.root.findtext("cbc:DocumentCurrencyCode", "", NAMESPACES) or ""

    @cached_property
    def tax_currency(self) -> str:
        """The currency of the tax accounts, as it stands there."""
        return self.root.findtext("cbc:TaxCurrencyCode", "", NAMESPACES) or ""

    @cached_property
    def seller_country(self) -> str:
        """The country of the seller's VAT number, else of the representative's, else of the address; ``XX`` when unknown."""
        return (
            self._vat_country("cac:AccountingSupplierParty/cac:Party/")
            or self._vat_country("cac:TaxRepresentativeParty/")
            or self.seller_address_country
            or "XX"
        )

    @cached_property
    def buyer_country(self) -> str:
        """The country of the buyer's VAT number, else of the address; ``XX`` when unknown."""
        return self._vat_country("cac:AccountingCustomerParty/cac:Party/") or self.buyer_address_country or "XX"

    @cached_property
    def seller_address_country(self) -> str:
        """The country of the seller's address."""
        return self._address_country("cac:AccountingSupplierParty/cac:Party/")

    @cached_property
    def buyer_address_country(self) -> str:
        """The country of the buyer's address."""
        return self._address_country("cac:AccountingCustomerParty/cac:Party/")

    @cached_property
    def representative_address_country(self) -> str:
        """The country of the tax representative's address."""
        return self._address_country("cac:TaxRepresentativeParty/")

    def _vat_country(self, party: str) -> str:
        number = self.find(f"/*/{party}cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']/cbc:CompanyID")
        return (number[0].text or "")[:2].strip().upper() if number else ""

    def _address_country(self, party: str) -> str:
        return (self.text(f"/*/{party}cac:PostalAddress/cac:Country/cbc:IdentificationCode") or "").upper()

    @staticmethod
    def vat_category(element: "_Element") -> "_Element | None":
        """Return the first tax category of VAT below an element."""
        return next(filter(_is_vat, element.findall("cac:TaxCategory", NAMESPACES)), None)

    @cached_property
    def lines(self) -> list["_Element"]:
        """The lines."""
        return self.find("/*/*[self::cac:InvoiceLine or self::cac:CreditNoteLine]")

    @cached_property
    def categories(self) -> list[TaxCategory]:
        """All tax categories of the document."""
        return [
            TaxCategory(
                _position(element),
                (element.findtext("cbc:ID", "", NAMESPACES) or "").strip(),
                _is_vat(element),
            )
            for element in self.find(named("cac:TaxCategory", "cac:ClassifiedTaxCategory"))
        ]

    def count(self, code: str, *positions: str) -> int:
        """Return how often a category of VAT stands at positions; anywhere, when none is named."""
        return sum(
            1
            for category in self.categories
            if category.code == code and category.vat and (not positions or category.position in positions)
        )

    @cached_property
    def by_category(self) -> dict[str, Decimal]:
        """What lines, charges and allowances of the document come to for each tax category.

        Raises:
            NotANumber: an amount is none.
        """
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for code, _, amount in self._taxed:
            sums[code] += amount
        return sums

    @cached_property
    def by_rate(self) -> dict[tuple[str, Decimal | None], Decimal]:
        """The same for each tax category and rate.

        Raises:
            NotANumber: an amount or a rate is none.
        """
        sums: dict[tuple[str, Decimal | None], Decimal] = {}
        for code, percent, amount in self._taxed:
            sums[code, percent] = sums.get((code, percent), Decimal(0)) + amount
        return sums

    @cached_property
    def _taxed(self) -> list[tuple[str, Decimal | None, Decimal]]:
        taxed = []
        for elements, path, amount, signed in (
            (self.lines, "cac:Item/cac:ClassifiedTaxCategory", "cbc:LineExtensionAmount", False),
            (self.find("/*/cac:AllowanceCharge"), "cac:TaxCategory", "cbc:Amount", True),
        ):
            for element in elements:
                sign = charge_sign(element) if signed else 1
                # A category that stands there twice counts once.
                categories = {
                    ((category.findtext("cbc:ID", "", NAMESPACES) or "").strip(), self.number(category, "cbc:Percent"))
                    for category in element.findall(path, NAMESPACES)
                }
                value = sign * (self.number(element, amount) or Decimal(0))
                taxed += [(code, percent, value) for code, percent in categories if sign]
        return taxed


def charge_sign(element: "_Element") -> int:
    """Return 1 for a charge, -1 for an allowance, 0 for what is neither."""
    indicator = (element.findtext("cbc:ChargeIndicator", "", NAMESPACES) or "").strip()
    return {"true": 1, "1": 1, "false": -1, "0": -1}.get(indicator, 0)


def _is_vat(element: "_Element") -> bool:
    return (element.findtext("cac:TaxScheme/cbc:ID", "", NAMESPACES) or "").strip().upper() == "VAT"


def _position(element: "_Element") -> str:
    if str(element.tag).endswith("}ClassifiedTaxCategory"):
        return "line"
    parent = element.getparent()
    if parent is None:
        return ""
    if str(parent.tag).endswith("}TaxSubtotal"):
        return "breakdown"
    if str(parent.tag).endswith("}AllowanceCharge"):
        return {1: "charge", -1: "allowance"}.get(charge_sign(parent), "")
    return ""
