"""Files that the platform produced. They are stored in the sandbox, so that a sandbox is one file."""

from datetime import datetime, timedelta

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column

from simulator.core.database import Base
from simulator.core.sandbox import Db


class StoredFile(Base):
    """One produced file; only its owner may download it, until it expires if it does.

    ``customer_id`` is the customer whose data it has: an owner who has lost access there cannot download it.
    """

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(index=True)
    customer_id: Mapped[int | None]
    name: Mapped[str]
    media_type: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


def store(
    db: Db,
    *,
    owner_id: int,
    name: str,
    media_type: str,
    content: bytes,
    customer_id: int | None = None,
    lasts: timedelta | None = None,
) -> StoredFile:
    """Store a file for its owner.

    Args:
        db: the transaction.
        owner_id: id of the person who owns it.
        name: the file's name for downloads.
        media_type: its media type.
        content: its content.
        customer_id: the customer whose data it has, or None.
        lasts: its lifetime on the sandbox's clock; unlimited if None.
    """
    now = db.clock.now()
    file = StoredFile(
        owner_id=owner_id,
        customer_id=customer_id,
        name=name,
        media_type=media_type,
        content=content,
        created_at=now,
        expires_at=None if lasts is None else now + lasts,
    )
    db.add(file)
    db.flush()
    return file


def of_owner(db: Db, file_id: int, owner_id: int) -> StoredFile | None:
    """Return a file if this person owns it, even if it has expired."""
    file = db.get(StoredFile, file_id)
    return file if file is not None and file.owner_id == owner_id else None


def has_expired(db: Db, file: StoredFile) -> bool:
    """Return whether a file has expired."""
    return file.expires_at is not None and file.expires_at <= db.clock.now()
