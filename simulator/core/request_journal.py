"""The journal of requests: the last calls of programs to a product, each with what came of it and, when it failed, why.

Secrets are not written: the values of parameters that open something are replaced by their length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core import redaction
from simulator.core.database import Base
from simulator.core.sandbox import Db

MOST = 2000
"""Own choice: how many requests are stored of each product, whoever sent them; the oldest ones go."""


class RequestEntry(Base):
    """One request of a program. ``caller`` is the name by which the product knows the program; ``reason`` is a text key."""

    __tablename__ = "request_entry"
    __table_args__ = (Index("request_entry_of_caller", "product", "caller", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    product: Mapped[str]
    caller: Mapped[str]
    call: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    status: Mapped[int]
    error: Mapped[str | None]
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    person: Mapped[str | None]


@dataclass(frozen=True)
class Reason:
    """Why a request failed: a text key, and what fills its placeholders."""

    text: str
    facts: dict[str, Any] = field(default_factory=dict)


def record(
    db: Db,
    product: str,
    caller: str,
    call: str,
    parameters: Mapping[str, str],
    status: int,
    *,
    error: str | None = None,
    reason: Reason | None = None,
    person: str | None = None,
) -> None:
    """Write a request down.

    Args:
        db: the transaction.
        product: code of the product.
        caller: name of the program; empty when it is not known.
        call: what was called, for example ``token``.
        parameters: the parameters of the request.
        status: the status of the answer.
        error: the code of the error in the answer.
        reason: why it failed.
        person: address of the user.
    """
    entry = RequestEntry(
        at=db.clock.now(),
        product=product,
        caller=caller[: redaction.LONGEST_VALUE],
        call=call,
        parameters={name[:100]: redaction.visible(name, value) for name, value in list(parameters.items())[:50]},
        status=status,
        error=error,
        reason=reason.text if reason is not None else None,
        facts=dict(reason.facts) if reason is not None else {},
        person=person,
    )
    db.sandbox.person = person
    db.add(entry)
    db.flush()
    if entry.id % 20 == 0:
        _remove_oldest(db, entry)


def newest_first(db: Db, product: str, caller: str | None = None, limit: int = 20) -> Sequence[RequestEntry]:
    """Return the last requests of a program, or of all programs when ``caller`` is None."""
    query = select(RequestEntry).where(RequestEntry.product == product).order_by(RequestEntry.id.desc()).limit(limit)
    return db.scalars(query if caller is None else query.where(RequestEntry.caller == caller)).all()


def _remove_oldest(db: Db, entry: RequestEntry) -> None:
    mine = RequestEntry.product == entry.product
    oldest = select(RequestEntry.id).where(mine).order_by(RequestEntry.id.desc()).offset(MOST).limit(1).scalar_subquery()
    db.execute(delete(RequestEntry).where(mine, RequestEntry.id <= oldest))
