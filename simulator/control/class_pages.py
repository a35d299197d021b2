"""The trainer's pages: classes, links for trainees, the board, one trainee, results.

Own choice, all of it. Like the lobby they answer at this machine only, or to visitors with the control token.
"""

import re
from contextlib import suppress
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from simulator.classroom import looking
from simulator.classroom.attempts import current_attempt, next_position, position_of_most, present_exercise
from simulator.classroom.board import Order, observer
from simulator.classroom.classes import Class, OtherVersion, Trainee
from simulator.classroom.exercises import exercise, title_of, words
from simulator.classroom.messages import LONGEST_MESSAGE, displayed_messages
from simulator.classroom.progress import filled, progress
from simulator.classroom.roster import BadRoster
from simulator.classroom.teaching import ACTIONS, MOST_MINUTES, classroom
from simulator.control import class_results, lobby
from simulator.control.class_forms import NewClass, Roster, choices, problem_lines
from simulator.control.damage import DAMAGE
from simulator.control.table import settings, store
from simulator.core.clock import machine_now
from simulator.core.errors import AlreadyExists, BadInput, NotFound, RuleViolation
from simulator.core.events import Event
from simulator.core.texts import NAMES, text
from simulator.directory import journal
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.errors import problem_page
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.sessions import mark_trainer
from simulator.web.sheets import CSV_TYPE, XLSX_TYPE, excel, separated

blueprint = Blueprint("classes", __name__, template_folder="templates")

