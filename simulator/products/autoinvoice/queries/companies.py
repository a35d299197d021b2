"""The companies for which somebody can open AutoInvoice."""

from collections.abc import Sequence

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, CompanyStatus, Grant
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER

ROLES = (AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER)


def companies_of(db: Db, actor: Actor) -> Sequence[Company]:
    """Return the companies at which somebody's role in AutoInvoice counts, by name: active ones that have the service."""
    granted = select(Grant.company_id).where(Grant.person_id == actor.id, Grant.role.in_([role.code for role in ROLES]))
    served = select(CompanyService.company_id).where(CompanyService.service == AUTOINVOICE_USER.service)
    query = select(Company).where(Company.id.in_(granted), Company.id.in_(served), Company.status == CompanyStatus.ACTIVE)
    return db.scalars(query.order_by(Company.name, Company.id)).all()


def resting(db: Db, actor: Actor, company_id: int) -> Company | None:
    """Return a company at which somebody has a role in AutoInvoice that does not count now, or None."""
    granted = select(Grant.company_id).where(Grant.person_id == actor.id, Grant.role.in_([role.code for role in ROLES]))
    found = db.scalar(select(Company).where(Company.id == company_id, Company.id.in_(granted)))
    return found if found is not None and found not in companies_of(db, actor) else None
