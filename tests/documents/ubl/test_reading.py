"""Reading documents as other programs write them, and what is no document at all."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest

from simulator.core.texts import LANGUAGES, text
from simulator.documents import ubl
from simulator.documents.model.content import Attached
from tests.documents.invoices import NORWEGIAN, NORWEGIAN_BUYER, SWEDISH, credit_note, invoice, line

WRITTEN = ubl.write(invoice()).decode()

ELSEWHERE = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by another program: prefixes, allowances, a base quantity, two sums of tax, rounding. -->
<ubl:Invoice xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">
  <b:UBLVersionID>2.1</b:UBLVersionID>
  <b:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</b:CustomizationID>
  <b:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</b:ProfileID>
  <b:ID> F 2022/17 </b:ID>
  <b:IssueDate>2022-03-01</b:IssueDate>
  <b:DueDate>2022-03-15</b:DueDate>
  <b:InvoiceTypeCode>380</b:InvoiceTypeCode>
  <b:Note>Two
lines</b:Note>
  <b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
  <b:TaxCurrencyCode>SEK</b:TaxCurrencyCode>
  <a:OrderReference><b:ID>PO-1</b:ID></a:OrderReference>
  <a:AdditionalDocumentReference><b:ID>OBJ-1</b:ID><b:DocumentTypeCode>130</b:DocumentTypeCode></a:AdditionalDocumentReference>
  <a:AdditionalDocumentReference><b:ID>link</b:ID><a:Attachment><a:ExternalReference><b:URI>http://elsewhere.example/a.pdf</b:URI>
    </a:ExternalReference></a:Attachment></a:AdditionalDocumentReference>
  <a:AdditionalDocumentReference><b:ID>1</b:ID><a:Attachment>
    <b:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="Ærlig Æske.PDF">JVBERi0x
    LjQ=</b:EmbeddedDocumentBinaryObject></a:Attachment></a:AdditionalDocumentReference>
  <a:AccountingSupplierParty><a:Party>
    <b:EndpointID schemeID="0007">9999990006</b:EndpointID>
    <a:PartyName><b:Name>The shop's name</b:Name></a:PartyName>
    <a:PostalAddress><b:StreetName>Provgatan 1</b:StreetName><b:AdditionalStreetName>Box 2</b:AdditionalStreetName>
      <b:CityName>Uppsala</b:CityName><b:PostalZone>000 01</b:PostalZone>
      <a:Country><b:IdentificationCode>SE</b:IdentificationCode></a:Country></a:PostalAddress>
    <a:PartyTaxScheme><b:CompanyID>Godkänd för F-skatt</b:CompanyID><a:TaxScheme><b:ID>TAX</b:ID></a:TaxScheme></a:PartyTaxScheme>
    <a:PartyTaxScheme><b:CompanyID>SE999999000601</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme>
    <a:PartyLegalEntity><b:RegistrationName>Björkdal
       Trä AB</b:RegistrationName><b:CompanyID schemeID="0007">9999990006</b:CompanyID></a:PartyLegalEntity>
  </a:Party></a:AccountingSupplierParty>
  <a:AccountingCustomerParty><a:Party>
    <b:EndpointID schemeID="0007">9999990014</b:EndpointID>
    <a:PartyName><b:Name>Älvkanten</b:Name></a:PartyName>
    <a:PostalAddress><a:Country><b:IdentificationCode>SE</b:IdentificationCode></a:Country></a:PostalAddress>
    <a:PartyLegalEntity><b:RegistrationName>Älvkanten Måleri AB</b:RegistrationName></a:PartyLegalEntity>
  </a:Party></a:AccountingCustomerParty>
  <a:PaymentMeans><b:PaymentMeansCode>30</b:PaymentMeansCode><b:PaymentID>17</b:PaymentID>
    <a:PayeeFinancialAccount><b:ID>SE000</b:ID></a:PayeeFinancialAccount></a:PaymentMeans>
  <a:AllowanceCharge><b:ChargeIndicator>false</b:ChargeIndicator><b:AllowanceChargeReason>Loyal</b:AllowanceChargeReason>
    <b:Amount currencyID="EUR">10.00</b:Amount>
    <a:TaxCategory><b:ID>S</b:ID><b:Percent>25.0</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:TaxCategory>
  </a:AllowanceCharge>
  <a:TaxTotal><b:TaxAmount currencyID="EUR">22.25</b:TaxAmount>
    <a:TaxSubtotal><b:TaxableAmount currencyID="EUR">89.00</b:TaxableAmount><b:TaxAmount currencyID="EUR">22.25</b:TaxAmount>
      <a:TaxCategory><b:ID>S</b:ID><b:Percent>25</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:TaxCategory>
    </a:TaxSubtotal></a:TaxTotal>
  <a:TaxTotal><b:TaxAmount currencyID="SEK">250.00</b:TaxAmount></a:TaxTotal>
  <a:LegalMonetaryTotal>
    <b:LineExtensionAmount currencyID="EUR">99.00</b:LineExtensionAmount>
    <b:TaxExclusiveAmount currencyID="EUR">89.00</b:TaxExclusiveAmount>
    <b:TaxInclusiveAmount currencyID="EUR">111.25</b:TaxInclusiveAmount>
    <b:AllowanceTotalAmount currencyID="EUR">10.00</b:AllowanceTotalAmount>
    <b:PrepaidAmount currencyID="EUR">11.00</b:PrepaidAmount>
    <b:PayableRoundingAmount currencyID="EUR">-0.25</b:PayableRoundingAmount>
    <b:PayableAmount currencyID="EUR">100.00</b:PayableAmount>
  </a:LegalMonetaryTotal>
  <a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="KGM">3</b:InvoicedQuantity>
    <b:LineExtensionAmount currencyID="EUR">99.00</b:LineExtensionAmount>
    <a:AllowanceCharge><b:ChargeIndicator>false</b:ChargeIndicator><b:AllowanceChargeReason>Wet</b:AllowanceChargeReason>
      <b:Amount currencyID="EUR">1.00</b:Amount></a:AllowanceCharge>
    <a:Item><b:Description>Dry</b:Description><b:Name>Planks</b:Name>
      <a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>25.00</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme>
      </a:ClassifiedTaxCategory></a:Item>
    <a:Price><b:PriceAmount currencyID="EUR">200.00</b:PriceAmount><b:BaseQuantity unitCode="KGM">6</b:BaseQuantity></a:Price>
  </a:InvoiceLine>
</ubl:Invoice>
""".encode()