CONFIRMED = frozenset({"undo", "put-back", "end", "solve", "skip", "remove"})
"""Actions that are carried out once the trainer has confirmed them; for everybody *Next exercise*, too."""
NEWEST_EVENTS = 100
TOKEN = re.compile(rb' name="csrf_token" value="[^"]*"')
_OF_A_LOOK = (
    "sandbox allow-same-origin; default-src 'none'; style-src {static} 'unsafe-inline'; font-src {static}; "
    "img-src {static} data:; frame-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""The policy of a page that is looked at: no scripts, forms or further requests of a sandbox; same origin for its fonts only."""


@blueprint.before_request
def check_visitor() -> Response | None:
    """Admit whom the lobby admits."""
    return lobby.check_visitor()


@blueprint.errorhandler(Forbidden)
def _elsewhere(error: Forbidden) -> Response:
    return problem_page(403, "elsewhere")


@blueprint.errorhandler(NotFound)
def _gone(error: NotFound) -> Response:
    return page("class/problem.html", i18n.t("class.gone.title"), status=404, text=i18n.t("class.gone.text"))


@blueprint.errorhandler(OtherVersion)
def _unreadable(error: OtherVersion) -> Response:
    return page("class/problem.html", i18n.t("class.unreadable"), status=409, reason=str(error))


@blueprint.get("/class")
@public
def list_classes() -> Response:
    """List the classes."""
    rows, unreadable = [], []
    for name in classroom().classes.names():
        try:
            rows.append(classroom().classes.get(name))
        except OtherVersion as error:
            unreadable.append((name, str(error)))
    rows.sort(key=lambda class_: (class_.open_from, class_.name), reverse=True)
    return page("class/list.html", i18n.t("class.list"), rows=rows, unreadable=unreadable)


@blueprint.route("/class/new", methods=["GET", "POST"])
@public
def new_class() -> Response:
    """Ask what a new class does, and open it."""
    form, status = NewClass(), 200
    ids = form.exercises
    if form.change:
        form.take_file()
    elif request.method == "POST":
        status = 422
        is_valid, entries = form.validate_on_submit(), form.entries()
        if not ids:
            form.form_errors.append(i18n.t("class.no_exercise"))
            is_valid = False
        if entries == [] and not form.joins_by_code.data:
            form.roster.errors = [i18n.t("class.roster.nobody_can_come")]
            is_valid = False
        if is_valid and entries is not None:
            try:
                class_ = classroom().open(
                    str(form.title.data),
                    exercise_ids=ids,
                    mode=form.mode.data,
                    language=form.language.data,
                    entries=entries,
                    joins_by_code=form.joins_by_code.data,
                )
            except BadRoster as refused:
                form.roster.errors = problem_lines(refused)
            except BadInput as error:
                form.form_errors.extend(what for _, what in error.problems)
            except AlreadyExists as error:
                form.title.errors = [i18n.t("class.name_taken", name=error.name)]
            else:
                return redirect(url_for(".sheet", class_name=class_.name))
    subjects, manuals = choices(form.filter)
    every = {choice.id: choice for group in (*subjects.values(), *manuals.values()) for choice in group}
    chosen = [every[id_] for id_ in ids if id_ in every]
    values: dict[str, Any] = {"subjects": subjects, "manuals": manuals, "chosen": chosen, "ids": ids}
    values["is_empty"] = not any(choice.is_displayed for choice in every.values())
    return page("class/new.html", i18n.t("class.new"), status=status, form=form, **values)


@blueprint.get("/class/<class_name>")
@public
def board(class_name: str) -> Response:
    """Show how far everybody is."""
    class_ = classroom().classes.get(class_name)
    return page("class/board.html", class_.title, class_=class_, **_board_values(class_))


@blueprint.get("/class/<class_name>/rows")
@public
def board_rows(class_name: str) -> Response:
    """Return the part of the board that changes, for the page that follows it; nothing when it is as the caller has it."""
    class_ = classroom().classes.get(class_name)
    template = "class/_beamer.html" if request.args.get("view") == "beamer" else "class/_board.html"
    response = page(template, class_.title, class_=class_, **_board_values(class_))
    # Of what is read: the tokens of forms differ each time.
    response.set_etag(sha256(TOKEN.sub(b"", response.get_data())).hexdigest()[:24])
    return response.make_conditional(request)


@blueprint.get("/class/<class_name>/beamer")
@public
def beamer(class_name: str) -> Response:
    """Show the join code, and without names how many have reached which goal; to be read from the back."""
    class_ = classroom().classes.get(class_name)
    return page("class/beamer.html", class_.title, class_=class_, **_board_values(class_))


@blueprint.get("/class/<class_name>/sheet")
@public
def sheet(class_name: str) -> Response:
    """Show each trainee's link as text and as QR code, to be printed and cut."""
    class_ = classroom().classes.get(class_name)
    rows = [(trainee, _link(class_, trainee), _qr(_link(class_, trainee))) for trainee in class_.trainees.values()]
    return page("class/sheet.html", i18n.t("class.sheet.title", title=class_.title), class_=class_, rows=rows, join=_join())


@blueprint.route("/class/<class_name>/add", methods=["GET", "POST"])
@public
def add_trainees(class_name: str) -> Response:
    """Add trainees who come late."""
    class_, form, status = classroom().classes.get(class_name), Roster(), 200
    if request.method == "POST":
        status = 422
        is_valid, entries = form.validate_on_submit(), form.entries()
        if is_valid and entries is not None and not entries:
            form.roster.errors = [i18n.t("class.roster.nobody")]
        elif is_valid and entries:
            try:
                classroom().add(class_name, entries)
            except BadRoster as refused:
                form.roster.errors = problem_lines(refused)
            except RuleViolation as refusal:
                form.refuse(refusal)
            except AlreadyExists as error:
                form.roster.errors = [i18n.t("class.name_taken", name=error.name)]
            else:
                flash_text("class.added", count=len(entries))
                return redirect(url_for(".sheet", class_name=class_name))
    return page("class/add.html", i18n.t("class.add"), status=status, form=form, class_=class_)


@blueprint.get("/class/<class_name>/trainee/<trainee>")
@public
def show_trainee(class_name: str, trainee: str) -> Response:
    """Show a trainee: goals with what is there, what happened, and where to help."""
    class_ = classroom().classes.get(class_name)
    member = _member(class_, trainee)
    row = observer().row(class_, member, i18n.language(), machine_now())
    attempt = current_attempt(class_, member)
    notes = [(at, i18n.t(f"class.note.{note}")) for at, note in attempt.notes]
    notes += [
        (message.at, i18n.t(f"class.note.{'withdrawn' if message.withdrawn_at else 'message'}", text=message.text))
        for message in class_.messages
        if message.trainee in (None, trainee)
    ]
    values: dict[str, Any] = {"findings": [], "story": [], "key": None, "text": None}
    try:
        with store().open(attempt.sandbox) as sandbox, sandbox.reading() as db:
            entry = exercise(row.exercise, member.number)
            if class_.ended_at is None:
                values["findings"] = [goal.missing(db, i18n.language()) for goal in progress(db, entry).goals]
            newest = select(Event).where(Event.at >= db.record.born_at).order_by(Event.id.desc()).limit(NEWEST_EVENTS)
            values["story"] = journal.lines(db, db.scalars(newest).all())
            values["key"] = sandbox.join_key() if settings().control_token is not None else None
            values["hints"] = [
                filled(words(hint, i18n.language(), entry.language), db, entry.person) for hint in entry.hints
            ]
            values["has_dealer"] = bool(entry.solution.before)
            values["text"] = filled(words(entry.task, i18n.language(), entry.language), db, entry.person)
    except (NotFound, *DAMAGE):
        values["hints"] = []
    response = page(
        "class/trainee.html",
        member.name,
        class_=class_,
        row=row,
        link=_link(class_, member),
        notes=[(datetime.fromisoformat(at), note) for at, note in sorted(notes, key=lambda entry: entry[0], reverse=True)],
        exercises=_titles(class_),
        most_minutes=MOST_MINUTES,
        sent=[(message, readers) for message, readers in displayed_messages(class_) if member in readers],
        **values,
    )
    for own in member.attempts.values():
        mark_trainer(response, own.sandbox)
    return response


@blueprint.get("/class/<class_name>/trainee/<trainee>/look")
@public
def look(class_name: str, trainee: str) -> Response:
    """Show the page that a trainee has open, in a frame in which nothing can be done; or say why it cannot be shown."""
    class_ = classroom().classes.get(class_name)
    member = _member(class_, trainee)
    open_page = _open_page(class_, member)
    title = i18n.t("class.look_at", name=member.name)
    return page("class/look.html", title, class_=class_, member=member, open_page=open_page)


@blueprint.get("/class/<class_name>/trainee/<trainee>/look/page")
@public
def look_page(class_name: str, trainee: str) -> Response:
    """Return the page that a trainee has open, without anything that acts."""
    class_ = classroom().classes.get(class_name)
    open_page = _open_page(class_, _member(class_, trainee))
    if open_page is None or open_page.is_form:
        abort(404)
    html = looking.look(open_page)
    response = (
        Response(html, mimetype="text/html")
        if html is not None
        else page("class/elsewhere.html", i18n.t("class.look_elsewhere"))
    )
    response.headers["Content-Security-Policy"] = _OF_A_LOOK.format(static=f"{request.host_url}static/")
    return response


@blueprint.get("/class/<class_name>/confirm")
@public
def confirm(class_name: str) -> Response:
    """Ask whether what the trainer orders is meant, for one trainee or all."""
    class_, action = classroom().classes.get(class_name), request.args.get("action", "")
    if action not in {*CONFIRMED, "next", "go-to"}:
        abort(404)
    trainee = request.args.get("trainee")
    member = _member(class_, trainee) if trainee is not None else None
    about = _about(class_, action, member, request.args.get("exercise"))
    if action == "go-to" and not about:
        abort(404)
    label = i18n.t(f"class.action.{action.replace('-', '_')}")
    return page("class/confirm.html", label, class_=class_, member=member, action=action, about=about, form=Plain())


@blueprint.post("/class/<class_name>/act")
@public
def act(class_name: str) -> Response:
    """Carry out what the trainer orders, for one trainee or all; what cannot be taken back is asked about first."""
    form, action = Plain(), request.form.get("action", "")
    class_ = classroom().classes.get(class_name)
    trainee = request.form.get("trainee") or None
    member = _member(class_, trainee) if trainee is not None else None
    if action not in ACTIONS or not form.validate_on_submit():
        abort(400)
    label = i18n.t(f"class.action.{action.replace('-', '_')}")
    moves = action == "next" and member is None and any(row.at < next_position(class_) for row in class_.trainees.values())
    needs_consent = action in CONFIRMED or moves or (action == "go-to" and member is None)
    if needs_consent and request.form.get("confirmed") != "yes":
        if member is not None:
            try:
                classroom().check(class_, action, member)
            except RuleViolation as refusal:
                flash_text("class.refused", "danger", reason=i18n.refusal_text(refusal))
                return redirect(url_for(".show_trainee", class_name=class_name, trainee=trainee))
        # An address of its own, so that the browser's *Back* leads to it.
        about: dict[str, Any] = {"action": action, "trainee": trainee, "exercise": request.form.get("exercise")}
        return redirect(url_for(".confirm", class_name=class_name, **about))
    written = (request.form.get("text") or "").strip()
    if action == "message" and not 1 <= len(written) <= LONGEST_MESSAGE:
        flash_text("class.message_wrong", "danger", longest=LONGEST_MESSAGE, count=len(written))
        # With what was written, which a redirection would lose.
        again = show_trainee(class_name, member.id) if member is not None else board(class_name)
        again.status_code = 422
        return again
    values: dict[str, Any] = {key: request.form.get(key) for key in ("text", "exercise")} | {"minutes": _minutes()}
    values["message"] = request.form.get("message", type=int)
    try:
        classroom().act(class_name, action, trainee, **values)
    except AlreadyExists as error:
        flash_text("class.name_taken", "danger", name=error.name)
    except BadInput:
        flash_text("class.not_done", "danger")
    except RuleViolation as refusal:
        flash_text("class.refused", "danger", reason=i18n.refusal_text(refusal))
    else:
        minutes = values["minutes"] if action == "set-minutes" else None
        value = f": {i18n.t('class.minutes_long', count=minutes)}" if minutes is not None else ""
        flash_text("class.done", action=f"{label}{value}")
    if member is not None and trainee in classroom().classes.get(class_name).trainees:
        return redirect(url_for(".show_trainee", class_name=class_name, trainee=trainee))
    return redirect(url_for(".board", class_name=class_name))


@blueprint.get("/class/<class_name>/results")
@public
def results(class_name: str) -> Response:
    """Show what everybody did, and at which goals most got stuck, in the language that was chosen."""
    class_ = classroom().classes.get(class_name)
    spoken = _language_of_results(class_)
    rows = class_results.results(class_, observer(), spoken)
    values: dict[str, Any] = {"spoken": spoken, "say": {"t": partial(text, spoken)}, "names": NAMES}
    title = i18n.t("class.results.title", title=class_.title)
    return page("class/results.html", title, class_=class_, rows=rows, hurdles=class_results.hurdles(rows), **values)


@blueprint.get("/class/<class_name>/results.<any(csv, xlsx):format>")
@public
def results_file(class_name: str, format: str) -> Response:
    """Return the results as a file, in the language that was chosen."""
    class_ = classroom().classes.get(class_name)
    language = _language_of_results(class_)
    rows = class_results.results(class_, observer(), language)
    if format == "csv":
        content, type_ = separated(class_results.COLUMNS, rows, language), CSV_TYPE
    else:
        title = text(language, "class.results")
        content = excel(class_results.COLUMNS, rows, language, sheet=title, created=machine_now())
        type_ = XLSX_TYPE
    headers = {"Content-Disposition": f"attachment; filename={class_.name}.{format}"}
    return Response(content, mimetype=type_, headers=headers)


@blueprint.get("/class/<class_name>/report")
@public
def report(class_name: str) -> Response:
    """Show a page for each trainee, to be printed, each in the language of its trainee."""
    class_ = classroom().classes.get(class_name)
    title = i18n.t("class.report.title", title=class_.title)
    return page("class/report.html", title, class_=class_, pages=class_results.confirmations(class_, observer()))


@blueprint.route("/class/<class_name>/remove", methods=["GET", "POST"])
@public
def remove(class_name: str) -> Response:
    """Ask whether a class may be removed with all its sandboxes, and remove it."""
    form, class_ = Plain(), None
    if class_name not in classroom().classes.names():
        raise NotFound("class", class_name)
    with suppress(OtherVersion):
        class_ = classroom().classes.get(class_name)
    if form.validate_on_submit():
        classroom().remove(class_name)
        flash_text("class.removed", name=class_name)
        return redirect(url_for(".list_classes"))
    return page(
        "class/remove.html",
        i18n.t("class.remove.title", name=class_.title if class_ else class_name),
        class_=class_,
        form=form,
    )


def _member(class_: Class, trainee: str) -> Trainee:
    if trainee not in class_.trainees:
        raise NotFound("trainee", trainee)
    return class_.trainees[trainee]


def _language_of_results(class_: Class) -> str:
    """Return the language that the address names, or that of the class."""
    language = request.args.get("language", "")
    return language if language in NAMES else class_.language


def _about(class_: Class, action: str, member: Trainee | None, chosen: str | None) -> dict[str, Any]:
    """Return the exercise that an order is about: it is asked about, and sent along so that no other is meant."""
    if member is not None:
        to = member.at
    elif action == "next":
        to = next_position(class_)
    elif action == "go-to" and chosen in class_.exercises:
        to = class_.exercises.index(chosen)
    else:
        return {}
    return {"position": to + 1, "title": title_of(class_.exercises[to], i18n.language()), "exercise": class_.exercises[to]}


def _minutes() -> int | None:
    """Return the minutes of a form; None when there are none, or they are not right."""
    minutes = request.form.get("minutes", type=int)
    return minutes if minutes is not None and 0 <= minutes <= MOST_MINUTES else None


def _open_page(class_: Class, member: Trainee) -> looking.OpenPage | None:
    try:
        with store().open(member.attempts[present_exercise(class_, member)].sandbox) as sandbox:
            return looking.open_pages().of(sandbox.path)
    except NotFound:
        return None


def _board_values(class_: Class) -> dict[str, Any]:
    order: Order = "name" if request.args.get("order") == "name" else "help"
    rows = observer().rows(class_, i18n.language(), order)
    groups: dict[str, list[Any]] = {}
    for row in sorted(rows, key=lambda row: row.position):
        groups.setdefault(row.exercise, []).append(row)
    counted = [
        (
            group[0].title,
            [(goal, sum(row.goals[at][1] for row in group)) for at, (goal, _) in enumerate(group[0].goals)],
            len(group),
            max(
                (row.minutes_left for row in group if row.minutes_left is not None and not row.seen.is_solved), default=None
            ),
        )
        for group in groups.values()
    ]
    joined = sum(any(attempt.is_begun for attempt in member.attempts.values()) for member in class_.trainees.values())
    return {
        "rows": rows,
        "order": order,
        "counted": counted,
        "joined": joined,
        "join": _join(),
        "exercises": _titles(class_),
        "position": position_of_most(class_),
        "most_minutes": MOST_MINUTES,
        "sent": displayed_messages(class_),
        "qr": _qr,
    }


def _titles(class_: Class) -> dict[str, str]:
    return {id_: title_of(id_, i18n.language()) for id_ in class_.exercises}


def _join() -> str:
    """Return the address at which trainees type the join code."""
    return f"{settings().base_address}/join"


def _link(class_: Class, trainee: Trainee) -> str:
    return f"{settings().base_address}/join/{class_.name}/{trainee.key}"


@lru_cache(maxsize=256)
def _qr(address: str) -> Markup:
    """Return a QR code as an SVG element without a name: the address stands beside it."""
    from segno import make

    return Markup(make(address, error="m", micro=False).svg_inline(scale=3, border=2, omitsize=True, svgclass="qr"))
