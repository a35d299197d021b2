"""Routes of Financials: customers (AR303000).

Source: help of Visma.net ERP, Customers (AR303000), tab *Invoicing settings*: a customer who is found in AutoInvoice by
organisation number is set up by itself; *Send to AutoInvoice* is ticked by hand for anybody else.
"""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.products.financials import forms, queries, services
from simulator.products.financials.views.blueprint import blueprint
from simulator.products.financials.views.company import client_with_books, screen, screen_page, without_books
from simulator.sales import books
from simulator.sales.models import Buyer, Client
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_of, page_request
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit

MENU = "financials.customers"


@blueprint.get("/ar303000")
@requires("financials.open")
def customers() -> Response:
    """List the customers, by number."""
    requested = page_request(request.args, ["number"])
    with visit().sandbox.reading() as db:
        client = client_with_books(db)
        if client is None:
            return without_books(screen(MENU), MENU)
        listing = page_of(books.buyers(db, client), requested)
    return screen_page(
        "financials/customers.html",
        screen(MENU),
        menu=MENU,
        count=i18n.t("financials.customers.found", count=i18n.show_number(listing.total)),
        listing=listing,
        address={"size": requested.size if requested.size != SIZES[0] else None},
        sizes=SIZES,
        is_ticked=queries.sends_to_autoinvoice,
    )


@blueprint.route("/ar303000/new", methods=["GET", "POST"])
@requires("financials.open")
def add_customer() -> Response:
    """Add a customer; whether the customer is found in AutoInvoice decides about *Send to AutoInvoice*."""
    title = i18n.t("financials.customers.add")
    form = forms.Customer()
    with visit().sandbox.reading() as db:
        client = client_with_books(db)
        if client is None:
            return without_books(title, MENU)
        if not form.is_submitted():
            form.number.data, form.country.data = books.next_buyer_number(db, client), client.country
    if form.validate_on_submit():
        saved = _save(form, None)
        if saved is not None:
            return redirect(url_for(".customer_invoicing", buyer_id=saved))
    return screen_page(
        "financials/customer.html",
        title,
        menu=MENU,
        form=form,
        buyer=None,
        status=422 if form.is_submitted() else 200,
    )


@blueprint.route("/ar303000/<int:buyer_id>", methods=["GET", "POST"])
@requires("financials.open")
def customer(buyer_id: int) -> Response:
    """Show a customer, and change it."""
    with visit().sandbox.reading() as db:
        buyer = _buyer(db, buyer_id)[1]
    form = forms.Customer(buyer)
    if form.validate_on_submit() and _save(form, buyer_id) is not None:
        return redirect(url_for(".customer", buyer_id=buyer_id))
    return screen_page(
        "financials/customer.html",
        screen(MENU),
        menu=MENU,
        form=form,
        buyer=buyer,
        status=422 if form.is_submitted() else 200,
    )


@blueprint.route("/ar303000/<int:buyer_id>/invoicing-settings", methods=["GET", "POST"])
@requires("financials.open")
def customer_invoicing(buyer_id: int) -> Response:
    """Show *Send to AutoInvoice* of a customer, and change it."""
    form = forms.Sending()
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            _, buyer = _buyer(db, buyer_id)
            services.set_sending(db, actor().email, buyer, through_autoinvoice=form.send_to_autoinvoice.data)
        flash_text("financials.saved")
        return redirect(url_for(".customer_invoicing", buyer_id=buyer_id))
    with visit().sandbox.reading() as db:
        _, buyer = _buyer(db, buyer_id)
    form.send_to_autoinvoice.data = queries.sends_to_autoinvoice(buyer.delivery)
    return screen_page(
        "financials/customer_invoicing.html",
        screen(MENU),
        menu=MENU,
        form=form,
        buyer=buyer,
        status=422 if form.is_submitted() else 200,
    )


@blueprint.post("/ar303000/<int:buyer_id>/look-up")
@requires("financials.open")
def look_up_customer(buyer_id: int) -> Response:
    """Look a customer up in AutoInvoice again."""
    if Plain().validate_on_submit():
        with visit().sandbox.transaction() as db:
            _, buyer = _buyer(db, buyer_id)
            receives, name = services.look_up(db, buyer), buyer.name
        _tell_look_up(receives, name)
    return redirect(url_for(".customer_invoicing", buyer_id=buyer_id))


def _save(form: forms.Customer, buyer_id: int | None) -> int | None:
    """Save what was typed; None when it was refused, which the form shows."""
    try:
        with visit().sandbox.transaction() as db:
            if buyer_id is None:
                client, buyer = client_with_books(db), None
                if client is None:
                    abort(404)
            else:
                client, buyer = _buyer(db, buyer_id)
            before = (buyer.organisation_number, buyer.receives) if buyer is not None else (None, None)
            version = whole_number(form.version.data or "")
            saved = services.save_customer(db, actor().email, client, form.details, buyer, version)
            after = (saved.organisation_number, saved.receives)
            saved_id, name = saved.id, saved.name
    except RuleViolation as refusal:
        form.refuse(refusal)
        return None
    if after != before:
        _tell_look_up(bool(after[1]), name)
    else:
        flash_text("financials.saved")
    return saved_id


def _tell_look_up(receives: bool, name: str) -> None:
    flash_text("financials.customer.in_autoinvoice" if receives else "financials.customer.not_in_autoinvoice",
               "success" if receives else "info", name=name)  # fmt: skip


def _buyer(db: Db, buyer_id: int) -> tuple[Client, Buyer]:
    """Return a customer in the books of the chosen company; 404 when there is none, or it is another company's."""
    client = client_with_books(db)
    buyer = books.buyer(db, client, buyer_id) if client is not None else None
    if client is None or buyer is None:
        abort(404)
    return client, buyer
