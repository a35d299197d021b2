"""WebFaktura's own users of a client, and how they become users at Visma.net.

Source: "WebFaktura og Visma.net", Overføre eksisterende brukere i WebFaktura til Visma.net brukere: somebody who is a user there
already is not created again; somebody new gets a mail to activate the account and a second one to create the password; a dedicated
office user that only synchronizes needs no account. Own choice: an account is found by its address, also when it belongs to another
customer, and nobody who has one is mailed; a new user has the language of the person who adds it; what a user may do follows the
role at Visma.net as soon as there is one; an invitation whose account was never activated can be sent again, or withdrawn by
correcting the address.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, or_, select

from simulator.billing import licences
from simulator.core import events, normal_forms, outbox
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import administration, people
from simulator.directory.actors import Actor
from simulator.directory.models import (
    Company,
    CompanyService,
    CompanyStatus,
    Grant,
    LinkKind,
    MailedLink,
    Membership,
    Person,
    Status,
)
from simulator.directory.people import Activation, Particulars
from simulator.directory.roles import WEBFAKTURA_ADMIN, WEBFAKTURA_USER, Role
from simulator.sales import webfaktura
from simulator.sales.exports import WEBFAKTURA
from simulator.sales.models import Client, WebFakturaAccess, WebFakturaUser

ROLES = {WebFakturaAccess.USER: WEBFAKTURA_USER, WebFakturaAccess.ADMIN: WEBFAKTURA_ADMIN}
_CODES = [role.code for role in ROLES.values()]

events.declare(
    webfaktura_user__changed="A user of a client in WebFaktura was added or changed.",
    webfaktura_user__linked="A user of WebFaktura who has an account at Visma.net was linked to it.",
    webfaktura_user__invited="A user of WebFaktura got an account at Visma.net, and the first of two mails.",
    webfaktura_user__withdrawn="The invitation of a user of WebFaktura was withdrawn, because the address was corrected.",
)


class Transfer(StrEnum):
    """How far a user of WebFaktura has become one of Visma.net.

    Source: "WebFaktura og Visma.net", steps 3 to 7 of the same part. Own choice: ``not_needed`` for the user that only
    synchronizes, ``deactivated`` for an account that may not sign in.
    """

    NOT_NEEDED = "not_needed"
    NOT_LINKED = "not_linked"
    LINKED = "linked"
    INVITED = "invited"
    PASSWORD_MAIL_SENT = "password_mail_sent"
    PASSWORD_SET = "password_set"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"

    @property
    def text(self) -> str:
        """Text key of its name; with the suffix ``.explain``, the key of what it means, if it has one."""
        return f"webfaktura.transfer.{self}"

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens by itself."""
        return self not in (Transfer.INVITED, Transfer.PASSWORD_MAIL_SENT, Transfer.PASSWORD_SET)

    @property
    def may_be_sent_again(self) -> bool:
        """Whether the account waits for its activation, so that its mail can be sent again."""
        return self in (Transfer.INVITED, Transfer.PASSWORD_MAIL_SENT)


@dataclass(frozen=True, kw_only=True)
class UserDetails:
    """What is typed of a user."""

    email: str
    first_name: str
    last_name: str
    access: WebFakturaAccess = WebFakturaAccess.USER
    for_synchronization: bool = False


@dataclass(frozen=True)
class UserRow:
    """A user as the list shows it.

    Attributes:
        user: the user.
        access: what the user may do: by the role at Visma.net when there is one, else as WebFaktura has it.
        transfer: how far the user has become one of Visma.net.
        mail_came_back: whether the newest mail to a user who waits for one came back.
    """

    user: WebFakturaUser
    access: WebFakturaAccess
    transfer: Transfer
    mail_came_back: bool

    @property
    def is_linked(self) -> bool:
        """Whether the user is one of Visma.net."""
        return self.transfer not in (Transfer.NOT_NEEDED, Transfer.NOT_LINKED)


def rows(db: Db, client: Client) -> list[UserRow]:
    """Return the users of a client, by name."""
    query = select(WebFakturaUser).where(WebFakturaUser.client_id == client.id)
    ordered = query.order_by(
        func.sort_key(WebFakturaUser.first_name), func.sort_key(WebFakturaUser.last_name), WebFakturaUser.id
    )
    return _rows(db, client, db.scalars(ordered).all())


def row(db: Db, client: Client, user_id: int) -> UserRow | None:
    """Return a user of a client by its id."""
    user = db.scalar(select(WebFakturaUser).where(WebFakturaUser.id == user_id, WebFakturaUser.client_id == client.id))
    return _rows(db, client, [user])[0] if user is not None else None


