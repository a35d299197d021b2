"""The company a page of AutoInvoice is about: the one that was chosen when it was opened."""

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.web.visit import actor


def company_here(db: Db) -> Company:
    """Return the company that is chosen; pages with a permission of AutoInvoice always have one."""
    here = actor().company
    assert here is not None
    return db.get_one(Company, here.id)