def test_a_document_of_another_program_is_read() -> None:
    content = ubl.read(ELSEWHERE)
    assert (content.kind, content.number, content.currency) == ("invoice", "F 2022/17", "EUR")
    assert (content.seller.name, content.seller.street) == ("Björkdal Trä AB", "Provgatan 1, Box 2")
    assert (content.seller.vat_number, content.seller.organisation_number) == ("SE999999000601", "9999990006")
    assert (content.buyer.name, content.buyer.address) == ("Älvkanten Måleri AB", "0007:9999990014")
    assert (content.net, content.tax, content.total) == (Decimal(89), Decimal("22.25"), Decimal(100))
    assert (content.order_reference, content.buyer_reference, content.note) == ("PO-1", None, "Two\nlines")
    assert (content.account, content.payment_id) == ("SE000", "17")
    bought = content.lines[0]
    assert (bought.quantity, bought.unit, bought.price, bought.amount) == (
        Decimal(3),
        "KGM",
        Decimal("33.3333"),
        Decimal(99),
    )
    assert (bought.name, bought.description) == ("Planks", "Dry")
    assert content.attachments == (Attached("aerlig_aeske.pdf", "application/pdf", b"%PDF-1.4"),)


def test_it_can_be_written_by_us_and_says_the_same() -> None:
    content = ubl.read(ELSEWHERE)
    assert ubl.read(ubl.write(content)) == content


def test_a_file_that_was_right_before_is_read_without_being_checked_again() -> None:
    assert ubl.read_trusted(ELSEWHERE) == ubl.read(ELSEWHERE)


def test_a_wrong_rounding_is_found_all_the_same() -> None:
    wrong = ELSEWHERE.replace(b">-0.25<", b">-0.50<")
    assert [problem.rule for problem in ubl.check(wrong)] == ["BR-CO-16"]


