"""What Peppol asks of documents besides EN 16931: PEPPOL-EN16931-….

Source: Peppol BIS Billing 3.0.21 and Self-Billing 3.0.2, in words of our own. Own choice: a buyer without any number is a person,
who need not have an electronic address (people get documents by e-mail or post); that is a warning.
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.rules.codes import AMOUNTS, codes
from simulator.documents.ubl.rules.facts import Facts, rounded
from simulator.documents.ubl.rules.rule import (
    BUYER,
    DOCUMENT,
    LEGAL,
    LINES,
    PAYMENT,
    PRICES,
    SELLER,
    VAT_NUMBER,
    Group,
    Rule,
    named,
    text_of,
)
from simulator.documents.ubl.words import ORDINARY, OTHER_PROFILES, SELF_BILLED, Process

if TYPE_CHECKING:
    from lxml.etree import _Element

SLACK = Decimal("0.02")
NUMBERS = f"{LEGAL} | {VAT_NUMBER} | cac:PartyIdentification"
CHARGED = "//cac:AllowanceCharge[not(parent::*/parent::*) or parent::cac:InvoiceLine or parent::cac:CreditNoteLine]"
PRICED = f"{PRICES}/cac:AllowanceCharge"
DATES = named("cbc:IssueDate", "cbc:DueDate", "cbc:TaxPointDate", "cbc:StartDate", "cbc:EndDate", "cbc:ActualDeliveryDate")
DIRECT_DEBIT = "[normalize-space(cbc:PaymentMeansCode) = '49' or normalize-space(cbc:PaymentMeansCode) = '59']"
CATEGORY_OF_REASON = {
    "P0104": ("G", "VATEX-EU-G"),
    "P0105": ("O", "VATEX-EU-O"),
    "P0106": ("K", "VATEX-EU-IC"),
    "P0107": ("AE", "VATEX-EU-AE"),
    "P0108": ("E", "VATEX-EU-D"),
    "P0109": ("E", "VATEX-EU-F"),
    "P0110": ("E", "VATEX-EU-I"),
    "P0111": ("E", "VATEX-EU-J"),
}


def _process(facts: Facts) -> Process:
    return SELF_BILLED if facts.is_self_billed else ORDINARY


def _is_specification(document: "_Element", facts: Facts) -> bool:
    text = facts.text("/*/cbc:CustomizationID") or ""
    return text.startswith(_process(facts).customization) and "::" not in text


def _is_profile(document: "_Element", facts: Facts) -> bool:
    profile = facts.text("/*/cbc:ProfileID") or ""
    return profile == _process(facts).profile or profile in OTHER_PROFILES


def _is_type(kind: str) -> Any:
    def test(node: "_Element", facts: Facts) -> bool:
        if not _is_profile(node, facts):
            return True
        list_name = f"{kind}_types_{'self_billed' if facts.is_self_billed else 'peppol'}"
        return text_of(node) in codes(list_name)

    return test


def _are_german(facts: Facts) -> bool:
    return facts.seller_address_country == facts.buyer_address_country == "DE"


def _single_note(document: "_Element", facts: Facts) -> bool:
    return len(facts.find("/*/cbc:Note")) <= 1 or _are_german(facts)


def _german_type(node: "_Element", facts: Facts) -> bool:
    return facts.is_self_billed or text_of(node) not in ("326", "384") or _are_german(facts)


def _single_other_total(document: "_Element", facts: Facts) -> bool:
    others = [total for total in facts.find("/*/cac:TaxTotal") if total.find("{*}TaxSubtotal") is None]
    return len(others) == len(facts.find("/*/cbc:TaxCurrencyCode[1]"))


def _same_sign(document: "_Element", facts: Facts) -> bool:
    if not facts.find("/*/cbc:TaxCurrencyCode"):
        return True
    amounts = [
        [
            facts.number(amount, ".") or 0
            for amount in facts.find("/*/cac:TaxTotal/cbc:TaxAmount")
            if amount.get("currencyID") == currency.strip()
        ]
        for currency in (facts.tax_currency, facts.currency)
    ]
    return all(any(amount <= 0 for amount in of) for of in amounts) or all(
        any(amount >= 0 for amount in of) for of in amounts
    )


def _share_of_base(charge: "_Element", facts: Facts) -> bool:
    base, percent = (facts.number(charge, f"cbc:{name}") for name in ("BaseAmount", "MultiplierFactorNumeric"))
    if base is None or percent is None:
        return True
    return abs((facts.number(charge, "cbc:Amount") or 0) - base * percent / 100) <= SLACK


def _net_price(charge: "_Element", facts: Facts) -> bool:
    base, amount = (facts.number(charge, f"cbc:{name}") for name in ("BaseAmount", "Amount"))
    if base is None:
        return True
    price = facts.number(charge.getparent(), "cbc:PriceAmount")  # type: ignore[arg-type]  # below a price by its path
    return amount is not None and price == base - amount


def _within(name: str, sign: int) -> Any:
    def test(node: "_Element", facts: Facts) -> bool:
        outer, inner = (facts.text(f"/*/cac:InvoicePeriod/cbc:{name}") or "")[:10], text_of(node)[:10]
        return not outer or (inner >= outer if sign > 0 else inner <= outer)

    return test


def _line_amount(line: "_Element", facts: Facts) -> bool:
    amount = facts.number(line, "cbc:LineExtensionAmount") or Decimal(0)
    quantity = facts.number(line, f"cbc:{'Credited' if facts.is_credit_note else 'Invoiced'}Quantity")
    price = facts.number(line, "cac:Price/cbc:PriceAmount") or Decimal(0)
    base = facts.number(line, "cac:Price/cbc:BaseQuantity") or Decimal(1)
    less, more = (
        rounded(
            facts.sum(
                (
                    charge
                    for charge in line.findall("{*}AllowanceCharge")
                    if (charge.findtext("{*}ChargeIndicator") or "").strip() == indicator
                ),
                "cbc:Amount",
            )
        )
        for indicator in ("false", "true")
    )
    expected = (Decimal(1) if quantity is None else quantity) * price / base + more - less
    return abs(amount - expected) <= SLACK


def _positive_base(line: "_Element", facts: Facts) -> bool:
    base = facts.number(line, "cac:Price/cbc:BaseQuantity")
    return base is None or base > 0


def _unit_of_quantity(base: "_Element", facts: Facts) -> bool:
    line = base.getparent().getparent()  # type: ignore[union-attr]  # by its path
    quantity = None if line is None else line.find("{*}" + ("Credited" if facts.is_credit_note else "Invoiced") + "Quantity")
    return quantity is None or quantity.get("unitCode") == base.get("unitCode")


def _in_currency(amount: "_Element", facts: Facts) -> bool:
    if amount.get("currencyID") == facts.currency:
        return True
    total = amount.getparent()
    is_total = str(amount.tag).endswith("}TaxAmount") and total is not None and str(total.tag).endswith("}TaxTotal")
    return is_total and total is not None and total.find("{*}TaxSubtotal") is None


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _is_day(node: "_Element", facts: Facts) -> bool:
    from datetime import date

    text = node.text or ""
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


RULES = (
    Rule("PEPPOL-EN16931-R001", DOCUMENT, "cbc:ProfileID", "The profile (ProfileID) is missing."),
    Rule("PEPPOL-EN16931-R002", DOCUMENT, _single_note, "There is more than one note, and not both sides are German."),
    Rule(
        "PEPPOL-EN16931-R003",
        DOCUMENT,
        "cbc:BuyerReference or cac:OrderReference/cbc:ID",
        "There is neither a buyer's reference nor the number of an order.",
    ),
    Rule(
        "PEPPOL-EN16931-R004",
        DOCUMENT,
        _is_specification,
        f"The specification (CustomizationID) does not begin with {ORDINARY.customization}"
        f" or {SELF_BILLED.customization}, or has two colons in a row.",
    ),
    Rule(
        "PEPPOL-EN16931-R005",
        "/*/cbc:TaxCurrencyCode",
        lambda node, facts: text_of(node) != facts.currency.strip(),
        "The currency for the tax is the document's own.",
    ),
    Rule(
        "PEPPOL-EN16931-R007",
        DOCUMENT,
        _is_profile,
        f"The profile (ProfileID) must be {ORDINARY.profile}, or {SELF_BILLED.profile} for what a buyer writes.",
    ),
    Rule("PEPPOL-EN16931-R008", "//*[not(*)]", "normalize-space()", "The element is empty."),
    Rule(
        "PEPPOL-EN16931-R010",
        f"{BUYER}[{NUMBERS}]",
        "cbc:EndpointID",
        "The buyer has no electronic address (EndpointID).",
    ),
    Rule(
        "PEPPOL-EN16931-R010",
        f"{BUYER}[not({NUMBERS})]",
        "cbc:EndpointID",
        "The buyer, a person without a number, has no electronic address (EndpointID).",
        warning=True,
    ),
    Rule("PEPPOL-EN16931-R020", SELLER, "cbc:EndpointID", "The seller has no electronic address (EndpointID)."),
    Rule(
        "PEPPOL-EN16931-R040",
        CHARGED,
        _share_of_base,
        "The allowance or charge is off by more than 0.02 from its percentage of the base.",
    ),
    Rule(
        "PEPPOL-EN16931-R041",
        f"{CHARGED}[cbc:MultiplierFactorNumeric]",
        "cbc:BaseAmount",
        "The allowance or charge has a percentage, and no base.",
    ),
    Rule(
        "PEPPOL-EN16931-R042",
        f"{CHARGED}[cbc:BaseAmount]",
        "cbc:MultiplierFactorNumeric",
        "The allowance or charge has a base, and no percentage.",
    ),
    Rule(
        "PEPPOL-EN16931-R043",
        f"{CHARGED}[boolean(cbc:BaseAmount) = boolean(cbc:MultiplierFactorNumeric)]",
        "normalize-space(cbc:ChargeIndicator) = 'true' or normalize-space(cbc:ChargeIndicator) = 'false'",
        "Whether it is an allowance or a charge (ChargeIndicator) is neither 'true' nor 'false'.",
    ),
    Rule(
        "PEPPOL-EN16931-R044",
        PRICED,
        "normalize-space(cbc:ChargeIndicator) = 'false'",
        "A price has a charge; only a discount can stand there.",
    ),
    Rule("PEPPOL-EN16931-R046", PRICED, _net_price, "The price is not the gross price less the discount."),
    Rule(
        "PEPPOL-EN16931-R051",
        AMOUNTS,
        _in_currency,
        "The amount {} is in another currency than the document.",
    ),
    Rule(
        "PEPPOL-EN16931-R053",
        DOCUMENT,
        "count(cac:TaxTotal[cac:TaxSubtotal]) = 1",
        "There is not exactly one total of the tax that is broken down by category.",
    ),
    Rule(
        "PEPPOL-EN16931-R054",
        DOCUMENT,
        _single_other_total,
        "With a currency for the tax there is exactly one total that is not broken down, without one there is none.",
    ),
    Rule(
        "PEPPOL-EN16931-R055",
        DOCUMENT,
        _same_sign,
        "The totals of the tax in the two currencies are not both there, or one is positive and the other negative.",
    ),
    Rule(
        "PEPPOL-EN16931-R061",
        f"{PAYMENT}{DIRECT_DEBIT}",
        "cac:PaymentMandate/cbc:ID",
        "A direct debit has no mandate.",
    ),
    Rule(
        "PEPPOL-EN16931-R080",
        DOCUMENT,
        "local-name() != 'CreditNote' or count(cac:AdditionalDocumentReference[cbc:DocumentTypeCode = '50']) <= 1",
        "The credit note refers to more than one project.",
    ),
    Rule(
        "PEPPOL-EN16931-R100",
        LINES,
        "count(cac:DocumentReference) <= 1",
        "The line has more than one invoiced object.",
    ),
    Rule(
        "PEPPOL-EN16931-R101",
        LINES,
        "not(cac:DocumentReference) or cac:DocumentReference/cbc:DocumentTypeCode = '130'",
        "The line refers to a document that is no invoiced object (130).",
    ),
    Rule(
        "PEPPOL-EN16931-R110",
        f"{LINES}/cac:InvoicePeriod/cbc:StartDate",
        _within("StartDate", 1),
        "The line's period starts before the document's.",
    ),
    Rule(
        "PEPPOL-EN16931-R111",
        f"{LINES}/cac:InvoicePeriod/cbc:EndDate",
        _within("EndDate", -1),
        "The line's period ends after the document's.",
    ),
    Rule(
        "PEPPOL-EN16931-R120",
        LINES,
        _line_amount,
        "The line's amount is off by more than 0.02 from quantity times price, less allowances, and charges.",
    ),
    Rule("PEPPOL-EN16931-R121", LINES, _positive_base, "The quantity that the price is for is not more than nothing."),
    Rule(
        "PEPPOL-EN16931-R130",
        f"{PRICES}/cbc:BaseQuantity[@unitCode]",
        _unit_of_quantity,
        "The quantity that the price is for has another unit than the line's.",
    ),
    Rule("PEPPOL-EN16931-F001", DATES, _is_day, "'{}' is not a date written as 2022-03-27."),
    Rule(
        "PEPPOL-EN16931-P0100",
        "//cbc:InvoiceTypeCode",
        _is_type("invoice"),
        "'{}' is not a type of invoice for the document's profile.",
    ),
    Rule(
        "PEPPOL-EN16931-P0101",
        "//cbc:CreditNoteTypeCode",
        _is_type("credit_note"),
        "'{}' is not a type of credit note for the document's profile.",
    ),
    Rule(
        "PEPPOL-EN16931-P0112",
        "//cbc:InvoiceTypeCode",
        _german_type,
        "The type {} is only for invoices between two Germans.",
    ),
    *(
        Rule(
            f"PEPPOL-EN16931-{id}",
            f"//cac:TaxCategory[translate(cbc:TaxExemptionReasonCode, 'vatexuicdfgjo', 'VATEXUICDFGJO') = '{reason}']",
            f"normalize-space(cbc:ID) = '{category}'",
            f"The reason {reason} is for the category {category} alone.",
        )
        for id, (category, reason) in CATEGORY_OF_REASON.items()
    ),
)

GROUPS = (Group("Peppol", RULES),)
