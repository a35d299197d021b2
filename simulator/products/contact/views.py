"""Routes of Contact: ways to write, own cases, and the cookie notice.

Source: "Brukertips i Kundeservice", totrinnskontroll: every user may write to support directly, by e-mail or chat; *Ikke tilgang
til Visma.net*: an administrator is reported by e-mail. Own choice: the form, and all pages.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.directory import support
from simulator.directory.cases import commands, queries
from simulator.directory.cases.models import CaseChannel, CaseState, SupportCase
from simulator.directory.models import Person
from simulator.products.contact import forms, guests, services
from simulator.web import i18n, listing
from simulator.web.access import public, signed_in
from simulator.web.addresses import local_path, sign_in_address
from simulator.web.attachments import WithFiles, limits
from simulator.web.conversations import FOLLOW_SECONDS, conversation
from simulator.web.download import download
from simulator.web.forms import Form
from simulator.web.listing import Listing
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

blueprint = Blueprint("contact", __name__, template_folder="templates")

NUMBER = f"<int(max={LARGEST_ID}):case_number>"


@blueprint.get("/")
@public
def start() -> Response:
    """Show the ways to write to the vendor."""
    return _page("contact/start.html", i18n.t("contact.name"), addresses=support.desk_addresses())


@blueprint.route("/form", methods=["GET", "POST"])
@public
def new_case() -> Response:
    """Send the contact form; ``?topic=`` and ``?text=`` fill it in."""
    form = forms.NewCase() if visit().actor is not None else forms.NewCaseOfGuest()
    form.topic.choices = [(topic, i18n.t(f"contact.topic.{topic}")) for topic in services.TOPICS]
    if request.method == "GET":
        topic = request.args.get("topic", "")
        form.topic.data = topic if topic in services.TOPICS else next(iter(services.TOPICS))
        if topic == "administrator":
            form.subject.data = i18n.t("contact.administrator.subject")
            form.text.data = i18n.t("contact.administrator.template")

    def begin(db: Db) -> SupportCase:
        number = (form.customer_number.data or "").strip()
        label = i18n.t("case.administrator.customer_number")
        text = f"{label}: {number}\n\n{form.text.data}" if number else form.text.data
        return services.begin(
            db,
            visit().actor,
            channel=CaseChannel.FORM,
            topic=form.topic.data,
            subject=form.subject.data,
            text=text,
            phone=(form.phone.data or "").strip(),
            files=form.files,
            language=i18n.language(),
            guest=guests.guest_or_new(db) if visit().actor is None else None,
            **_guest_of(form),
        )

    return _begun(form, begin, "contact/form.html", i18n.t("contact.form"))


@blueprint.route("/chat", methods=["GET", "POST"])
@public
def new_chat() -> Response:
    """Begin a chat."""
    form = forms.NewChat() if visit().actor is not None else forms.NewChatOfGuest()

    def begin(db: Db) -> SupportCase:
        first_line = next(line.strip() for line in form.text.data.splitlines() if line.strip())
        return services.begin(
            db,
            visit().actor,
            channel=CaseChannel.CHAT,
            topic=None,
            subject=first_line[: commands.CHAT_SUBJECT],
            text=form.text.data,
            language=i18n.language(),
            guest=guests.guest_or_new(db) if visit().actor is None else None,
            **_guest_of(form),
        )

    return _begun(form, begin, "contact/chat.html", i18n.t("contact.chat"))


@blueprint.get("/cases")
@signed_in
def own_cases() -> Response:
    """List the visitor's own cases, the last changed first."""
    with visit().sandbox.reading() as db:
        condition = queries.own(db.get(Person, actor().id), guests.guest())
        assert condition is not None
        page_request = listing.page_request(request.args, ["changed"])
        total = db.scalar(select(func.count(SupportCase.number)).where(condition)) or 0
        part = page_request.nearest(total)
        cases = db.scalars(queries.newest_first().where(condition).limit(part.size).offset(part.start)).all()
    listed = Listing(cases, total, part.number, part.count, page_request)
    title = i18n.t("contact.own_cases")
    return _page("contact/cases.html", title, menu="contact.own_cases", cases=listed, sizes=listing.SIZES)


@blueprint.route(f"/cases/{NUMBER}", methods=["GET", "POST"])
@public
def case(case_number: int) -> Response:
    """Show an own case with its conversation, and carry out what its buttons say.

    ``do`` is ``send``, ``end``, ``close`` or ``reopen``, which sends a text too if there is one. Own choice: somebody who is not
    signed in is sent to the sign-in page, whether there is such a case or not; other people's cases are not found.
    """
    command = request.form.get("do", "")
    chats = request.form.get("chat") == "yes"
    form: WithFiles = forms.ChatMessage() if chats else forms.Message()
    with visit().sandbox.reading() as db:
        if _own_case(db, case_number) is None:
            return (
                sign_in_address(request.full_path if request.method == "GET" else None)
                if visit().actor is None
                else abort(404)
            )
    if request.method == "GET":
        return _case_page(case_number, None)
    needs_text = command == "send" or (command == "reopen" and (request.form.get("text") or "").strip())
    if needs_text and not form.validate():
        return _case_page(case_number, form, 422)
    try:
        with visit().sandbox.transaction() as db:
            own = _own_case(db, case_number) or abort(404)
            _run(db, own, command, form.text.data if needs_text else None, chats, form.files)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _case_page(case_number, form, refusal.status)
    return redirect(url_for(".case", case_number=case_number))


