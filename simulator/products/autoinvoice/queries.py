"""Reads that feed AutoInvoice's pages."""

from collections.abc import Sequence

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Grant
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER
from simulator.documents.participants import Standing

ROLES = (AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER)


def companies_of(db: Db, actor: Actor) -> Sequence[Company]:
    """Return the companies at which somebody has a role in AutoInvoice, by name."""
    granted = select(Grant.company_id).where(Grant.person_id == actor.id, Grant.role.in_([role.code for role in ROLES]))
    return db.scalars(select(Company).where(Company.id.in_(granted)).order_by(Company.name, Company.id)).all()


def state_text(standing: Standing) -> str:
    """Return the text key of the sentence that says how a company stands in ELMA."""
    if not standing.norwegian:
        return "autoinvoice.elma.state.foreign"
    if standing.state is None:
        return "autoinvoice.elma.state.none"
    if not standing.ours:
        return "autoinvoice.elma.state.other"
    return f"autoinvoice.elma.state.{standing.state}"
