"""Writing an invoice or credit note in UBL 2.1, the same bytes each time.

Source: Peppol BIS Billing 3.0, syntax. Own choice: what lines and totals do not say of themselves is written as an allowance, a
charge, a rounding or something paid before, so that the sums are right; a Norwegian seller states *Foretaksregisteret*, another one
without a VAT number *Godkänd för F-skatt* or its organisation number; a Dutch address has a dash for what it lacks, and a Dutch
credit note names the invoice by its payment reference. The operator of a side is not part of a document and is not written.
"""

import re
from base64 import b64encode
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import TYPE_CHECKING

from simulator.core.texts import text
from simulator.directory.countries import language_of
from simulator.documents.model.content import INVOICE, Content, Line, Tax
from simulator.documents.model.parties import Named, address_of
from simulator.documents.ubl.words import CAC, CBC, ORDINARY, ROOTS, SELF_BILLED, USUAL_TYPE

if TYPE_CHECKING:
    from lxml.etree import _Element

CENT = Decimal("0.01")
_TRANSFER = {"DK": "58"}
"""The code of a transfer to an account where it is not the usual one: rule DK-R-005 knows no 30."""
_EXACT = Context(prec=10_000)
"""More digits than quantity and price have together."""
_ROOT_OF = {type_.code: tag for tag, type_ in ROOTS.items()}


def write(content: Content) -> bytes:
    """Return a document as a file, UTF-8."""
    from lxml import etree

    return etree.tostring(tree(content), xml_declaration=True, encoding="UTF-8", pretty_print=True)


def tree(content: Content) -> "_Element":
    """Return the outermost element of a document."""
    from lxml import etree

    tag = _ROOT_OF[content.kind]
    names: dict[str | None, str] = {None: tag[1:].partition("}")[0], "cac": CAC, "cbc": CBC}
    root = etree.Element(tag, nsmap=names)  # type: ignore[arg-type]  # the stubs know of no default namespace
    page = _Page(content.currency, text(language_of(content.seller.country), "documents.picture.adjustment"))
    _head(page, root, content)
    for attached in content.attachments:
        reference = page.group(root, "AdditionalDocumentReference")
        page.text(reference, "ID", attached.name)
        embedded = page.text(page.group(reference, "Attachment"), "EmbeddedDocumentBinaryObject", _base64(attached.content))
        embedded.set("mimeCode", attached.media_type)
        embedded.set("filename", attached.name)
    for role, named in (("Supplier", content.seller), ("Customer", content.buyer)):
        _party(page, page.group(page.group(root, f"Accounting{role}Party"), "Party"), named, seller=role == "Supplier")
    _payment(page, root, content)
    _sums(page, root, content)
    for line in content.lines:
        _line(page, root, content, line)
    return root


@cache
def _not_in_xml() -> re.Pattern[str]:
    """Return what finds characters that XML cannot hold; put together at first use, because that takes long."""
    return re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Page:
    """Adds elements in the document's currency; what has no text is left out.

    ``adjustment`` is the reason of an allowance or charge that makes the sums right.
    """

    def __init__(self, currency: str, adjustment: str) -> None:
        self.currency = currency
        self.adjustment = adjustment

    def group(self, parent: "_Element", name: str) -> "_Element":
        from lxml.etree import SubElement

        return SubElement(parent, f"{{{CAC}}}{name}")

    def text(self, parent: "_Element", name: str, text: str, **attributes: str) -> "_Element":
        from lxml.etree import SubElement

        element = SubElement(parent, f"{{{CBC}}}{name}")
        element.text = _not_in_xml().sub("", text)
        for attribute, value in attributes.items():
            element.set(attribute, value)
        return element

    def optional_text(self, parent: "_Element", name: str, text: str | None, **attributes: str) -> None:
        if text and text.strip():
            self.text(parent, name, text, **attributes)

    def amount(self, parent: "_Element", name: str, amount: Decimal, *, exact: bool = False) -> None:
        text = _plain(amount) if exact else f"{amount:.2f}"
        self.text(parent, name, text, currencyID=self.currency)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


