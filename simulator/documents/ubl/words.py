"""Names and codes of Peppol BIS Billing 3.0 that reading, writing and rules share.

Source: Peppol BIS Billing 3.0, syntax and code lists (electronic address schemes, media types, type codes).
"""

from simulator.documents.registers.document_types import CREDIT_NOTE, INVOICE

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
NAMESPACES = {"cbc": CBC, "cac": CAC}

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SELF_BILLING = "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"

ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": INVOICE,
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": CREDIT_NOTE,
}
"""What a document's outermost element can be."""

_INVOICE_CODES = "71 80 82 84 102 218 219 331 380 382 383 386 388 393 395 553 575 623 780 817 870 875 876 877"
_CREDIT_NOTE_CODES = "81 83 381 396 532"
_ADDRESS_SCHEMES = """
    0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190 0191 0192
    0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218 0221 0225
    0230 0235 0240 0244 9901 9902 9904 9905 9906 9907 9908 9909 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926
    9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950
    9951 9952 9953 9957 9959 AN AQ AS AU EM
"""

INVOICE_CODES = frozenset(_INVOICE_CODES.split())
CREDIT_NOTE_CODES = frozenset(_CREDIT_NOTE_CODES.split())
ADDRESS_SCHEMES = frozenset(_ADDRESS_SCHEMES.split())
"""Schemes of electronic addresses. ``EM`` is an e-mail address; the old Norwegian ``9908`` is still recognized."""

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

Source: Peppol BIS Billing 3.0, media types of embedded documents (the first six); AutoInvoice, attachments of sent invoices (the
others, pdf and jpg too). Own choice: one list for attachments inside a document and beside it.
"""

NAME_LENGTH = 50
"""Source: AutoInvoice, file names of attachments."""

MEGABYTE = 1024 * 1024
FILE_LIMIT = 10 * MEGABYTE
"""Source: AutoInvoice, a file sent to it has at most 10 MB."""
