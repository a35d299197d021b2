"""Handling of every form of AutoInvoice's settings: it changes the company it was shown for, and only by its own button."""

from collections.abc import Callable

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import whole_number
from simulator.documents.accounts import accounts
from simulator.products.autoinvoice.forms.fields import CompanyForm, Settings
from simulator.products.autoinvoice.queries import companies as queries
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


def is_good(form: CompanyForm) -> bool:
    """Return whether a submitted form was shown for the chosen company and every field is valid."""
    return is_for_chosen_company(form) and bool(form.validate())


def is_for_chosen_company(form: CompanyForm) -> bool:
    """Return whether the form was shown for the chosen company; another window may have chosen another one.

    Own choice: only the chosen company can be changed. A form for another company is refused when the visitor can choose
    that company, or could until it was deactivated; otherwise the answer is 404.
    """
    chosen, form_company_id = actor().company, form.company.data
    assert chosen is not None
    if not form_company_id or form_company_id == str(chosen.id):
        return True
    if all(str(company.id) != form_company_id for company in actor().companies):
        with visit().sandbox.reading() as db:
            company_id = whole_number(form_company_id)
            inactive = queries.company_of_ineffective_role(db, actor(), company_id) if company_id is not None else None
        if inactive is None:
            abort(404)
        form.refuse(RuleViolation("autoinvoice.company_deactivated", company=inactive.name))
        return False
    form.refuse(RuleViolation("autoinvoice.other_company", company=chosen.name))
    return False


def edit(form: Settings, endpoint: str, show: Callable[[int], Response]) -> Response:
    """Show settings of the chosen company, or save them when the form is submitted.

    Args:
        form: the settings, with the choices of their lists.
        endpoint: where to redirect after saving.
        show: renders the page with an HTTP status.
    """
    if not form.is_submitted():
        return show(200)
    if not is_good(form):
        return show(422)
    with visit().sandbox.transaction() as db:
        changed = accounts.change(db, actor().email, accounts.of(db, chosen_company(db)), **form.submitted())
    flash_text("autoinvoice.saved" if changed else "autoinvoice.elma.unchanged", "success" if changed else "info")
    return redirect(url_for(endpoint))
