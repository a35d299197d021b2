"""Pages of transfers: the request from a contract, its steps, and the link with which the receiver confirms.

Source and own choice: see ``billing.transfers``.
"""

from datetime import date

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from simulator.billing import licences as licensing
from simulator.billing import orders, transfers
from simulator.billing import queries as billing
from simulator.billing.models import Contract, Licence, Transfer, TransferState
from simulator.billing.products import BY_CODE
from simulator.billing.units import unit_of
from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.products.settings import services
from simulator.products.settings.forms import TransferLicences
from simulator.products.settings.views import blueprint, customer
from simulator.web import i18n
from simulator.web.access import public, requires
from simulator.web.forms import AtMost, Plain
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

LONGEST_NUMBER = 8


@blueprint.route("/contracts/<contract_number>/transfer", methods=["GET", "POST"])
@requires("settings.open")
def transfer(contract_number: str) -> Response:
    """Request that licences of a contract go over to another company."""
    with visit().sandbox.reading() as db:
        contract = _contract(db, contract_number)
        today = licensing.today_of(db, contract.customer)
        days = transfers.first_days(contract, today)
        available = transfers.transferable(db, contract, days[0])
        labels = {licence: unit_of(orders.unit_of(orders.of_licence(db, licence, days[0]))).text for licence in available}
    form = _form(available, labels, days)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            users = {licence.id: _users(form[f"users_{licence.id}"].data) for licence in available}
            with visit().sandbox.transaction() as db:
                number = services.request_transfer(db, actor(), _contract(db, contract_number), users, form, i18n.language())
        except RuleViolation as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash_text("settings.transfer.done", number=contract_number)
            return redirect(url_for(".show_transfer", transfer_id=number))
    return page(
        "settings/transfer.html",
        i18n.t("settings.transfer"),
        menu="settings.contracts",
        status=status,
        form=form,
        contract=contract,
        licences=[(form[f"users_{licence.id}"], count) for licence, count in available.items()],
    )


@blueprint.route(f"/transfers/<int(max={LARGEST_ID}):transfer_id>", methods=["GET", "POST"])
@requires("settings.open")
def show_transfer(transfer_id: int) -> Response:
    """Show the steps of a transfer and how far it has got, to the customer that requested it and to the receiver; withdraw it."""
    form = Plain()
    with visit().sandbox.reading() as db:
        row = _visible(db, transfer_id)
        values = _values(row)
        is_own = row.contract.customer_id == customer()
    if form.is_submitted() and not is_own:
        abort(404)
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                transfers.withdraw(db, actor(), _visible(db, transfer_id))
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".show_transfer", transfer_id=transfer_id))
    return page(
        "settings/transfer_steps.html",
        i18n.t("settings.transfer.title", number=values["number"]),
        menu="settings.contracts",
        status=409 if form.is_submitted() else 200,
        form=form,
        is_own=is_own,
        steps=values,
    )


@blueprint.route("/transfer/<token>", methods=["GET", "POST"])
@public
def confirm_transfer(token: str) -> Response:
    """Show what is transferred to the receiver who follows the mailed link, and let the receiver confirm."""
    form = Plain()
    email = actor().email if visit().actor is not None else None
    with visit().sandbox.reading() as db:
        row = transfers.by_token(db, token) or abort(404)
        values = _values(row)
        may_confirm = transfers.may_confirm(db, row, email)
    status = 200
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                transfers.confirm(db, transfers.by_token(db, token) or abort(404), email)
        except RuleViolation as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash_text("settings.transfer.confirmed")
            return redirect(url_for(".confirm_transfer", token=token))
    return page(
        "settings/transfer_confirm.html",
        i18n.t("settings.transfer.title", number=values["number"]),
        with_menu=False,
        status=status,
        form=form,
        steps=values,
        may_confirm=may_confirm,
        is_signed_in=email is not None,
        sign_in=url_for("connect.sign_in", returnUrl=request.path),
    )


def _form(available: dict[Licence, int], labels: dict[Licence, str], days: list[date]) -> TransferLicences:
    """Return the form with a field for the users of each licence."""
    fields = {
        f"users_{licence.id}": StringField(labels[licence], [AtMost(LONGEST_NUMBER)], default=str(count))
        for licence, count in available.items()
    }
    form: TransferLicences = type("Transfer", (TransferLicences,), fields)()
    form.first_day.choices = [(day.isoformat(), i18n.show_date(day)) for day in days]
    return form


def _users(typed: str | None) -> int:
    """Return a number of users; nothing typed is none.

    Raises:
        RuleViolation: ``transfer.no_number``.
    """
    text = (typed or "").strip()
    count = whole_number(text) if text else 0
    if count is None:
        raise RuleViolation("transfer.no_number")
    return count


def _contract(db: Db, number: str) -> Contract:
    return billing.contract_of_number(db, customer(), number) or abort(404)


def _visible(db: Db, transfer_id: int) -> Transfer:
    row = db.get(Transfer, transfer_id)
    if row is None or customer() not in (row.contract.customer_id, row.receiver_id):
        abort(404)
    return row


def _values(row: Transfer) -> dict[str, object]:
    """Return what the pages of a transfer show."""
    return {
        "id": row.id,
        "number": row.contract.number,
        "customer": row.contract.customer.name,
        "receiver": row.name,
        "first_day": row.first_day,
        "items": [(BY_CODE[item.licence.product].name, item.users) for item in row.items],
        "state": TransferState(row.state),
        "requested_at": row.requested_at,
        "requested_by": row.requested_by,
        "confirmed_at": row.confirmed_at,
        "confirmed_by": row.confirmed_by,
        "finished_at": row.finished_at,
        "reason": row.reason,
        "case": row.case_number,
    }
