"""The lobby: what this is, the sandboxes, and for the chosen one its people and products.

Own choice, all of it. Like the control API it answers at this machine only, or to visitors with the control token.
"""

import hmac
from typing import Any

from flask import Blueprint, current_app, redirect, request, session, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from simulator import __version__
from simulator.control import class_sandboxes, forms, installations, lobby_queries, sandboxes
from simulator.control.damage import DAMAGE, reason
from simulator.control.guard import same_token
from simulator.control.table import guesses, scenarios, settings, store
from simulator.core import changes, copies, progress
from simulator.core.errors import AlreadyExists, BadInput, NotFound
from simulator.core.store import NAME
from simulator.core.texts import LANGUAGES, NAMES
from simulator.sales.models import Acs, Module, Opg, ProgramCode
from simulator.settings import DEFAULT
from simulator.web import i18n
from simulator.web.access import products, public
from simulator.web.errors import problem_page
from simulator.web.forms import Form, Plain
from simulator.web.origin import is_local
from simulator.web.pages import flash_text, language_entries, page
from simulator.web.sessions import set_lasting_cookie

blueprint = Blueprint("lobby", __name__, template_folder="templates")

YEAR = 365 * 24 * 3600
OPEN_TO_ALL = frozenset({"lobby.give_token", "lobby.choose_language"})


@blueprint.before_request
def check_visitor() -> Response | None:
    """Admit visitors at this machine and visitors who have entered the control token.

    Raises:
        Forbidden: there is no token, and the visitor is elsewhere.
    """
    token = settings().control_token
    if token is None:
        if not is_local(request):
            raise Forbidden
        return None
    if request.endpoint in OPEN_TO_ALL or hmac.compare_digest(str(session.get("token", "")), _proof(token)):
        return None
    to_classes = "yes" if request.blueprint == "classes" else None
    return redirect(url_for("lobby.give_token", name=_requested_name(), classes=to_classes))


@blueprint.errorhandler(Forbidden)
def _elsewhere(error: Forbidden) -> Response:
    return problem_page(403, "elsewhere")


@blueprint.errorhandler(NotFound)
def _gone(error: NotFound) -> Response:
    return problem_page(404, "no_sandbox", name=error.name[:40])


@blueprint.get("/")
@public
def lobby() -> Response:
    """Show the sandboxes, and one of them in full."""
    return _page(_create_form(), request.args.get("name"))


@blueprint.post("/lobby/create")
@public
def create() -> Response:
    """Make a sandbox, and show it."""
    form = _create_form()
    if form.validate_on_submit():
        options = dict.fromkeys(sandboxes.CREATION)
        options |= {"scenario": form.scenario.data, "language": form.language.data or None}
        try:
            options["name"] = _name(form)
            created = sandboxes.create(store(), options, scenarios())
        except (BadInput, AlreadyExists, ValueError) as error:
            key = "lobby.name_taken" if isinstance(error, AlreadyExists) else "lobby.name_wrong"
            if isinstance(error, BadInput) and all(where != "name" for where, _ in error.problems):
                # Of a scenario file that changed since the list was made, or that depends on the day.
                form.scenario.errors = [f"{where}: {what}" for where, what in error.problems]
            else:
                form.name.errors = [i18n.t(key)]
        else:
            flash_text("lobby.created", name=created["name"])
            return redirect(url_for(".lobby", name=created["name"]))
    return _page(form, None, status=422)


@blueprint.get("/lobby/progress")
@public
def show_progress() -> Response:
    """Show the work that takes long; the lobby follows it here while it waits for a sandbox."""
    return page("lobby/progress.html", i18n.t("lobby.progress.title"), tasks=progress.running())


@blueprint.route("/lobby/reset", methods=["GET", "POST"])
@public
def reset() -> Response:
    """Ask whether a sandbox may be reset, and reset it; that of a class, the class does."""
    name, form = _named(), Plain()
    if (in_class := _in_class(name)) is not None:
        return _lead_to_class(in_class)
    if form.validate_on_submit():
        sandboxes.reset(store(), name)
        flash_text("lobby.reset.done", name=name)
        return redirect(url_for(".lobby", name=name))
    return _confirm("reset", name, form)


