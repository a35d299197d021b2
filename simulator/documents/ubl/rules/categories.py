"""The families of rules for the categories of VAT: BR-S-…, BR-Z-…, BR-E-… and so on, generated from a table of the categories.

Source: EN 16931 validation artefacts 1.3.16 for UBL, in words of our own. The taxable amount of a rate may be off by less than one
whole unit of the currency for S, L and M, which have rates; for the other categories it is exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.rules.facts import Facts
from simulator.documents.ubl.rules.rule import (
    BUYER,
    DELIVERY,
    DOCUMENT,
    ITEMS,
    LEGAL,
    OF_ALLOWANCE,
    OF_CHARGE,
    OF_VAT,
    REPRESENTATIVE,
    SELLER,
    SUBTOTALS,
    VAT_NUMBER,
    Group,
    Rule,
    Test,
)
from simulator.documents.ubl.rules.sums import TOLERANCE, is_tax_of

if TYPE_CHECKING:
    from lxml.etree import _Element

SELLER_VAT = f"{SELLER}/{VAT_NUMBER}"
SELLER_TAX = f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID"
REPRESENTATIVE_VAT = f"{REPRESENTATIVE}/{VAT_NUMBER}"
BUYER_VAT = f"{BUYER}/{VAT_NUMBER}"
BUYER_LEGAL = f"{BUYER}/{LEGAL}"
POSITIONS = {"02": ("line", "line"), "03": ("allowance", "allowance"), "04": ("charge", "charge")}


@dataclass(frozen=True)
class Category:
    """What is particular to a category of VAT.

    Attributes:
        code: as documents write it.
        family: as the names of its rules have it: ``S`` of ``BR-S-01``.
        rate: ``more than zero``, ``zero or more``, ``zero`` or ``none``.
        seller: where one number of the seller or of the representative must stand.
        buyer: where one number of the buyer must stand; nothing: it needs none.
        numberless: whether seller, representative and buyer must not have VAT numbers instead.
    """

    code: str
    family: str
    rate: str
    seller: tuple[str, ...] = (SELLER_TAX, REPRESENTATIVE_VAT)
    buyer: tuple[str, ...] = ()
    numberless: bool = False

    @property
    def has_rates(self) -> bool:
        """Whether there can be several rates, and tax to pay."""
        return self.rate in ("more than zero", "zero or more")


CATEGORIES = (
    Category("S", "S", "more than zero"),
    Category("Z", "Z", "zero"),
    Category("E", "E", "zero"),
    Category("AE", "AE", "zero", buyer=(BUYER_VAT, BUYER_LEGAL)),
    Category("K", "IC", "zero", seller=(SELLER_VAT, REPRESENTATIVE_VAT), buyer=(BUYER_VAT,)),
    Category("G", "G", "zero", seller=(SELLER_VAT, REPRESENTATIVE_VAT)),
    Category("O", "O", "none", numberless=True),
    Category("L", "AF", "zero or more"),
    Category("M", "AG", "zero or more"),
)


def _in_breakdown(category: Category) -> Test:
    if category.code == "S":
        return lambda node, facts: _has(facts, "S", "line", "allowance", "charge") == _has(facts, "S", "breakdown")
    if category.has_rates:
        return lambda node, facts: (
            (facts.count(category.code, "line", "allowance", "charge") > 0) == (facts.count(category.code, "breakdown") > 0)
        )
    return lambda node, facts: not facts.count(category.code) or facts.count(category.code, "breakdown") == 1


def _has_numbers(category: Category, position: str) -> Test:
    def test(node: Any, facts: Facts) -> bool:
        if not facts.count(category.code, position):
            return True
        if category.numberless:
            return not any(map(facts.find, (SELLER_VAT, REPRESENTATIVE_VAT, BUYER_VAT)))
        return any(map(facts.find, category.seller)) and (not category.buyer or any(map(facts.find, category.buyer)))

    return test


def _has_rate(rate: str) -> Test:
    def test(category: "_Element", facts: Facts) -> bool:
        percent = facts.number(category, "cbc:Percent")
        if percent is None:
            return rate == "none"
        return {"more than zero": percent > 0, "zero or more": percent >= 0, "zero": percent == 0, "none": False}[rate]

    return test


def _of_subtotal(node: "_Element", facts: Facts, name: str) -> Any:
    subtotal = node.getparent()
    return None if subtotal is None else facts.number(subtotal, f"cbc:{name}")


def _taxable_by_rate(category: Category) -> Test:
    def test(node: "_Element", facts: Facts) -> bool:
        percent = facts.number(node, "cbc:Percent")
        taxable = _of_subtotal(node, facts, "TaxableAmount")
        if percent is None:
            return True
        key = category.code, percent
        occurs = key in facts.by_rate or (category.rate == "zero or more" and bool(facts.lines))
        return occurs and taxable is not None and abs(taxable - facts.by_rate.get(key, 0)) < TOLERANCE

    return test


def _taxable(category: Category) -> Test:
    return lambda node, facts: (
        bool(facts.lines) and _of_subtotal(node, facts, "TaxableAmount") == facts.by_category.get(category.code, 0)
    )


def _tax_by_rate(node: "_Element", facts: Facts) -> bool:
    tax, taxable = (_of_subtotal(node, facts, name) for name in ("TaxAmount", "TaxableAmount"))
    percent = facts.number(node, "cbc:Percent")
    return None not in (tax, taxable) and percent is not None and is_tax_of(tax, taxable, percent)


def _no_tax(node: "_Element", facts: Facts) -> bool:
    return bool(_of_subtotal(node, facts, "TaxAmount") == 0)


_NUMBERS = {
    True: "seller, tax representative and buyer must not have VAT numbers",
    False: "the seller or a tax representative needs a tax number",
}


def _family(category: Category) -> Iterator[Rule]:
    code, name = category.code, f"BR-{category.family}"
    of_code = f"[normalize-space(cbc:ID) = '{code}']{OF_VAT}"
    once = "" if category.has_rates else " exactly once"
    yield Rule(f"{name}-01", DOCUMENT, _in_breakdown(category), f"What is taxed as {code} is not in the breakdown{once}.")
    numbers = _NUMBERS[category.numberless] + (", and the buyer one" if category.buyer else "")
    for number, (position, what) in POSITIONS.items():
        yield Rule(
            f"{name}-{number}",
            DOCUMENT,
            _has_numbers(category, position),
            f"With a {what} that is taxed as {code}, {numbers}.",
        )
    for number, of, what in (
        ("05", f"{ITEMS}/cac:ClassifiedTaxCategory", "line"),
        ("06", f"//cac:AllowanceCharge{OF_ALLOWANCE}/cac:TaxCategory", "allowance"),
        ("07", f"//cac:AllowanceCharge{OF_CHARGE}/cac:TaxCategory", "charge"),
    ):
        message = f"The rate of tax of a {what} that is taxed as {code} must be {category.rate}."
        yield Rule(f"{name}-{number}", of + of_code, _has_rate(category.rate), message)
    breakdown = f"{SUBTOTALS}/cac:TaxCategory{of_code}"
    if category.has_rates:
        yield Rule(
            f"{name}-08",
            breakdown,
            _taxable_by_rate(category),
            f"The taxable amount of a rate of {code} is off by one or more from lines, charges and allowances of that rate.",
        )
        yield Rule(f"{name}-09", breakdown, _tax_by_rate, f"The tax as {code} is off by one or more from its rate.")
        reasons = "not(cbc:TaxExemptionReason or cbc:TaxExemptionReasonCode)"
        yield Rule(f"{name}-10", breakdown, reasons, f"What is taxed as {code} has no reason of exemption.")
        return
    yield Rule(
        f"{name}-08",
        breakdown,
        _taxable(category),
        f"The taxable amount of {code} is not what lines, charges and allowances of that category come to.",
    )
    yield Rule(f"{name}-09", breakdown, _no_tax, f"What is taxed as {code} has no tax.")
    if code == "Z":
        reasons = "not(cbc:TaxExemptionReason or cbc:TaxExemptionReasonCode)"
        yield Rule(f"{name}-10", breakdown, reasons, "What is zero rated has no reason of exemption.")
    else:
        reasons = "cbc:TaxExemptionReason or cbc:TaxExemptionReasonCode"
        yield Rule(f"{name}-10", breakdown, reasons, f"The reason of exemption is missing that {code} needs.")


def _delivered_when(node: Any, facts: Facts) -> bool:
    return (
        not facts.count("K", "breakdown")
        or len(facts.text(f"{DELIVERY}/cbc:ActualDeliveryDate") or "") > 1
        or bool(facts.find("/*/cac:InvoicePeriod/*"))
    )


def _delivered_where(node: Any, facts: Facts) -> bool:
    country = f"{DELIVERY}/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode"
    return not facts.count("K", "breakdown") or len(facts.text(country) or "") > 1


def _nothing_but_o(position: str) -> Test:
    return lambda node, facts: (
        not facts.count("O", "breakdown")
        or not any(category.position == position and category.vat and category.code != "O" for category in facts.categories)
    )


def _has(facts: Facts, code: str, *positions: str) -> bool:
    """Return whether a code stands at positions, whatever its scheme; anywhere, when none is named."""
    return any(category.code == code and (not positions or category.position in positions) for category in facts.categories)


def _split_payment_in_italy(node: Any, facts: Facts) -> bool:
    return not _has(facts, "B") or not facts.find("//cbc:IdentificationCode[. != 'IT']")


OTHERS = (
    Rule("BR-IC-11", DOCUMENT, _delivered_when, "An intra-community supply needs the day of the delivery, or a period."),
    Rule("BR-IC-12", DOCUMENT, _delivered_where, "An intra-community supply needs the country of the delivery."),
    *(
        Rule(id, DOCUMENT, _nothing_but_o(position), f"What is not subject to VAT (O) stands beside a {what} that is.")
        for id, position, what in (
            ("BR-O-11", "breakdown", "breakdown"),
            ("BR-O-12", "line", "line"),
            ("BR-O-13", "allowance", "allowance"),
            ("BR-O-14", "charge", "charge"),
        )
    ),
    Rule("BR-B-01", DOCUMENT, _split_payment_in_italy, "Split payment (B) is for Italy alone."),
    Rule(
        "BR-B-02",
        DOCUMENT,
        lambda node, facts: not (_has(facts, "B") and _has(facts, "S")),
        "Split payment (B) stands beside the standard rate (S).",
    ),
)

GROUPS = (
    Group(
        "Categories of VAT",
        (*(rule for category in CATEGORIES for rule in _family(category)), *OTHERS),
    ),
)
