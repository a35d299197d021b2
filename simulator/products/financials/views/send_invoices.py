"""Routes of Financials: send invoices (AR508000).

Source: help of Visma.net ERP, Send invoices (AR508000): *Action*, *Start date* and *End date* of creation, *Show closed
invoices/credit notes*, *Process*, *Process all*, *View document*. Own choice: the days hold both ends, and at most
200 are processed at once.
"""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.numbers import whole_number
from simulator.products.financials import queries, services
from simulator.products.financials.queries import Action, Selection
from simulator.products.financials.views.blueprint import blueprint
from simulator.products.financials.views.company import (
    client_with_books,
    invoice_count,
    screen,
    screen_page,
    without_books,
)
from simulator.products.financials.views.results import process
from simulator.sales import invoice_search
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES
from simulator.web.pages import flash_text
from simulator.web.visit import visit

MENU = "financials.send_invoices"
DAYS = ("start", "end")


@blueprint.get("/ar508000")
@requires("financials.open")
def send_invoices() -> Response:
    """List the invoices that the chosen action is for."""
    selection = queries.read_selection(request.args)
    problems = i18n.day_problems(*DAYS)
    with visit().sandbox.reading() as db:
        client = client_with_books(db)
        if client is None:
            return without_books(screen(MENU), MENU)
        is_listed = selection.action.is_simulated and not problems
        listing = queries.selected(db, client, selection) if is_listed else None
    return screen_page(
        "financials/send_invoices.html",
        screen(MENU),
        menu=MENU,
        count=invoice_count(listing.total) if listing is not None else None,
        problems=problems,
        actions=list(Action),
        selection=selection,
        listing=listing,
        address=selection.address,
        sizes=SIZES,
        status_of=queries.status,
        changing=queries.CHANGING,
        is_processable=queries.is_processable,
    )


@blueprint.post("/ar508000")
@requires("financials.open")
def process_invoices() -> Response:
    """Process the ticked invoices, or all that the list has; or open the first of them."""
    selection = queries.read_selection(request.form)
    back = redirect(url_for(".send_invoices", **selection.address))
    if not Plain().validate_on_submit() or not selection.action.is_simulated:
        return back
    typed = {name: request.form[name] for name in DAYS if request.form.get(name, "").strip()}
    if any(i18n.read_day(day) is None for day in typed.values()):
        return redirect(url_for(".send_invoices", **selection.address | typed))
    ticked = [number for number in map(whole_number, request.form.getlist("invoice")) if number is not None]
    command = request.form.get("command")
    if command == "process_all":
        _process_all(selection)
    elif not ticked:
        flash_text("financials.send_invoices.nothing_ticked", "warning")
    elif command == "view":
        return redirect(url_for(".invoice", invoice_id=ticked[0]))
    elif command == "process":
        process(selection.action, list(dict.fromkeys(ticked))[: services.MOST])
    return back


def _process_all(selection: Selection) -> None:
    with visit().sandbox.reading() as db:
        client = client_with_books(db)
        if client is None:
            return
        search = queries.processable(selection)
        total = invoice_search.count(db, client, search)
        ids = invoice_search.ids(db, client, search, size=services.MOST)
    if not ids:
        flash_text("financials.send_invoices.none", "warning")
        return
    process(selection.action, ids)
    if total > len(ids):
        flash_text("financials.send_invoices.rest", "warning", count=i18n.show_number(total - len(ids)))