@blueprint.get(f"/cases/{NUMBER}/files/<int(max={LARGEST_ID}):file_id>")
@public
def case_file(case_number: int, file_id: int) -> Response:
    """Download a file of an own case; whatever its content, the browser saves it and does not show it."""
    with visit().sandbox.reading() as db:
        case = _own_case(db, case_number)
        if case is None:
            return sign_in_address(request.full_path) if visit().actor is None else abort(404)
        file = queries.file_of(db, case, file_id, public_only=True) or abort(404)
        return download(file.content, file.name, "application/octet-stream")


@blueprint.route("/administrators", methods=["GET", "POST"])
@signed_in
def administrators() -> Response:
    """Say whom to ask for access, and mail them; where nobody is, say how to report an administrator."""
    form = forms.ToAdministrators()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                subject, text = form.subject.data, form.text.data
                recipients = services.write_to_administrators(
                    db, actor(), subject=subject, text=text, language=i18n.language()
                )
        except RuleViolation as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash_text("contact.administrators.sent", names=", ".join(person.name for person in recipients))
            return redirect(url_for(".administrators"))
    with visit().sandbox.reading() as db:
        people = services.administrators(db, actor())
    if not form.is_submitted():
        form.subject.data = i18n.t("contact.administrators.subject")
    return _page(
        "contact/administrators.html",
        i18n.t("contact.administrators"),
        status=status,
        form=form,
        people=people,
        addresses=support.desk_addresses(),
    )


@blueprint.route("/cookies", methods=["GET", "POST"])
@public
def cookies() -> Response:
    """Say which cookies there are, and remember whether the others were accepted or refused."""
    chosen = request.form.get("choice", "")
    if request.method == "POST":
        if chosen not in guests.CHOICES:
            abort(400)
        flash_text(f"contact.cookies.{chosen}")
        back = local_path(request.form.get("back")) or url_for(".cookies")
        return guests.remember_choice(redirect(back), chosen)
    return _page("contact/cookies.html", i18n.t("contact.cookies"))


def _begun(form: Form, begin: Callable[[Db], SupportCase], template: str, title: str) -> Response:
    """Begin a case when the form is right, and lead to it; otherwise show the form."""
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                number = begin(db).number
        except RuleViolation as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return guests.remember(redirect(url_for(".case", case_number=number)))
    return _page(template, title, status=status, form=form, limits=limits(), is_guest=visit().actor is None)


def _guest_of(form: Form) -> dict[str, Any]:
    """Return name and address of a visitor who is not signed in."""
    return {"name": form["name"].data, "email": form["email"].data} if "name" in form else {}


def _run(db: Db, case: SupportCase, command: str, text: str | None, chats: bool, files: commands.Files) -> None:
    visitor = visit().actor
    author = visitor.email if visitor is not None else case.requester
    name = visitor.name if visitor is not None else case.requester_name
    if command == "send" and text is not None:
        (commands.say if chats else commands.reply)(db, case, text, author=author, author_name=name, files=files)
    elif command == "end":
        commands.end_chat(db, case, author=author, author_name=name)
    elif command == "close":
        commands.close(db, case, author=author, author_name=name)
    elif command == "reopen":
        commands.reopen(db, case, author=author, author_name=name)
        if text is not None:
            commands.reply(db, case, text, author=author, author_name=name, files=files)
    else:
        abort(400)


def _case_page(case_number: int, form: WithFiles | None, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        case = _own_case(db, case_number) or abort(404)
        form = form or (forms.ChatMessage() if case.is_chatting else forms.Message())
        lines = conversation(db, case, public_only=True, file_endpoint="contact.case_file")
    return _page(
        "contact/case.html",
        case.subject,
        menu="contact.own_cases",
        status=status,
        case=case,
        lines=lines,
        form=form,
        limits=limits(),
        is_closed=case.state == CaseState.CLOSED,
        is_over=case.state in (CaseState.SOLVED, CaseState.CLOSED),
        follow_seconds=FOLLOW_SECONDS,
    )


def _own_case(db: Db, number: int) -> SupportCase | None:
    visitor = visit().actor
    person = db.get(Person, visitor.id) if visitor is not None else None
    return queries.own_case(db, person, guests.guest(), number)


def _page(template: str, title: str, **values: Any) -> Response:
    """Render a page of the site, with the cookie notice while nothing was chosen."""
    return page(template, title, cookie_choice=guests.choice(), **values)
