"""Tables of the directory."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import CURRENCY, SINGLE_LINE, Base, OrganisationNumber, among, holding
from simulator.core.normal_forms import folded
from simulator.core.texts import LANGUAGES, catalogue
from simulator.directory.countries import BY_CODE, is_time_zone
from simulator.directory.roles import BY_CODE as ROLES


class Status(StrEnum):
    """The status of an account. *Locked* is not stored: it follows from the address's lock and the sandbox's clock."""

    NOT_ACTIVATED = "not_activated"
    ACTIVE = "active"
    LOCKED = "locked"
    INACTIVE = "inactive"


def status_at(status: str, locked_until: datetime | None, now: datetime) -> Status:
    """Return the status of an account at an instant, from its stored status and the lock of its address."""
    if status == Status.ACTIVE and locked_until is not None and locked_until > now:
        return Status.LOCKED
    return Status(status)


class Customer(Base):
    """The licence holder. Roles on it are administration roles only.

    ``require_two_step`` is the policy that every user of the customer signs in with two steps, ``may_change_email`` the one that
    its users may change their own e-mail address.
    """

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    country: Mapped[str] = mapped_column(info=among(BY_CODE))
    require_two_step: Mapped[bool] = mapped_column(default=False)
    may_change_email: Mapped[bool] = mapped_column(default=False)


class CompanyStatus(StrEnum):
    """The status of a company. Roles on a deactivated company have no effect; a terminated company is deleted after 31 days."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    TERMINATED = "terminated"
    DELETED = "deleted"


class Company(Base):
    """An organisation that uses services; it belongs to one customer.

    ``time_zone`` decides the day a document or a charge belongs to; ``internal_number`` is the accountant's own reference.
    ``key`` is its key in the scenario. ``gone_at`` is when a terminated company is deleted; the row of a deleted company
    stays because charges and invoices refer to it. ``version`` counts the changes, the last of which was at ``changed_at`` by
    ``changed_by``, so that the second of two concurrent editors is informed.
    """

    __tablename__ = "company"
    __table_args__ = (
        Index(
            "company_organisation_number",
            "country",
            "organisation_number",
            unique=True,
            # An argument for another database would load its dialect at every start.
            sqlite_where=text("status != 'deleted'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    country: Mapped[str] = mapped_column(info=among(BY_CODE))
    organisation_number: Mapped[str] = mapped_column(OrganisationNumber)
    account_number: Mapped[str]
    internal_number: Mapped[str | None]
    currency: Mapped[str] = mapped_column(info=CURRENCY)
    time_zone: Mapped[str] = mapped_column(info=holding(is_time_zone))
    email: Mapped[str | None]
    phone: Mapped[str | None]
    vat_number: Mapped[str | None]
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default=CompanyStatus.ACTIVE, info=among(CompanyStatus))
    gone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None]
    customer: Mapped[Customer] = relationship()


def is_service(code: str) -> bool:
    """Return whether a code is a service's: it has a name."""
    return f"service.{code}" in catalogue("en")


class CompanyService(Base):
    """A service that is active on a company."""

    __tablename__ = "company_service"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True, info=holding(is_service))


def _search_of_new(context: Any) -> str:
    row = context.get_current_parameters()
    return folded(f"{row['first_name']} {row['last_name']} {row['email']}")


class Person(Base):
    """One Connect account. The e-mail address is stored in lower case and is the user name.

    ``totp_step`` is the last 30-second step whose code was used; ``password_hash`` is an argon2 PHC string;
    ``push`` is whether the authenticator is Visma Authenticator, which also answers requests to approve a sign-in;
    ``sms_number`` is a verified telephone number. ``reminders_left`` counts the sign-ins before two-step verification is offered
    again. ``mails_of_changes`` is whether changes of the own details are mailed. ``desk`` marks staff of the vendor's support desk,
    ``may_generate_codes`` people who may generate emergency codes for others. ``version`` counts the changes by administrators, so
    that the second of two concurrent editors is informed. ``search`` holds names and address, by which lists search and sort; it is
    updated automatically.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True, info=SINGLE_LINE)
    first_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    last_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(info=among(LANGUAGES))
    status: Mapped[str] = mapped_column(info=among(Status))
    created_at: Mapped[datetime]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None]
    push: Mapped[bool] = mapped_column(default=False)
    sms_number: Mapped[str | None]
    terms_accepted_at: Mapped[datetime | None]
    reminders_left: Mapped[int] = mapped_column(default=0)
    mails_of_changes: Mapped[bool] = mapped_column(default=True)
    may_generate_codes: Mapped[bool] = mapped_column(default=False)
    desk: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    search: Mapped[str] = mapped_column(default=_search_of_new, index=True)
    last_signed_in_at: Mapped[datetime | None]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    grants: Mapped[list["Grant"]] = relationship(back_populates="person", order_by="Grant.id")
    lock: Mapped["Lock | None"] = relationship(
        primaryjoin="foreign(Lock.email) == Person.email", viewonly=True, uselist=False
    )

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    def status_at(self, now: datetime) -> Status:
        """Return the status as lists show it at an instant."""
        return status_at(self.status, self.lock.until if self.lock else None, now)


@event.listens_for(Person, "before_update")
def _search_of_changed(_: object, __: object, person: Person) -> None:
    person.search = folded(f"{person.first_name} {person.last_name} {person.email}")


class Grant(Base):
    """A role that a person has, on a customer or on a company: once, however often it was given.

    ``direct`` tells whether it was given to the person; what comes through groups has sources (``directory.groups``), and a role
    can be both. A grant that is neither does not exist.
    """

    __tablename__ = "grant"
    __table_args__ = (
        Index("grant_on_customer", "person_id", "role", "customer_id", unique=True, sqlite_where=text("company_id IS NULL")),
        Index("grant_on_company", "person_id", "role", "company_id", unique=True, sqlite_where=text("customer_id IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(info=among(ROLES))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    direct: Mapped[bool] = mapped_column(default=True)
    person: Mapped[Person] = relationship(back_populates="grants")
    customer: Mapped[Customer | None] = relationship()
    company: Mapped[Company | None] = relationship()


class Membership(Base):
    """A person is listed among a customer's users."""

    __tablename__ = "membership"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True, index=True)
    primary_contact: Mapped[bool] = mapped_column(default=False)


