"""Routes of the customer register.

Source: Visma Administration 2000, *Försäljning - Kunder*, the tabs *Grunduppgifter*, *Utskriftsval* and *E-post per dokument*; the
organisation number tells the program whether the customer receives e-invoices. Own choice: what it found is said as soon as the
field is left, and by a button where no script runs.
"""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.products.administration import forms, queries, services
from simulator.products.administration.views.blueprint import BUYER, CLIENT, blueprint, buyer_of, in_window, installed
from simulator.sales import books
from simulator.sales.models import Buyer, Delivery
from simulator.web import desktop, i18n
from simulator.web.access import signed_in
from simulator.web.desktop import Window
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit

Tab = tuple[str, str, bool]


@blueprint.get(f"{CLIENT}/customers")
@signed_in
def customers(client: int) -> Response:
    """List the customers of a client."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, buyers = in_window(program), books.buyers(db, program.client)
        rows = [(buyer, queries.usual_delivery(db, program.client, buyer)) for buyer in buyers]
    return desktop.window(
        "administration/customers.html", i18n.t("administration.customers"), window, rows=rows, client=client
    )


@blueprint.route(f"{CLIENT}/customers/new", methods=["GET", "POST"])
@signed_in
def new_customer(client: int) -> Response:
    """Add a customer."""
    form = forms.BuyerForm()
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window = in_window(program)
        if not form.is_submitted():
            form.number.data, form.country.data = books.next_buyer_number(db, program.client), program.client.country
    if _is_saved(form):
        try:
            with visit().sandbox.transaction() as db:
                details = form.details(Delivery.AUTOINVOICE)
                buyer = books.save_buyer(db, installed(db, client).client, details, actor=actor().email)
                saved, receives = buyer.id, buyer.receives
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("administration.customer.saved_receives" if receives else "administration.customer.saved")
            return redirect(url_for(".customer", client=client, buyer=saved))
    return _customer_page(client, window, form, i18n.t("administration.new_customer"), ())


@blueprint.route(BUYER, methods=["GET", "POST"])
@signed_in
def customer(client: int, buyer: int) -> Response:
    """Show or change the basic data of a customer."""
    form = forms.BuyerForm()
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, stored = in_window(program), buyer_of(db, program.client, buyer)
        if not form.is_submitted():
            form.process(obj=stored)
    if _is_saved(form):
        try:
            with visit().sandbox.transaction() as db:
                owner = installed(db, client).client
                present = buyer_of(db, owner, buyer)
                received = present.receives
                details = form.details(Delivery(present.delivery))
                version = form.stored_version
                books.save_buyer(db, owner, details, actor=actor().email, buyer=present, version=version)
                receives = present.receives and not received
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("administration.customer.saved_receives" if receives else "administration.customer.saved")
            return redirect(url_for(".customer", client=client, buyer=buyer))
    return _customer_page(client, window, form, stored.name, _tabs(client, stored, "customer"))


def _is_saved(form: forms.BuyerForm) -> bool:
    """Return whether the form is good and the button pressed was not the one that only looks the number up."""
    return bool(form.is_submitted() and request.form.get("action") != "look_up" and form.validate())


def _customer_page(client: int, window: Window, form: forms.BuyerForm, title: str, tabs: tuple[Tab, ...]) -> Response:
    with visit().sandbox.reading() as db:
        country = forms.country_of(installed(db, client).client, form.country.data)
        answer = queries.look_up(db, country, form.organisation_number.data or "")
    return desktop.window(
        "administration/customer.html",
        title,
        window,
        status=422 if form.problems else 200,
        form=form,
        client=client,
        tabs=tabs,
        answer=answer,
    )


@blueprint.get(f"{CLIENT}/customers/look-up")
@signed_in
def look_up(client: int) -> str:
    """Return what the program notices of ``?organisation_number=`` and ``country=``, as a part of a page."""
    with visit().sandbox.reading() as db:
        country = forms.country_of(installed(db, client).client, request.args.get("country"))
        answer = queries.look_up(db, country, request.args.get("organisation_number", ""))
    return render_template("administration/_answer.html", answer=answer)


@blueprint.route(f"{BUYER}/delivery", methods=["GET", "POST"])
@signed_in
def customer_delivery(client: int, buyer: int) -> Response:
    """Show or change how a customer wants invoices."""
    form = forms.DeliveryForm()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                owner = installed(db, client).client
                present = buyer_of(db, owner, buyer)
                version = form.stored_version
                services.set_delivery(db, owner, present, form.choice, actor=actor().email, version=version)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("administration.customer.saved")
            return redirect(url_for(".customer_delivery", client=client, buyer=buyer))
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, stored = in_window(program), buyer_of(db, program.client, buyer)
        choices = services.choices(db, program.client, stored, "invoice")
        if not form.is_submitted():
            usual = services.usual_choice(db, program.client, stored, "invoice", Delivery(stored.delivery))
            form.delivery.data, form.version.data = usual, str(stored.version)
    return desktop.window(
        "administration/customer_delivery.html",
        stored.name,
        window,
        status=422 if form.is_submitted() else 200,
        form=form,
        client=client,
        tabs=_tabs(client, stored, "customer_delivery"),
        choices=choices,
        refusal_text=i18n.refusal_text,
    )


@blueprint.get(f"{BUYER}/email")
@signed_in
def customer_email(client: int, buyer: int) -> Response:
    """Show which address each type of document goes to."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, stored = in_window(program), buyer_of(db, program.client, buyer)
    return desktop.window(
        "administration/customer_email.html",
        stored.name,
        window,
        buyer=stored,
        client=client,
        tabs=_tabs(client, stored, "customer_email"),
        kinds=[forms.kind_name(kind) for kind in queries.KINDS],
    )


def _tabs(client: int, buyer: Buyer, present: str) -> tuple[Tab, ...]:
    tabs = (
        ("customer", "administration.customer.basic"),
        ("customer_delivery", "administration.delivery"),
        ("customer_email", "administration.customer.email_by_document"),
    )
    return tuple(
        (i18n.t(text), url_for(f".{endpoint}", client=client, buyer=buyer.id), endpoint == present)
        for endpoint, text in tabs
    )