def _head(page: _Page, root: "_Element", content: Content) -> None:
    invoice = content.type is INVOICE
    process = SELF_BILLED if content.self_billed else ORDINARY
    type_code = content.type_code or USUAL_TYPE[content.kind, content.self_billed]
    page.text(root, "CustomizationID", process.customization)
    page.text(root, "ProfileID", process.profile)
    page.text(root, "ID", content.number)
    page.text(root, "IssueDate", content.issue_date.isoformat())
    if invoice and content.due_date is not None:
        page.text(root, "DueDate", content.due_date.isoformat())
    page.text(root, "InvoiceTypeCode" if invoice else "CreditNoteTypeCode", type_code)
    page.optional_text(root, "Note", content.note)
    page.text(root, "DocumentCurrencyCode", content.currency)
    page.optional_text(root, "BuyerReference", content.buyer_reference)
    if content.order_reference:
        page.text(page.group(root, "OrderReference"), "ID", content.order_reference)
    if not invoice and content.seller.country == "NL" and content.preceding is None:
        _reference(page, page.group(root, "BillingReference"), "Invoice", content.payment_id or content.number)
    if content.preceding is not None:
        _reference(page, page.group(root, "BillingReference"), "Invoice", content.preceding)
    if content.contract is not None:
        _reference(page, root, "Contract", content.contract)


def _reference(page: _Page, parent: "_Element", kind: str, number: str) -> None:
    page.text(page.group(parent, f"{kind}DocumentReference"), "ID", number)


def _party(page: _Page, party: "_Element", named: Named, *, seller: bool) -> None:
    if named.identifier:
        page.text(party, "EndpointID", named.identifier, **({"schemeID": named.scheme} if named.scheme else {}))
    address = page.group(party, "PostalAddress")
    for name, part in (("StreetName", named.street), ("CityName", named.city), ("PostalZone", named.postal_code)):
        page.optional_text(address, name, part or ("-" if named.country == "NL" else None))
    page.text(page.group(address, "Country"), "IdentificationCode", named.country)
    if named.vat_number:
        _tax_scheme(page, page.group(party, "PartyTaxScheme"), named.vat_number, "VAT")
    registration = _registration(named) if seller else None
    if registration:
        _tax_scheme(page, page.group(party, "PartyTaxScheme"), registration, "TAX")
    legal = page.group(party, "PartyLegalEntity")
    page.text(legal, "RegistrationName", named.name)
    if named.organisation_number:
        scheme = _scheme(named)
        page.text(legal, "CompanyID", named.organisation_number, **({"schemeID": scheme} if scheme else {}))
    if named.email:
        page.text(page.group(party, "Contact"), "ElectronicMail", named.email)


def _registration(seller: Named) -> str | None:
    """Return what a seller states about its registration: Norwegian ones always, the others when they have no VAT number."""
    if seller.country == "NO":
        return "Foretaksregisteret"
    if seller.vat_number:
        return None
    return "Godkänd för F-skatt" if seller.country == "SE" else seller.organisation_number


def _tax_scheme(page: _Page, group: "_Element", number: str, scheme: str) -> None:
    page.text(group, "CompanyID", number)
    page.text(page.group(group, "TaxScheme"), "ID", scheme)


def _scheme(named: Named) -> str | None:
    """Return the scheme of a side's organisation number; a Finnish one has another than its electronic address."""
    number = named.organisation_number or ""
    if named.country == "FI":
        return "0212"
    if named.country == "NL" and len(number) == 20:
        return "0190"
    address = address_of(named.country, number)
    return address[0] if address else None


def _payment(page: _Page, root: "_Element", content: Content) -> None:
    due = content.due_date if content.type is not INVOICE else None
    dutch = content.seller.country == "NL"
    if content.account or content.payment_id or due or dutch:
        means = page.group(root, "PaymentMeans")
        page.text(
            means,
            "PaymentMeansCode",
            _TRANSFER.get(content.seller.country, "30") if content.account else "57" if dutch else "1",
        )
        if due:
            page.text(means, "PaymentDueDate", due.isoformat())
        page.optional_text(means, "PaymentID", content.payment_id)
        if content.account:
            page.text(page.group(means, "PayeeFinancialAccount"), "ID", content.account)
    if content.terms:
        page.text(page.group(root, "PaymentTerms"), "Note", content.terms)


