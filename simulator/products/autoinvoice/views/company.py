"""The company that a page of AutoInvoice is about: the visitor chose it when opening AutoInvoice."""

from flask import g

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.web.access import has_permission
from simulator.web.visit import actor


def chosen_company(db: Db) -> Company:
    """Return the chosen company; pages with a permission of AutoInvoice always have one.

    Sets ``g.unverified`` for ``autoinvoice/_unverified.html``: whether the company still has to be verified, and whether the
    visitor can start that.
    """
    chosen = actor().company
    assert chosen is not None
    company = db.get_one(Company, chosen.id)
    verified = accounts.of(db, company).verified
    g.unverified = None if verified else "mine" if has_permission("autoinvoice.settings") else "others"
    return company
