"""Routes of changing the own e-mail address."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.products.details import forms, services
from simulator.products.details.views.blueprint import blueprint, form_page, run
from simulator.web.access import signed_in
from simulator.web.pages import flash_text


@blueprint.route("/email", methods=["GET", "POST"])
@signed_in
def change_email() -> Response:
    """Mail a link to the new address; the address changes when it is confirmed there.

    Source: Connect help, account settings: *Change email address*, *Send validation email*.
    """
    form = forms.ChangeEmail()
    if form.validate_on_submit() and run(
        form, lambda db, person: services.request_new_email(db, person, form.proof(db), form.email.data)
    ):
        flash_text("details.email.sent", "info", email=form.email.data)
        return redirect(url_for(".overview"))
    return form_page("details/email.html", "details.change_email", form)