@pytest.mark.parametrize(
    ("name", "clean_name", "media_type"),
    [
        ("Vedlegg 1.PDF", "vedlegg_1.pdf", "application/pdf"),
        ("../../etc/passwd", "etc_passwd.pdf", "application/pdf"),
        ("a" * 80 + ".xlsx", "a" * 45 + ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("…", "file.pdf", "application/pdf"),
        ("page.html", "page.html", "text/html"),
        ('a"b\r\nc.txt', "a_b_c.txt", "text/plain"),
    ],
)
def test_attachments_get_names_that_can_be_used(name: str, clean_name: str, media_type: str) -> None:
    content = invoice(attachments=(Attached(name, "application/pdf", b"some"),))
    assert ubl.read(ubl.write(content)).attachments == (Attached(clean_name, media_type, b"some"),)


def test_attachments_of_one_name_are_told_apart() -> None:
    files = tuple(Attached("a.pdf", "application/pdf", content) for content in (b"1", b"2", b"3"))
    assert [file.name for file in ubl.read(ubl.write(invoice(attachments=files))).attachments] == [
        "a.pdf",
        "a_2.pdf",
        "a_3.pdf",
    ]


def test_a_file_of_a_type_that_cannot_be_attached_is_refused() -> None:
    written = ubl.write(invoice(attachments=(Attached("a.exe", "application/x-msdownload", b"MZ"),)))
    assert [problem.rule for problem in ubl.check(written)] == ["BR-CL-24", "PEPPOL-EN16931-CL001"]


def test_numbers_of_organisations_are_read_as_companies_here_have_them() -> None:
    written = ubl.write(invoice(SWEDISH)).replace(b'"0007">9999990006</cbc:CompanyID', b'"0007">9999990006 </cbc:CompanyID')
    assert ubl.read(written).seller.organisation_number == "9999990006"


def test_a_buyer_that_has_a_trading_name_alone_is_read_by_it_and_not_sent_to() -> None:
    written = ubl.write(invoice()).decode()
    registered = f"<cbc:RegistrationName>{NORWEGIAN_BUYER.name}</cbc:RegistrationName>"
    named = f"<cac:PartyName><cbc:Name>{NORWEGIAN_BUYER.name}</cbc:Name></cac:PartyName>"
    before, _, buyer = written.partition("<cac:AccountingCustomerParty>")
    changed = buyer.replace("<cac:PostalAddress>", named + "<cac:PostalAddress>", 1).replace(registered, "", 1)
    content = f"{before}<cac:AccountingCustomerParty>{changed}".encode()
    assert ubl.read_trusted(content).buyer == NORWEGIAN_BUYER
    assert [problem.rule for problem in ubl.check(content)] == ["BR-07"]


def rules(content: bytes) -> list[str]:
    with pytest.raises(ubl.Invalid) as refusal:
        ubl.read(content)
    return [problem.rule for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "SIM-XML"),
        (b"   \n", "SIM-XML"),
        (b"%PDF-1.4", "SIM-XML"),
        (b"<Invoice>", "SIM-XML"),
        (b"\x00\x01\x02", "SIM-XML"),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"), "SIM-UBL"),
        (
            ubl.write(invoice())
            .decode()
            .encode("cp1252", "replace")
            .replace(b"<cbc:CityName>Oslo", b"<cbc:CityName>\xd8sl\xf8"),
            "SIM-XML",
        ),
        (b"<html><body/></html>", "SIM-UBL"),
        (b"<Invoice/>", "SIM-UBL"),
        (b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>', "SIM-UBL"),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>', "SIM-UBL"),
    ],
)
def test_what_is_no_invoice_is_refused(content: bytes, rule: str) -> None:
    assert rules(content) == [rule]


def test_an_empty_invoice_is_told_all_it_lacks() -> None:
    violated = rules(b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>')
    assert {"BR-02", "BR-06", "BR-07", "PEPPOL-EN16931-R001", "PEPPOL-EN16931-R003", "UBL-XSD"} <= set(violated)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_can_be_told_in_every_language(language: str) -> None:
    with pytest.raises(ubl.Invalid) as refusal:
        ubl.read(b"nothing")
    sentence = text(language, f"error.{refusal.value.code}", **refusal.value.facts)
    assert "SIM-XML" in sentence and "%(" not in sentence


def test_an_attachment_of_several_megabytes_is_read() -> None:
    big = b64encode(bytes(7_000_000))
    assert len(big) > 9_000_000
    content = invoice(attachments=(Attached("a.pdf", "application/pdf", bytes(7_000_000)),))
    assert ubl.read(ubl.write(content)) == content


@pytest.mark.parametrize("damaged", ["-_-_", "+/+", "+/+/=", "+/+\u00e5", "+/*/"])
def test_an_attachment_that_is_not_base64_to_the_last_sign_is_refused(damaged: str) -> None:
    written = ubl.write(invoice(attachments=(Attached("a.pdf", "application/pdf", bytes([251, 255, 191])),))).decode()
    assert "+/+/" in written
    with pytest.raises(ubl.Invalid):
        ubl.read(written.replace("+/+/", damaged).encode())


def test_lines_keep_their_order() -> None:
    lines = tuple(line(f"Thing {number}", "1.00", id=str(number)) for number in (3, 1, 2))
    assert ubl.read(ubl.write(invoice(lines=lines))).lines == lines


def test_a_side_that_tells_little_is_read_as_it_is() -> None:
    buyer = replace(NORWEGIAN_BUYER, street=None, postal_code=None, city=None, email=None, vat_number=None)
    assert ubl.read(ubl.write(invoice(buyer=buyer))).buyer == buyer


@pytest.mark.parametrize("per", ["0", "0.0000", "-0", "0.0000000001", "9999999999999"])
def test_no_base_quantity_stops_the_reader(per: str) -> None:
    written = ubl.write(invoice()).decode()
    per_pieces = f'</cbc:PriceAmount><cbc:BaseQuantity unitCode="C62">{per}</cbc:BaseQuantity>'
    content = ubl.read_trusted(written.replace("</cbc:PriceAmount>", per_pieces).encode())
    assert content.lines[0].price.is_finite()


@pytest.mark.parametrize("number", ["9" * 28 + ".99", "-" + "9" * 400, "0." + "1" * 500])
def test_no_long_number_stops_the_reader(number: str) -> None:
    written = re.sub(
        r">[0-9.]+</cbc:(PriceAmount|[A-Za-z]+Amount|Percent|InvoicedQuantity)>", rf">{number}</cbc:\1>", WRITTEN
    )
    content = ubl.read_trusted(written.encode())
    assert content.total == Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP, Context(prec=600))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999999999", "sNaN", "x", "9" * 5000])
