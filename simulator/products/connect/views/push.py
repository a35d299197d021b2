"""Routes of the second step by a request in the authenticator app."""

from flask import jsonify, redirect, url_for
from werkzeug.wrappers import Response

from simulator.directory.lockout import Outcome
from simulator.directory.signing_in import push as requests
from simulator.directory.signing_in.push import PushState
from simulator.products.connect.services import second_factor
from simulator.products.connect.services.second_factor import Method
from simulator.products.connect.views import flow
from simulator.products.connect.views.challenge import current_for
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.submissions import works_once
from simulator.web.visit import visit


@blueprint.route("/2fa/push", methods=["GET", "POST"])
@public
@works_once
def push() -> Response:
    """Wait for the answer on the phone, and say what became of the request; the button goes on once it is approved.

    Source: Connect help, sign in with two-step verification: waiting, denied, unanswered.
    """
    form = Plain()
    with flow.request_db() as db:
        current = current_for(db, Method.PUSH)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            outcome = second_factor.accept_push(db, current)
            if outcome is Outcome.RIGHT:
                return flow.go_on(db, current)
            if outcome is Outcome.LOCKED:
                form.form_errors.append(i18n.t("connect.sign_in.locked"))
        newest = requests.newest(db, current)
        state = requests.state(db, newest) if newest is not None else None
        number = newest.number if newest is not None else None
        email, person_id = current.email, current.person_id
        title = i18n.t(f"connect.push.{state or 'unsent'}_title")
        return page("connect/push.html", title, form=form, state=state, number=number, email=email, person_id=person_id)


@blueprint.post("/2fa/push/send")
@public
def send_push() -> Response:
    """Send a request, or another one; only the newest counts."""
    with flow.request_db() as db:
        current = current_for(db, Method.PUSH)
        if isinstance(current, Response):
            return current
        newest = requests.newest(db, current)
        if newest is None or requests.state(db, newest) in (PushState.DENIED, PushState.UNANSWERED):
            requests.send(db, current)
        return redirect(url_for(".push"))


@blueprint.get("/2fa/push/state")
@public
def push_state() -> Response:
    """Return what became of the request as JSON, for the page's script."""
    with visit().sandbox.reading() as db:
        current = current_for(db, Method.PUSH)
        newest = requests.newest(db, current) if not isinstance(current, Response) else None
        return jsonify(state=requests.state(db, newest) if newest is not None else None)
