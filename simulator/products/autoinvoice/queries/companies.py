"""The companies for which a user can open AutoInvoice."""

from collections.abc import Sequence

from sqlalchemy import func, select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, CompanyStatus, Grant
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER

ROLES = (AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER)


def companies_of(db: Db, actor: Actor) -> Sequence[Company]:
    """Return the companies where the user's role in AutoInvoice has effect (active, with the service), sorted by name."""
    granted = select(Grant.company_id).where(Grant.person_id == actor.id, Grant.role.in_([role.code for role in ROLES]))
    served = select(CompanyService.company_id).where(CompanyService.service == AUTOINVOICE_USER.service)
    query = select(Company).where(Company.id.in_(granted), Company.id.in_(served), Company.status == CompanyStatus.ACTIVE)
    return db.scalars(query.order_by(func.sort_key(Company.name), Company.id)).all()


def company_of_ineffective_role(db: Db, actor: Actor, company_id: int) -> Company | None:
    """Return the company if the user has a role in AutoInvoice there that has no effect at present; None otherwise."""
    granted = select(Grant.company_id).where(Grant.person_id == actor.id, Grant.role.in_([role.code for role in ROLES]))
    company = db.scalar(select(Company).where(Company.id == company_id, Company.id.in_(granted)))
    return company if company is not None and company not in companies_of(db, actor) else None
