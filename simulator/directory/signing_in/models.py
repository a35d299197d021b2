"""Tables of signing in."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import Base
from simulator.directory.models import Person


class SignIn(Base):
    """A pending sign-in.

    ``person_id`` is set once the password, or a mailed link, was right; ``second_step`` once a code was right. ``put_off`` means
    *Remind me later*. After an emergency code ``displayed_code`` holds the new one until the person has saved it, and ``asks``
    whether the page must still ask if the authenticator is lost for good.
    """

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    methods: Mapped[list[str]]
    second_step: Mapped[bool] = mapped_column(default=False)
    put_off: Mapped[bool] = mapped_column(default=False)
    displayed_code: Mapped[str | None] = mapped_column("shown_code")
    asks: Mapped[bool] = mapped_column(default=False)
    back_to: Mapped[str | None]
    expires_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class Enrolment(Base):
    """A pending enrolment for two-step verification. The account does not change before it is done.

    ``holder`` is the id of its sign-in or session. ``secret`` is in the new authenticator, whose code of ``step`` was used;
    ``number`` is for text messages, ``number_settled`` once it was verified or skipped; ``code`` is the emergency
    code, only until the person has saved it.
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
    """The newest code sent by text message for one purpose of one holder. Only its hash is stored, until it is used."""

    __tablename__ = "text_code"

    holder: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    hash: Mapped[str | None]
    sent_at: Mapped[datetime]
    sends: Mapped[int]


class RememberedDevice(Base):
    """A browser that needs no code until an instant. The cookie's value is the key; only its hash is stored."""

    __tablename__ = "remembered_device"

    hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    until: Mapped[datetime]