def _rows(db: Db, client: Client, users: Sequence[WebFakturaUser]) -> list[UserRow]:
    db.flush()
    ids = [user.person_id for user in users if user.person_id is not None]
    addresses = [user.email for user in users]
    persons = db.scalars(select(Person).where(or_(Person.id.in_(ids), Person.email.in_(addresses)))).all()
    by_id, by_email = {person.id: person for person in persons}, {person.email: person for person in persons}
    roles = _roles_on(db, client.company, by_id)
    with_password_mail = set(
        db.scalars(
            select(MailedLink.person_id).where(MailedLink.kind == LinkKind.ACTIVATION, MailedLink.person_id.in_(by_id))
        )
    )
    listed = []
    for user in users:
        person = by_id.get(user.person_id or 0) or by_email.get(user.email)
        held = roles.get(person.id, set()) if person is not None else set()
        has_password_mail = person is not None and person.id in with_password_mail
        transfer = _transfer(user, person, has_role=bool(held), has_password_mail=has_password_mail)
        access = WebFakturaAccess(user.access)
        if held:
            access = WebFakturaAccess.ADMIN if WEBFAKTURA_ADMIN.code in held else WebFakturaAccess.USER
        came_back = person is not None and transfer.may_be_sent_again and outbox.came_back(db, person.email)
        listed.append(UserRow(user, access, transfer, came_back))
    return listed


def _roles_on(db: Db, company: Company | None, persons: Collection[int]) -> dict[int, set[str]]:
    """Return the roles in WebFaktura that people have on a company, by the person's id."""
    held: dict[int, set[str]] = {}
    if company is not None:
        query = select(Grant.person_id, Grant.role).where(
            Grant.company_id == company.id, Grant.role.in_(_CODES), Grant.person_id.in_(persons)
        )
        for person_id, role in db.execute(query):
            held.setdefault(person_id, set()).add(role)
    return held


def _transfer(user: WebFakturaUser, person: Person | None, *, has_role: bool, has_password_mail: bool) -> Transfer:
    if person is None or not has_role:
        return Transfer.NOT_NEEDED if user.for_synchronization else Transfer.NOT_LINKED
    if person.status == Status.INACTIVE:
        return Transfer.DEACTIVATED
    if person.status == Status.NOT_ACTIVATED:
        return Transfer.PASSWORD_MAIL_SENT if has_password_mail else Transfer.INVITED
    if not user.invited:
        return Transfer.LINKED
    return Transfer.ACTIVE if person.terms_accepted_at is not None else Transfer.PASSWORD_SET


def refusal_of(db: Db, client: Client) -> RuleViolation | None:
    """Return what has to be done first before users of a client can be added to Visma.net; None when they can.

    Returns:
        ``webfaktura.not_exported``, ``webfaktura.company_inactive``, what the licence of the service lacks,
        ``webfaktura.no_service`` or ``webfaktura.not_linked``.

    Source: "WebFaktura og Visma.net", Forutsetninger and Registrer bedriften i Visma.net.
    """
    company = client.company
    if company is None or company.status == CompanyStatus.DELETED:
        return RuleViolation("webfaktura.not_exported", client=client.name)
    if company.status != CompanyStatus.ACTIVE:
        return RuleViolation("webfaktura.company_inactive", client=client.name)
    if db.get(CompanyService, (company.id, WEBFAKTURA)) is None:
        return licences.refusal(db, company.customer, WEBFAKTURA) or RuleViolation(
            "webfaktura.no_service", client=client.name
        )
    return None if webfaktura.is_linked(db, client) else RuleViolation("webfaktura.not_linked", client=client.name)


def save(
    db: Db,
    client: Client,
    details: UserDetails,
    *,
    actor: str | None,
    user: WebFakturaUser | None = None,
    version: int | None = None,
) -> WebFakturaUser:
    """Add a user of a client, or change one.

    Args:
        db: the transaction.
        client: the client.
        details: as typed.
        actor: address of the person who does it.
        user: the user to change; None to add one.
        version: the version that the form displayed; None without a form.

    Raises:
        RuleViolation: ``webfaktura.bad_email``, ``webfaktura.user_exists``, ``webfaktura.user_changed`` (somebody else changed the
            user after the form was displayed), ``webfaktura.address_of_account`` (the address is the user name of an account that
            is activated) or ``webfaktura.access_of_role`` (the role at Visma.net decides).
    """
    email = normal_forms.email(details.email)
    if not normal_forms.is_email(email):
        raise RuleViolation("webfaktura.bad_email", field="email", address=details.email[:80])
    if user is not None and version is not None and version != user.version:
        raise RuleViolation("webfaktura.user_changed", name=user.name)
    same = select(WebFakturaUser).where(WebFakturaUser.client_id == client.id, WebFakturaUser.email == email)
    other = db.scalar(same)
    if other is not None and other is not user:
        raise RuleViolation("webfaktura.user_exists", field="email", address=email, name=other.name)
    if user is None:
        user = WebFakturaUser(client_id=client.id, client=client, email=email)
        db.add(user)
    else:
        _check_change(db, client, user, email, details, actor)
        user.version += 1
    user.email, user.first_name, user.last_name = email, details.first_name.strip(), details.last_name.strip()
    user.access, user.for_synchronization = details.access, details.for_synchronization
    db.flush()
    events.record(
        db, "webfaktura_user.changed", actor=actor, subject=email, client=client.number, access=str(details.access)
    )
    return user


