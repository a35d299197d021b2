"""The statuses of a document and the moves between them, which every change of a status obeys.

Source: AutoInvoice, a document is pending, sent, then delivered or in error; a sent, failed or held one can be resent; states of
received ones in its interface for programs.
"""

from simulator.documents.model.models import Document, Status

MOVES: dict[Status, tuple[Status, ...]] = {
    # Sent documents. Back to created: somebody resends the document, or chooses a receiver.
    Status.CREATED: (Status.ON_HOLD, Status.SENT, Status.FAILED),
    Status.ON_HOLD: (Status.CREATED,),
    Status.SENT: (Status.DELIVERED, Status.FAILED, Status.CREATED),
    Status.DELIVERED: (Status.CREATED,),
    Status.FAILED: (Status.CREATED,),
    # Received documents.
    Status.NEW: (Status.DOWNLOADED, Status.PROCESSED),
    Status.DOWNLOADED: (Status.PROCESSED,),
    Status.PROCESSED: (),
}
"""The statuses that a document can move to from each status."""


class ForbiddenMove(RuntimeError):
    """A document was to get a status that does not follow its present one."""


def can_move_to(document: Document, status: Status) -> bool:
    """Return whether a status can follow a document's present one."""
    return status in MOVES[Status(document.status)]


def move_to(document: Document, status: Status) -> None:
    """Change the status of a document.

    Raises:
        ForbiddenMove: the status cannot follow the present one; callers check before, so this is an error in the code.
    """
    if not can_move_to(document, status):
        raise ForbiddenMove(f"document {document.uuid}: {document.status} → {status}")
    document.status = status
