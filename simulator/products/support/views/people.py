"""Routes of the support desk: people who need help."""

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.core.texts import NAMES
from simulator.directory import code_requests, emergency_codes
from simulator.directory.actors import Actor
from simulator.directory.cases.models import SupportCase
from simulator.directory.models import Person, Status
from simulator.products.support import forms, queries, services
from simulator.products.support.views.blueprint import blueprint
from simulator.web import i18n, listing, step_up
from simulator.web.access import requires
from simulator.web.commands import run_command
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

ID = f"<int(max={LARGEST_ID}):person_id>"


@blueprint.get("/people")
@requires("support.help")
def people() -> Response:
    """Find people of the sandbox; ``?q=`` searches names and addresses."""
    search = request.args.get("q", "").strip()[: queries.LONGEST_SEARCH]
    with visit().sandbox.reading() as db:
        persons = queries.find_people(db, search, listing.page_request(request.args, ["name"]))
    return page(
        "support/people.html",
        i18n.t("support.people"),
        menu="support.people",
        people=persons,
        search=search,
        sizes=listing.SIZES,
    )


@blueprint.get(f"/people/{ID}")
@requires("support.help")
def person(person_id: int) -> Response:
    """Show one person: the state of the account, the commands of the desk, and the history."""
    return _person_page(person_id)


@blueprint.post(f"/people/{ID}/activation")
@requires("support.help")
def send_activation(person_id: int) -> Response:
    """Send a person's activation mail again."""
    return _mail_person(person_id, services.send_activation, "support.activation.sent")


@blueprint.post(f"/people/{ID}/reset")
@requires("support.help")
def send_reset(person_id: int) -> Response:
    """Send a person a mail with a link to a new password."""
    return _mail_person(person_id, services.send_reset, "support.reset.sent")


@blueprint.route(f"/people/{ID}/right", methods=["GET", "POST"])
@requires("support.help")
def right(person_id: int) -> Response:
    """Give a person the right to generate codes, or revoke it; ``?case=`` fills in the domains of an attached form."""
    form = forms.Right()
    with visit().sandbox.reading() as db:
        person = _person(db, person_id)
        if not form.is_submitted():
            form.domains.data = "\n".join(_requested_domains(db) or emergency_codes.domains_of(db, person))
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                text = "" if "take_away" in request.form else form.domains.data or ""
                domains = services.grant_right(db, actor(), _person(db, person_id), text)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("support.right.granted" if domains else "support.right.taken_away", name=person.name)
            return redirect(url_for(".person", person_id=person_id))
    return page(
        "support/right.html",
        i18n.t("support.right"),
        menu="support.people",
        status=422 if form.is_submitted() else 200,
        form=form,
        person=person,
    )


@blueprint.route(f"/people/{ID}/emergency-code", methods=["GET", "POST"])
@requires("support.help")
def emergency_code(person_id: int) -> Response:
    """Generate a one-time emergency code for a person, after the visitor's own password; it is displayed only once.

    ``?case=`` is the number of the case that requests it, to which the page links back.

    Source: "Brukertips i Kundeservice", totrinnskontroll: support can do it for every user.
    """
    form = step_up.GenerateCode()
    with visit().sandbox.reading() as db:
        person = _person(db, person_id)
        refusal = emergency_codes.why_not(db, _person(db, actor().id), person)
        seen = code_requests.seen(db, person)
        origin = _case(db)
    own_page = url_for(".person", person_id=person_id)
    back = url_for(".show_case", case_number=origin.number) if origin else own_page
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            answer = code_requests.ask(
                db, _person(db, actor().id), _person(db, person_id), form.proof(db), form.seen.data or ""
            )
        if answer.code is not None:
            return page(
                "support/emergency_code.html", i18n.t("code_request.title"), menu="support.people", person=person,
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
        person=person,
        refusal=refusal,
        code=None,
        back=back,
    )


def _mail_person(person_id: int, command: Callable[[Db, Actor, Person], None], success: str) -> Response:
    """Run a command that mails a person; ``success`` is the text key of a message with the person's address."""

    def mail(db: Db) -> dict[str, str]:
        person = _person(db, person_id)
        command(db, actor(), person)
        return {"email": person.email}

    return run_command(
        mail, success, url_for(".person", person_id=person_id), lambda status: _person_page(person_id, status)
    )


def _person_page(person_id: int, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        person_page, case = queries.person_page(db, _person(db, person_id)), _case(db)
    person = person_page.person
    return page(
        "support/person.html",
        person.name,
        menu="support.people",
        status=status,
        person_page=person_page,
        case=case,
        language_name=NAMES.get(person.language, person.language),
        is_active=person.status == Status.ACTIVE,
        may_be_sent_activation=person.status == Status.NOT_ACTIVATED,
    )


def _requested_domains(db: Db) -> list[str]:
    """Return the domains in the form that is attached to the case of ``?case=``."""
    case = _case(db)
    form, _ = queries.attached_to(db, case) if case is not None else (None, None)
    return list(form.domains) if form is not None else []


def _case(db: Db) -> SupportCase | None:
    """Return the case that ``?case=`` names: the page that the visitor came from."""
    number = whole_number(request.args.get("case", ""))
    return queries.case(db, number) if number else None


def _person(db: Db, person_id: int) -> Person:
    return queries.visible_at_the_desk(db, actor(), person_id) or abort(404)
