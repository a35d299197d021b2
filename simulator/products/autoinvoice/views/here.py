"""The company a page of AutoInvoice is about: the one that was chosen when it was opened."""

from flask import g

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.web.access import has_permission
from simulator.web.visit import actor


def company_here(db: Db) -> Company:
    """Return the company that is chosen; pages with a permission of AutoInvoice always have one.

    Leaves for ``autoinvoice/_unverified.html`` whether it has still to be verified, and whether the visitor can see to that.
    """
    here = actor().company
    assert here is not None
    company = db.get_one(Company, here.id)
    verified = accounts.of(db, company).verified
    g.unverified = None if verified else "mine" if has_permission("autoinvoice.settings") else "others"
    return company
