"""Routes of Admin: a one-time emergency code for a user without any means of signing in."""

from urllib.parse import quote

from flask import Response as Answer
from flask import abort, url_for
from werkzeug.wrappers import Response

from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.directory import code_requests, code_right_form, emergency_codes
from simulator.directory.models import Person
from simulator.products.admin import emergency
from simulator.products.admin.queries import users as queries
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n, step_up
from simulator.web.access import requires
from simulator.web.pages import page
from simulator.web.visit import actor, visit

CODE = f"/users/<int(max={LARGEST_ID}):user_id>/emergency-code"


@blueprint.route(CODE, methods=["GET", "POST"])
@requires("admin.generate_code")
def emergency_code(user_id: int) -> Response:
    """Generate a code for a user, after the administrator's own password; it is displayed only once and not mailed.

    Source: "Brukertips i Kundeservice", totrinnskontroll: an Admin user with the right, for the e-mail domains of the right;
    "Økonomibistand, knowledge base, entry 999", for the own password. Own choice: a refused administrator sees
    the reason, and how to get the right.
    """
    form = step_up.GenerateCode()
    with visit().sandbox.reading() as db:
        user = _user(db, user_id)
        refusal = emergency_codes.why_not(db, _administrator(db), user)
        seen = code_requests.seen(db, user)
    code = None
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            answer = code_requests.ask(db, _administrator(db), _user(db, user_id), form.proof(db), form.seen.data or "")
        code = answer.code
        if code is None:
            step_up.show_refusal(form, answer.refusal)
    form.seen.data = seen
    return page(
        "admin/emergency_code.html",
        i18n.t("code_request.title"),
        menu="admin.users",
        status=422 if form.is_submitted() and code is None else 200,
        form=form,
        user=user,
        code=code,
        refusal=refusal,
        form_helps=refusal in emergency.FORM_HELPS,
        back=url_for("admin.user", user_id=user_id),
    )


@blueprint.get(f"{CODE}/form")
@requires("admin.generate_code")
def emergency_code_form(user_id: int) -> Response:
    """Download the form that asks support for the right, filled in.

    Source: "Brukertips i Kundeservice", totrinnskontroll, *Rettigheter til å generere engangskoden*.
    """
    with visit().sandbox.reading() as db:
        form = emergency.filled_in(db, actor(), _user(db, user_id))
    content = code_right_form.write(i18n.language(), form)
    response = Answer(content.encode(), content_type="text/plain; charset=utf-8")
    name = quote(f"{i18n.t('code_right_form.title')}.txt", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _administrator(db: Db) -> Person:
    return db.get_one(Person, actor().id)


def _user(db: Db, user_id: int) -> Person:
    user = queries.visible_user(db, actor(), user_id)
    if user is None:
        abort(404)
    return user
