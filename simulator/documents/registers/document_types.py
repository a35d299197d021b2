"""The types of documents that a participant can receive.

Source: Peppol BIS Billing 3.0, document type identifiers of invoice and credit note; EHF Billing 3.0 is
the same.
"""

from dataclasses import dataclass

_BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
_UBL = "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd"


@dataclass(frozen=True)
class DocumentType:
    """One type.

    Attributes:
        code: how scenarios write it and tables keep it.
        identifier: how the Peppol network writes it, case and all.
    """

    code: str
    identifier: str

    @property
    def text(self) -> str:
        """Text key of the name shown."""
        return f"documents.type.{self.code}"


INVOICE = DocumentType("invoice", f"{_UBL}:Invoice-2::Invoice##{_BILLING}")
CREDIT_NOTE = DocumentType("credit_note", f"{_UBL}:CreditNote-2::CreditNote##{_BILLING}")

BILLING = (INVOICE, CREDIT_NOTE)
"""What AutoInvoice registers a company for."""

BY_CODE = {type_.code: type_ for type_ in BILLING}
