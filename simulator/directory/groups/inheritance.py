"""The roles that people have through groups: rows of ``Grant`` that follow from assignments.

Whatever changes a group, its members or what is assigned to it computes the roles of the people concerned anew, in the same
transaction. So everything that reads grants counts inherited roles, a role is counted once however often it is held, and
leaving a group takes away what came through it.

Source: "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin", all members get identical access; Visma Admin help,
Support user: leaving a user group removes all access inherited through it. Own choice: the limit, and that a role of a role group
counts where its level fits.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, delete, exists, func, insert, select

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import administration
from simulator.directory.groups.models import (
    Assignment,
    CompanyGroupMember,
    GrantSource,
    RoleGroupRole,
    UserGroupMember,
)
from simulator.directory.models import Company, Customer, Grant, Person, Status
from simulator.directory.people import record_change
from simulator.directory.roles import BY_CODE, CUSTOMER_ADMINISTRATOR, EXCLUSIVE, Level

events.declare(user__access_changed="A user got or lost roles through a group.")

MOST_ROLES = 200_000
"""Own choice: how many roles one change of a group may compute; a page answers within some seconds then."""

AT_ONCE = 5000

T = TypeVar("T")


class RoleOn(NamedTuple):
    """A role of a person on a customer or on a company."""

    person_id: int
    role: str
    customer_id: int | None
    company_id: int | None


@dataclass(frozen=True)
class Difference:
    """Roles that people have since a change and did not have before, and the other way round."""

    gained: frozenset[RoleOn] = frozenset()
    lost: frozenset[RoleOn] = frozenset()

    def __or__(self, other: "Difference") -> "Difference":
        """Return two differences as one."""
        return Difference(self.gained | other.gained, self.lost | other.lost)

    @property
    def people(self) -> frozenset[int]:
        """Return the ids of the people whose roles changed."""
        return frozenset(role.person_id for role in (*self.gained, *self.lost))


@dataclass(frozen=True)
class Origin:
    """The groups by which an inherited role comes about, each with id and name; None for a kind that is not involved."""

    user_group: tuple[int, str] | None
    company_group: tuple[int, str] | None
    role_group: tuple[int, str] | None


class _Implied(NamedTuple):
    """A role of a person that follows from an assignment."""

    assignment_id: int
    role: RoleOn


def recompute(
    db: Db,
    actor: str | None,
    assignments: Collection[int],
    *,
    ended: Collection[int] = (),
    people: Collection[int] | None = None,
    companies: Collection[int] | None = None,
) -> Difference:
    """Bring the inherited roles in line with assignments.

    Args:
        db: the transaction.
        actor: address of the person who made the change; None for the platform itself.
        assignments: ids of the assignments that changed, or whose groups did.
        ended: ids of those that are deleted with this.
        people: ids of the only people whose roles can differ; None for all.
        companies: ids of the only companies on which roles can differ; None for everywhere.

    Returns:
        The roles that people have now and did not have before, and those that they lost.

    Raises:
        RuleViolation: ``directory.too_many_roles``, ``directory.last_administrator`` or ``directory.exclusive_roles``.
    """
    db.flush()
    ids = {*assignments, *ended}
    if not ids:
        return Difference()
    lasting = db.scalars(select(Assignment).where(Assignment.id.in_(ids - {*ended})).order_by(Assignment.id)).all()
    implied = _implied(db, lasting, people, companies)
    present = {_Implied(row.assignment_id, RoleOn(*row[2:])): row.grant_id for row in _sources(db, ids, people, companies)}
    gained = _add(db, [new for new in implied if new not in present])
    lost = _remove(db, [(grant_id, old) for old, grant_id in present.items() if old not in implied])
    db.execute(delete(Assignment).where(Assignment.id.in_(ended)))
    for row in db.identity_map.values():
        if isinstance(row, Assignment) and row.id in ended:
            db.expunge(row)
    difference = Difference(frozenset(gained), frozenset(lost))
    _refresh(db, difference)
    _check_administrators(db, difference.lost)
    _check_exclusive(db, difference.gained)
    _record(db, actor, difference)
    return difference


def _implied(
    db: Db, assignments: Sequence[Assignment], people: Collection[int] | None, companies: Collection[int] | None
) -> set[_Implied]:
    """Return all roles that follow from assignments.

    Raises:
        RuleViolation: ``directory.too_many_roles``.
    """
    members = _members(db, UserGroupMember.user_group_id, UserGroupMember.person_id, assignments)
    targets = _members(db, CompanyGroupMember.company_group_id, CompanyGroupMember.company_id, assignments)
    contents = _members(db, RoleGroupRole.role_group_id, RoleGroupRole.role, assignments)
    implied: set[_Implied] = set()
    for assignment in assignments:
        subjects = [assignment.person_id] if assignment.person_id else members.get(assignment.user_group_id or 0, [])
        subjects = [id_ for id_ in subjects if people is None or id_ in people]
        on: list[int | None] = [assignment.company_id]
        if assignment.company_group_id is not None:
            on = [*targets.get(assignment.company_group_id, [])]
        on = [id_ for id_ in on if companies is None or id_ in companies]
        roles = [assignment.role] if assignment.role else contents.get(assignment.role_group_id or 0, [])
        if len(implied) + len(subjects) * len(on) * len(roles) > MOST_ROLES:
            raise RuleViolation("directory.too_many_roles", most=MOST_ROLES)
        for company_id in on:
            level = Level.CUSTOMER if company_id is None else Level.COMPANY
            customer_id = assignment.customer_id if company_id is None else None
            for role in roles:
                if BY_CODE[role].fits(level):
                    implied.update(
                        _Implied(assignment.id, RoleOn(person_id, role, customer_id, company_id)) for person_id in subjects
                    )
    return implied


def _members(db: Db, group: Any, member: Any, assignments: Sequence[Assignment]) -> dict[int, list[Any]]:
    """Return the members of the groups that assignments name, by the id of the group."""
    ids = {getattr(assignment, group.key) for assignment in assignments} - {None}
    members: dict[int, list[Any]] = {}
    for group_id, member_id in (
        db.execute(select(group, member).where(group.in_(ids)).order_by(group, member)) if ids else ()
    ):
        members.setdefault(group_id, []).append(member_id)
    return members


def _sources(db: Db, ids: Collection[int], people: Collection[int] | None, companies: Collection[int] | None) -> Any:
    sources = (
        select(
            GrantSource.assignment_id, GrantSource.grant_id, Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id
        )
        .join(Grant, Grant.id == GrantSource.grant_id)
        .where(GrantSource.assignment_id.in_(ids))
    )
    if people is not None:
        sources = sources.where(Grant.person_id.in_(people))
    if companies is not None:
        sources = sources.where(Grant.company_id.in_(companies))
    return db.execute(sources)


def _add(db: Db, missing: Collection[_Implied]) -> list[RoleOn]:
    """Add sources, and the grants that do not exist yet; return the roles of those."""
    grants: dict[RoleOn, int] = {}
    roles = {new.role for new in missing}
    for ids in _portions(sorted({role.person_id for role in roles})):
        held = select(Grant.id, Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id)
        for row in db.execute(held.where(Grant.person_id.in_(ids))):
            grants[RoleOn(*row[1:])] = row.id
    new = sorted(roles - grants.keys(), key=str)
    first = (db.scalar(select(func.max(Grant.id))) or 0) + 1
    rows = [{"id": id_, **role._asdict(), "direct": False} for id_, role in enumerate(new, first)]
    for portion in _portions(rows):
        db.execute(insert(Grant), portion)
    grants.update({role: id_ for id_, role in enumerate(new, first)})
    sources = [{"grant_id": grants[added.role], "assignment_id": added.assignment_id} for added in missing]
    for portion in _portions(sources):
        db.execute(insert(GrantSource), portion)
    return new


def _remove(db: Db, surplus: Collection[tuple[int, _Implied]]) -> list[RoleOn]:
    """Remove sources, and the grants that nothing remains of; return the roles of those."""
    pair = delete(GrantSource.__table__).where(  # type: ignore[arg-type]
        GrantSource.grant_id == bindparam("of_grant"), GrantSource.assignment_id == bindparam("of_assignment")
    )
    lost = []
    for portion in _portions(list(surplus)):
        db.connection().execute(
            pair, [{"of_grant": grant_id, "of_assignment": old.assignment_id} for grant_id, old in portion]
        )
    for ids in _portions(sorted({grant_id for grant_id, _ in surplus})):
        without = Grant.id.in_(ids) & Grant.direct.is_(False) & ~exists().where(GrantSource.grant_id == Grant.id)
        gone = select(Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id).where(without)
        lost += [RoleOn(*row) for row in db.execute(gone)]
        db.execute(delete(Grant.__table__).where(without))  # type: ignore[arg-type]
    return lost


def _portions(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _refresh(db: Db, difference: Difference) -> None:
    """Let the session read the grants anew: they were changed without it."""
    people = difference.people
    for row in db.identity_map.values():
        if isinstance(row, Person) and row.id in people:
            db.expire(row, ["grants"])
        elif isinstance(row, Grant) and RoleOn(row.person_id, row.role, row.customer_id, row.company_id) in difference.lost:
            db.expunge(row)


def _check_administrators(db: Db, lost: Collection[RoleOn]) -> None:
    """Raise when a customer would be left without an active Customer administrator, or without any.

    Raises:
        RuleViolation: ``directory.last_administrator``.
    """
    ended = sorted(role for role in lost if role.role == CUSTOMER_ADMINISTRATOR.code)
    for role in ended:
        assert role.customer_id is not None
        person = db.get_one(Person, role.person_id)
        counted = [Status.ACTIVE] if person.status == Status.ACTIVE else None
        if not administration.administrators(db, role.customer_id, counted):
            raise RuleViolation("directory.last_administrator", name=person.name)


def _check_exclusive(db: Db, gained: Collection[RoleOn]) -> None:
    """Raise when somebody would have two roles that exclude each other.

    Raises:
        RuleViolation: ``directory.exclusive_roles``.
    """
    for pair in EXCLUSIVE:
        for role in sorted(role for role in gained if role.role in {either.code for either in pair}):
            other = next(either for either in pair if either.code != role.role)
            held = select(Grant.id).where(
                Grant.person_id == role.person_id, Grant.role == other.code, Grant.customer_id == role.customer_id
            )
            if db.scalar(held) is not None:
                raise RuleViolation(
                    "directory.exclusive_roles", field="grant", role=BY_CODE[role.role].name, other=other.name
                )


def _record(db: Db, actor: str | None, difference: Difference) -> None:
    """Record for everybody concerned, per customer, how many roles were gained and lost."""
    companies = sorted({role.company_id for role in (*difference.gained, *difference.lost) if role.company_id is not None})
    owners: dict[int, int] = {}
    for ids in _portions(companies):
        rows = db.execute(select(Company.id, Company.customer_id).where(Company.id.in_(ids)))
        owners.update((id_, customer_id) for id_, customer_id in rows)
    gained, lost = (
        Counter((role.person_id, role.customer_id or owners[role.company_id or 0]) for role in roles)
        for roles in (difference.gained, difference.lost)
    )
    affected = sorted({*gained, *lost})
    numbers = {customer.id: customer.number for customer in db.scalars(select(Customer))} if affected else {}
    for portion in _portions(affected):
        by_id = {
            person.id: person for person in db.scalars(select(Person).where(Person.id.in_({id_ for id_, _ in portion})))
        }
        for key in portion:
            record_change(
                db,
                by_id[key[0]],
                "user.access_changed",
                actor,
                customer_id=key[1],
                customer=numbers[key[1]],
                gained=gained[key],
                lost=lost[key],
            )
