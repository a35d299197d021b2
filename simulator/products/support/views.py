"""Routes of the vendor's support desk."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import NAMES
from simulator.directory import code_requests, emergency_codes, support
from simulator.directory.models import Person, Status
from simulator.products.support import forms, queries, services
from simulator.products.support.queries import State
from simulator.web import i18n, listing, step_up
from simulator.web.access import requires
from simulator.web.errors import problem_page
from simulator.web.pages import flash_text, page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import actor, visit

blueprint = Blueprint("support", __name__, template_folder="templates")

ID = f"<int(max={LARGEST_ID}):person_id>"


@blueprint.errorhandler(Forbidden)
def _not_at_the_desk(_: Forbidden) -> Response:
    return problem_page(403, "desk", support=support.ADDRESS)


@blueprint.get("/")
@requires("support.help")
def requests() -> Response:
    """List the mails to support, newest first; ``?state=`` keeps the new ones (as at first), the handled ones, or all."""
    wanted = request.args.get("state", State.NEW)
    state = State(wanted) if wanted in list(State) else State.NEW
    with visit().sandbox.reading() as db:
        found = queries.requests(db, state, listing.page_request(request.args, ["sent"]))
    return page(
        "support/requests.html",
        i18n.t("support.requests"),
        menu="support.requests",
        found=found,
        state=state,
        states=list(State),
        sizes=listing.SIZES,
        address=support.ADDRESS,
    )


@blueprint.get(f"/requests/<int(max={LARGEST_ID}):message_id>")
@requires("support.help")
def show_request(message_id: int) -> Response:
    """Show one request: the mail, who sent it, and what is attached."""
    with visit().sandbox.reading() as db:
        found = queries.request(db, message_id)
        if found is None:
            abort(404)
    return page("support/request.html", found.message.subject, menu="support.requests", found=found)


@blueprint.post(f"/requests/<int(max={LARGEST_ID}):message_id>/handled")
@requires("support.help")
def mark_request(message_id: int) -> Response:
    """Mark a request as handled, or as new again."""
    handled = request.form.get("handled") == "yes"
    with visit().sandbox.transaction() as db:
        if queries.request(db, message_id) is None:
            abort(404)
        services.mark(db, actor(), message_id, handled=handled)
    flash_text("support.request.was_handled" if handled else "support.request.was_reopened")
    return redirect(url_for(".show_request", message_id=message_id))


@blueprint.get("/people")
@requires("support.help")
def people() -> Response:
    """Find people of the sandbox; ``?q=`` searches names and addresses."""
    search = request.args.get("q", "").strip()[: queries.LONGEST_SEARCH]
    with visit().sandbox.reading() as db:
        found = queries.find_people(db, search, listing.page_request(request.args, ["name"]))
    return page(
        "support/people.html",
        i18n.t("support.people"),
        menu="support.people",
        found=found,
        search=search,
        sizes=listing.SIZES,
    )


@blueprint.get(f"/people/{ID}")
@requires("support.help")
def person(person_id: int) -> Response:
    """Show one person: how the account stands, what can be done, what happened."""
    return _person_page(person_id)


@blueprint.post(f"/people/{ID}/activation")
@requires("support.help")
def send_activation(person_id: int) -> Response:
    """Send a person's activation mail again."""
    try:
        with visit().sandbox.transaction() as db:
            found = _person(db, person_id)
            services.send_activation(db, actor(), found)
    except RuleViolation as refusal:
        flash_text(f"error.{refusal.code}", "danger", **refusal.facts)
        return _person_page(person_id, refusal.status)
    flash_text("support.activation.sent", email=found.email)
    return redirect(url_for(".person", person_id=person_id))


@blueprint.post(f"/people/{ID}/reset")
@requires("support.help")
def send_reset(person_id: int) -> Response:
    """Send a person a mail with a link to a new password."""
    try:
        with visit().sandbox.transaction() as db:
            found = _person(db, person_id)
            services.send_reset(db, actor(), found)
    except RuleViolation as refusal:
        flash_text(f"error.{refusal.code}", "danger", **refusal.facts)
        return _person_page(person_id, refusal.status)
    flash_text("support.reset.sent", email=found.email)
    return redirect(url_for(".person", person_id=person_id))


@blueprint.route(f"/people/{ID}/right", methods=["GET", "POST"])
@requires("support.help")
def right(person_id: int) -> Response:
    """Give a person the right to generate codes, or take it away; ``?request=`` fills in what an attached form asks for."""
    form = forms.Right()
    with visit().sandbox.reading() as db:
        found = _person(db, person_id)
        if not form.is_submitted():
            form.domains.data = "\n".join(_asked_for(db) or emergency_codes.domains_of(db, found))
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                typed = "" if "take_away" in request.form else form.domains.data or ""
                domains = services.grant_right(db, actor(), _person(db, person_id), typed)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("support.right.granted" if domains else "support.right.taken_away", name=found.name)
            return redirect(url_for(".person", person_id=person_id))
    return page(
        "support/right.html",
        i18n.t("support.right"),
        menu="support.people",
        status=422 if form.is_submitted() else 200,
        form=form,
        person=found,
    )


@blueprint.route(f"/people/{ID}/emergency-code", methods=["GET", "POST"])
@requires("support.help")
def emergency_code(person_id: int) -> Response:
    """Generate a one-time emergency code for a person, after the own password; it is shown this once.

    ``?request=`` leads back to the request that asked for it.

    Source: "Brukertips i Kundeservice", totrinnskontroll: support can do it for every user.
    """
    form = step_up.GenerateCode()
    with visit().sandbox.reading() as db:
        found = _person(db, person_id)
        refusal = emergency_codes.why_not(db, _person(db, actor().id), found)
        seen = code_requests.seen(db, found)
        asked = _request(db)
    back = url_for(".show_request", message_id=asked.message.id) if asked else url_for(".person", person_id=person_id)
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            answer = code_requests.ask(
                db, _person(db, actor().id), _person(db, person_id), form.own_password.data, form.seen.data or ""
            )
        if answer.code is not None:
            return page(
                "support/emergency_code.html", i18n.t("code_request.title"), menu="support.people", person=found,
                code=answer.code, back=back,
            )  # fmt: skip
        step_up.show_refusal(form, answer.refusal)
    form.seen.data = seen
    return page(
        "support/emergency_code.html",
        i18n.t("code_request.title"),
        menu="support.people",
        status=422 if form.is_submitted() else 200,
        form=form,
        person=found,
        refusal=refusal,
        code=None,
        back=back,
    )


def _person_page(person_id: int, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        found, asked = queries.person_page(db, _person(db, person_id)), _request(db)
    return page(
        "support/person.html",
        found.person.name,
        menu="support.people",
        status=status,
        found=found,
        asked=asked,
        language_name=NAMES.get(found.person.language, found.person.language),
        is_active=found.person.status == Status.ACTIVE,
        may_be_sent_activation=found.person.status == Status.NOT_ACTIVATED,
    )


def _asked_for(db: Db) -> list[str]:
    """Return the domains that the form attached to a request asks for."""
    found = _request(db)
    return list(found.form.domains) if found is not None and found.form is not None else []


def _request(db: Db) -> queries.RequestPage | None:
    """Return the request that somebody came from, which ``?request=`` says."""
    wanted = request.args.get("request", "")
    number = int(wanted[:18]) if wanted.isdecimal() else 0
    return queries.request(db, number) if 0 < number <= LARGEST_ID else None


def _person(db: Db, person_id: int) -> Person:
    found = queries.visible_at_the_desk(db, actor(), person_id)
    if found is None:
        abort(404)
    return found