def test_what_is_no_number_is_refused_by_the_reader(number: str) -> None:
    with pytest.raises(ubl.Invalid, match="SIM-NUMBER"):
        ubl.read_trusted(re.sub(r">[0-9.]+</cbc:PayableAmount>", f">{number}</cbc:PayableAmount>", WRITTEN).encode())


@pytest.mark.parametrize("day", ["2022-03-01Z", "2022-03-01+14:00"])
def test_a_day_with_a_time_zone_is_that_day(day: str) -> None:
    content = ubl.read_trusted(WRITTEN.replace("2022-03-01", day).encode())
    assert content.issue_date == date(2022, 3, 1)


@pytest.mark.parametrize("day", ["12022-03-01", "-0044-03-15", "2022-02-30", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_refused_by_the_reader(day: str) -> None:
    with pytest.raises(ubl.Invalid, match="PEPPOL-EN16931-F001"):
        ubl.read_trusted(WRITTEN.replace("2022-03-01", day).encode())


@pytest.mark.parametrize("side", ["Supplier", "Customer"])
def test_a_document_without_a_side_is_refused_by_the_reader(side: str) -> None:
    written = re.sub(f"<cac:Accounting{side}Party>.*</cac:Accounting{side}Party>", "", WRITTEN, flags=re.DOTALL)
    with pytest.raises(ubl.Invalid, match=r"BR-0[67]"):
        ubl.read_trusted(written.encode())


@pytest.mark.parametrize("first", [True, False])
def test_the_tax_in_another_currency_is_no_tax_of_the_document(first: bool) -> None:
    other = '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">9999.00</cbc:TaxAmount></cac:TaxTotal>'
    before, after = (other, "") if first else ("", other)
    changed = WRITTEN.replace("<cac:TaxTotal>", before + "<cac:TaxTotal>").replace(
        "</cac:TaxTotal>\n", f"</cac:TaxTotal>{after}\n"
    )
    changed = changed.replace("<cbc:BuyerReference>", "<cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode><cbc:BuyerReference>")
    assert ubl.read_trusted(changed.encode()).tax == invoice().tax


def test_a_self_billed_invoice_is_sent_by_the_buyer() -> None:
    content = replace(invoice(), self_billed=True)
    written = ubl.write(content)
    assert (
        b">389<" in written and b"selfbilling" in written and b">261<" in ubl.write(replace(credit_note(), self_billed=True))
    )
    read = ubl.read_trusted(written)
    assert read == content and (read.sender, read.receiver) == (NORWEGIAN_BUYER, NORWEGIAN)


def test_a_changed_copy_has_forgotten_what_it_was_read_from() -> None:
    content = ubl.read_trusted(ubl.write(invoice()))
    assert content.root is not None and replace(content, note="Changed").root is None


@pytest.mark.parametrize("code", ["384", "326", "386"])
def test_a_document_of_another_type_is_read_and_written_as_that(code: str) -> None:
    content = ubl.read_trusted(WRITTEN.replace(">380<", f">{code}<").encode())
    assert content.type_code == code and ubl.read_trusted(ubl.write(content)) == content
