"""Tables that only Connect owns."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import Base
from simulator.directory.models import Person


class SignIn(Base):
    """A sign-in on its way through the steps. ``person_id`` is set once the password, or a mailed link, was right."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    methods: Mapped[list[str]]
    back_to: Mapped[str | None]
    expires_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class RememberedDevice(Base):
    """A browser that need not show a code until an instant. The cookie's value is the key; only its hash is kept."""

    __tablename__ = "remembered_device"

    hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    until: Mapped[datetime]
