"""Reading an invoice or credit note: what is wrong with it, and what it says.

Source: Peppol BIS Billing 3.0, syntax. Own choice:
texts of one line are read with single blanks, numbers of organisations without blanks, dots and dashes, as companies here are kept.
"""

from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

from simulator.directory.countries import compact
from simulator.documents.model.content import Attached, Content, Line, Tax
from simulator.documents.model.parties import Named
from simulator.documents.ubl.attachments import distinct, named
from simulator.documents.ubl.checking import problems_of
from simulator.documents.ubl.parsing import parse
from simulator.documents.ubl.problems import Invalid, Problem, invalid, location
from simulator.documents.ubl.words import NAMESPACES, ROOTS, SELF_BILLING, USUAL_TYPE

if TYPE_CHECKING:
    from lxml.etree import _Element

CENT = Decimal("0.01")
PRICE = Decimal("0.0001")
DIGITS = 1000
"""Own choice: the longest number that is read. The rules of sent documents allow far fewer digits."""


def read(content: bytes) -> Content:
    """Return what a document says.

    Args:
        content: the file, UBL 2.1.

    Raises:
        Invalid: it is no invoice or credit note that can be sent; its problems say why.
    """
    root = parse(content)
    wrong = [problem for problem in problems_of(root) if not problem.warning]
    if wrong:
        raise Invalid(wrong)
    return _content(root)


def check(content: bytes) -> list[Problem]:
    """Return all that is wrong with a file, warnings too; nothing when it is right."""
    try:
        root = parse(content)
    except Invalid as refusal:
        return refusal.problems
    return problems_of(root)


def read_trusted(content: bytes) -> Content:
    """Return what a document says that was read and checked before."""
    return _content(parse(content))


def _name(root: "_Element") -> str:
    return str(root.tag).rpartition("}")[2]


def _raw(element: "_Element", path: str) -> str | None:
    text = element.findtext(path, namespaces=NAMESPACES)
    return (text.strip() or None) if text else None


def _text(element: "_Element", path: str) -> str | None:
    """Return a text of one line, or None when there is none."""
    text = _raw(element, path)
    return " ".join(text.split()) if text else None


@cache
def _exact() -> Context:
    """Return the arithmetic of documents, in which no number that was read is too long."""
    return Context(prec=3 * DIGITS)


def _number(element: "_Element", path: str, default: int = 0) -> Decimal:
    text = _text(element, path)
    if text is None:
        return Decimal(default)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(text) > DIGITS or "e" in text.lower():
        raise invalid("SIM-NUMBER", f"'{text[:40]}' is not a number that can be read.", location(element))
    return number


def _amount(element: "_Element", path: str, to: Decimal = CENT) -> Decimal:
    return _number(element, path).quantize(to, ROUND_HALF_UP, _exact())


