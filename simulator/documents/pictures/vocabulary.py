"""Which label an element of a UBL document has on its picture, and which codes have a name.

Source: Peppol BIS Billing 3.0, syntax of invoice and credit note; EN 16931, business terms; UN/ECE code lists 1001, 2005, 4461,
5189, 5305 and 7161. Own choice: the codes that have a name here; others stand there as they are. What these tables lack is drawn
under the name of its element.
"""

from collections.abc import Iterator, Mapping
from typing import Union

Terms = Mapping[str, Union[str, "Terms"]]
"""Elements by name: the end of their label's text key ``documents.picture.…``, or what is inside them."""

PERIOD: Terms = {"StartDate": "period_start", "EndDate": "period_end", "DescriptionCode": "tax_point_code"}

HEAD: Terms = {
    "ID": "number",
    "IssueDate": "issue_date",
    "DueDate": "due_date",
    "InvoiceTypeCode": "type",
    "CreditNoteTypeCode": "type",
    "TaxPointDate": "tax_point_date",
    "DocumentCurrencyCode": "currency",
    "TaxCurrencyCode": "tax_currency",
    "AccountingCost": "accounting_cost",
    "BuyerReference": "buyer_reference",
    "InvoicePeriod": PERIOD,
    "OrderReference": {"ID": "order_reference", "SalesOrderID": "sales_order"},
    "BillingReference": {
        "InvoiceDocumentReference": {"ID": "preceding_invoice", "IssueDate": "preceding_date"},
        "CreditNoteDocumentReference": {"ID": "preceding_invoice", "IssueDate": "preceding_date"},
    },
    "DespatchDocumentReference": {"ID": "despatch"},
    "ReceiptDocumentReference": {"ID": "receipt"},
    "OriginatorDocumentReference": {"ID": "tender"},
    "ContractDocumentReference": {"ID": "contract"},
    "ProjectReference": {"ID": "project"},
}
"""What is said of the whole document, in its head."""

REFERENCES = {"130": "object", "50": "project"}
"""Labels of additional references by their type; others are documents that support this one."""

SIDES: Terms = {
    "AccountingSupplierParty/Party": "seller",
    "AccountingCustomerParty/Party": "buyer",
    "PayeeParty": "payee",
    "TaxRepresentativeParty": "tax_representative",
}
"""Whom a document names, by their paths."""

COLUMNS = ("description", "quantity", "price", "tax_rate", "amount")
"""Labels of the columns of its lines."""

PROCESS: Terms = {"ProfileID": "process", "CustomizationID": "specification"}

PARTY: Terms = {
    "EndpointID": "electronic_address",
    "PartyIdentification": {"ID": "identifier"},
    "PartyName": {"Name": "trading_name"},
    "PartyLegalEntity": {
        "RegistrationName": "registered_name",
        "CompanyID": "organisation_number",
        "CompanyLegalForm": "legal_form",
    },
    "Contact": {"Name": "contact", "Telephone": "phone", "ElectronicMail": "email"},
}
"""What is said of a side besides its name, its address and its taxes."""

DELIVERY: Terms = {"ActualDeliveryDate": "delivery_date", "DeliveryLocation": {"ID": "delivery_location"}}

PAYMENT: Terms = {
    "PaymentMeansCode": "payment_means",
    "PaymentDueDate": "due_date",
    "PaymentID": "payment_id",
    "CardAccount": {"PrimaryAccountNumberID": "card", "NetworkID": "card_network", "HolderName": "card_holder"},
    "PayeeFinancialAccount": {"ID": "account", "Name": "account_name", "FinancialInstitutionBranch": {"ID": "bank"}},
    "PaymentMandate": {"ID": "mandate", "PayerFinancialAccount": {"ID": "debited_account"}},
}

TAX_CATEGORY: Terms = {"ID": "tax_category", "Percent": "tax_rate"}

ALLOWANCE: Terms = {
    "AllowanceChargeReasonCode": "reason_code",
    "MultiplierFactorNumeric": "percentage",
    "BaseAmount": "base_amount",
    "TaxCategory": TAX_CATEGORY,
}
"""What is said of an allowance or charge besides its reason and amount."""

TAX: Terms = {"TaxCategory": {"ID": "tax_category", "TaxExemptionReasonCode": "exemption_code"}}

SUMS: Terms = {
    "LineExtensionAmount": "line_total",
    "AllowanceTotalAmount": "allowance_total",
    "ChargeTotalAmount": "charge_total",
    "TaxExclusiveAmount": "net",
    "TaxInclusiveAmount": "gross",
    "PrepaidAmount": "prepaid",
    "PayableRoundingAmount": "rounding",
}
"""The sums, in the order in which they are drawn; the tax stands after ``net``, the sum to pay at the end."""

LINE: Terms = {
    "AccountingCost": "accounting_cost",
    "InvoicePeriod": PERIOD,
    "OrderLineReference": {"LineID": "order_line"},
    "DocumentReference": {"ID": "object"},
}

ITEM: Terms = {
    "SellersItemIdentification": {"ID": "sellers_item"},
    "BuyersItemIdentification": {"ID": "buyers_item"},
    "StandardItemIdentification": {"ID": "standard_item"},
    "OriginCountry": {"IdentificationCode": "origin_country"},
    "CommodityClassification": {"ItemClassificationCode": "classification"},
}

TABLES = (HEAD, SIDES, PROCESS, PARTY, DELIVERY, PAYMENT, ALLOWANCE, TAX, SUMS, LINE, ITEM)

_TYPES = """
    71 80 81 82 83 84 102 218 219 261 325 326 331 380 381 382 383 384 386 388 389 393 395 396 532 553 575 623 780 817 870 875
    876 877
"""
_MEANS = "1 10 20 30 31 42 48 49 50 54 55 56 57 58 59 68 93 97 ZZZ"
_REASONS = "41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105 AA ABK ABL ADR CG DL FC FI HD PC"

TYPE_CODES = frozenset(_TYPES.split())
TAX_CATEGORIES = frozenset(["AE", "B", "E", "G", "K", "L", "M", "O", "S", "Z"])

NAMES = {
    "InvoiceTypeCode": ("type_code", TYPE_CODES),
    "CreditNoteTypeCode": ("type_code", TYPE_CODES),
    "PaymentMeansCode": ("payment_means", frozenset(_MEANS.split())),
    "DescriptionCode": ("tax_point", frozenset({"3", "35", "432"})),
    "AllowanceChargeReasonCode": ("reason", frozenset(_REASONS.split())),
    "TaxCategory": ("tax_category", TAX_CATEGORIES),
}
"""Codes that have a name, the text ``documents.<family>.<code>``, by their element; for a category of tax by the one around it."""


def labels(terms: Terms) -> Iterator[str]:
    """Yield all labels of a table."""
    for term in terms.values():
        if isinstance(term, str):
            yield term
        else:
            yield from labels(term)
