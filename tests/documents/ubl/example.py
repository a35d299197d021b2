"""The invoice of the documentation with some texts changed, and the same as a credit note."""

from pathlib import Path

from simulator.documents import ubl

TEXT = Path("docs/examples/invoice.xml").read_text(encoding="utf-8")
MEANS = TEXT[TEXT.index("  <cac:PaymentMeans>") : TEXT.index("  <cac:TaxTotal>")]
SUBTOTAL = TEXT[TEXT.index("    <cac:TaxSubtotal>") : TEXT.index("  </cac:TaxTotal>")]
LINE = TEXT[TEXT.index("  <cac:InvoiceLine>") : TEXT.index("</Invoice>")]
SELLER_VAT = """<cac:PartyTaxScheme>
        <cbc:CompanyID>NO310000019MVA</cbc:CompanyID>
        <cac:TaxScheme>
          <cbc:ID>VAT</cbc:ID>
        </cac:TaxScheme>
      </cac:PartyTaxScheme>"""
BUYER_VAT = SELLER_VAT.replace("310000019", "312002205")
BEFORE_TAX = "  <cac:TaxTotal>"

Change = tuple[str, str]


def example(*changes: Change) -> bytes:
    """Return the invoice in which texts are replaced, everywhere; each must be there."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def as_credit_note(invoice: bytes) -> bytes:
    """Return an invoice as a credit note."""
    text = invoice.decode()
    for old, new in (
        ("InvoiceTypeCode>380<", "CreditNoteTypeCode>381<"),
        ("InvoiceTypeCode", "CreditNoteTypeCode"),
        ("<Invoice ", "<CreditNote "),
        ("</Invoice>", "</CreditNote>"),
        ("xsd:Invoice-2", "xsd:CreditNote-2"),
        ("cac:InvoiceLine", "cac:CreditNoteLine"),
        ("InvoicedQuantity", "CreditedQuantity"),
        ("  <cbc:DueDate>2022-03-15</cbc:DueDate>\n", ""),
    ):
        text = text.replace(old, new)
    return text.encode()


def refusing(content: bytes) -> set[str]:
    """Return the rules that a document breaks so that it cannot be sent."""
    return {problem.rule for problem in ubl.check(content) if not problem.warning}


def warning(content: bytes) -> set[str]:
    """Return the rules that a document breaks and can be sent all the same."""
    return {problem.rule for problem in ubl.check(content) if problem.warning}