@blueprint.route("/lobby/delete", methods=["GET", "POST"])
@public
def delete() -> Response:
    """Ask whether a sandbox may be deleted, and delete it; that of a class, the class does."""
    name, form = _named(), Plain()
    if (in_class := _in_class(name)) is not None:
        return _lead_to_class(in_class)
    if form.validate_on_submit():
        sandboxes.delete(store(), name)
        flash_text("lobby.delete.done", name=name)
        return redirect(url_for(".lobby"))
    return _confirm("delete", name, form)


@blueprint.get("/lobby/diff")
@public
def show_diff() -> Response:
    """Show what changed in a sandbox since its creation or a snapshot."""
    from simulator.control import differences

    name, start = _named(), request.args.get("from") or differences.CREATION
    there = [snapshot.name for snapshot in copies.snapshots(store(), name)]
    if start not in (differences.CREATION, *there):
        flash_text("diff.no_snapshot", "danger", name=start[:40])
        start = differences.CREATION
    comparison = differences.compare(store(), name, start)
    return page(
        "lobby/diff.html",
        i18n.t("diff.title", name=name),
        name=name,
        start=start,
        snapshots=there,
        since=comparison.since,
        until=comparison.until,
        changes=[changes.sentence(change, i18n.language()) for change in comparison.changes],
    )


@blueprint.get("/lobby/programs")
@public
def programs() -> Response:
    """Show the programs of a sandbox's clients and what runs on the servers of their customers, to be changed."""
    return _programs_page(_named())


@blueprint.post("/lobby/programs/server")
@public
def set_server() -> Response:
    """Change what runs on a customer's server."""
    name, customer = _named(), request.form.get("customer", "")
    form = forms.Server()
    if not form.validate_on_submit():
        return _programs_page(name, form, 422)
    with store().open(name) as sandbox, sandbox.transaction() as db:
        values = {"acs": form.acs.data, "acs_server": form.acs_server.data, "opg": form.opg.data}
        server = installations.set_server(db, customer, **values)
    flash_text("lobby.programs.done", name=server["name"])
    return redirect(url_for(".programs", name=name))


@blueprint.post("/lobby/programs/program")
@public
def set_program() -> Response:
    """Change what a client has of a program."""
    name, client, program = _named(), request.form.get("client", ""), request.form.get("program", "")
    form = forms.InstalledProgram()
    if program not in list(ProgramCode):
        raise NotFound("program", program)
    if not form.validate_on_submit():
        return _programs_page(name, form, 422)
    with store().open(name) as sandbox, sandbox.transaction() as db:
        version = (form.version.data or "").strip()
        installations.set_program(db, client, program, version=version, licensed=form.licensed.data, modules=form.modules)
    flash_text("lobby.programs.done", name=i18n.t(f"lobby.program.{program.replace('-', '_')}"))
    return redirect(url_for(".programs", name=name))


