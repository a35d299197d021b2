"""Documents by others get the verdict and the rules that the official artefacts give them.

Each was run through the schema of UBL 2.1, EN 16931 1.3.16 and Peppol BIS Billing 3.0.21.
"""

import pytest

from simulator.documents import ubl
from tests.documents.ubl.example import (
    BEFORE_TAX,
    BUYER_VAT,
    LINE,
    MEANS,
    SELLER_VAT,
    SUBTOTAL,
    Change,
    as_credit_note,
    example,
    refusing,
)

BUYER_ADDRESS = '<cbc:EndpointID schemeID="0192">312002205</cbc:EndpointID>'
BUYER_NUMBER = '<cbc:CompanyID schemeID="0192">312002205</cbc:CompanyID>'
SELLER_ADDRESS = '<cbc:EndpointID schemeID="0192">310000019</cbc:EndpointID>'
SELLER_NUMBER = '<cbc:CompanyID schemeID="0192">310000019</cbc:CompanyID>'
BUYER_COUNTRY = "<cbc:PostalZone>0002</cbc:PostalZone>\n        <cac:Country>\n          <cbc:IdentificationCode>NO"
PRICE = '<cbc:PriceAmount currencyID="NOK">100</cbc:PriceAmount>'
IN_LINE = '<cbc:LineExtensionAmount currencyID="NOK">100.00</cbc:LineExtensionAmount>\n    <cac:Item>'


def buyer(country: str, address: str, vat: str, number: str) -> list[Change]:
    """Return the changes that give the buyer another country and other numbers."""
    return [
        (BUYER_ADDRESS, address),
        (BUYER_COUNTRY, BUYER_COUNTRY[:-2] + country),
        ("NO312002205MVA", vat),
        (BUYER_NUMBER, number),
    ]


def totals(line: str, tax: str, total: str, **texts: str) -> list[Change]:
    """Return the changes of the sums of the example: of its line, its tax, and its total."""
    return [
        (">100.00</cbc:LineExt", f">{line}</cbc:LineExt"),
        (">100.00</cbc:TaxableAmount", f">{texts.get('taxable', line)}</cbc:TaxableAmount"),
        (">25.00</cbc:TaxAmount", f">{tax}</cbc:TaxAmount"),
        (">100.00</cbc:TaxExclusive", f">{texts.get('net', line)}</cbc:TaxExclusive"),
        (">125.00</cbc:TaxInclusive", f">{total}</cbc:TaxInclusive"),
        (">125.00</cbc:Payable", f">{texts.get('payable', total)}</cbc:Payable"),
    ]


GERMANS = [
    (SELLER_ADDRESS, '<cbc:EndpointID schemeID="0088">7300010000018</cbc:EndpointID>'),
    ("<cbc:IdentificationCode>NO<", "<cbc:IdentificationCode>DE<"),
    ("NO310000019MVA", "DE123456788"),
    (
        """<cac:PartyTaxScheme>
        <cbc:CompanyID>Foretaksregisteret</cbc:CompanyID>
        <cac:TaxScheme>
          <cbc:ID>TAX</cbc:ID>
        </cac:TaxScheme>
      </cac:PartyTaxScheme>
      """,
        "",
    ),
    (
        f"{SELLER_NUMBER}\n      </cac:PartyLegalEntity>",
        "<cbc:CompanyID>HRB1</cbc:CompanyID></cac:PartyLegalEntity><cac:Contact><cbc:Name>N</cbc:Name>"
        "<cbc:Telephone>+49 30 123456</cbc:Telephone><cbc:ElectronicMail>a@b.example</cbc:ElectronicMail></cac:Contact>",
    ),
    ("PaymentMeansCode>30<", "PaymentMeansCode>58<"),
    ("86011117947", "DE91100000000123456789"),
]
GERMAN_BUYER = [
    (BUYER_ADDRESS, '<cbc:EndpointID schemeID="0088">7300010000025</cbc:EndpointID>'),
    ("NO312002205MVA", "DE123456788"),
    (BUYER_NUMBER, "<cbc:CompanyID>HRB1</cbc:CompanyID>"),
]
RATED = "<cbc:ID>S</cbc:ID>\n        <cbc:Percent>25</cbc:Percent>"
UNTAXED = [
    (SELLER_VAT, ""),
    (BUYER_VAT, ""),
    (f"ClassifiedTaxCategory>\n        {RATED}", "ClassifiedTaxCategory><cbc:ID>O</cbc:ID>"),
    (
        RATED,
        "<cbc:ID>O</cbc:ID><cbc:Percent>0</cbc:Percent><cbc:TaxExemptionReasonCode>VATEX-EU-O</cbc:TaxExemptionReasonCode>",
    ),
]
ZERO = totals("100.00", "0.00", "100.00")
ALLOWANCE = """  <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
    <cbc:AllowanceChargeReason>Rabatt</cbc:AllowanceChargeReason><cbc:Amount currencyID="NOK">10.00</cbc:Amount>
  </cac:AllowanceCharge>
"""