def _sums(page: _Page, root: "_Element", content: Content) -> None:
    differences = [(tax, tax.taxable - _of_lines(content, tax)) for tax in content.taxes]
    for tax, difference in differences:
        if difference:
            group = _allowance(page, root, difference)
            _category(page, group, "TaxCategory", tax.category, tax.percent)
    total = page.group(root, "TaxTotal")
    page.amount(total, "TaxAmount", content.tax)
    for tax in content.taxes:
        part = page.group(total, "TaxSubtotal")
        page.amount(part, "TaxableAmount", tax.taxable)
        page.amount(part, "TaxAmount", tax.amount)
        _category(page, part, "TaxCategory", tax.category, tax.percent, tax.reason)
    _totals(page, page.group(root, "LegalMonetaryTotal"), content, [difference for _, difference in differences])


def _totals(page: _Page, sums: "_Element", content: Content, differences: list[Decimal]) -> None:
    page.amount(sums, "LineExtensionAmount", sum((line.amount for line in content.lines), Decimal(0)))
    page.amount(sums, "TaxExclusiveAmount", content.net)
    page.amount(sums, "TaxInclusiveAmount", content.net + content.tax)
    less, more = (
        -sum(difference for difference in differences if difference < 0),
        sum(difference for difference in differences if difference > 0),
    )
    if less:
        page.amount(sums, "AllowanceTotalAmount", Decimal(less))
    if more:
        page.amount(sums, "ChargeTotalAmount", Decimal(more))
    rest = content.total - content.net - content.tax
    if abs(rest) >= 1:
        page.amount(sums, "PrepaidAmount", -rest)
    elif rest:
        page.amount(sums, "PayableRoundingAmount", rest)
    page.amount(sums, "PayableAmount", content.total)


def _of_lines(content: Content, tax: Tax) -> Decimal:
    lines = (line for line in content.lines if (line.tax_category, line.tax_percent) == (tax.category, tax.percent))
    return sum((line.amount for line in lines), Decimal(0))


def _allowance(page: _Page, parent: "_Element", difference: Decimal) -> "_Element":
    """Add an allowance, or a charge when the difference is more than nothing."""
    group = page.group(parent, "AllowanceCharge")
    page.text(group, "ChargeIndicator", "true" if difference > 0 else "false")
    page.text(group, "AllowanceChargeReason", page.adjustment)
    page.amount(group, "Amount", abs(difference))
    return group


def _category(
    page: _Page, parent: "_Element", name: str, category: str, percent: Decimal, reason: str | None = None
) -> None:
    group = page.group(parent, name)
    page.text(group, "ID", category)
    if category != "O":
        page.text(group, "Percent", _plain(percent))
    page.optional_text(group, "TaxExemptionReason", reason)
    page.text(page.group(group, "TaxScheme"), "ID", "VAT")


def _line(page: _Page, root: "_Element", content: Content, line: Line) -> None:
    invoice = content.type is INVOICE
    element = page.group(root, "InvoiceLine" if invoice else "CreditNoteLine")
    page.text(element, "ID", line.id)
    page.text(element, "InvoicedQuantity" if invoice else "CreditedQuantity", _plain(line.quantity), unitCode=line.unit)
    page.amount(element, "LineExtensionAmount", line.amount)
    if line.period is not None:
        period = page.group(element, "InvoicePeriod")
        page.text(period, "StartDate", line.period[0].isoformat())
        page.text(period, "EndDate", line.period[1].isoformat())
    difference = line.amount - _EXACT.multiply(line.quantity, line.price).quantize(CENT, ROUND_HALF_UP, _EXACT)
    if difference:
        _allowance(page, element, difference)
    item = page.group(element, "Item")
    page.optional_text(item, "Description", line.description)
    page.text(item, "Name", line.name)
    if line.item_number is not None:
        page.text(page.group(item, "SellersItemIdentification"), "ID", line.item_number)
    _category(page, item, "ClassifiedTaxCategory", line.tax_category, line.tax_percent)
    page.amount(page.group(element, "Price"), "PriceAmount", line.price, exact=True)
