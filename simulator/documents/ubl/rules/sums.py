"""What must add up, and how many decimals amounts may have: BR-CO-10 to BR-CO-17, BR-DEC-… and UBL-DT-01, of EN 16931.

Source: EN 16931 validation artefacts 1.3.16 for UBL, in words of our own. Sums are exact to the cent; tax may be off by less than
one whole unit of the currency.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from simulator.documents.ubl.rules.facts import Facts, rounded
from simulator.documents.ubl.rules.rule import (
    ALLOWANCES,
    CHARGES,
    DOCUMENT,
    LINE_ALLOWANCES,
    LINE_CHARGES,
    LINES,
    SUBTOTALS,
    TOTALS,
    Group,
    Rule,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

TOLERANCE = Decimal(1)
HUNDRED = Decimal(100)


def _sum_of_lines(totals: "_Element", facts: Facts) -> bool:
    return facts.number(totals, "cbc:LineExtensionAmount") == rounded(facts.sum(facts.lines, "cbc:LineExtensionAmount"))


def _sum_of_allowances(totals: "_Element", facts: Facts) -> bool:
    return _same_sum(facts.number(totals, "cbc:AllowanceTotalAmount"), facts.find(ALLOWANCES), facts)


def _sum_of_charges(totals: "_Element", facts: Facts) -> bool:
    return _same_sum(facts.number(totals, "cbc:ChargeTotalAmount"), facts.find(CHARGES), facts)


def _same_sum(total: Decimal | None, elements: "list[_Element]", facts: Facts) -> bool:
    if total is None:
        return not elements
    return total == rounded(facts.sum(elements, "cbc:Amount"))


def _total_without_tax(totals: "_Element", facts: Facts) -> bool:
    lines, less, more, total = (
        facts.number(totals, f"cbc:{name}Amount")
        for name in ("LineExtension", "AllowanceTotal", "ChargeTotal", "TaxExclusive")
    )
    if lines is None or total is None:
        return False
    expected = lines + (more or Decimal(0)) - (less or Decimal(0))
    return total == (expected if more is None and less is None else rounded(expected))


def _sum_of_taxes(tax_total: "_Element", facts: Facts) -> bool:
    parts = tax_total.findall("{*}TaxSubtotal")
    return not parts or facts.number(tax_total, "cbc:TaxAmount") == rounded(facts.sum(parts, "cbc:TaxAmount"))


def _total_with_tax(document: "_Element", facts: Facts) -> bool:
    if document.find("{*}DocumentCurrencyCode") is None:
        return True
    taxes = [amount for amount in facts.find("/*/cac:TaxTotal/cbc:TaxAmount") if amount.get("currencyID") == facts.currency]
    totals = document.find("{*}LegalMonetaryTotal")
    if len(taxes) != 1 or totals is None:
        return False
    without, with_tax = (facts.number(totals, f"cbc:Tax{name}Amount") for name in ("Exclusive", "Inclusive"))
    tax = facts.number(taxes[0], ".")
    return None not in (without, tax) and with_tax == rounded((without or Decimal(0)) + (tax or Decimal(0)))


def _amount_to_pay(totals: "_Element", facts: Facts) -> bool:
    total, prepaid, rounding, payable = (
        facts.number(totals, f"cbc:{name}Amount") for name in ("TaxInclusive", "Prepaid", "PayableRounding", "Payable")
    )
    if total is None or payable is None:
        return False
    paid = total if prepaid is None else rounded(total - prepaid)
    return paid == (payable if rounding is None else rounded(payable - rounding))


def is_tax_of(tax: Decimal, taxable: Decimal, percent: Decimal) -> bool:
    """Return whether an amount of tax is off by less than one from a rate of the taxable amount, whatever their signs."""
    return abs(abs(tax) - rounded(abs(taxable) * percent / HUNDRED)) < TOLERANCE


def _tax_of_category(subtotal: "_Element", facts: Facts) -> bool:
    tax, taxable = (facts.number(subtotal, f"cbc:{name}Amount") for name in ("Tax", "Taxable"))
    category = facts.vat_category(subtotal)
    percent = None if category is None else facts.number(category, "cbc:Percent")
    if percent is None or rounded(percent, 0) == 0:
        return tax is not None and rounded(tax, 0) == 0
    return tax is not None and taxable is not None and is_tax_of(tax, taxable, percent)


SUMS = Group(
    "Sums",
    (
        Rule("BR-CO-10", TOTALS, _sum_of_lines, "The sum of the lines is not what they come to."),
        Rule("BR-CO-11", TOTALS, _sum_of_allowances, "The sum of the allowances is not what they come to."),
        Rule("BR-CO-12", TOTALS, _sum_of_charges, "The sum of the charges is not what they come to."),
        Rule(
            "BR-CO-13",
            TOTALS,
            _total_without_tax,
            "The total without tax is not the sum of the lines, less allowances, and charges.",
        ),
        Rule("BR-CO-14", "/*/cac:TaxTotal", _sum_of_taxes, "The total of the tax is not the sum of its categories."),
        Rule(
            "BR-CO-15",
            DOCUMENT,
            _total_with_tax,
            "The total with tax is not the total without it and the tax in the document's currency.",
        ),
        Rule(
            "BR-CO-16",
            TOTALS,
            _amount_to_pay,
            "The amount to pay is not the total with tax, less what is prepaid, and rounding.",
        ),
        Rule(
            "BR-CO-17",
            SUBTOTALS,
            _tax_of_category,
            "The tax of the category is off by one or more from its rate of the taxable amount.",
        ),
    ),
)

_DECIMALS = (
    ("BR-DEC-01", ALLOWANCES, "Amount", "allowance"),
    ("BR-DEC-02", ALLOWANCES, "BaseAmount", "base of the allowance"),
    ("BR-DEC-05", CHARGES, "Amount", "charge"),
    ("BR-DEC-06", CHARGES, "BaseAmount", "base of the charge"),
    ("BR-DEC-09", TOTALS, "LineExtensionAmount", "sum of the lines"),
    ("BR-DEC-10", TOTALS, "AllowanceTotalAmount", "sum of the allowances"),
    ("BR-DEC-11", TOTALS, "ChargeTotalAmount", "sum of the charges"),
    ("BR-DEC-12", TOTALS, "TaxExclusiveAmount", "total without tax"),
    ("BR-DEC-14", TOTALS, "TaxInclusiveAmount", "total with tax"),
    ("BR-DEC-16", TOTALS, "PrepaidAmount", "prepaid amount"),
    ("BR-DEC-17", TOTALS, "PayableRoundingAmount", "rounding"),
    ("BR-DEC-18", TOTALS, "PayableAmount", "amount to pay"),
    ("BR-DEC-19", SUBTOTALS, "TaxableAmount", "taxable amount"),
    ("BR-DEC-20", SUBTOTALS, "TaxAmount", "tax"),
    ("BR-DEC-23", LINES, "LineExtensionAmount", "line's amount"),
    ("BR-DEC-24", LINE_ALLOWANCES, "Amount", "line's allowance"),
    ("BR-DEC-25", LINE_ALLOWANCES, "BaseAmount", "base of the line's allowance"),
    ("BR-DEC-27", LINE_CHARGES, "Amount", "line's charge"),
    ("BR-DEC-28", LINE_CHARGES, "BaseAmount", "base of the line's charge"),
)


def _two_decimals(element: "_Element", facts: Facts) -> bool:
    """Return whether an element is no amount but a price, or has no more than two decimals."""
    name = str(element.tag)
    if not name.endswith("Amount") or name.endswith("PriceAmount") or len((element.text or "").partition(".")[2]) <= 2:
        return True
    return any(str(outer.tag).endswith("}Price") for outer in element.iterancestors())


_AT_MOST_TWO = "string-length(substring-after(., '.')) <= 2"

DECIMALS = Group(
    "Decimals",
    (
        *(
            Rule(id, f"{of}/cbc:{name}[1]", _AT_MOST_TWO, f"The {what} {{}} has more than two decimals.")
            for id, of, name, what in _DECIMALS
        ),
        Rule(
            "UBL-DT-01",
            "//*",
            _two_decimals,
            "The amount {} has more than two decimals.",
        ),
    ),
)

GROUPS = (SUMS, DECIMALS)
