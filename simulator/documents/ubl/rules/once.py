"""What a document may have only once, or only together: UBL-SR-…, UBL-CR-… and UBL-DT-…, of EN 16931.

Source: EN 16931 validation artefacts 1.3.16 for UBL, in words of our own.
"""

from simulator.documents.ubl.rules.rule import (
    DOCUMENT,
    LINES,
    PAYEE,
    PAYMENT,
    REPRESENTATIVE,
    SELLER,
    Group,
    Rule,
    named,
)

OTHER_NAME = "cac:PartyName/cbc:Name != ../cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"
OBJECT = "cac:AdditionalDocumentReference[cbc:DocumentTypeCode = '130']"


def _once(id: str, path: str, what: str, of: str = DOCUMENT) -> Rule:
    return Rule(id, of, f"count({path}) <= 1", f"There is more than one {what}.")


def _different(id: str, path: str, what: str) -> Rule:
    return Rule(id, DOCUMENT, f"not({path} != ({path})[1])", f"There is more than one {what}.")


SELLER_PART = "cac:AccountingSupplierParty/cac:Party"
BUYER_PART = "cac:AccountingCustomerParty/cac:Party"
OF_TAX = "[translate(cac:TaxScheme/cbc:ID, 'vat', 'VAT') != 'VAT']"
OF_EXACT_VAT = "[translate(cac:TaxScheme/cbc:ID, 'vat', 'VAT') = 'VAT']"

