"""Routes of the desks: the list of cases, one case, and the actions on it."""

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core import desks
from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.core.texts import NAMES
from simulator.directory import support
from simulator.directory.cases import actions, commands
from simulator.directory.cases.models import CaseState, SupportCase
from simulator.directory.cases.queries import NOBODY, CaseFilters, file_of, staff
from simulator.directory.models import Person
from simulator.products.support import canned, forms, queries
from simulator.products.support.views.blueprint import blueprint
from simulator.web import i18n, listing
from simulator.web.access import requires
from simulator.web.attachments import limits
from simulator.web.conversations import FOLLOW_SECONDS
from simulator.web.download import download
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

NUMBER = f"<int(max={LARGEST_ID}):case_number>"
LIST_FOLLOW_SECONDS = 5
CHOICES = (queries.UNFINISHED, *CaseState, queries.ALL)


@blueprint.get("/")
@requires("support.help")
def requests() -> Response:
    """List cases, the last changed first; ``?desk=``, ``state=``, ``assigned=`` and ``q=`` filter them."""
    choice = request.args.get("state", "")
    state = choice if choice in CHOICES else queries.UNFINISHED
    desk = request.args.get("desk", "") if request.args.get("desk") in desks.BY_CODE else ""
    search = request.args.get("q", "").strip()[: queries.LONGEST_SEARCH]
    with visit().sandbox.reading() as db:
        people = staff(db)
        assigned = request.args.get("assigned", "")
        assigned = assigned if assigned in (NOBODY, *(str(person.id) for person in people)) else ""
        filters = CaseFilters(desk=desk, states=queries.states(state), assigned=assigned, search=search)
        listed = queries.list_cases(db, filters, listing.page_request(request.args, ["changed"]))
    return page(
        "support/cases.html",
        i18n.t("support.requests"),
        menu="support.requests",
        cases=listed,
        desk=desk,
        desks=list(desks.BY_CODE),
        state=state,
        states=CHOICES,
        assigned=assigned,
        staff=people,
        search=search,
        is_filtered=bool(desk or assigned or search or state != queries.UNFINISHED),
        sizes=listing.SIZES,
        follow_seconds=LIST_FOLLOW_SECONDS,
        addresses=support.desk_addresses(),
    )


@blueprint.get(f"/requests/<int(max={LARGEST_ID}):message_id>")
@requires("support.help")
def show_request(message_id: int) -> Response:
    """Redirect from a mail to a desk to its case."""
    with visit().sandbox.reading() as db:
        number = queries.case_of_message(db, message_id) or abort(404)
    return redirect(url_for(".show_case", case_number=number))


@blueprint.route(f"/cases/{NUMBER}", methods=["GET", "POST"])
@requires("support.help")
def show_case(case_number: int) -> Response:
    """Show one case, and carry out what its buttons say.

    ``do`` is ``answer``, ``solve``, ``note``, ``pick_up``, ``end`` or ``assign``. ``?reply=`` fills a canned reply in.
    """
    form, assignment = forms.Answer(), forms.Assignment()
    command = request.form.get("do", "")
    with visit().sandbox.reading() as db:
        case = _case(db, case_number)
        _offer_choices(db, assignment)
        if request.method == "GET":
            form.text.data = canned.reply(case, request.args.get("reply", "")) or None
    if request.method == "POST":
        refusal: RuleViolation | None = None
        accepted = _FORMLESS.get(command) is not None or (assignment if command == "assign" else form).validate()
        if accepted:
            try:
                with visit().sandbox.transaction() as db:
                    _run(db, _case(db, case_number), db.get_one(Person, actor().id), command, form, assignment)
            except RuleViolation as error:
                refusal = error
                (assignment if command == "assign" else form).refuse(error)
            else:
                return redirect(url_for(".show_case", case_number=case_number))
        return _case_page(case_number, form, assignment, refusal.status if refusal else 422, command)
    return _case_page(case_number, form, assignment, 200, command)


@blueprint.get(f"/cases/{NUMBER}/files/<int(max={LARGEST_ID}):file_id>")
@requires("support.help")
def case_file(case_number: int, file_id: int) -> Response:
    """Download a file of a case; whatever its content, the browser saves it and does not show it."""
    with visit().sandbox.reading() as db:
        file = file_of(db, _case(db, case_number), file_id, public_only=False) or abort(404)
        return download(file.content, file.name, "application/octet-stream")


