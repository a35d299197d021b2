"""What a document must have: BR-01 to BR-65 and some of BR-CO-…, of EN 16931.

Source: EN 16931 validation artefacts 1.3.16 for UBL, in words of our own.
"""

from typing import Any

from simulator.documents.ubl.rules.facts import Facts
from simulator.documents.ubl.rules.rule import (
    ALLOWANCES,
    BUYER,
    CHARGES,
    DOCUMENT,
    ITEMS,
    LINE_ALLOWANCES,
    LINE_CHARGES,
    LINES,
    OF_VAT,
    PAYEE,
    PAYMENT,
    REPRESENTATIVE,
    SELLER,
    SUBTOTALS,
    TOTALS,
    VAT_NUMBER,
    Group,
    Rule,
    Test,
    text_of,
)

HAS_REASON = "cbc:AllowanceChargeReason or cbc:AllowanceChargeReasonCode"
IS_TRANSFER = "normalize-space(cbc:PaymentMeansCode) = '30' or normalize-space(cbc:PaymentMeansCode) = '58'"
SAME_PAYEE = (
    "cac:PartyName/cbc:Name = ../cac:AccountingSupplierParty/cac:Party/cac:PartyName/cbc:Name"
    " or cac:PartyIdentification/cbc:ID = ../cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID"
)


def _not_negative(path: str, *, optional: bool = False) -> Test:
    def test(node: Any, facts: Facts) -> bool:
        number = facts.number(node, path)
        return optional if number is None else number >= 0

    return test


def _ends_after_start(node: Any, facts: Facts) -> bool:
    start, end = (node.find(f"{{*}}{name}") for name in ("StartDate", "EndDate"))
    return start is None or end is None or text_of(end)[:10] >= text_of(start)[:10]