RIGHT: dict[str, list[Change]] = {
    "the example": [],
    "a Swedish buyer's VAT number without its check digit": buyer(
        "SE", '<cbc:EndpointID schemeID="0088">7300010000025</cbc:EndpointID>', "SE5512345601", ""
    ),
    "a Swedish sole trader": buyer(
        "SE",
        '<cbc:EndpointID schemeID="0007">8012310002</cbc:EndpointID>',
        "SE801231000201",
        '<cbc:CompanyID schemeID="0007">8012310002</cbc:CompanyID>',
    ),
    "Danish numbers without a check digit, with DK and without": buyer(
        "DK",
        '<cbc:EndpointID schemeID="0184">DK12345678</cbc:EndpointID>',
        "DK12345678",
        '<cbc:CompanyID schemeID="0184">12345678</cbc:CompanyID>',
    ),
    "a GLN of eight digits": buyer(
        "SE",
        '<cbc:EndpointID schemeID="0088">73500537</cbc:EndpointID>',
        "SE556999888201",
        '<cbc:CompanyID schemeID="0007">5569998882</cbc:CompanyID>',
    ),
    "a scheme of 2026": buyer(
        "FR",
        '<cbc:EndpointID schemeID="0245">12345678</cbc:EndpointID>',
        "FR12345678901",
        "<cbc:CompanyID>123456789</cbc:CompanyID>",
    ),
    "tax rounded in each line": totals("100.00", "24.95", "124.95"),
    "a line off by 0.02": totals("100.02", "25.01", "125.03"),
    "a price with four decimals": [
        *totals("1123.40", "280.85", "1404.25"),
        (">1</cbc:InvoicedQuantity>", ">1000</cbc:InvoicedQuantity>"),
        (
            PRICE,
            '<cbc:PriceAmount currencyID="NOK">1.1234</cbc:PriceAmount><cac:AllowanceCharge>'
            '<cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="NOK">0.1234</cbc:Amount>'
            '<cbc:BaseAmount currencyID="NOK">1.2468</cbc:BaseAmount></cac:AllowanceCharge>',
        ),
    ],
    "not subject to tax, with a rate of 0": [*ZERO, *UNTAXED],
    "a foreign currency, the tax's own first": [
        ('"NOK"', '"EUR"'),
        (">NOK<", ">EUR<"),
        ("</cbc:DocumentCurrencyCode>", "</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>NOK</cbc:TaxCurrencyCode>"),
        (BEFORE_TAX, f'  <cac:TaxTotal><cbc:TaxAmount currencyID="NOK">250.00</cbc:TaxAmount></cac:TaxTotal>\n{BEFORE_TAX}'),
    ],
    "a French VAT number of a Norwegian seller": [("NO310000019MVA", "FR12345678901")],
    "two notes between Germans": [
        *GERMANS,
        *GERMAN_BUYER,
        ("</cbc:InvoiceTypeCode>", "</cbc:InvoiceTypeCode><cbc:Note>eins</cbc:Note><cbc:Note>zwei</cbc:Note>"),
    ],
    "a correction between Germans": [
        *GERMANS,
        *GERMAN_BUYER,
        (">380<", ">384<"),
        (
            "  <cac:AccountingSupplierParty>",
            "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>1</cbc:ID></cac:InvoiceDocumentReference>"
            "</cac:BillingReference>  <cac:AccountingSupplierParty>",
        ),
    ],
    "an extension of the specification": [
        ("billing:3.0<", "billing:3.0#conformant#urn:fdc:anskaffelser.no:2019:ehf:forward-billing:3.0<")
    ],
    "a soft hyphen in a name": [("Skogvang Elektro", "Skog\N{SOFT HYPHEN}vang Elektro")],
    "no day to pay": [("  <cbc:DueDate>2022-03-15</cbc:DueDate>\n", "")],
}


@pytest.mark.parametrize("kind", ["invoice", "credit note"])
@pytest.mark.parametrize("name", [name for name in RIGHT if name != "a correction between Germans"])
def test_a_right_document_is_read(name: str, kind: str) -> None:
    content = example(*RIGHT[name])
    content = content if kind == "invoice" else as_credit_note(content)
    assert refusing(content) == set()
    assert ubl.read(content).number == "1001"


def test_a_correction_between_germans_is_read() -> None:
    assert ubl.read(example(*RIGHT["a correction between Germans"])).number == "1001"


