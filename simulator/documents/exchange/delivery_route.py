"""The way that a document goes, as it was decided, and which document a job is about."""

from dataclasses import asdict, dataclass
from typing import Any

from simulator.core.sandbox import Db
from simulator.documents.exchange import failures
from simulator.documents.model.models import Document, Status


@dataclass(frozen=True)
class DeliveryRoute:
    """How a document goes.

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
    """Return the document of a job, unless it has gone another way since the job was queued."""
    document = db.get(Document, data["document"])
    if document is None or document.revision != data["revision"] or document.status != status:
        return None
    return document


def fail_unprocessed(db: Db, **data: Any) -> None:
    """Say of a document that could not be worked on that it is not delivered, so that none is lost without a word."""
    document = document_of_job(db, Status.CREATED, **data)
    if document is not None:
        failures.fail(db, document, failures.NOT_PROCESSED)


def lost_receipt(db: Db, **data: Any) -> None:
    """Say of a document that was sent, and whose receipt could not be taken, that it is not delivered."""
    document = document_of_job(db, Status.SENT, **data)
    if document is not None:
        failures.fail(db, document, failures.NOT_PROCESSED)
