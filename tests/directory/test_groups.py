"""Groups: after any sequence of changes, people have exactly the roles that were given to them and those that groups imply."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import seed
from simulator.billing import cancellations, transfers
from simulator.billing.models import Transfer
from simulator.core import outbox
from simulator.core.errors import RuleViolation
from simulator.core.events import Event
from simulator.core.jobs import Job
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.directory import administration, announcements, companies, people
from simulator.directory.actors import actor_of
from simulator.directory.companies import ChangedMeanwhile
from simulator.directory.groups import groups, mails
from simulator.directory.groups.groups import Access, Kind
from simulator.directory.groups.inheritance import RoleOn
from simulator.directory.groups.mails import PORTION
from simulator.directory.groups.models import Assignment, CompanyGroup, GrantSource, RoleGroup, UserGroup, UserGroupMember
from simulator.directory.models import Company, Customer, Grant, Membership, Person, Status
from simulator.directory.roles import (
    APPLICATION_ADMINISTRATOR,
    AUTOINVOICE_USER,
    BY_CODE,
    CUSTOMER_ADMINISTRATOR,
    Level,
)
from tests.conftest import BASE_ADDRESS
from tests.documents.norway import acting, create

ROLES = ("autoinvoice_user", "autoinvoice_administrator", "business_contact", "expense_user")
ACTOR = "tove@fjordlys.example"


@pytest.fixture(scope="module")
def norway(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Iterator[Sandbox]:
    """Return a sandbox of the scenario ``company-no``, which no test here changes for good."""
    store = Store(tmp_path_factory.mktemp("groups"), seed.template_for(templates), seed.finish, BASE_ADDRESS)
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox


@pytest.fixture
def db(norway: Sandbox) -> Iterator[Db]:
    """Return a transaction that is undone after the test."""
    with norway.reading() as db:
        yield db
        db.rollback()


def office(db: Db) -> Customer:
    """Return the customer whose groups these are."""
    return db.query(Customer).filter_by(key="fjordlys").one()


def cast(db: Db, key: str) -> Person:
    """Return a person of the cast."""
    return db.query(Person).filter_by(key=key).one()


def company(db: Db, key: str = "registered") -> Company:
    """Return a company of the scenario."""
    return db.query(Company).filter_by(key=key).one()


def roles_of(db: Db, person: Person) -> set[RoleOn]:
    """Return what a person has now."""
    rows = select(Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id).where(Grant.person_id == person.id)
    return {RoleOn(*row) for row in db.execute(rows)}


def group_of(db: Db, *members: Person, access: list[Access] | None = None, name: str = "Lønn") -> Any:
    """Add a user group with members and what is assigned to it."""
    group: Any = groups.add(db, ACTOR, Kind.USER, office(db), name, [person.id for person in members])
    groups.change_access(db, ACTOR, group, office(db), include=access or [])
    return group


def implied(db: Db) -> set[tuple[int, RoleOn]]:
    """Work out anew, assignment by assignment, what everybody has through groups."""
    result = set()
    for assignment in db.scalars(select(Assignment)):
        subjects: list[Any] = [assignment.person_id]
        if assignment.user_group_id is not None:
            subjects = groups.members(db, db.get_one(UserGroup, assignment.user_group_id))
        targets: list[Any] = [assignment.company_id]
        if assignment.company_group_id is not None:
            targets = groups.members(db, db.get_one(CompanyGroup, assignment.company_group_id))
        roles: list[Any] = [assignment.role]
        if assignment.role_group_id is not None:
            roles = groups.members(db, db.get_one(RoleGroup, assignment.role_group_id))
        for person_id, company_id, role in product(subjects, targets, roles):
            if BY_CODE[role].fits(Level.CUSTOMER if company_id is None else Level.COMPANY):
                customer_id = assignment.customer_id if company_id is None else None
                result.add((assignment.id, RoleOn(person_id, role, customer_id, company_id)))
    return result


def check(db: Db, direct: set[RoleOn]) -> None:
    """Compare what is stored with what was given and what groups imply."""
    db.flush()
    sources = (
        select(GrantSource.assignment_id, Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id)
        .join(Grant, Grant.id == GrantSource.grant_id)
        .order_by(GrantSource.grant_id)
    )
    stored = {(row[0], RoleOn(*row[1:])) for row in db.execute(sources)}
    assert stored == implied(db)
    rows = db.execute(select(Grant.direct, Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id)).all()
    held = [RoleOn(*row[1:]) for row in rows]
    assert len(held) == len(set(held))
    assert {RoleOn(*row[1:]) for row in rows if row[0]} == direct
    assert set(held) == direct | {role for _, role in stored}


COMMANDS = st.tuples(
    st.sampled_from(
        ("join", "leave", "include", "exclude", "role", "no_role", "assign", "unassign", "give", "take", "delete", "remove",
         "deactivate")
    ),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 9),
)  # fmt: skip


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(COMMANDS, max_size=30))
def test_people_have_what_was_given_to_them_and_what_groups_imply(
    norway: Sandbox, commands: list[tuple[str, int, int, int]]
) -> None:
    with norway.reading() as db:
        customer = office(db)
        world = World(db, customer)
        for command in commands:
            savepoint = db.begin_nested()
            before = set(world.direct)
            try:
                world.do(*command)
            except RuleViolation:
                savepoint.rollback()
                world.direct = before
                db.expire_all()
            else:
                savepoint.commit()
            check(db, world.direct)
            assert administration.administrators(db, customer.id)
        db.rollback()


class World:
    """Two groups of each kind, and what was given to people directly."""

    def __init__(self, db: Db, customer: Customer) -> None:
        self.db, self.customer = db, customer
        self.people = list(
            db.scalars(
                select(Membership.person_id).where(Membership.customer_id == customer.id).order_by(Membership.person_id)
            )
        )
        self.companies = list(db.scalars(select(Company.id).where(Company.customer_id == customer.id).order_by(Company.id)))
        self.groups = {
            kind: [groups.add(db, ACTOR, kind, customer, f"{kind} {number}") for number in range(2)] for kind in Kind
        }
        rows = db.execute(select(Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id))
        self.direct = {RoleOn(*row) for row in rows}

    def group(self, kind: Kind, number: int) -> Any:
        """Return one of the two groups; a deleted one is added again."""
        at = number % 2
        if self.db.get(groups.table_of(kind), self.groups[kind][at].id) is None:
            self.groups[kind][at] = groups.add(self.db, ACTOR, kind, self.customer, f"{kind} {at}")
        return self.groups[kind][at]

    def do(self, command: str, first: int, second: int, third: int) -> None:
        """Do one thing."""
        db = self.db
        person = db.get_one(Person, self.people[first % len(self.people)])
        site = db.get_one(Company, self.companies[second % len(self.companies)])
        role = BY_CODE[(*ROLES, CUSTOMER_ADMINISTRATOR.code)[third % 5]]
        user_group, company_group = self.group(Kind.USER, third), self.group(Kind.COMPANY, third)
        role_group = self.group(Kind.ROLE, second)
        if command in ("join", "leave"):
            name = "include" if command == "join" else "exclude"
            groups.change_members(db, ACTOR, user_group, **{name: [person.id]})
        elif command in ("include", "exclude"):
            groups.change_members(db, ACTOR, company_group, **{command: [site.id]})
        elif command in ("role", "no_role"):
            groups.change_members(db, ACTOR, role_group, **{"include" if command == "role" else "exclude": [role.code]})
        elif command in ("assign", "unassign"):
            access = Access(
                role.code if first % 2 else None,
                None if first % 2 else role_group.id,
                site.id if second % 3 == 0 else None,
                company_group.id if second % 3 == 1 else None,
            )
            subject = user_group if third < 7 else person
            name = "include" if command == "assign" else "exclude"
            groups.change_access(db, ACTOR, subject, self.customer, **{name: [access]})
        elif command == "delete":
            groups.delete_group(db, ACTOR, (user_group, company_group, role_group)[first % 3])
        elif command == "deactivate":
            companies.deactivate(db, acting(db), site)
        elif command == "remove":
            administration.remove(db, ACTOR, person, self.customer)
            self.direct = {held for held in self.direct if held.person_id != person.id or not self.is_here(held)}
            self.people.remove(person.id)
        else:
            self.give_or_take(command, person, role, site)

    def give_or_take(self, command: str, person: Person, role: Any, site: Company) -> None:
        """Give a role to a person directly, or take it."""
        on_customer = role.level is Level.CUSTOMER
        held = RoleOn(person.id, role.code, self.customer.id if on_customer else None, None if on_customer else site.id)
        if command == "give":
            administration.give(self.db, ACTOR, person, role, customer=self.customer, company=None if on_customer else site)
            self.direct.add(held)
            return
        grant = self.db.scalar(select(Grant).filter_by(**held._asdict()))
        if grant is not None:
            administration.take(self.db, ACTOR, person, grant)
            self.direct.discard(held)

    def is_here(self, held: RoleOn) -> bool:
        """Return whether a role is on the customer or one of its companies."""
        return held.customer_id == self.customer.id or held.company_id in self.companies


def test_a_new_member_has_everything_and_leaving_takes_it_away(db: Db) -> None:
    newcomer = cast(db, "no_two_step")
    both = groups.add(db, ACTOR, Kind.COMPANY, office(db), "Nord", [company(db).id, company(db, "elsewhere").id])
    clerks = groups.add(db, ACTOR, Kind.ROLE, office(db), "Bilag", ["autoinvoice_user", "invoice_approver"])
    group = group_of(db, access=[Access(role_group_id=clerks.id, company_group_id=both.id)])
    before = roles_of(db, newcomer)
    difference = groups.change_members(db, ACTOR, group, include=[newcomer.id])
    assert len(difference.gained) == len(roles_of(db, newcomer) - before) > 0
    assert {role.company_id for role in roles_of(db, newcomer)} >= {company(db).id, company(db, "elsewhere").id}
    assert groups.change_members(db, ACTOR, group, exclude=[newcomer.id]).lost == difference.gained
    assert roles_of(db, newcomer) == before


def test_a_role_that_was_given_stays_when_the_group_is_left(db: Db) -> None:
    user = cast(db, "not_activated")
    group = group_of(db, user, access=[Access("expense_user", company_id=company(db).id)])
    people.grant(db, ACTOR, user, BY_CODE["expense_user"], company=company(db))
    assert groups.change_members(db, ACTOR, group, exclude=[user.id]).lost == frozenset()
    assert RoleOn(user.id, "expense_user", None, company(db).id) in roles_of(db, user)


def test_an_inherited_role_cannot_be_taken_from_one_person(db: Db) -> None:
    user = cast(db, "user")
    group_of(db, user, access=[Access("expense_user", company_id=company(db).id)])
    grant = db.query(Grant).filter_by(person_id=user.id, role="expense_user").one()
    with pytest.raises(RuleViolation, match="inherited_role"):
        administration.take(db, ACTOR, user, grant)


def test_the_last_administrator_is_protected_as_a_member_too(db: Db) -> None:
    customer, administrator = office(db), cast(db, "administrator")
    group = group_of(db, administrator, access=[Access(CUSTOMER_ADMINISTRATOR.code)])
    for person_id in administration.administrators(db, customer.id):
        for grant in db.query(Grant).filter_by(person_id=person_id, role=CUSTOMER_ADMINISTRATOR.code, direct=True).all():
            administration.take(db, ACTOR, grant.person, grant)
    assert administration.administrators(db, customer.id) == [administrator.id]
    for command in (
        lambda: groups.change_members(db, ACTOR, group, exclude=[administrator.id]),
        lambda: groups.delete_group(db, ACTOR, group),
        lambda: groups.change_access(db, ACTOR, group, customer, exclude=[Access(CUSTOMER_ADMINISTRATOR.code)]),
        lambda: administration.deactivate(db, ACTOR, administrator),
    ):
        savepoint = db.begin_nested()
        with pytest.raises(RuleViolation, match=r"last_administrator|primary_contact"):
            command()
        savepoint.rollback()


def test_roles_that_exclude_each_other_do_not_meet_through_a_group(db: Db) -> None:
    support = cast(db, "user")
    administration.give(db, ACTOR, support, APPLICATION_ADMINISTRATOR, customer=office(db), company=None)
    group = group_of(db, access=[Access(CUSTOMER_ADMINISTRATOR.code)])
    with pytest.raises(RuleViolation, match="exclusive_roles"):
        groups.change_members(db, ACTOR, group, include=[support.id])


def test_a_deactivated_company_leaves_its_groups_and_is_not_put_back(db: Db) -> None:
    user, site = cast(db, "user"), company(db, "elsewhere")
    nord = groups.add(db, ACTOR, Kind.COMPANY, office(db), "Nord", [site.id])
    group_of(db, user, access=[Access("expense_user", company_group_id=nord.id)])
    companies.deactivate(db, acting(db), site)
    assert groups.members(db, nord) == []
    assert RoleOn(user.id, "expense_user", None, site.id) not in roles_of(db, user)
    companies.reactivate(db, acting(db), site)
    assert groups.members(db, nord) == []


def test_groups_hold_what_belongs_to_their_customer_only(db: Db) -> None:
    stranger, foreign = cast(db, "supplier"), company(db, "supplier")
    group = group_of(db)
    for command in (
        lambda: groups.change_members(db, ACTOR, group, include=[stranger.id]),
        lambda: groups.change_members(db, ACTOR, group, include=[cast(db, "support").id]),
        lambda: groups.add(db, ACTOR, Kind.COMPANY, office(db), "Alle", [foreign.id]),
        lambda: groups.add(db, ACTOR, Kind.ROLE, office(db), "Alt", ["no_such_role"]),
        lambda: groups.change_access(db, ACTOR, group, office(db), include=[Access("expense_user", company_id=foreign.id)]),
        lambda: groups.change_access(db, ACTOR, group, office(db), include=[Access("expense_user", company_id=99999)]),
    ):
        savepoint = db.begin_nested()
        with pytest.raises(RuleViolation, match="not_of_customer"):
            command()
        savepoint.rollback()


def test_names_are_unique_in_any_case_of_letters(db: Db) -> None:
    group_of(db, name="Lønn")
    with pytest.raises(RuleViolation, match="group_name_taken"):
        groups.add(db, ACTOR, Kind.USER, office(db), " LØNN ")
    groups.add(db, ACTOR, Kind.ROLE, office(db), "Lønn")


def test_the_second_of_two_editors_is_informed(db: Db) -> None:
    group = group_of(db)
    version = group.version
    groups.rename(db, ACTOR, group, "Lønn og reise")
    with pytest.raises(ChangedMeanwhile):
        groups.check_version(group, version)
    groups.check_version(group, group.version)


def test_everybody_concerned_gets_a_new_version_and_the_journal_says_why(db: Db) -> None:
    user = cast(db, "user")
    begun = user.version
    group_of(db, user, access=[Access("expense_user", company_id=company(db).id)])
    types = [event.type for event in administration.changes_since(db, user, begun)]
    assert types == ["group.joined", "user.access_changed"]
    about = db.scalars(select(Event).where(Event.subject == "Lønn").order_by(Event.id)).all()
    assert [event.type for event in about] == ["group.added", "group.members_changed", "group.roles_changed"]
    assert about[-1].data["added"] == [{"role": "Expense user", "on": company(db).name}]
    assert all(event.actor == ACTOR for event in about)


def test_a_person_who_leaves_the_customer_leaves_its_groups(db: Db) -> None:
    user, customer = cast(db, "user"), office(db)
    group_of(db, user, access=[Access("expense_user", company_id=company(db).id)])
    administration.remove(db, ACTOR, user, customer)
    assert db.query(UserGroupMember).filter_by(person_id=user.id).all() == []
    people.invite(
        db,
        acting(db),
        customer,
        people.Particulars(email=user.email, first_name="x", last_name="y", language="nb"),
        [(AUTOINVOICE_USER, company(db))],
    )
    assert {role.role for role in roles_of(db, user)} == {"autoinvoice_user"}


def test_of_a_hundred_people_the_first_are_mailed_with_the_change_and_the_others_by_a_job(db: Db) -> None:
    customer = office(db)
    added = []
    for number in range(PORTION + 2):
        particulars = people.Particulars(email=f"n{number}@fjordlys.example", first_name="N", last_name="N", language="nb")
        added.append(people.create(db, particulars))
        added[-1].status = Status.ACTIVE
        db.add(Membership(person_id=added[-1].id, customer_id=customer.id))
    db.flush()
    before = {mail.id for mail in outbox.after(db)}
    group = group_of(db, *added)
    assigned = Access("autoinvoice_user", company_id=company(db).id)
    gained = groups.change_access(db, ACTOR, group, customer, include=[assigned]).gained
    mails.mail_access(db, actor_of(db, cast(db, "administrator")), customer, gained)
    assert len([mail for mail in outbox.after(db) if mail.id not in before]) == PORTION
    job = db.scalars(select(Job).where(Job.kind == mails.KIND)).one()
    administration.remove(db, ACTOR, added[-1], customer)
    mails.mail_later(db, **job.data)
    (last,) = [mail for mail in outbox.after(db) if mail.id not in before][PORTION:]
    assert (last.recipient, "Autoinvoice user" in last.text) == (added[-2].email, True)


ADMINISTRATORS_BY = ("user group", "role group")


@pytest.mark.parametrize("by", ADMINISTRATORS_BY)
def test_who_is_administrator_by_a_group_only_is_one_everywhere(db: Db, by: str) -> None:
    customer = office(db)
    person = cast(db, "user")
    if by == "user group":
        group_of(db, person, access=[Access(CUSTOMER_ADMINISTRATOR.code)])
    else:
        roles: Any = groups.add(db, ACTOR, Kind.ROLE, customer, "Ledelse", [CUSTOMER_ADMINISTRATOR.code])
        groups.change_access(db, ACTOR, person, customer, include=[Access(role_group_id=roles.id)])
    assert cancellations.may_cancel(db, person.email, customer)
    assert person in people.customer_administrators(db, customer.id)
    assert person in announcements.holders(db, customer.id, (CUSTOMER_ADMINISTRATOR,))
    receiver = Transfer(receiver=customer)
    assert transfers.may_confirm(db, receiver, person.email)
    assert actor_of(db, person).holds_on_customer((CUSTOMER_ADMINISTRATOR,))
    for id_ in administration.administrators(db, customer.id):
        if id_ != person.id:
            other = db.get_one(Person, id_)
            for membership in db.query(Membership).filter_by(person_id=id_):
                membership.primary_contact = False
            administration.deactivate(db, "x@y.example", other)
    assert people.customer_administrators(db, customer.id) == [person]
    assert announcements.correspondents(db, customer.id, [person]) == [person]
    with pytest.raises(RuleViolation, match="last_administrator"):
        administration.deactivate(db, "x@y.example", person)
    with pytest.raises(RuleViolation, match="last_administrator"):
        administration.remove(db, "x@y.example", person, customer)
    inherited = db.query(Grant).filter_by(person_id=person.id, role=CUSTOMER_ADMINISTRATOR.code).one()
    with pytest.raises(RuleViolation, match="inherited_role"):
        administration.take(db, "x@y.example", person, inherited)
    with pytest.raises(RuleViolation, match="exclusive"):
        administration.give(db, ACTOR, person, APPLICATION_ADMINISTRATOR, customer=customer, company=None)
    administration.make_primary_contact(db, ACTOR, person, customer)
    with pytest.raises(RuleViolation, match="is_primary_contact"):
        administration.deactivate(db, "x@y.example", person)
