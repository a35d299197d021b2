"""Routes of contracts: which company has which, each as a page, orders under them; and the overview of all invoices.

Source: "Brukertips i Kundeservice": binding and notice of the two common contracts, the terms of the agreements, an overview of
one's invoices. Own choice: pages and their columns.
"""

from dataclasses import dataclass
from datetime import date

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.billing import contracts as signed
from simulator.billing import licences as licensing
from simulator.billing import orders
from simulator.billing import queries as billing
from simulator.billing.access import last_day
from simulator.billing.contract_days import ContractKind
from simulator.billing.contracts import MOST_USERS, Change, Days
from simulator.billing.models import Contract, InvoiceKind, Licence
from simulator.billing.products import BY_CODE, LicensedProduct
from simulator.billing.transfers import of_contract as transfers_of
from simulator.billing.units import unit_of
from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.directory.models import Customer
from simulator.products.settings import queries, services
from simulator.products.settings.forms import OrderUsers
from simulator.products.settings.queries import Filter
from simulator.products.settings.views import LONGEST_NUMBER, blueprint, customer, invoice_address
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


@blueprint.get("/invoices")
@requires("settings.open")
def all_invoices() -> Response:
    """List all invoices of the customer, of both kinds of numbers, newest first; each row leads to where it is explained."""
    number, kind = request.args.get("number", "").strip()[:LONGEST_NUMBER], request.args.get("type", "")
    filters = Filter(number, InvoiceKind(kind) if kind in tuple(InvoiceKind) else None)
    requested = page_request(request.args, ("date",))
    with visit().sandbox.reading() as db:
        listed = queries.all_invoices(db, customer(), filters, requested)
        products = billing.products_on(db, listed.rows)
        months = db.record.retention_months
    return page(
        "settings/all_invoices.html",
        i18n.t("settings.all_invoices"),
        menu="settings.all_invoices",
        invoices=listed,
        rows=[(row, [BY_CODE[code].name for code in products[row.id]], invoice_address(row)) for row in listed.rows],
        filters=filters,
        is_filtered=filters != Filter(),
        kinds=list(InvoiceKind),
        sizes=SIZES,
        months=months,
        address={
            "number": number or None,
            "type": filters.kind,
            "size": requested.size if requested.size != SIZES[0] else None,
        },
    )


@dataclass(frozen=True)
class Agreement:
    """A contract in the overview: its days, whether it has ended, and the names of its products."""

    contract: Contract
    days: Days
    has_ended: bool
    products: list[str]


@blueprint.get("/contracts")
@requires("settings.open")
def contracts() -> Response:
    """List the contracts by company, with the terms of each kind of agreement.

    Source: "Brukertips i Kundeservice": which agreement one has with which company, and the terms of each.
    """
    with visit().sandbox.reading() as db:
        today = _today(db)
        licences = billing.licences_of(db, customer())
        agreements = [
            Agreement(
                contract,
                signed.days_of(contract, today),
                signed.has_ended(contract, today),
                [BY_CODE[licence.product].name for licence in licences if licence.contract_id == contract.id],
            )
            for contract in billing.contracts_of(db, customer())
        ]
    return page(
        "settings/contracts.html",
        i18n.t("settings.contracts"),
        menu="settings.contracts",
        agreements=agreements,
        kinds=list(ContractKind),
        of_use=[(licence, BY_CODE[licence.product]) for licence in licences if licence.contract_id is None],
    )


@blueprint.get("/contracts/<contract_number>")
@requires("settings.open")
def contract(contract_number: str) -> Response:
    """Show a contract as a document, which takes precedence over what the manual says; it can be printed."""
    with visit().sandbox.reading() as db:
        row = billing.contract_of_number(db, customer(), contract_number) or abort(404)
        today = _today(db)
        holder = row.customer
        ordered = [(order, unit_of(order.unit), BY_CODE[order.licence.product]) for order in row.orders]
        days = signed.days_of(row, today)
        ending = {order.licence.id: order.licence for order in row.orders if order.licence.valid_to is not None}
        last_days = {BY_CODE[licence.product].name: last_day(licence) for licence in ending.values()}
        requests = transfers_of(db, row)
    after_end = {product.after_end: product for _, _, product in ordered}
    return page(
        "settings/contract.html",
        i18n.t("settings.contract.title", number=row.number),
        menu="settings.contracts",
        contract=row,
        customer=holder,
        ordered=ordered,
        days=days,
        last_days=last_days,
        transfers=requests,
        after_end=after_end,
    )


@blueprint.route(f"/licenses/<int(max={LARGEST_ID}):licence_id>/users", methods=["GET", "POST"])
@requires("settings.open")
def order(licence_id: int) -> Response:
    """Order more or fewer users: first the number, then what it leads to, then the confirmation.

    Own choice: the consequence is a page of its own, and nothing is ordered before it is confirmed there.
    """
    with visit().sandbox.reading() as db:
        licence = _licence(db, licence_id)
        today = _today(db)
        users = orders.users_of(db, licence, today)
    form = OrderUsers(users=None if request.form else users, before=users)
    change = None
    if form.validate_on_submit():
        before, target = whole_number(form.before.data or "") or 0, whole_number((form.users.data or "").strip())
        try:
            if target is None:
                raise RuleViolation("billing.order_out_of_range", field="users", most=MOST_USERS)
            if "confirmed" in request.form:
                return _order(licence_id, before, target)
            with visit().sandbox.reading() as db:
                change = signed.check_order(db, _licence(db, licence_id), before, target, today)
        except RuleViolation as refusal:
            form.refuse(refusal)
            form.before.data = str(users)
    return _order_page(licence, BY_CODE[licence.product], form, users, change)


def _order(licence_id: int, before: int, users: int) -> Response:
    with visit().sandbox.transaction() as db:
        licence = _licence(db, licence_id)
        change, made = services.order_users(db, actor(), licence, before, users, _today(db))
        product = BY_CODE[licence.product].name
        numbers = [invoice.number for invoice in made]
    if numbers:
        flash_text("settings.order.done_more", product=product, users=change.users, number=numbers[-1])
    else:
        flash_text("settings.order.done_fewer", product=product, users=change.users, day=i18n.show_date(change.starts_on))
    return redirect(url_for(".licences"))


def _order_page(licence: Licence, product: LicensedProduct, form: OrderUsers, users: int, change: Change | None) -> Response:
    return page(
        "settings/order.html",
        i18n.t("settings.order.of", product=product.name),
        menu="settings.licences",
        status=422 if form.is_submitted() and change is None else 200,
        form=form,
        licence=licence,
        contract=licence.contract,
        product=product,
        users=users,
        change=change,
    )


def _licence(db: Db, licence_id: int) -> Licence:
    """Return a licence of the customer that is under a contract."""
    licence = db.get(Licence, licence_id)
    if licence is None or licence.customer_id != customer() or licence.contract is None:
        abort(404)
    return licence


def _today(db: Db) -> date:
    return licensing.today_of(db, db.get_one(Customer, customer()))
