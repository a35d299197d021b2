"""Where documents are from: one set of words for those that came, those that were sent, and those that were laid down."""

from enum import StrEnum


class Origin(StrEnum):
    """How a document came into AutoInvoice. Source: origins in AutoInvoice's interface for programs; own choice: ``upload``."""

    UPLOAD = "upload"
    INTERNAL = "internal"
    EXTERNAL = "external"
    SCAN = "scan"
