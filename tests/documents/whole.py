"""A document in which everything is said that Peppol BIS Billing 3.0 has a word for, each time in other words.

The outline has an element per line, deeper ones further right. Values are counted up, so that no two are alike: ``=`` a text,
``#`` an amount, ``@`` a day, ``*`` a quantity or number; what follows ``!`` stands there as it is. An element with ``+`` before it
is there twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from simulator.documents.ubl.words import CAC, CBC

PARTY = """
EndpointID =0088
+PartyIdentification
  ID =0088
PartyName
  Name =
PostalAddress
  StreetName =
  AdditionalStreetName =
  CityName =
  PostalZone =
  CountrySubentity =
  AddressLine
    Line =
  Country
    IdentificationCode !{country}
PartyTaxScheme
  CompanyID =
  TaxScheme
    ID !VAT
PartyTaxScheme
  CompanyID =
  TaxScheme
    ID !TAX
PartyLegalEntity
  RegistrationName =
  CompanyID =0192
  CompanyLegalForm =
Contact
  Name =
  Telephone =
  ElectronicMail =
"""

ADDRESS = """
StreetName =
AdditionalStreetName =
CityName =
PostalZone =
CountrySubentity =
AddressLine
  Line =
Country
  IdentificationCode !{country}
"""

ADJUSTMENT = """
ChargeIndicator !{charge}
AllowanceChargeReasonCode =
AllowanceChargeReason =
MultiplierFactorNumeric *
Amount #
BaseAmount #
"""

ADJUSTMENT_OF_DOCUMENT = (
    ADJUSTMENT
    + """
TaxCategory
  ID !{category}
  Percent *
  TaxScheme
    ID !VAT
"""
)

OUTLINE = """
CustomizationID =
ProfileID =
ID =
IssueDate @
{dates}
DocumentCurrencyCode !EUR
TaxCurrencyCode !NOK
AccountingCost =
BuyerReference =
InvoicePeriod
  StartDate @
  EndDate @
  DescriptionCode !35
OrderReference
  ID =
  SalesOrderID =
+BillingReference
  InvoiceDocumentReference
    ID =
    IssueDate @
DespatchDocumentReference
  ID =
ReceiptDocumentReference
  ID =
{before}ContractDocumentReference
  ID =
AdditionalDocumentReference
  ID =AAA
  DocumentTypeCode !130
+AdditionalDocumentReference
  ID =
  DocumentDescription =
  Attachment
    EmbeddedDocumentBinaryObject =file
    ExternalReference
      URI =
{after}
AccountingSupplierParty
  Party
    [PARTY NO]
AccountingCustomerParty
  Party
    [PARTY PT]
PayeeParty
  PartyIdentification
    ID =0088
  PartyName
    Name =
  PartyLegalEntity
    CompanyID =0192
TaxRepresentativeParty
  PartyName
    Name =
  PostalAddress
    [ADDRESS DK]
  PartyTaxScheme
    CompanyID =
    TaxScheme
      ID !VAT
Delivery
  ActualDeliveryDate @
  DeliveryLocation
    ID =0088
    Address
      [ADDRESS FI]
  DeliveryParty
    PartyName
      Name =
PaymentMeans
  PaymentMeansCode !30
{due_date}  PaymentID =
  PayeeFinancialAccount
    ID =
    Name =
    FinancialInstitutionBranch
      ID =
PaymentMeans
  PaymentMeansCode !48
  PaymentID =
  CardAccount
    PrimaryAccountNumberID =
    NetworkID =
    HolderName =
PaymentMeans
  PaymentMeansCode !59
  PaymentID =
  PaymentMandate
    ID =
    PayerFinancialAccount
      ID =
PaymentTerms
  Note =
+AllowanceCharge
  [ADJUSTMENT_OF_DOCUMENT false S]
+AllowanceCharge
  [ADJUSTMENT_OF_DOCUMENT true Z]
TaxTotal
  TaxAmount #
  +TaxSubtotal
    TaxableAmount #
    TaxAmount #
    TaxCategory
      ID !E
      Percent *
      TaxExemptionReasonCode =
      TaxExemptionReason =
      TaxScheme
        ID !VAT
TaxTotal
  TaxAmount #NOK
LegalMonetaryTotal
  LineExtensionAmount #
  TaxExclusiveAmount #
  TaxInclusiveAmount #
  AllowanceTotalAmount #
  ChargeTotalAmount #
  PrepaidAmount #
  PayableRoundingAmount #
  PayableAmount #
+{line}
  ID =
  Note =
  {quantity} *KGM
  LineExtensionAmount #
  AccountingCost =
  InvoicePeriod
    StartDate @
    EndDate @
  OrderLineReference
    LineID =
  DocumentReference
    ID =ABC
    DocumentTypeCode !130
  +AllowanceCharge
    [ADJUSTMENT false S]
  AllowanceCharge
    [ADJUSTMENT true S]
  Item
    Description =
    Name =
    BuyersItemIdentification
      ID =
    SellersItemIdentification
      ID =
    StandardItemIdentification
      ID =0160
    OriginCountry
      IdentificationCode !SE
    +CommodityClassification
      ItemClassificationCode =STI
    ClassifiedTaxCategory
      ID !Z
      Percent *
      TaxScheme
        ID !VAT
    +AdditionalItemProperty
      Name =
      Value =
  Price
    PriceAmount #
    BaseQuantity *KGM
    AllowanceCharge
      ChargeIndicator !false
      Amount #
      BaseAmount #
