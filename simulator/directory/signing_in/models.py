"""Tables of signing in."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import Base
from simulator.directory.models import Person


class SignIn(Base):
    """A sign-in on its way through the steps.

    ``person_id`` is set once the password, or a mailed link, was right; ``second_step`` once a code was. ``put_off`` remembers
    *Remind me later*. After an emergency code ``shown_code`` holds the new one until it is stored, and ``asks`` whether it is
    still to be asked if the authenticator is lost for good.
    """

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    methods: Mapped[list[str]]
    second_step: Mapped[bool] = mapped_column(default=False)
    put_off: Mapped[bool] = mapped_column(default=False)
    shown_code: Mapped[str | None]
    asks: Mapped[bool] = mapped_column(default=False)
    back_to: Mapped[str | None]
    expires_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class Enrolment(Base):
    """Two-step verification on its way to being set up. Nothing of it counts for the account before it is done.

    ``holder`` is the sign-in, or the session, that it belongs to. ``secret`` is in the new authenticator, which has shown the code
    of ``step``; ``number`` is for text messages, ``number_settled`` once it was verified or left out; ``code`` is the emergency
    code, kept only until it is stored.
    """

    __tablename__ = "enrolment"

    holder: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    secret: Mapped[str]
    step: Mapped[int | None]
    number: Mapped[str | None]
    number_settled: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None]
    done: Mapped[bool] = mapped_column(default=False)
    back_to: Mapped[str | None]
    expires_at: Mapped[datetime]
    person: Mapped[Person] = relationship()


class TextCode(Base):
    """The newest code that was sent by text message for one purpose of one holder. Only its hash is kept, until it was used."""

    __tablename__ = "text_code"

    holder: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    hash: Mapped[str | None]
    sent_at: Mapped[datetime]
    sends: Mapped[int]


class RememberedDevice(Base):
    """A browser that need not show a code until an instant. The cookie's value is the key; only its hash is kept."""

    __tablename__ = "remembered_device"

    hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    until: Mapped[datetime]
