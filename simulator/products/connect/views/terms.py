"""Routes of the last step: the terms of use."""

from flask import request, session
from werkzeug.wrappers import Response

from simulator.products.connect.services import steps
from simulator.products.connect.services.steps import Step
from simulator.products.connect.views import flow
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.submissions import completed, works_once


@blueprint.route("/terms", methods=["GET", "POST"])
@public
@works_once
def terms() -> Response:
    """Ask once to accept the terms of use; declining ends the sign-in."""
    form = Plain()
    with flow.request_db() as db:
        current = flow.require_step(db, Step.TERMS)
        if isinstance(current, Response):
            return current
        choice = request.form.get("choice")
        if form.validate_on_submit() and choice == "accept":
            steps.accept_terms(db, current)
            return flow.go_on(db, current)
        if form.validate_on_submit() and choice == "decline":
            steps.decline_terms(db, current)
            session.pop("sign_in", None)
            return completed(page("connect/terms_declined.html", i18n.t("connect.terms.declined_title")))
        return page("connect/terms.html", i18n.t("connect.terms.title"), form=form)
