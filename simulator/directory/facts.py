"""Facts about people: their roles, the status of their account, whether they are signed in, and their cases at the desks."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from simulator.core import desks, normal_forms, notices
from simulator.core.errors import BadInput
from simulator.core.facts import expiry, fact, read
from simulator.core.notices import Notice, NoticeKind
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.cases.models import CaseChannel, CaseState, SupportCase
from simulator.directory.models import Company, Customer, Grant, Lock, Person, SignInSession, Status, SupportAccess
from simulator.directory.roles import BY_CODE, BY_NAME, Level, Role

NOTICES_SEARCHED = 1000
"""How many of a person's newest notices are searched."""


@fact("has_role")
def has_role(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether a person has a role: ``{person, role, on?}``.

    ``person`` is an address or a key of the cast, ``role`` a role's name or code, ``on`` the name, number or
    key of a company or customer. Observed are all roles of that person, or None if nobody has the address.

    Own choice: for a role on customers, a company stands for its customer.

    Raises:
        BadInput: the shape is not right, or there is no such role, company or customer.
    """
    assertion = read("has_role", what, {"person": str, "role": str}, {"on": str})
    role = BY_NAME.get(assertion["role"]) or BY_CODE.get(assertion["role"])
    if role is None:
        raise _no_such("has_role.role", "role", assertion["role"], BY_NAME)
    targets = _targets(db, role, assertion["on"]) if "on" in assertion else None
    person = _person(db, "has_role", assertion["person"])
    if person is None:
        return False, None
    holds = any(
        grant.role == role.code and (targets is None or (grant.customer_id, grant.company_id) in targets)
        for grant in person.grants
    )
    return holds, [_describe(grant) for grant in person.grants]


@fact("in_group")
def in_group(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether a person is in a user group, or a company in a company group: ``{group, person}`` or ``{group, company}``.

    ``group`` is the name or key of the group, ``person`` an address or a key of the cast, ``company`` a name, number or key.
    Observed are the members: addresses or names.

    Raises:
        BadInput: the shape is not right, or there is no such person or company.
    """
    from simulator.directory.groups.models import CompanyGroup, CompanyGroupMember, UserGroup, UserGroupMember

    assertion = read("in_group", what, {"group": str}, {"person": str, "company": str})
    if ("person" in assertion) == ("company" in assertion):
        raise BadInput([("in_group", "either a person or a company is expected")])
    name = assertion["group"]
    if "person" in assertion:
        person = _person(db, "in_group", assertion["person"])
        members = (
            select(Person.email)
            .join(UserGroupMember, UserGroupMember.person_id == Person.id)
            .join(UserGroup, UserGroup.id == UserGroupMember.user_group_id)
            .where(or_(UserGroup.key == name, UserGroup.name == name))
        )
        observed = sorted(db.scalars(members))
        return person is not None and person.email in observed, observed
    word = assertion["company"]
    company = db.scalar(
        select(Company).where(or_(Company.key == word, Company.name == word, Company.organisation_number == word))
    )
    if company is None:
        raise BadInput([("in_group.company", f"there is no company {word!r}")])
    in_companies = (
        select(Company.name)
        .join(CompanyGroupMember, CompanyGroupMember.company_id == Company.id)
        .join(CompanyGroup, CompanyGroup.id == CompanyGroupMember.company_group_id)
        .where(or_(CompanyGroup.key == name, CompanyGroup.name == name))
    )
    observed = sorted(db.scalars(in_companies))
    return company.name in observed, observed


@fact("person_status")
def person_status(db: Db, what: Any) -> tuple[bool, Any]:
    """Check the status of an account: ``{person, status}``.

    Observed is its status now, on the sandbox's clock, or None if nobody has the address.

    Raises:
        BadInput: the shape is not right, or there is no such status.
    """
    assertion = read("person_status", what, {"person": str, "status": str})
    if assertion["status"] not in set(Status):
        raise _no_such("person_status.status", "status", assertion["status"], Status)
    person = _person(db, "person_status", assertion["person"])
    if person is None:
        return False, None
    status = person.status_at(db.clock.now())
    return status == assertion["status"], status.value


@fact("signed_in")
def signed_in(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether a person is signed in: ``{person}``, or the person alone.

    Observed is the number of browsers, or None if nobody has the address.

    Raises:
        BadInput: the shape is not right.
    """
    person = _person(db, "signed_in", read("signed_in", what, {"person": str}, short="person")["person"])
    if person is None:
        return False, None
    sessions = select(SignInSession.id).where(
        SignInSession.person_id == person.id,
        SignInSession.ended_at.is_(None),
        SignInSession.ends_at > db.clock.now(),
    )
    browsers = len(db.scalars(sessions).all()) if person.status == Status.ACTIVE else 0
    return browsers > 0, browsers


@expiry
def next_end(db: Db) -> datetime | None:
    """Return when the next lock, session or support access ends."""
    now = db.clock.now()
    ends = (
        select(func.min(Lock.until)).where(Lock.until > now),
        select(func.min(SignInSession.ends_at)).where(SignInSession.ends_at > now, SignInSession.ended_at.is_(None)),
        select(func.min(SupportAccess.ends_at)).where(SupportAccess.ends_at > now, SupportAccess.ended_at.is_(None)),
    )
    return min((end for query in ends if (end := db.scalar(query)) is not None), default=None)


@fact("support_access")
def has_support_access(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether a consultant has support access now: ``{person, customer?}``, or the person alone.

    ``customer`` is the name, number or key of a customer. Observed are the open accesses, each with its customer and last day, or
    None if nobody has the address.

    Raises:
        BadInput: the shape is not right, or there is no such customer.
    """
    assertion = read("support_access", what, {"person": str}, {"customer": str}, short="person")
    person = _person(db, "support_access", assertion["person"])
    if person is None:
        return False, None
    query = select(SupportAccess).where(
        SupportAccess.person_id == person.id, SupportAccess.ended_at.is_(None), SupportAccess.ends_at > db.clock.now()
    )
    accesses = db.scalars(query.order_by(SupportAccess.id)).all()
    observed = [{"customer": access.customer.name, "until": access.last_day.isoformat()} for access in accesses]
    if "customer" not in assertion:
        return bool(accesses), observed
    word = assertion["customer"]
    customers = db.scalars(
        select(Customer.id).where(or_(Customer.key == word, Customer.name == word, Customer.number == word))
    ).all()
    if not customers:
        raise BadInput([("support_access.customer", f"there is no customer {word!r}")])
    return any(access.customer_id in customers for access in accesses), observed


@fact("notice")
def notice(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether the bell lists a notice: ``{person, kind, unread?, data?}``.

    ``kind`` is the kind of notice (``invoice_made``), ``data`` some of the values of its text. Observed is the newest notice that
    fits, or else the newest one, or None if there is none or nobody has the address.

    Raises:
        BadInput: the shape is not right, or there is no such kind.
    """
    assertion = read("notice", what, {"person": str, "kind": str}, {"unread": bool, "data": dict})
    if assertion["kind"] not in set(NoticeKind):
        raise _no_such("notice.kind", "kind of notice", assertion["kind"], NoticeKind)
    person = _person(db, "notice", assertion["person"])
    if person is None:
        return False, None
    listed = notices.latest(db, person.id, NOTICES_SEARCHED)
    fits = next((row for row in listed if _fits(row, assertion)), None)
    row = fits or next(iter(listed), None)
    if row is None:
        return False, None
    return fits is not None, {"id": row.id, "kind": row.kind, "unread": row.read_at is None, "data": row.data}


def _fits(row: Notice, assertion: Mapping[str, Any]) -> bool:
    data: dict[str, Any] = assertion.get("data", {})
    return (
        row.kind == assertion["kind"]
        and assertion.get("unread", row.read_at is None) == (row.read_at is None)
        and all(key in row.data and row.data[key] == value for key, value in data.items())
    )


def _person(db: Db, name: str, word: str) -> Person | None:
    """Return the person with an address or a key; None for an address that nobody has (yet).

    Raises:
        BadInput: it is neither.
    """
    if normal_forms.is_email(word):
        return people.by_email(db, word)
    person = db.scalar(select(Person).where(Person.key == word))
    if person is None:
        raise BadInput([(f"{name}.person", f"{word!r} is neither an address nor a key of the cast")])
    return person


def _targets(db: Db, role: Role, word: str) -> Collection[tuple[int | None, int | None]]:
    """Return the pairs (customer, company) that a word names, on the levels of a role.

    Raises:
        BadInput: it names nothing.
    """
    targets: list[tuple[int | None, int | None]] = []
    of_companies = or_(Company.key == word, Company.name == word, Company.organisation_number == word)
    if role.fits(Level.CUSTOMER):
        of_customers = or_(Customer.key == word, Customer.name == word, Customer.number == word)
        customers = select(Customer.id).where(
            of_customers | Customer.id.in_(select(Company.customer_id).where(of_companies))
        )
        targets += [(id_, None) for id_ in db.scalars(customers)]
    if role.fits(Level.COMPANY):
        targets += [(None, id_) for id_ in db.scalars(select(Company.id).where(of_companies))]
    if not targets:
        kind = "company or customer" if role.fits(Level.CUSTOMER) else "company"
        raise BadInput([("has_role.on", f"there is no {kind} {word!r}")])
    return targets


def _no_such(where: str, kind: str, word: str, existing: Iterable[str]) -> BadInput:
    return BadInput([(where, f"there is no {kind} {word!r}; there are {', '.join(existing)}")])


def _describe(grant: Grant) -> dict[str, str]:
    on = grant.customer or grant.company
    assert on is not None
    return {"role": BY_CODE[grant.role].name, "on": on.name}


@fact("case")
def case(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether the desks have a case: ``{number?, requester?, subject?, state?, desk?, channel?, assigned?}``.

    ``subject`` is a part of the subject in any case, ``assigned`` the address of a member of the staff. The actual state is the
    newest case that fits, or else the newest of that number or requester.

    Raises:
        BadInput: the shape is not right, or there is no such state, desk or channel.
    """
    keys = dict.fromkeys(("requester", "subject", "state", "desk", "channel", "assigned"), str)
    assertion = read("case", what, {}, {"number": int, **keys})
    for key, words in (("state", CaseState), ("desk", desks.BY_CODE), ("channel", CaseChannel)):
        if key in assertion and assertion[key] not in set(words):
            raise _no_such(f"case.{key}", key, assertion[key], words)
    query = select(SupportCase).order_by(SupportCase.number.desc())
    if "number" in assertion:
        query = query.where(SupportCase.number == assertion["number"])
    if "requester" in assertion:
        query = query.where(SupportCase.requester == normal_forms.email(assertion["requester"]))
    cases = db.scalars(query).all()
    fits = next((case for case in cases if _fits_case(case, assertion)), None)
    newest = fits or next(iter(cases), None)
    return fits is not None, _describe_case(newest) if newest is not None else None


def _fits_case(case: SupportCase, assertion: dict[str, Any]) -> bool:
    described = _describe_case(case)
    exact = all(described[key] == assertion[key] for key in ("state", "desk", "channel", "assigned") if key in assertion)
    return exact and normal_forms.folded(assertion.get("subject", "")) in normal_forms.folded(case.subject)


def _describe_case(case: SupportCase) -> dict[str, Any]:
    return {
        "number": case.number, "requester": case.requester, "subject": case.subject, "state": case.state,
        "desk": case.desk, "channel": case.channel, "assigned": case.assigned.email if case.assigned is not None else None,
    }  # fmt: skip