"""

INVOICE = {
    "root": "Invoice",
    "dates": "DueDate @\nInvoiceTypeCode !{type_code}\nNote =\nTaxPointDate @",
    "due_date": "",
    "before": "OriginatorDocumentReference\n  ID =\n",
    "after": "ProjectReference\n  ID =",
    "line": "InvoiceLine",
    "quantity": "InvoicedQuantity",
}
CREDIT_NOTE = {
    "root": "CreditNote",
    "dates": "TaxPointDate @\nCreditNoteTypeCode !{type_code}\nNote =",
    "due_date": "  PaymentDueDate @\n",
    "before": "",
    "after": "OriginatorDocumentReference\n  ID =",
    "line": "CreditNoteLine",
    "quantity": "CreditedQuantity",
}
ATTRIBUTES = {"PaymentMeansCode": "name", "ItemClassificationCode": "listVersionID"}
"""Attributes that say something of their own."""

FIRST_DAY = date(2021, 1, 3)


@dataclass
class Whole:
    """Such a document: the file, and each value by its kind (``=``, ``#``, ``@``, ``*``) as the file has it."""

    file: bytes = b""
    values: list[tuple[str, str, str]] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[str]:
        """Return all values of a kind."""
        return [value for of, _, value in self.values if of == kind]


def whole(kind: dict[str, str] = INVOICE, type_code: str = "380") -> Whole:
    """Return a document that says everything."""
    outline = OUTLINE
    for name, value in kind.items():
        outline = outline.replace(f"{{{name}}}", value)
    outline = outline.replace("{type_code}", type_code)
    document = Whole()
    lines = list(_repeated(_expanded(outline.splitlines())))
    inside = _elements(document, lines)
    ubl = f"urn:oasis:names:specification:ubl:schema:xsd:{kind['root']}-2"
    document.file = f'<{kind["root"]} xmlns="{ubl}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">{inside}</{kind["root"]}>'.encode()
    return document


def _expanded(lines: list[str]) -> Iterator[str]:
    """Yield lines, those of a part in place of its name: ``[PARTY NO]``."""
    parts = {
        "PARTY": (PARTY, ("country",)),
        "ADDRESS": (ADDRESS, ("country",)),
        "ADJUSTMENT": (ADJUSTMENT, ("charge", "category")),
        "ADJUSTMENT_OF_DOCUMENT": (ADJUSTMENT_OF_DOCUMENT, ("charge", "category")),
    }
    for line in lines:
        if (match := re.fullmatch(r"( *)\[(\w+) (.*)\]", line)) is None:
            if line.strip():
                yield line
            continue
        text, names = parts[match[2]]
        for name, value in zip(names, match[3].split(), strict=True):
            text = text.replace(f"{{{name}}}", value)
        yield from (match[1] + inner for inner in text.splitlines() if inner.strip())


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _repeated(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines, what begins with ``+`` twice."""
    rest = list(lines)
    at = 0
    while at < len(rest):
        end = at + 1
        while end < len(rest) and _depth(rest[end]) > _depth(rest[at]):
            end += 1
        if rest[at].lstrip().startswith("+"):
            block = [rest[at].replace("+", "", 1), *_repeated(iter(rest[at + 1 : end]))]
            yield from block
            yield from block
        else:
            yield rest[at]
            yield from _repeated(iter(rest[at + 1 : end]))
        at = end


def _elements(document: Whole, lines: list[str]) -> str:
    written, at = [], 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _depth(lines[end]) > _depth(lines[at]):
            end += 1
        name, _, value = lines[at].strip().partition(" ")
        if value:
            written.append(_leaf(document, name, value[0], value[1:]))
        else:
            written.append(f"<cac:{name}>{_elements(document, lines[at + 1 : end])}</cac:{name}>")
        at = end
    return "".join(written)


def _leaf(document: Whole, name: str, kind: str, hint: str) -> str:
    number, attributes = len(document.values) + 1, ""
    if kind == "=":
        value = f"{name} no {number}"
        if hint == "file":
            value, attributes = "JVBERi0x", f' mimeCode="application/pdf" filename="file_{number}.pdf"'
        elif hint:
            attributes = f' {"listID" if name.endswith("Code") else "schemeID"}="{hint}"'
    elif kind == "#":
        value, attributes = f"{Decimal(1000 + number) + Decimal(number) / 1000:.2f}", f' currencyID="{hint or "EUR"}"'
    elif kind == "@":
        value = (FIRST_DAY + timedelta(days=number)).isoformat()
    elif kind == "*":
        value, attributes = f"{number}.{number % 7 + 1}", f' unitCode="{hint}"' if hint else ""
    else:
        value = hint
    if name in ATTRIBUTES:
        said = f"{ATTRIBUTES[name]} no {number}"
        attributes += f' {ATTRIBUTES[name]}="{said}"'
        document.values.append(("=", ATTRIBUTES[name], said))
    document.values.append((kind, name, value if hint != "file" else f"file_{number}.pdf"))
    return f"<cbc:{name}{attributes}>{value}</cbc:{name}>"
