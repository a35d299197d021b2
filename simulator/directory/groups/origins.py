"""Where inherited roles come from: the groups that pages name beside them."""

from collections.abc import Collection

from sqlalchemy import bindparam, select

from simulator.core.sandbox import Db
from simulator.directory.groups.inheritance import Origin
from simulator.directory.groups.models import Assignment, CompanyGroup, GrantSource, RoleGroup, UserGroup
from simulator.directory.models import Grant

_ORIGINS = (
    select(
        Grant.person_id,
        Grant.role,
        Grant.customer_id,
        Grant.company_id,
        UserGroup.id,
        UserGroup.name,
        CompanyGroup.id,
        CompanyGroup.name,
        RoleGroup.id,
        RoleGroup.name,
    )
    .join(GrantSource, GrantSource.grant_id == Grant.id)
    .join(Assignment, Assignment.id == GrantSource.assignment_id)
    .outerjoin(UserGroup, UserGroup.id == Assignment.user_group_id)
    .outerjoin(CompanyGroup, CompanyGroup.id == Assignment.company_group_id)
    .outerjoin(RoleGroup, RoleGroup.id == Assignment.role_group_id)
    .where(Grant.person_id.in_(bindparam("people", expanding=True)))
    .order_by(Assignment.id)
)


def origins_of(db: Db, people: Collection[int]) -> dict[int, dict[str, tuple[Origin, ...]]]:
    """Return the groups through which people have roles.

    Returns:
        By person, by the role as ``company-12:autoinvoice_user`` or ``customer-3:business_contact``: where it comes from.
    """
    by_person: dict[int, dict[str, tuple[Origin, ...]]] = {}
    for person_id, role, customer_id, company_id, *named in db.rows(_ORIGINS, people=list(people)):
        value = f"customer-{customer_id}:{role}" if company_id is None else f"company-{company_id}:{role}"
        groups = [(named[at], named[at + 1]) if named[at] is not None else None for at in (0, 2, 4)]
        by_value = by_person.setdefault(person_id, {})
        by_value[value] = (*by_value.get(value, ()), Origin(*groups))
    return by_person