def _programs_page(name: str, refused: Form | None = None, status: int = 200) -> Response:
    """Show the page; ``refused`` is a form that was not right, whose row keeps what was typed."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        described = installations.describe(db)
    values: dict[str, Any] = {"name": name, "refused": refused, "typed": request.form, **described}
    states: dict[str, Any] = {"acs_states": list(Acs), "opg_states": list(Opg), "module_names": list(Module)}
    title = i18n.t("lobby.programs.title", name=name)
    return page("lobby/programs.html", title, status=status, **values, **states)


@blueprint.route("/lobby/token", methods=["GET", "POST"])
@public
def give_token() -> Response:
    """Ask for the control token, once per browser."""
    token = settings().control_token
    if token is None:
        return redirect(url_for(".lobby"))
    form, status = forms.Token(), 200
    if request.method == "POST":
        if form.validate_on_submit() and same_token(form.token.data.strip(), token):
            session["token"] = _proof(token)
            if request.args.get("classes"):
                return redirect(url_for("classes.list_classes"))
            return redirect(url_for(".lobby", name=_requested_name()))
        wait = guesses().seconds_to_wait(request.remote_addr)
        if wait:
            form.token.errors = [i18n.t("lobby.token.wait", seconds=wait)]
            response = _token_page(form, 429)
            response.headers["Retry-After"] = str(wait)
            return response
        if not form.token.errors:
            guesses().count_wrong(request.remote_addr)
            form.token.errors = [i18n.t("lobby.token.wrong")]
        status = 422
    return _token_page(form, status)


@blueprint.post("/lobby/language")
@public
def choose_language() -> Response:
    """Remember the language a visitor picked, for this browser."""
    response = redirect(url_for(".lobby", name=request.form.get("name") or None))
    language = request.form.get("language", "")
    if language in LANGUAGES:
        set_lasting_cookie(response, "vnsim_language", language, path="/", seconds=YEAR)
    return response


def _requested_name() -> str | None:
    """Return the name of the requested sandbox; whether it exists is not revealed before the token is entered."""
    name = request.args.get("name", "")
    return name if NAME.fullmatch(name) else None


def _proof(token: str) -> str:
    """Return the value that a browser keeps in place of the token; invalid once the token changes."""
    return hmac.new(str(current_app.secret_key).encode(), token.encode(), "sha256").hexdigest()


def _create_form() -> forms.CreateSandbox:
    form = forms.CreateSandbox()
    form.scenario.choices = [(scenario, f"{title} ({scenario})") for scenario, title in lobby_queries.titles().items()]
    form.language.choices = [("", i18n.t("lobby.language_of_scenario")), *NAMES.items()]
    if not form.is_submitted():
        form.scenario.data = settings().scenario
    return form


def _name(form: forms.CreateSandbox) -> str | None:
    typed = (form.name.data or "").strip()
    return str(sandboxes.CREATION["name"].read(typed)) if typed else None


def _page(form: forms.CreateSandbox, name: str | None, status: int = 200) -> Response:
    of_classes = class_sandboxes.of_classes(store(), i18n.language())
    rows = lobby_queries.sandbox_rows(store(), of_classes)
    names = [row.name for row in rows]
    name_to_show = name or (DEFAULT if DEFAULT in names else next(iter(names), None))
    try:
        join = settings().control_token is not None
        details = lobby_queries.chosen(store(), name_to_show, products(), join=join) if name_to_show else None
    except DAMAGE as error:
        details = None
        flash_text("lobby.unreadable", "danger", reason=reason(error))
    return page(
        "lobby/lobby.html",
        i18n.t("lobby.title"),
        status=status,
        version=__version__,
        rows=rows,
        chosen=details,
        in_class=of_classes.get(details.row.name) if details else None,
        classes=lobby_queries.sandboxes_by_class(store(), of_classes),
        form=form,
        broken=lobby_queries.broken_scenarios(),
        languages=language_entries(),
        tasks=progress.running(),
    )


def _in_class(name: str) -> class_sandboxes.ClassSandbox | None:
    return class_sandboxes.of_classes(store(), i18n.language()).get(name)


def _lead_to_class(in_class: class_sandboxes.ClassSandbox) -> Response:
    """Lead to the page of the trainee whose work is in a sandbox, and say why."""
    title = in_class.class_.title if in_class.class_ else in_class.class_name
    flash_text("lobby.in_class.refused", "danger", name=in_class.sandbox, title=title)
    if in_class.class_ is None:
        return redirect(url_for("classes.list_classes"))
    return redirect(url_for("classes.show_trainee", class_name=in_class.class_name, trainee=in_class.trainee))


def _named() -> str:
    """Return the name of the sandbox to reset or delete.

    Raises:
        NotFound: there is none of that name.
    """
    name = request.values.get("name", "")
    # Not whether it exists: one whose file is missing can still be deleted.
    if name not in store().names():
        raise NotFound("sandbox", name)
    return name


def _confirm(command: str, name: str, form: Plain) -> Response:
    title = i18n.t(f"lobby.{command}.title", name=name)
    return page("lobby/confirm.html", title, command=command, name=name, form=form)


def _token_page(form: forms.Token, status: int) -> Response:
    return page("lobby/token.html", i18n.t("lobby.token.title"), status=status, form=form, back=_requested_name())