WRONG: dict[str, tuple[list[Change], set[str]]] = {
    "a quantity of 0 that the price is for": (
        [(PRICE, f'{PRICE}<cbc:BaseQuantity unitCode="C62">0</cbc:BaseQuantity>')],
        {"PEPPOL-EN16931-R121"},
    ),
    "a sum to pay off by 0.01": ([(">125.00</cbc:Payable", ">125.01</cbc:Payable")], {"BR-CO-16"}),
    "rates mixed up in the breakdown": (
        [
            (SUBTOTAL, SUBTOTAL.replace("100.00", "50.00").replace("25.00", "12.50") + SUBTOTAL.replace(">25<", ">15<")),
            (LINE, LINE + LINE.replace(">1</cbc:ID>", ">2</cbc:ID>").replace(">25<", ">15<").replace("100", "50")),
            (">50.00</cbc:LineExt", ">50</cbc:LineExt"),
            ('">25.00</cbc:TaxAmount>\n      <cac:TaxCategory>', '">15.00</cbc:TaxAmount>\n      <cac:TaxCategory>'),
            ('">25.00</cbc:TaxAmount>\n    <cac:TaxSubtotal>', '">27.50</cbc:TaxAmount>\n    <cac:TaxSubtotal>'),
            (">100.00</cbc:LineExtensionAmount>\n    <cbc:Tax", ">150.00</cbc:LineExtensionAmount>\n    <cbc:Tax"),
            (">100.00</cbc:TaxExclusive", ">150.00</cbc:TaxExclusive"),
            (">125.00</cbc:TaxInclusive", ">177.50</cbc:TaxInclusive"),
            (">125.00</cbc:Payable", ">177.50</cbc:Payable"),
        ],
        {"BR-S-08"},
    ),
    "an allowance without a category": (
        [
            *totals("110.00", "25.00", "125.00", taxable="100.00", net="100.00"),
            (BEFORE_TAX, ALLOWANCE + BEFORE_TAX),
            (
                "    <cbc:PayableAmount",
                '    <cbc:AllowanceTotalAmount currencyID="NOK">10.00</cbc:AllowanceTotalAmount>\n    <cbc:PayableAmount',
            ),
            (PRICE, PRICE.replace("100", "110")),
        ],
        {"BR-32", "BR-S-08"},
    ),
    "an intra-community supply without reason, day and place": (
        [*ZERO, ("<cbc:ID>S</cbc:ID>", "<cbc:ID>K</cbc:ID>"), ("<cbc:Percent>25<", "<cbc:Percent>0<")],
        {"BR-IC-10", "BR-IC-11", "BR-IC-12"},
    ),
    "a currency for the tax without a total": (
        [("</cbc:DocumentCurrencyCode>", "</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>")],
        {"BR-53", "PEPPOL-EN16931-R054", "PEPPOL-EN16931-R055"},
    ),
    "a credit transfer without an account": (
        [("<cac:PayeeFinancialAccount>\n      <cbc:ID>86011117947</cbc:ID>\n    </cac:PayeeFinancialAccount>", "")],
        {"BR-61"},
    ),
    "a unit of its own": ([('unitCode="C62"', 'unitCode="PCE"')], {"BR-CL-23"}),
    "a tax off by 1": (totals("100.00", "24.00", "124.00"), {"BR-CO-17", "BR-S-09"}),
    "a line off by 0.03": (totals("100.03", "25.01", "125.04"), {"PEPPOL-EN16931-R120"}),
    "a taxable amount off by 1": (totals("100.00", "25.00", "125.00", taxable="101.00"), {"BR-S-08"}),
    "two references for the payment": (
        [(MEANS, MEANS + MEANS.replace("1001", "1002"))],
        {"UBL-SR-44"},
    ),
    "a type that is no longer there": (
        [('0192">312002205</cbc:Endp', '0037">312002205</cbc:Endp')],
        {"PEPPOL-EN16931-CL008"},
    ),
    "two notes": (
        [("  <cbc:DocumentCurrencyCode>", "<cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note>  <cbc:DocumentCurrencyCode>")],
        {"PEPPOL-EN16931-R002"},
    ),
    "a conforming specification with an identifier of its own": (
        [("billing:3.0<", "billing:3.0::2.1<")],
        {"PEPPOL-EN16931-R004"},
    ),
    "a direct debit without a mandate": ([("MeansCode>30<", "MeansCode>59<")], {"PEPPOL-EN16931-R061"}),
    "a percentage without a base": (
        [
            (
                IN_LINE,
                IN_LINE.replace(
                    "<cac:Item>",
                    "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
                    "<cbc:AllowanceChargeReason>x</cbc:AllowanceChargeReason>"
                    "<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>"
                    '<cbc:Amount currencyID="NOK">0.00</cbc:Amount></cac:AllowanceCharge>\n    <cac:Item>',
                ),
            )
        ],
        {"PEPPOL-EN16931-R041"},
    ),
}


@pytest.mark.parametrize("kind", ["invoice", "credit note"])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_document_is_refused_by_its_rules(name: str, kind: str) -> None:
    changes, rules = WRONG[name]
    content = example(*changes)
    assert refusing(content if kind == "invoice" else as_credit_note(content)) == rules