class PasswordEntry(Base):
    """A password of a person; the newest is the present one. The newest five may not be reused."""

    __tablename__ = "password_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    hash: Mapped[str]


class EmergencyCode(Base):
    """The one unused emergency code of a person; ``expires_at`` only if another person generated it. Only its hash is stored."""

    __tablename__ = "emergency_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str]
    expires_at: Mapped[datetime | None]


class CodeDomain(Base):
    """An e-mail domain for whose users a person may generate emergency codes, in lower case."""

    __tablename__ = "code_domain"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(primary_key=True)


class ClearTextSecrets(Base):
    """Clear-text secrets of a person for testers: lobby, phone and control API show them. The platform never reads them.

    ``lost_secret`` is the secret of an authenticator on a lost phone: its codes are displayed nowhere.
    """

    __tablename__ = "note"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password: Mapped[str | None]
    emergency_code: Mapped[str | None]
    lost_secret: Mapped[str | None]


class FailedAttempt(Base):
    """A wrong password or code for an address, with or without an account. Each ``kind`` has its own counter."""

    __tablename__ = "failed_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    at: Mapped[datetime]


class Lock(Base):
    """An address that may not sign in until an instant."""

    __tablename__ = "lock"

    email: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


class LinkKind(StrEnum):
    """The purpose of a mailed link. A *welcome* only activates; the link to a password is mailed after it.

    A *registration* is AutoInvoice's own welcome, which leads directly to the password. An *e-mail* link confirms a new address.
    """

    WELCOME = "welcome"
    ACTIVATION = "activation"
    RESET = "reset"
    SIGN_IN = "sign_in"
    REGISTRATION = "registration"
    EMAIL = "email"


class MailedLink(Base):
    """A mailed link: single use, it expires, and only the newest of its kind and person works. Only its hash is stored.

    ``new_email`` is the address that a link of the kind *e-mail* confirms.
    """

    __tablename__ = "mailed_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(info=among(LinkKind))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    new_email: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    person: Mapped[Person] = relationship()


class SignInSession(Base):
    """A signed-in browser. It ends at ``ends_at`` by the sandbox's clock, or earlier by ``ended_at``.

    ``methods`` are values of the ``amr`` claim: how the person signed in. ``bypassed`` means that a second step was left out,
    because the application that asked for the sign-in never demands one: the session opens nothing else.
    """

    __tablename__ = "sign_in_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    language: Mapped[str] = mapped_column(info=among(LANGUAGES))
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    methods: Mapped[list[str]]
    bypassed: Mapped[bool] = mapped_column(default=False)
    person: Mapped[Person] = relationship()


class SupportAccess(Base):
    """Access that a customer gave to a consultant of the vendor, until the end of a day.

    ``last_day`` is that day and ``ends_at`` its end in the customer's time zone. ``ended_at`` is when the access ended or was
    withdrawn, ``ended_by`` the address of the person who withdrew it. ``version`` counts the changes of its end.
    """

    __tablename__ = "support_access"
    __table_args__ = (
        Index(
            "support_access_open",
            "customer_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    begins_at: Mapped[datetime]
    last_day: Mapped[date]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    customer: Mapped[Customer] = relationship()
    person: Mapped[Person] = relationship()


class LoginResult(StrEnum):
    """What came of an attempt to sign in, or of a session. *Opened*: somebody of the vendor's support chose a company."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    EXPIRED = "expired"
    FAILED = "failed"
    OPENED = "opened"


class LoginEntry(Base):
    """A line of a customer's login history, about one of its users at that time.

    ``company_id`` is the company that was chosen, ``application`` the code of the product whose page was requested, ``ip`` the
    address of the browser. The line of a session's end is written when the session begins, for the instant at which it runs
    out, with ``session_id``; it is deleted when the session ends earlier. ``provider`` is the code of the identity provider of a
    sign-in.
    """

    __tablename__ = "login_entry"
    __table_args__ = (
        # All columns that the list filters by, so that it counts without reading the rows.
        Index("login_entry_list", "customer_id", "at", "id", "result", "person_id", "company_id", "application"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    result: Mapped[str] = mapped_column(info=among(LoginResult))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    application: Mapped[str | None]
    ip: Mapped[str | None]
    session_id: Mapped[str | None] = mapped_column(index=True)
    provider: Mapped[str | None]
