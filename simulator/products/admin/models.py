"""Tables of Admin."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import CODE, Base


class BulkChange(Base):
    """One action on many users of a customer, carried out in portions.

    ``person_id`` is the administrator. ``done`` counts the users who were changed. ``progress`` has two lists: ``remaining``, the
    ids of the users whose turn has not come, and ``left_out``, the others, each as ``[id, code, facts]`` of the refusal. ``role``
    and ``company_id`` say what is granted or revoked.
    """

    __tablename__ = "bulk_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    action: Mapped[str] = mapped_column(info=CODE)
    role: Mapped[str | None]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    created_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int]
    progress: Mapped[dict[str, Any]]
