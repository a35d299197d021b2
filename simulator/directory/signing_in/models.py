"""Tables of signing in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import Base, among
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import Person


class Policy(StrEnum):
    """What an application demands of two-step verification.

    Source: Connect help, security policies priority. *Own* leaves it to the account, its customers and its e-mail domain.
    """

    OWN = "own"
    BYPASS = "bypass"
    ADAPTIVE = "adaptive"
    REQUIRED = "required"


class SignInRequest(Base):
    """What an application demands of the sign-in that it sent the user to.

    ``name`` is what the pages call it, and ``back_to`` the path of the page at which the application's request goes on.
    ``step_up`` demands a second step now, also of a remembered device. ``session_before`` is the session that this browser had when
    the application demanded a new sign-in: that one does not do. ``email`` is the address that the application expects.
    ``form_targets`` are the origins that the last page of the sign-in leads to, which browsers check before they follow a form's
    redirect. ``identity_providers`` are the codes of those that the application allows.
    """

    __tablename__ = "sign_in_request"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    back_to: Mapped[str]
    policy: Mapped[str] = mapped_column(info=among(Policy))
    step_up: Mapped[bool] = mapped_column(default=False)
    session_before: Mapped[str | None]
    email: Mapped[str | None]
    form_targets: Mapped[list[str]]
    identity_providers: Mapped[list[str]] = mapped_column(info=among(IdentityProvider))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignIn(Base):
    """A pending sign-in.

    ``request_id`` is what the application demands that sent the user here.
    ``person_id`` is set once the password, or a mailed link, was right; ``second_step`` once a code was right. ``put_off`` means
    *Remind me later*. ``new_password`` means that the password, which was right, has to be changed. After an emergency code
    ``displayed_code`` holds the new one until the person has saved it, and ``asks``
    whether the page must still ask if the authenticator is lost for good.
    """

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    methods: Mapped[list[str]]
    second_step: Mapped[bool] = mapped_column(default=False)
    put_off: Mapped[bool] = mapped_column(default=False)
    new_password: Mapped[bool] = mapped_column(default=False)
    displayed_code: Mapped[str | None] = mapped_column("shown_code")
    asks: Mapped[bool] = mapped_column(default=False)
    back_to: Mapped[str | None]
    request_id: Mapped[str | None] = mapped_column(ForeignKey("sign_in_request.id", ondelete="SET NULL"), index=True)
    expires_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()
    request: Mapped[SignInRequest | None] = relationship()


class Enrolment(Base):
    """A pending enrolment for two-step verification. The account does not change before it is done.

    ``holder`` is the id of its sign-in or session. ``push`` is whether the app is Visma Authenticator; ``secret`` is in the new
    authenticator, whose code of ``step`` was used;
    ``number`` is for text messages, ``number_settled`` once it was verified or skipped; ``code`` is the emergency
    code, only until the person has saved it.
    """

    __tablename__ = "enrolment"

    holder: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    push: Mapped[bool] = mapped_column(default=False)
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


class PushRequest(Base):
    """A request in a person's authenticator app to approve a sign-in; only the newest of a sign-in counts.

    ``number`` is the number on the page of the sign-in, which has to be chosen among ``choices``; ``approved`` is None until it is
    answered.
    """

    __tablename__ = "push_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_id: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str]
    choices: Mapped[list[str]]
    sent_at: Mapped[datetime]
    approved: Mapped[bool | None]
    person: Mapped[Person] = relationship()