@blueprint.route(f"/cases/{NUMBER}/actions/<action>", methods=["GET", "POST"])
@requires("support.help")
def case_action(case_number: int, action: str) -> Response:
    """Carry out an action that a package offers on cases of a desk."""
    with visit().sandbox.reading() as db:
        case = _case(db, case_number)
        offered = next((entry for entry in actions.at(case.desk) if entry.code == action), None) or abort(404)
        form = forms.action_form(db, case, offered)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        values = {
            field.name: "yes" if form[field.name].data is True else form[field.name].data or "" for field in offered.fields
        }
        try:
            with visit().sandbox.transaction() as db:
                result = offered.run(db, db.get_one(Person, actor().id), _case(db, case_number), values)
        except RuleViolation as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash_text(f"case.action.{action}.done", **result)
            return redirect(url_for(".show_case", case_number=case_number))
    return page(
        "support/action.html",
        i18n.t(f"case.action.{action}"),
        menu="support.requests",
        status=status,
        form=form,
        case=case,
        action=offered,
    )


def _pick_up(db: Db, case: SupportCase, person: Person) -> None:
    commands.pick_up(db, case, person)


def _end(db: Db, case: SupportCase, person: Person) -> None:
    commands.end_chat(db, case, author=person.email, author_name=person.name)


_FORMLESS: dict[str, Callable[[Db, SupportCase, Person], None]] = {"pick_up": _pick_up, "end": _end}
"""What buttons without fields do."""


def _run(db: Db, case: SupportCase, person: Person, command: str, form: forms.Answer, assignment: forms.Assignment) -> None:
    """Carry out the command of a button."""
    if command in _FORMLESS:
        _FORMLESS[command](db, case, person)
    elif command == "note":
        commands.note(db, case, person, form.text.data, form.files)
    elif command in ("answer", "solve"):
        version = whole_number(form.version.data or "")
        solve = command == "solve"
        commands.answer(db, case, person, form.text.data, version=version or 0, solve=solve, files=form.files)
    elif command == "assign":
        version = whole_number(assignment.version.data or "") or 0
        commands.check_version(case, version)
        assigned = whole_number(assignment.assigned.data)
        commands.move(db, case, person, desks.BY_CODE[assignment.desk.data], version=None)
        commands.assign(db, case, person, db.get(Person, assigned) if assigned else None, version=None)
        commands.set_state(db, case, person, CaseState(assignment.state.data), version=None)
    else:
        abort(400)


def _offer_choices(db: Db, assignment: forms.Assignment) -> None:
    assignment.desk.choices = [(code, i18n.t(f"desk.{code}")) for code in desks.BY_CODE]
    assignment.state.choices = [(state.value, i18n.t(f"case.state.{state}")) for state in CaseState]
    people = [(str(person.id), person.name) for person in staff(db)]
    assignment.assigned.choices = [("", i18n.t("case.assigned.nobody")), *people]


def _case_page(case_number: int, form: forms.Answer, assignment: forms.Assignment, status: int, command: str) -> Response:
    with visit().sandbox.reading() as db:
        case_page = queries.case_page(db, _case(db, case_number))
        case = case_page.case
        offered = actions.at(case.desk)
    form.version.data = assignment.version.data = str(case.version)
    if command != "assign":
        assignment.desk.data, assignment.state.data = case.desk, case.state
        assignment.assigned.data = str(case.assigned_id or "")
    return page(
        "support/case.html",
        case.subject,
        limits=limits(),
        menu="support.requests",
        status=status,
        case=case,
        case_page=case_page,
        form=form,
        assignment=assignment,
        canned=[(reason, i18n.t(f"canned.{reason}")) for reason in canned.offered(case.desk)],
        actions=[action.code for action in offered],
        follow_seconds=FOLLOW_SECONDS,
        is_guest=case.person_id is None,
        language_name=NAMES[case.reply_language],
    )


def _case(db: Db, number: int) -> SupportCase:
    return queries.case(db, number) or abort(404)