ONCE = Group(
    "What a document may have only once, or only together",
    (
        _once("UBL-SR-01", "cac:ContractDocumentReference/cbc:ID", "reference to a contract"),
        _once("UBL-SR-02", "cac:ReceiptDocumentReference/cbc:ID", "reference to a receiving advice"),
        _once("UBL-SR-03", "cac:DespatchDocumentReference/cbc:ID", "reference to a despatch advice"),
        _once("UBL-SR-04", f"{OBJECT}/cbc:ID", "invoiced object"),
        _once("UBL-SR-05", "cac:PaymentTerms/cbc:Note", "text of payment terms"),
        _once(
            "UBL-SR-06",
            "cac:InvoiceDocumentReference",
            "invoice in a reference to a preceding one",
            "/*/cac:BillingReference",
        ),
        Rule(
            "UBL-SR-07",
            "/*/cac:BillingReference",
            "cac:InvoiceDocumentReference/cbc:ID",
            "The reference to a preceding invoice has no number.",
        ),
        _once("UBL-SR-08", "cac:InvoicePeriod", "period"),
        _once("UBL-SR-09", f"{SELLER_PART}/cac:PartyLegalEntity/cbc:RegistrationName", "name of the seller"),
        _once("UBL-SR-10", f"{SELLER_PART}/cac:PartyName/cbc:Name", "trading name of the seller"),
        _once("UBL-SR-11", f"{SELLER_PART}/cac:PartyLegalEntity/cbc:CompanyID", "organisation number of the seller"),
        _once("UBL-SR-12", f"{SELLER_PART}/cac:PartyTaxScheme{OF_EXACT_VAT}/cbc:CompanyID", "VAT number of the seller"),
        _once("UBL-SR-13", f"{SELLER_PART}/cac:PartyTaxScheme{OF_TAX}/cbc:CompanyID", "tax registration of the seller"),
        _once("UBL-SR-14", f"{SELLER_PART}/cac:PartyLegalEntity/cbc:CompanyLegalForm", "legal form of the seller"),
        _once("UBL-SR-15", f"{BUYER_PART}/cac:PartyLegalEntity/cbc:RegistrationName", "name of the buyer"),
        _once("UBL-SR-16", f"{BUYER_PART}/cac:PartyIdentification/cbc:ID", "identifier of the buyer"),
        _once("UBL-SR-17", f"{BUYER_PART}/cac:PartyLegalEntity/cbc:CompanyID", "organisation number of the buyer"),
        _once("UBL-SR-18", f"{BUYER_PART}/cac:PartyTaxScheme{OF_EXACT_VAT}/cbc:CompanyID", "VAT number of the buyer"),
        Rule(
            "UBL-SR-19",
            PAYEE,
            f"count(cac:PartyName/cbc:Name) <= 1 and {OTHER_NAME}",
            "The payee has one name, and another than the seller.",
        ),
        Rule(
            "UBL-SR-20",
            PAYEE,
            "count(cac:PartyIdentification/cbc:ID[@schemeID][translate(@schemeID, 'sepa', 'SEPA') != 'SEPA']) <= 1"
            f" and {OTHER_NAME}",
            "The payee has one identifier at most, and another name than the seller.",
        ),
        Rule(
            "UBL-SR-21",
            PAYEE,
            f"count(cac:PartyLegalEntity/cbc:CompanyID) <= 1 and {OTHER_NAME}",
            "The payee has one organisation number at most, and another name than the seller.",
        ),
        _once("UBL-SR-22", "cac:PartyName/cbc:Name", "name of the tax representative", REPRESENTATIVE),
        _once("UBL-SR-23", "cac:PartyTaxScheme/cbc:CompanyID", "VAT number of the tax representative", REPRESENTATIVE),
        _once("UBL-SR-24", "cac:Delivery", "delivery"),
        _once("UBL-SR-25", "cac:DeliveryParty/cac:PartyName/cbc:Name", "name at the delivery", "//cac:Delivery"),
        _once("UBL-SR-26", "cbc:PaymentID", "payment reference in a means of payment", PAYMENT),
        _once("UBL-SR-27", "cbc:PaymentMeansCode", "code of a means of payment", PAYMENT),
        _once("UBL-SR-28", "cac:PaymentMandate/cbc:ID", "mandate in a means of payment", PAYMENT),
        _once(
            "UBL-SR-29",
            "//cac:PartyIdentification/cbc:ID[translate(@schemeID, 'sepa', 'SEPA') = 'SEPA']",
            "SEPA creditor identifier",
        ),
        _once(
            "UBL-SR-30",
            "cbc:AllowanceChargeReason",
            "reason of an allowance",
            "//cac:AllowanceCharge[normalize-space(cbc:ChargeIndicator) = 'false']",
        ),
        _once(
            "UBL-SR-31",
            "cbc:AllowanceChargeReason",
            "reason of a charge",
            "//cac:AllowanceCharge[normalize-space(cbc:ChargeIndicator) = 'true']",
        ),
        _once(
            "UBL-SR-32",
            "cac:TaxCategory/cbc:TaxExemptionReason",
            "reason of exemption in a tax category",
            "//cac:TaxSubtotal",
        ),
        _once("UBL-SR-33", "cbc:DocumentDescription", "description of an attachment", "/*/cac:AdditionalDocumentReference"),
        _once("UBL-SR-34", "cbc:Note", "note in a line", LINES),
        _once("UBL-SR-35", "cac:OrderLineReference/cbc:LineID", "order line in a line", LINES),
        _once("UBL-SR-36", "cac:InvoicePeriod", "period in a line", LINES),
        _once("UBL-SR-37", "cac:Price/cac:AllowanceCharge/cbc:Amount", "discount of a price", LINES),
        _once("UBL-SR-39", "cac:ProjectReference/cbc:ID", "reference to a project"),
        _once("UBL-SR-40", f"{BUYER_PART}/cac:PartyName/cbc:Name", "trading name of the buyer"),
        Rule(
            "UBL-SR-42",
            SELLER,
            "count(cac:PartyTaxScheme) <= 2",
            "The seller has more than a VAT number and a tax registration.",
        ),
        Rule(
            "UBL-SR-43",
            "/*/cac:AdditionalDocumentReference",
            "cbc:DocumentTypeCode = '130' or (local-name(/*) = 'CreditNote' and cbc:DocumentTypeCode = '50')"
            " or not(cbc:ID/@schemeID or cbc:DocumentTypeCode)",
            "Only an invoiced object (130), or a credit note's project (50), has a type, and only these have a scheme.",
        ),
        _different("UBL-SR-44", "cac:PaymentMeans/cbc:PaymentID", "payment reference"),
        _once("UBL-SR-45", "cac:PaymentMeans/cbc:PaymentDueDate", "due date in the means of payment"),
        _once("UBL-SR-46", "cac:PaymentMeans/cbc:PaymentMeansCode/@name", "text of the means of payment"),
        _different("UBL-SR-47", "cac:PaymentMeans/cbc:PaymentMeansCode", "code of the means of payment"),
        Rule(
            "UBL-SR-48",
            LINES,
            "count(cac:Item/cac:ClassifiedTaxCategory) = 1",
            "The line has no tax category, or more than one.",
        ),
        _once("UBL-SR-49", "cac:InvoicePeriod/cbc:DescriptionCode", "code of the tax point date"),
        _once("UBL-SR-50", "cac:Item/cbc:Description", "description in a line", LINES),
        Rule(
            "UBL-SR-51",
            named("cac:PostalAddress", "cac:Address"),
            "count(cac:AddressLine) <= 1",
            "The address has more than one additional line (AddressLine).",
        ),
        _once("UBL-SR-52", "cac:DocumentReference", "reference to a document in a line", LINES),
        Rule(
            "UBL-SR-53",
            "//cac:PartyTaxScheme",
            "cac:TaxScheme/cbc:ID and cbc:CompanyID",
            "The tax registration lacks its number or its scheme.",
        ),
        _once("UBL-SR-54", "cac:PaymentMeans/cac:CardAccount", "payment card"),
        _once("UBL-SR-55", "cac:PaymentMeans/cac:PaymentMandate", "mandate of direct debit"),
        _once("UBL-SR-56", "cac:OriginatorDocumentReference/cbc:ID", "reference to a tender"),
        Rule("UBL-CR-666", DOCUMENT, f"not({OBJECT}/cac:Attachment)", "An invoiced object has an attachment."),
        Rule("UBL-CR-673", DOCUMENT, f"not({OBJECT}/cbc:DocumentDescription)", "An invoiced object has a description."),
    ),
)

ATTRIBUTES = Group(
    "Attachments",
    tuple(
        Rule(
            id,
            named("cbc:EmbeddedDocumentBinaryObject", "cbc:BinaryObject"),
            f"@{attribute}",
            f"The attachment has no {what} ({attribute}).",
        )
        for id, attribute, what in (("UBL-DT-06", "mimeCode", "media type"), ("UBL-DT-07", "filename", "file name"))
    ),
)

GROUPS = (ONCE, ATTRIBUTES)