def _check_change(db: Db, client: Client, user: WebFakturaUser, email: str, details: UserDetails, actor: str | None) -> None:
    """Check a change of a user; an invitation to an address that is corrected is withdrawn."""
    before = _rows(db, client, [user])[0]
    if not before.is_linked:
        user.person_id, user.invited = (None, False) if email != user.email else (user.person_id, user.invited)
        return
    if details.access != before.access:
        raise RuleViolation("webfaktura.access_of_role", field="access", name=user.name)
    if email != user.email:
        if not before.transfer.may_be_sent_again:
            raise RuleViolation("webfaktura.address_of_account", field="email", address=user.email)
        _withdraw(db, client, user, actor)


def _withdraw(db: Db, client: Client, user: WebFakturaUser, actor: str | None) -> None:
    """Take back the roles of an account that was never activated, and remove it from the customer when no role is left there."""
    person, company = _person_of(db, user), client.company
    assert person is not None
    assert company is not None
    for grant in [grant for grant in person.grants if grant.company_id == company.id and grant.role in _CODES]:
        administration.take(db, actor or "", person, grant)
    at_customer = (
        select(Grant.id)
        .outerjoin(Company, Company.id == Grant.company_id)
        .where(
            Grant.person_id == person.id,
            or_(Grant.customer_id == company.customer_id, Company.customer_id == company.customer_id),
        )
    )
    if db.scalar(at_customer.limit(1)) is None:
        administration.remove(db, actor or "", person, company.customer)
    user.person_id, user.invited = None, False
    events.record(db, "webfaktura_user.withdrawn", actor=actor, subject=person.email, client=client.number)


def add_to_visma_net(db: Db, actor: Actor, user: WebFakturaUser) -> Transfer:
    """Add a user to Visma.net: link the account that has the address, or make one and send the first of its two mails.

    Args:
        db: the transaction.
        actor: who adds the user.
        user: the user.

    Returns:
        How far the user is then: linked, or invited.

    Raises:
        RuleViolation: what ``refusal_of`` returns; ``webfaktura.not_needed`` for the user that only synchronizes,
            ``webfaktura.already_added``, ``webfaktura.person_deactivated`` or ``webfaktura.person_at_desk``.
    """
    client = user.client
    refusal = refusal_of(db, client)
    if refusal is not None:
        raise refusal
    before = _rows(db, client, [user])[0]
    if before.is_linked:
        raise RuleViolation("webfaktura.already_added", name=user.name)
    if user.for_synchronization:
        raise RuleViolation("webfaktura.not_needed", name=user.name)
    company, role = client.company, ROLES[WebFakturaAccess(user.access)]
    assert company is not None
    person = people.by_email(db, user.email)
    if person is None:
        particulars = Particulars(
            email=user.email, first_name=user.first_name, last_name=user.last_name, language=actor.language
        )
        person = people.invite(db, actor, company.customer, particulars, [(role, company)], activation=Activation.TWO_MAILS)
        user.invited = True
        events.record(db, "webfaktura_user.invited", actor=actor.email, subject=person.email, client=client.number)
    else:
        _link(db, actor, user, person, role, company)
        user.invited = False
        events.record(db, "webfaktura_user.linked", actor=actor.email, subject=person.email, client=client.number)
    user.person_id = person.id
    user.version += 1
    db.flush()
    return _rows(db, client, [user])[0].transfer


def _link(db: Db, actor: Actor, user: WebFakturaUser, person: Person, role: Role, company: Company) -> None:
    if person.desk:
        raise RuleViolation("webfaktura.person_at_desk", address=person.email)
    if person.status == Status.INACTIVE:
        raise RuleViolation("webfaktura.person_deactivated", name=person.name, address=person.email)
    if db.get(Membership, (person.id, company.customer_id)) is None:
        db.add(Membership(person_id=person.id, customer_id=company.customer_id))
        people.record_change(
            db, person, "user.added", actor.email, customer_id=company.customer_id, customer=company.customer.number
        )
    people.grant(db, actor.email, person, role, company=company)


def send_again(db: Db, actor: Actor, user: WebFakturaUser) -> Person:
    """Send the mail again that a user waits for: the one that activates the account, or the one to create the password.

    Links of earlier mails no longer work.

    Raises:
        RuleViolation: ``webfaktura.nothing_to_send``: the account is activated, or there is none.
    """
    person, transfer = _person_of(db, user), _rows(db, user.client, [user])[0].transfer
    if person is None or not transfer.may_be_sent_again:
        raise RuleViolation("webfaktura.nothing_to_send", name=user.name)
    if transfer is Transfer.INVITED:
        people.send_activation(db, person, Activation.TWO_MAILS)
    else:
        people.send_password_link(db, person)
    events.record(db, "webfaktura_user.invited", actor=actor.email, subject=person.email, client=user.client.number)
    return person


def _person_of(db: Db, user: WebFakturaUser) -> Person | None:
    return db.get(Person, user.person_id) if user.person_id is not None else people.by_email(db, user.email)