PARTS = Group(
    "What a document must have",
    (
        Rule("BR-01", DOCUMENT, "normalize-space(cbc:CustomizationID)", "The specification (CustomizationID) is missing."),
        Rule("BR-02", DOCUMENT, "normalize-space(cbc:ID)", "The document has no number."),
        Rule("BR-03", DOCUMENT, "normalize-space(cbc:IssueDate)", "The document has no date of issue."),
        Rule(
            "BR-04",
            DOCUMENT,
            "normalize-space(cbc:InvoiceTypeCode) or normalize-space(cbc:CreditNoteTypeCode)",
            "The document has no type.",
        ),
        Rule("BR-05", DOCUMENT, "normalize-space(cbc:DocumentCurrencyCode)", "The document has no currency."),
        Rule(
            "BR-06",
            DOCUMENT,
            "normalize-space(cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName)",
            "The seller has no name (RegistrationName).",
        ),
        Rule(
            "BR-07",
            DOCUMENT,
            "normalize-space(cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName)",
            "The buyer has no name (RegistrationName).",
        ),
        Rule("BR-08", DOCUMENT, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress", "The seller has no address."),
        Rule(
            "BR-09",
            f"{SELLER}/cac:PostalAddress",
            "normalize-space(cac:Country/cbc:IdentificationCode)",
            "The seller's address has no country.",
        ),
        Rule("BR-10", DOCUMENT, "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", "The buyer has no address."),
        Rule(
            "BR-11",
            f"{BUYER}/cac:PostalAddress",
            "normalize-space(cac:Country/cbc:IdentificationCode)",
            "The buyer's address has no country.",
        ),
        Rule("BR-12", TOTALS, "cbc:LineExtensionAmount", "The sum of the lines is missing."),
        Rule("BR-13", TOTALS, "cbc:TaxExclusiveAmount", "The total without tax is missing."),
        Rule("BR-14", TOTALS, "cbc:TaxInclusiveAmount", "The total with tax is missing."),
        Rule("BR-15", TOTALS, "cbc:PayableAmount", "The amount to pay is missing."),
        Rule("BR-16", DOCUMENT, "cac:InvoiceLine or cac:CreditNoteLine", "The document has no line."),
        Rule(
            "BR-17",
            PAYEE,
            f"cac:PartyName/cbc:Name and not({SAME_PAYEE})",
            "The payee has a name, and another name and identifier than the seller.",
        ),
        Rule("BR-18", REPRESENTATIVE, "normalize-space(cac:PartyName/cbc:Name)", "The tax representative has no name."),
        Rule("BR-19", REPRESENTATIVE, "cac:PostalAddress", "The tax representative has no address."),
        Rule(
            "BR-20",
            f"{REPRESENTATIVE}/cac:PostalAddress",
            "normalize-space(cac:Country/cbc:IdentificationCode)",
            "The tax representative's address has no country.",
        ),
        Rule("BR-21", LINES, "normalize-space(cbc:ID)", "The line has no number."),
        Rule("BR-22", LINES, "cbc:InvoicedQuantity or cbc:CreditedQuantity", "The line has no quantity."),
        Rule(
            "BR-23",
            LINES,
            "cbc:InvoicedQuantity/@unitCode or cbc:CreditedQuantity/@unitCode",
            "The line's quantity has no unit (unitCode).",
        ),
        Rule("BR-24", LINES, "cbc:LineExtensionAmount", "The line has no amount."),
        Rule("BR-25", LINES, "normalize-space(cac:Item/cbc:Name)", "The line has no name."),
        Rule("BR-26", LINES, "cac:Price/cbc:PriceAmount", "The line has no price."),
        Rule("BR-27", LINES, _not_negative("cac:Price/cbc:PriceAmount"), "The price is missing or less than nothing."),
        Rule(
            "BR-28",
            LINES,
            _not_negative("cac:Price/cac:AllowanceCharge/cbc:BaseAmount", optional=True),
            "The gross price is less than nothing.",
        ),
        Rule(
            "BR-29",
            "//cac:InvoicePeriod[not(parent::cac:InvoiceLine or parent::cac:CreditNoteLine)]",
            _ends_after_start,
            "The period ends before it starts.",
        ),
        Rule("BR-30", f"{LINES}/cac:InvoicePeriod", _ends_after_start, "The line's period ends before it starts."),
        Rule("BR-31", ALLOWANCES, "cbc:Amount", "The allowance has no amount."),
        Rule("BR-32", ALLOWANCES, f"cac:TaxCategory{OF_VAT}/cbc:ID", "The allowance has no tax category."),
        Rule("BR-33", ALLOWANCES, HAS_REASON, "The allowance has neither a reason nor the code of one."),
        Rule("BR-36", CHARGES, "cbc:Amount", "The charge has no amount."),
        Rule("BR-37", CHARGES, f"cac:TaxCategory{OF_VAT}/cbc:ID", "The charge has no tax category."),
        Rule("BR-38", CHARGES, HAS_REASON, "The charge has neither a reason nor the code of one."),
        Rule("BR-41", LINE_ALLOWANCES, "cbc:Amount", "The line's allowance has no amount."),
        Rule("BR-42", LINE_ALLOWANCES, HAS_REASON, "The line's allowance has neither a reason nor the code of one."),
        Rule("BR-43", LINE_CHARGES, "cbc:Amount", "The line's charge has no amount."),
        Rule("BR-44", LINE_CHARGES, HAS_REASON, "The line's charge has neither a reason nor the code of one."),
        Rule("BR-45", SUBTOTALS, "cbc:TaxableAmount", "The tax category has no taxable amount."),
        Rule("BR-46", SUBTOTALS, "cbc:TaxAmount", "The tax category has no amount of tax."),
        Rule("BR-47", SUBTOTALS, f"cac:TaxCategory{OF_VAT}/cbc:ID", "The tax category has no code."),
        Rule(
            "BR-48",
            SUBTOTALS,
            f"cac:TaxCategory{OF_VAT}/cbc:Percent or normalize-space(cac:TaxCategory{OF_VAT}/cbc:ID) = 'O'",
            "The tax category has no rate.",
        ),
        Rule("BR-49", PAYMENT, "cbc:PaymentMeansCode", "The means of payment has no code."),
        Rule(
            "BR-50",
            f"{PAYMENT}[cbc:PaymentMeansCode = '30' or cbc:PaymentMeansCode = '58']/cac:PayeeFinancialAccount",
            "normalize-space(cbc:ID)",
            "The account for the credit transfer has no number.",
        ),
        Rule(
            "BR-51",
            f"{PAYMENT}/cac:CardAccount/cbc:PrimaryAccountNumberID",
            "string-length(normalize-space(.)) <= 10",
            "Of a card's number at most ten digits are shown, the first six and the last four.",
            warning=True,
        ),
        Rule("BR-52", "/*/cac:AdditionalDocumentReference", "normalize-space(cbc:ID)", "The attachment has no identifier."),
        Rule(
            "BR-53",
            DOCUMENT,
            "not(cbc:TaxCurrencyCode) or cac:TaxTotal/cbc:TaxAmount/@currencyID = cbc:TaxCurrencyCode",
            "There is a currency for the tax, and no total of the tax in it.",
        ),
        Rule(
            "BR-54", "//cac:AdditionalItemProperty", "cbc:Name and cbc:Value", "The item's property lacks a name or a value."
        ),
        Rule(
            "BR-55",
            "/*/cac:BillingReference",
            "cac:InvoiceDocumentReference/cbc:ID",
            "The reference to a preceding invoice has no number.",
        ),
        Rule("BR-56", REPRESENTATIVE, VAT_NUMBER, "The tax representative has no VAT number."),
        Rule(
            "BR-57",
            "//cac:Delivery/cac:DeliveryLocation/cac:Address",
            "cac:Country/cbc:IdentificationCode",
            "The address of delivery has no country.",
        ),
        Rule(
            "BR-61",
            PAYMENT,
            f"cac:PayeeFinancialAccount/cbc:ID or not({IS_TRANSFER})",
            "A credit transfer is asked for, and there is no account to pay to.",
        ),
        Rule(
            "BR-62", f"{SELLER}/cbc:EndpointID", "@schemeID", "The seller's electronic address {} has no scheme (schemeID)."
        ),
        Rule("BR-63", f"{BUYER}/cbc:EndpointID", "@schemeID", "The buyer's electronic address {} has no scheme (schemeID)."),
        Rule(
            "BR-64",
            f"{ITEMS}/cac:StandardItemIdentification/cbc:ID",
            "@schemeID",
            "The item's standard number {} has no scheme (schemeID).",
        ),
        Rule(
            "BR-65",
            f"{ITEMS}/cac:CommodityClassification/cbc:ItemClassificationCode",
            "@listID",
            "The item's classification {} has no list (listID).",
        ),
        Rule(
            "BR-CO-03",
            DOCUMENT,
            "not(cbc:TaxPointDate and cac:InvoicePeriod/cbc:DescriptionCode)",
            "There is both a tax point date and the code of one.",
        ),
        Rule("BR-CO-04", LINES, f"cac:Item/cac:ClassifiedTaxCategory{OF_VAT}/cbc:ID", "The line has no tax category."),
        Rule("BR-CO-18", DOCUMENT, "cac:TaxTotal/cac:TaxSubtotal", "There is no breakdown of the tax by category."),
        Rule(
            "BR-CO-19",
            "//cac:InvoicePeriod[not(parent::cac:InvoiceLine or parent::cac:CreditNoteLine)]",
            "cbc:StartDate or cbc:EndDate or cbc:DescriptionCode",
            "The period has neither a start nor an end.",
        ),
        Rule(
            "BR-CO-20",
            f"{LINES}/cac:InvoicePeriod",
            "cbc:StartDate or cbc:EndDate",
            "The line's period has neither a start nor an end.",
        ),
        Rule("BR-CO-21", ALLOWANCES, HAS_REASON, "The allowance has neither a reason nor the code of one."),
        Rule("BR-CO-22", CHARGES, HAS_REASON, "The charge has neither a reason nor the code of one."),
        Rule("BR-CO-23", LINE_ALLOWANCES, HAS_REASON, "The line's allowance has neither a reason nor the code of one."),
        Rule("BR-CO-24", LINE_CHARGES, HAS_REASON, "The line's charge has neither a reason nor the code of one."),
        Rule(
            "BR-CO-26",
            "/*/cac:AccountingSupplierParty",
            f"cac:Party/{VAT_NUMBER} or cac:Party/cac:PartyIdentification/cbc:ID[not(@schemeID = 'SEPA')]"
            " or cac:Party/cac:PartyLegalEntity/cbc:CompanyID",
            "The seller has neither an organisation number nor a VAT number nor another identifier.",
        ),
    ),
)


GROUPS = (PARTS,)
