"""The company that a page of AutoInvoice is about: the visitor chose it when opening AutoInvoice."""

from contextlib import AbstractContextManager

from flask import g

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.synthetic import consumption
from simulator.web.access import has_permission
from simulator.web.visit import actor, visit


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


def reading_documents() -> AbstractContextManager[Db]:
    """Open a transaction that reads the chosen company's documents."""
    return consumption.reading_documents(visit().sandbox, _chosen_id())


def changing_documents() -> AbstractContextManager[Db]:
    """Open a transaction that changes the chosen company's documents."""
    return consumption.changing_documents(visit().sandbox, _chosen_id())


def _chosen_id() -> int:
    chosen = actor().company
    assert chosen is not None
    return chosen.id
