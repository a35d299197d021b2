"""Names and codes of Peppol BIS Billing 3.0 that reading, writing and rules share.

Source: Peppol BIS Billing 3.0, syntax and code lists (electronic address schemes, media types, type codes).
"""

from dataclasses import dataclass

from simulator.documents.registers.document_types import CREDIT_NOTE, INVOICE

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
NAMESPACES = {"cbc": CBC, "cac": CAC}

MAIL_SCHEME = "EM"
"""The scheme of electronic addresses that are e-mail addresses."""


@dataclass(frozen=True)
class Process:
    """A business process of Peppol that documents belong to.

    Attributes:
        customization: what the specification (CustomizationID) begins with.
        profile: the profile (ProfileID).
    """

    customization: str
    profile: str


ORDINARY = Process(
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
)
SELF_BILLED = Process(
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0",
    "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0",
)
"""The buyer writes the document."""

OTHER_PROFILES = (
    "urn:peppol:bis:billing_with_response",
    "urn:peppol:france:billing:regulated",
    "urn:peppol:france:billing:non-regulated",
)
"""Profiles of both processes besides their own."""

SELF_BILLING = SELF_BILLED.profile

USUAL_TYPE = {
    ("invoice", False): "380",
    ("credit_note", False): "381",
    ("invoice", True): "389",
    ("credit_note", True): "261",
}
"""The usual code of type by a document's kind, and whether it is self-billed."""

ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": INVOICE,
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": CREDIT_NOTE,
}
"""What a document's outermost element can be."""

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "gif": "image/gif",
    "txt": "text/plain",
    "xsl": "text/xsl",
    "html": "text/html",
    "htm": "text/html",
}
"""What attachments can be, by the end of their name.

Source: Peppol BIS Billing 3.0, media types of embedded documents (the first seven), which alone can stand inside a document;
AutoInvoice, attachments of sent invoices (the others, pdf and jpg too), which go beside it.
"""

NAME_LENGTH = 50
"""Source: AutoInvoice, file names of attachments."""

MEGABYTE = 1024 * 1024
FILE_LIMIT = 10 * MEGABYTE
"""Source: AutoInvoice, a file sent to it has at most 10 MB."""

TEXT_LENGTH = 1_000
LONG_TEXT_LENGTH = 20_000
"""Own choice: the most characters of a text, and of notes and descriptions."""

INTEGER_DIGITS = 13
DECIMALS = 20
"""Own choice: the most digits of a number before and after the point."""
