"""Facts about people that can be asked: which roles, how an account stands, whether somebody is signed in."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import or_, select

from simulator.core.errors import BadInput
from simulator.core.facts import fact, read
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.models import Company, Customer, Grant, Person, SignInSession, Status
from simulator.directory.roles import BY_CODE, BY_NAME, Level, Role


@fact("has_role")
def has_role(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether a person has a role: ``{person, role, on?}``.

    ``person`` is an address or a key of the cast, ``role`` a role's name or code, ``on`` the name, number or
    key of a company or customer. Found are all roles of that person, or None when nobody has the address.

    Own choice: asked on a company, a role on customers is looked for on that company's customer.

    Raises:
        BadInput: the shape is not right, or there is no such role, company or customer.
    """
    asked = read("has_role", what, {"person": str, "role": str}, {"on": str})
    role = BY_NAME.get(asked["role"]) or BY_CODE.get(asked["role"])
    if role is None:
        raise _not_known("has_role.role", "role", asked["role"], BY_NAME)
    targets = _targets(db, role, asked["on"]) if "on" in asked else None
    person = _person(db, "has_role", asked["person"])
    if person is None:
        return False, None
    holds = any(
        grant.role == role.code and (targets is None or (grant.customer_id, grant.company_id) in targets)
        for grant in person.grants
    )
    return holds, [_shown(grant) for grant in person.grants]


@fact("person_status")
def person_status(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether an account stands as asserted: ``{person, status}``.

    Found is the status it has now on the sandbox's clock, or None when nobody has the address.

    Raises:
        BadInput: the shape is not right, or there is no such status.
    """
    asked = read("person_status", what, {"person": str, "status": str})
    if asked["status"] not in set(Status):
        raise _not_known("person_status.status", "status", asked["status"], Status)
    person = _person(db, "person_status", asked["person"])
    if person is None:
        return False, None
    status = person.status_at(db.clock.now())
    return status == asked["status"], status.value


@fact("signed_in")
def signed_in(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether a person is signed in somewhere: ``{person}``, or the person alone.

    Found is in how many browsers, or None when nobody has the address.

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


def _person(db: Db, name: str, word: str) -> Person | None:
    """Return the person with an address or a key; None for an address that nobody has (yet).

    Raises:
        BadInput: it is neither.
    """
    if people.is_email(word):
        return people.by_email(db, word)
    person = db.scalar(select(Person).where(Person.key == word))
    if person is None:
        raise BadInput([(f"{name}.person", f"{word!r} is neither an address nor a key of the cast")])
    return person


def _targets(db: Db, role: Role, word: str) -> Collection[tuple[int | None, int | None]]:
    """Return the (customer, company) of what a word names, as the role's levels want.

    Raises:
        BadInput: it names none.
    """
    found: list[tuple[int | None, int | None]] = []
    of_companies = or_(Company.key == word, Company.name == word, Company.organisation_number == word)
    if role.fits(Level.CUSTOMER):
        of_customers = or_(Customer.key == word, Customer.name == word, Customer.number == word)
        customers = select(Customer.id).where(
            of_customers | Customer.id.in_(select(Company.customer_id).where(of_companies))
        )
        found += [(id_, None) for id_ in db.scalars(customers)]
    if role.fits(Level.COMPANY):
        found += [(None, id_) for id_ in db.scalars(select(Company.id).where(of_companies))]
    if not found:
        kind = "company or customer" if role.fits(Level.CUSTOMER) else "company"
        raise BadInput([("has_role.on", f"there is no {kind} {word!r}")])
    return found


def _not_known(where: str, kind: str, word: str, known: Iterable[str]) -> BadInput:
    return BadInput([(where, f"there is no {kind} {word!r}; there are {', '.join(known)}")])


def _shown(grant: Grant) -> dict[str, str]:
    on = grant.customer or grant.company
    assert on is not None
    return {"role": BY_CODE[grant.role].name, "on": on.name}
