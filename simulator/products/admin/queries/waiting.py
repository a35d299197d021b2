"""Users who wait for an administrator: invited ones who never signed in, and those who are locked out."""

from sqlalchemy import and_, bindparam, exists, func, or_, select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Grant, Lock, Membership, Person, Status
from simulator.products.admin.permissions import MATRIX
from simulator.web.product import Waiting

_LOCKED = and_(Person.status == Status.ACTIVE, Person.email.in_(select(Lock.email).where(Lock.until > bindparam("now"))))
_NOT_ACTIVATED = Person.status == Status.NOT_ACTIVATED
_COUNTS = (
    select(func.count().filter(_NOT_ACTIVATED), func.count().filter(_LOCKED))
    .select_from(Person)
    .where(
        or_(_NOT_ACTIVATED, _LOCKED),
        exists().where(Membership.person_id == Person.id, Membership.customer_id == bindparam("customer")),
    )
)
_COUNTS_IN_COMPANIES = _COUNTS.where(
    exists().where(Grant.person_id == Person.id, Grant.company_id.in_(bindparam("companies", expanding=True)))
)


def waiting(db: Db, actor: Actor) -> list[Waiting]:
    """Return the numbers of users in an administrator's scope who have not activated their account, or are locked."""
    roles, values = MATRIX["admin.view_users"], {"customer": actor.customer_id, "now": db.clock.now()}
    if actor.holds_on_customer(roles):
        counts = db.rows(_COUNTS, **values)
    else:
        counts = db.rows(_COUNTS_IN_COMPANIES, companies=sorted(actor.companies_with(roles)), **values)
    not_activated, locked = counts.one()
    return [
        Waiting("admin.waiting.not_activated", not_activated, "admin.users", {"status": Status.NOT_ACTIVATED}),
        Waiting("admin.waiting.locked", locked, "admin.users", {"status": Status.LOCKED}),
    ]