def _day(text: str | None) -> date | None:
    """Return a day; None when there is none, or one that no calendar here has."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _content(root: "_Element") -> Content:
    type_ = ROOTS[str(root.tag)]
    issue_date = _day(_text(root, "cbc:IssueDate"))
    if issue_date is None:
        raise invalid("PEPPOL-EN16931-F001", "The day of issue is not a date written as 2022-03-27.", location(root))
    due = _text(root, "cbc:DueDate") or _text(root, "cac:PaymentMeans/cbc:PaymentDueDate")
    net = _amount(root, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount")
    currency = _text(root, "cbc:DocumentCurrencyCode") or ""
    # There may be another sum of tax, in the seller's currency.
    other = _text(root, "cbc:TaxCurrencyCode")
    totals = [
        total for total in root.findall("cac:TaxTotal", NAMESPACES) if other in (None, currency) or _currency(total) != other
    ]
    taxes = tuple(_tax(element) for total in totals for element in total.findall("cac:TaxSubtotal", NAMESPACES))
    self_billed = _text(root, "cbc:ProfileID") == SELF_BILLING
    type_code = _text(root, f"cbc:{_name(root)}TypeCode")
    content = Content(
        type=type_,
        number=_text(root, "cbc:ID") or "",
        issue_date=issue_date,
        due_date=_day(due),
        currency=currency,
        seller=_party(root, "cac:AccountingSupplierParty/cac:Party"),
        buyer=_party(root, "cac:AccountingCustomerParty/cac:Party"),
        lines=tuple(_line(element, type_.code) for element in root.findall(f"cac:{_name(root)}Line", NAMESPACES)),
        taxes=taxes,
        net=net,
        tax=sum((_amount(total, "cbc:TaxAmount") for total in totals), Decimal(0)),
        total=_amount(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        buyer_reference=_text(root, "cbc:BuyerReference"),
        order_reference=_text(root, "cac:OrderReference/cbc:ID"),
        note=_raw(root, "cbc:Note"),
        terms=_raw(root, "cac:PaymentTerms/cbc:Note"),
        account=_text(root, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"),
        payment_id=_text(root, "cac:PaymentMeans/cbc:PaymentID"),
        attachments=distinct(_attachments(root)),
        type_code=None if type_code == USUAL_TYPE[type_.code, self_billed] else type_code,
        self_billed=self_billed,
    )
    object.__setattr__(content, "root", root)
    return content


def _party(root: "_Element", path: str) -> Named:
    party = root.find(path, NAMESPACES)
    if party is None:
        raise invalid("BR-06" if "Supplier" in path else "BR-07", "A side of the document is missing.", location(root))
    endpoint = party.find("cbc:EndpointID", NAMESPACES)
    organisation = _text(party, "cac:PartyLegalEntity/cbc:CompanyID")
    vat = next(
        (
            scheme
            for scheme in party.findall("cac:PartyTaxScheme", NAMESPACES)
            if _text(scheme, "cac:TaxScheme/cbc:ID") == "VAT"
        ),
        None,
    )
    return Named(
        name=_text(party, "cac:PartyLegalEntity/cbc:RegistrationName") or _text(party, "cac:PartyName/cbc:Name") or "",
        country=_text(party, "cac:PostalAddress/cac:Country/cbc:IdentificationCode") or "",
        organisation_number=compact(organisation) if organisation else None,
        vat_number=None if vat is None else _text(vat, "cbc:CompanyID"),
        scheme=None if endpoint is None else endpoint.get("schemeID"),
        identifier=_text(party, "cbc:EndpointID"),
        email=_text(party, "cac:Contact/cbc:ElectronicMail"),
        street=_street(party),
        postal_code=_text(party, "cac:PostalAddress/cbc:PostalZone"),
        city=_text(party, "cac:PostalAddress/cbc:CityName"),
    )


def _street(party: "_Element") -> str | None:
    parts = (_text(party, f"cac:PostalAddress/cbc:{name}") for name in ("StreetName", "AdditionalStreetName"))
    return ", ".join(part for part in parts if part) or None


def _line(element: "_Element", kind: str) -> Line:
    quantity = f"cbc:{'InvoicedQuantity' if kind == 'invoice' else 'CreditedQuantity'}"
    quantity_element = element.find(quantity, NAMESPACES)
    # A price for no pieces at all is refused by the rules; here it is taken for that of one.
    per = _number(element, "cac:Price/cbc:BaseQuantity", 1) or Decimal(1)
    price = _exact().divide(_number(element, "cac:Price/cbc:PriceAmount"), per)
    return Line(
        id=_text(element, "cbc:ID") or "",
        name=_text(element, "cac:Item/cbc:Name") or "",
        quantity=_number(element, quantity, 1),
        unit=(quantity_element.get("unitCode") if quantity_element is not None else None) or "C62",
        price=price.quantize(PRICE, ROUND_HALF_UP, _exact()),
        amount=_amount(element, "cbc:LineExtensionAmount"),
        tax_category=_text(element, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID") or "",
        tax_percent=_number(element, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
        description=_raw(element, "cac:Item/cbc:Description"),
    )


def _tax(element: "_Element") -> Tax:
    return Tax(
        category=_text(element, "cac:TaxCategory/cbc:ID") or "",
        percent=_number(element, "cac:TaxCategory/cbc:Percent"),
        taxable=_amount(element, "cbc:TaxableAmount"),
        amount=_amount(element, "cbc:TaxAmount"),
        reason=_text(element, "cac:TaxCategory/cbc:TaxExemptionReason")
        or _text(element, "cac:TaxCategory/cbc:TaxExemptionReasonCode"),
    )


def _currency(total: "_Element") -> str | None:
    amount = total.find("cbc:TaxAmount", NAMESPACES)
    return None if amount is None else amount.get("currencyID")


def _attachments(root: "_Element") -> Iterator[Attached]:
    for reference in root.findall("cac:AdditionalDocumentReference", NAMESPACES):
        embedded = reference.find("cac:Attachment/cbc:EmbeddedDocumentBinaryObject", NAMESPACES)
        if embedded is not None:
            name = embedded.get("filename") or _text(reference, "cbc:ID") or ""
            try:
                content = b64decode("".join((embedded.text or "").split()), validate=True)
            except ValueError:
                raise invalid("UBL-XSD", "The embedded file is not written in Base64.", location(embedded)) from None
            yield named(name, embedded.get("mimeCode"), content)
