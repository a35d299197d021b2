"""One user as an administrator sees it: particulars, roles in a grid, and what may be done about both."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.directory import administration, people
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Customer, Grant, Membership, Person, Status
from simulator.directory.roles import BY_CODE, CONFLICTS, ROLES, Level, Role
from simulator.products.admin.permissions import MATRIX
from simulator.products.admin.queries.reach import Reach, Target, reach
from simulator.products.admin.queries.users import seen


@dataclass(frozen=True)
class Cell:
    """A role in the grid.

    Attributes:
        value: what its tick box sends, ``company-12:autoinvoice_user``.
        role: the role.
        held: whether it is given there now.
        changeable: whether this administrator may give or take it there.
        idle: whether it is given but without effect, because its service is not active there.
    """

    value: str
    role: Role
    held: bool
    changeable: bool
    idle: bool


@dataclass(frozen=True)
class Line:
    """A customer or company in the grid, with its roles by service: one list for each column."""

    target: Target
    cells: list[list[Cell]]


@dataclass(frozen=True)
class Grid:
    """The roles of a user: a line for each customer or company, a column for each service.

    Attributes:
        columns: text keys of the columns' headings.
        lines: the lines.
        roles: every role that stands in it, in the order of the catalogue.
    """

    columns: list[str]
    lines: list[Line]
    roles: list[Role]


@dataclass(frozen=True)
class UserPage:
    """What the page of one user shows.

    Attributes:
        person: the user.
        status: how the account stands at this moment.
        locked_until: until when it is locked, if it is.
        primary_contact: whether this is the customer's primary contact.
        own: whether this is the administrator's own account.
        beyond: why particulars and account cannot be changed here, as the last part of a text key; None when they can.
        may_remove: whether this administrator may remove the user from the customer.
        may_make_contact: whether this administrator may make the user the primary contact.
        held: values of the roles within reach that the user has.
        warnings: roles that one person should not have both, as pairs of names' text keys, with where.
    """

    person: Person
    status: Status
    locked_until: datetime | None
    primary_contact: bool
    own: bool
    beyond: str | None
    may_remove: bool
    may_make_contact: bool
    held: frozenset[str]
    warnings: list[tuple[Role, Role, Target]]

    @property
    def editable(self) -> bool:
        """Whether particulars and account can be changed here."""
        return self.beyond is None

    @property
    def may_be_sent_activation(self) -> bool:
        """Whether the account still waits for its first password."""
        return self.status is Status.NOT_ACTIVATED


def user(db: Db, actor: Actor, person_id: int, within: Reach | None = None) -> UserPage | None:
    """Return a user that an administrator may see, or None."""
    within = within or reach(db, actor, "admin.view_users")
    person = seen(db, actor, person_id, within)
    if person is None:
        return None
    now = db.clock.now()
    membership = db.get_one(Membership, (person.id, within.customer_id))
    status = person.status_at(now)
    held = grants_within(db, within, person)
    beyond = why_beyond(db, actor, within, person)
    return UserPage(
        person=person,
        status=status,
        locked_until=person.lock.until if person.lock is not None and status is Status.LOCKED else None,
        primary_contact=membership.primary_contact,
        own=person.id == actor.id,
        beyond=beyond,
        may_remove=actor.holds_on_customer(MATRIX["admin.remove_user"]) and beyond in (None, "elsewhere"),
        may_make_contact=not membership.primary_contact and actor.holds_on_customer(MATRIX["admin.set_primary_contact"]),
        held=frozenset(held),
        warnings=_conflicts(within, held),
    )


def why_beyond(db: Db, actor: Actor, within: Reach, person: Person) -> str | None:
    """Say why an administrator may not change a user's particulars and account, as the last part of a text key.

    Returns:
        ``desk``, ``administrator``, ``elsewhere`` or ``other_companies``; None when they may be changed. Of somebody who is
        both, ``administrator`` is said before ``elsewhere``: it forbids removing too.

    Own choice: an account that another customer's users have too, or that reaches further than the administrator does, is changed
    by nobody here but its owner; roles within reach can always be given and taken. An account that no customer lists any more
    belongs to the customer that lists it next, as if that one had invited it: nobody else depends on it. Who works at the
    vendor's desk serves every customer and is in no customer's hands.
    """
    if person.desk:
        return "desk"
    places = {(grant.customer_id, grant.company_id) for grant in person.grants}
    contact = db.get_one(Membership, (person.id, within.customer_id)).primary_contact
    above = contact or any(customer == within.customer_id for customer, _ in places)
    if within.whole and above and not actor.holds_on_customer(MATRIX["admin.give_customer_roles"]):
        return "administrator"
    if administration.belongs_elsewhere(db, person, within.customer_id):
        return "elsewhere"
    if within.whole:
        return None
    inside = set(within.company_ids)
    return "other_companies" if above or any(company not in inside for _, company in places) else None


def grants_within(db: Db, within: Reach, person: Person) -> dict[str, Grant]:
    """Return the roles of a user within reach, by the value of their tick boxes."""
    codes = {target.code for target in within.targets}
    db.flush()
    grants = db.scalars(select(Grant).where(Grant.person_id == person.id).order_by(Grant.id)).all()
    found = {}
    for grant in grants:
        place = people.place_of(grant)
        if place in codes:
            found[f"{place}:{grant.role}"] = grant
    return found


def grid(within: Reach, held: Collection[str], rows: Collection[str] = (), ticked: Collection[str] = ()) -> Grid:
    """Lay roles out: lines for what the user has a role on and for other rows that were picked, the customer first.

    Args:
        within: how far the administrator reaches.
        held: values of the roles the user has.
        rows: codes of customers or companies that get a line in any case.
        ticked: values of roles that were ticked and are not saved yet: they get a place too.
    """
    kept = {*held, *ticked}
    codes = {value.partition(":")[0] for value in kept} | set(rows)
    targets = [target for target in within.targets if target.code in codes]
    given = {BY_CODE[value.partition(":")[2]] for value in kept}
    shown = [role for role in ROLES if role in given or any(_offered(within, target, role) for target in targets)]
    columns = list(dict.fromkeys(role.service for role in shown))
    return Grid(
        [f"service.{service}" if service else "admin.name" for service in columns],
        [Line(target, [cells(within, target, held, service, ticked) for service in columns]) for target in targets],
        shown,
    )


def cells(
    within: Reach, target: Target, held: Collection[str], service: str | None, ticked: Collection[str] = ()
) -> list[Cell]:
    """Return the roles of a service that stand in one line."""
    found = []
    for role in ROLES:
        value = f"{target.code}:{role.code}"
        if role.service == service and (value in held or value in ticked or _offered(within, target, role)):
            idle = role.service is not None and role.service not in target.services
            found.append(Cell(value, role, value in held, role in within.giveable, idle and value in held))
    return found


def _offered(within: Reach, target: Target, role: Role) -> bool:
    return role in within.giveable and target.offers(role)


def _conflicts(within: Reach, held: Collection[str]) -> list[tuple[Role, Role, Target]]:
    return [
        (one, other, target)
        for target in within.targets
        for one, other in CONFLICTS
        if f"{target.code}:{one.code}" in held and f"{target.code}:{other.code}" in held
    ]


@dataclass(frozen=True)
class Change:
    """Something that was changed about a user meanwhile.

    Attributes:
        text: text key of a sentence about it.
        by: who did it.
        at: when.
        role: name's text key of the role that was given or taken.
        on: what it was given on, or taken from.
    """

    text: str
    by: str
    at: datetime
    role: str | None
    on: str | None


def changes_since(db: Db, within: Reach, person: Person, version: int) -> list[Change] | None:
    """Return what was changed about a user after a version, of what this administrator sees, oldest first.

    Returns:
        None when something was changed of which the journal tells nothing.
    """
    number = db.get_one(Customer, within.customer_id).number
    made = administration.changes_since(db, person, version)
    if len(made) < person.version - version:
        return None
    return [_change(db, event) for event in made if _concerns(db, within, number, event)]


def _concerns(db: Db, within: Reach, number: str, event: Event) -> bool:
    """Say whether a change is about what this administrator sees: the account, or this customer and its companies.

    Whoever administers the whole customer is told of a company too that was deleted meanwhile.
    """
    place = event.data.get("place")
    if place is None:
        return bool(event.data.get("customer", number) == number)
    if within.target(place) is not None:
        return True
    level, _, id_ = place.partition("-")
    company = db.get(Company, int(id_)) if within.whole and level == Level.COMPANY else None
    return company is not None and company.customer_id == within.customer_id


def _change(db: Db, event: Event) -> Change:
    who = people.by_email(db, event.actor) if event.actor else None
    name = event.data.get("role")
    role = next((role for role in ROLES if role.name == name), None)
    kind = event.type.replace(".", "_")
    if event.actor is None and event.type == "role.revoked":
        kind = "role_gone"  # A company's days were over: nobody did it.
    return Change(
        f"admin.change.{kind}",
        who.name if who is not None else event.actor or "",
        event.at,
        role.text if role is not None else None,
        event.data.get("on"),
    )
