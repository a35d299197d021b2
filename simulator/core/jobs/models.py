"""The table of the queue."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import CODE, Base, among


class JobState(StrEnum):
    """The states of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One call of a registered function. ``due_at`` is the sandbox's time, ``leased_until`` the machine's.

    ``owner`` is the process that claimed it, by its id in the data directory.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(info=CODE)
    data: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(unique=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    queued_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True, info=among(JobState))
    attempts: Mapped[int]
    leased_until: Mapped[datetime | None]
    owner: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]
