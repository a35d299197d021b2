"""The form with which a customer gives notice of a contract; it composes the mail to the cancellations desk.

Source: "Brukertips i Kundeservice": all notice is sent in writing to *oppsigelse@visma.no*. Own choice: the form.
"""

from datetime import date

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.billing import cancellation_mails as mails
from simulator.billing import queries as billing
from simulator.billing.cancellations import Cancellation, CancellationRefused
from simulator.billing.contract_days import ContractKind, last_day_of_notice_for
from simulator.core.desks import CANCELLATIONS
from simulator.products.settings.forms import GiveNotice
from simulator.products.settings.views import blueprint, customer
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


@blueprint.route("/contracts/<contract_number>/cancel", methods=["GET", "POST"])
@requires("settings.open")
def cancel(contract_number: str) -> Response:
    """Show until when notice counts for which end, and mail it to the cancellations desk."""
    form = GiveNotice()
    cancellation: Cancellation | None = None
    refusal: CancellationRefused | None = None
    with visit().sandbox.reading() as db:
        contract = billing.contract_of_number(db, customer(), contract_number) or abort(404)
        holder, kind = contract.customer, ContractKind(contract.kind)
        try:
            cancellation = mails.check(db, actor(), contract)
        except CancellationRefused as error:
            refusal = error
        else:
            ends = mails.ends(contract, cancellation.ends_on)
            form.end.choices = [(end.isoformat(), i18n.show_date(end)) for end in ends]
            deadline = last_day_of_notice_for(kind, cancellation.ends_on)
            last_days = mails.last_days(cancellation)
    if refusal is not None or cancellation is None:
        assert refusal is not None
        return page(
            "settings/cancel.html",
            i18n.t("settings.cancel"),
            menu="settings.contracts",
            contract=contract,
            refusal=i18n.refusal_text(refusal),
            address=CANCELLATIONS.alias,
        )
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                row = billing.contract_of_number(db, customer(), contract_number) or abort(404)
                end = date.fromisoformat(form.end.data)
                mails.send(db, actor(), row, end, form.remark.data or "", i18n.language())
        except CancellationRefused as error:
            form.refuse(error)
        else:
            flash_text("settings.cancel.done", number=contract_number, email=CANCELLATIONS.alias)
            return redirect(url_for(".contract", contract_number=contract_number))
    return page(
        "settings/cancel.html",
        i18n.t("settings.cancel"),
        menu="settings.contracts",
        status=422 if form.is_submitted() else 200,
        form=form,
        contract=contract,
        holder=holder,
        products=cancellation.products,
        first_end=cancellation.ends_on,
        deadline=deadline,
        last_days=last_days,
        address=CANCELLATIONS.alias,
        email=actor().email,
    )
