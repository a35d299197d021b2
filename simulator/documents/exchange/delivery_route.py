"""The delivery route that was decided for a document, and the document that a job is about."""

from dataclasses import asdict, dataclass
from typing import Any

from simulator.core.sandbox import Db
from simulator.documents.exchange import failures
from simulator.documents.model.models import Document, Status


@dataclass(frozen=True)
class DeliveryRoute:
    """How a document is delivered.

    Attributes:
        channel: by which channel.
        address: the electronic or e-mail address; None for a letter.
        operator: code of the operator.
        company_id: the company here that receives it.
    """

    channel: str
    address: str | None = None
    operator: str | None = None
    company_id: int | None = None

    def stored(self) -> dict[str, Any]:
        """Return what a job keeps."""
        return asdict(self)


def document_of_job(db: Db, status: Status, **data: Any) -> Document | None:
    """Return the document of a job, unless it was resent since the job was queued."""
    document = db.get(Document, data["document"])
    if document is None or document.revision != data["revision"] or document.status != status:
        return None
    return document


def fail_unprocessed(db: Db, **data: Any) -> None:
    """Fail a document whose job failed for good, so that no document is lost silently."""
    document = document_of_job(db, Status.CREATED, **data)
    if document is not None:
        failures.fail(db, document, failures.NOT_PROCESSED)


def lost_receipt(db: Db, **data: Any) -> None:
    """Fail a sent document whose receipt could not be processed."""
    document = document_of_job(db, Status.SENT, **data)
    if document is not None:
        failures.fail(db, document, failures.NOT_PROCESSED)
