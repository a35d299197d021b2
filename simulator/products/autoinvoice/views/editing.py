"""How every form of AutoInvoice's settings is taken: for the company it was shown for, and only by its own button."""

from collections.abc import Callable

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.documents.accounts import accounts
from simulator.products.autoinvoice.forms.fields import ForCompany, Settings
from simulator.products.autoinvoice.queries import companies as queries
from simulator.products.autoinvoice.views.here import company_here
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


def is_good(form: ForCompany) -> bool:
    """Say whether a form that was sent may be carried out: it was shown for the chosen company, and every field is right."""
    return is_for_chosen_company(form) and bool(form.validate())


def is_for_chosen_company(form: ForCompany) -> bool:
    """Say whether the form was shown for the company that is chosen; another window may have chosen another one.

    Own choice: only the chosen company can be changed. A form for another one is refused when the visitor
    could choose that company or could before it was deactivated, and not found when not.
    """
    here, shown = actor().company, form.company.data
    assert here is not None
    if not shown or shown == str(here.id):
        return True
    if all(str(place.id) != shown for place in actor().places):
        with visit().sandbox.reading() as db:
            is_number = shown.isascii() and shown.isdecimal() and len(shown) <= 9
            asleep = queries.resting(db, actor(), int(shown)) if is_number else None
        if asleep is None:
            abort(404)
        form.refuse(RuleViolation("autoinvoice.company_deactivated", company=asleep.name))
        return False
    form.refuse(RuleViolation("autoinvoice.other_company", company=here.name))
    return False


def edit(form: Settings, endpoint: str, show: Callable[[int], Response]) -> Response:
    """Show settings of the chosen company, or keep them when they were sent.

    Args:
        form: the settings, with the choices of its lists.
        endpoint: where it goes on afterwards.
        show: renders the page with an HTTP status.
    """
    if not form.is_submitted():
        return show(200)
    if not is_good(form):
        return show(422)
    with visit().sandbox.transaction() as db:
        changed = accounts.change(db, actor().email, accounts.of(db, company_here(db)), **form.wanted())
    flash_text("autoinvoice.saved" if changed else "autoinvoice.elma.unchanged", "success" if changed else "info")
    return redirect(url_for(endpoint))
