"""Routes of Mail: all sent mails, by recipient, and writing one.

Own choice: every visitor of the sandbox can read all of its mail; nothing in it is real.
"""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from simulator.core import desks, mime, normal_forms, outbox
from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory import support
from simulator.products.mail import queries, services
from simulator.products.mail.forms import NewMessage
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.attachments import in_kilobytes, limits
from simulator.web.download import download
from simulator.web.pages import flash_text, page
from simulator.web.visit import visit

blueprint = Blueprint("mail", __name__, template_folder="templates")

ANSWER = "Re: "
"""Beginning of the subject of an answer. Source: RFC 5322, section 3.6.5."""


@blueprint.get("/")
@public
def inbox() -> BaseResponse:
    """List mails, newest first; ``?to=`` selects one mailbox."""
    to = normal_forms.email(request.args.get("to", ""))
    with visit().sandbox.reading() as db:
        mails = outbox.newest_first(db, to=to or None, kind="mail")
        mailboxes = queries.mailboxes(db)
        can_write = services.sender_name(db, visit().actor, to) is not None
    return page(
        "mail/inbox.html",
        i18n.t("mail.inbox"),
        mails=mails,
        mailboxes=mailboxes,
        to=to,
        sender=to if can_write else None,
        is_simulated=desks.is_alias,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@public
def new_message() -> BaseResponse:
    """Write a mail.

    ``?from=`` and ``?to=`` fill the addresses in, ``?support=1`` fills in support's, and ``?answer=`` all fields of an answer.
    """
    form = NewMessage()
    answered_id = whole_number(request.args.get("answer", ""))
    with visit().sandbox.reading() as db:
        answers = queries.mail(db, answered_id) if answered_id is not None else None
        if not form.is_submitted():
            for name, value in _initial_values(answers).items():
                form[name].data = value
        writers = queries.writers(db, visit().actor)
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                sent = services.send(
                    db,
                    visit().actor,
                    sender=form.sender.data,
                    to=form.to.data,
                    subject=form.subject.data,
                    text=form.text.data,
                    language=i18n.language(),
                    files=form.files,
                    answers=queries.mail(db, answers.id) if answers is not None else None,
                )
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("mail.sent", email=sent.recipient)
            if desks.is_alias(sent.recipient):
                flash_text("mail.simulated_note", "info", email=sent.recipient)
            return redirect(url_for(".inbox", to=sent.recipient))
    return page(
        "mail/new_message.html",
        i18n.t("mail.answer" if answers is not None else "mail.new"),
        status=422 if form.is_submitted() else 200,
        form=form,
        writers=writers,
        desk_addresses=support.desk_addresses(),
        limits=limits(),
    )


@blueprint.get(f"/<int(max={LARGEST_ID}):message_id>")
@public
def read_mail(message_id: int) -> BaseResponse:
    """Show one mail: its headers, the HTML part in a frame, the plain part, the attachments."""
    with visit().sandbox.reading() as db:
        message = _mail(db, message_id)
        answerable = services.sender_name(db, visit().actor, message.recipient) is not None
    files = [(file.id, file.name, in_kilobytes(file.size)) for file in message.attachments]
    values: dict[str, Any] = {"message": message, "files": files, "answerable": answerable, "is_simulated": desks.is_alias}
    return page("mail/read_mail.html", message.subject, **values)


@blueprint.get(f"/<int(max={LARGEST_ID}):message_id>/html")
@public
def html_part(message_id: int) -> BaseResponse:
    """Return the HTML part alone, for the frame: no scripts, no forms, links open outside the frame."""
    with visit().sandbox.reading() as db:
        message = _mail(db, message_id)
    if message.html is None:
        abort(404)
    response = Response(message.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "sandbox allow-top-navigation-by-user-activation allow-top-navigation; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    return response


@blueprint.get(f"/<int(max={LARGEST_ID}):message_id>/raw")
@public
def raw(message_id: int) -> BaseResponse:
    """Download the MIME message."""
    with visit().sandbox.reading() as db:
        content = mime.write(_mail(db, message_id))
    response = Response(content, mimetype="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{message_id}.eml"'
    return response


@blueprint.get(f"/<int(max={LARGEST_ID}):message_id>/files/<int(max={LARGEST_ID}):file_id>")
@public
def attachment(message_id: int, file_id: int) -> BaseResponse:
    """Download an attachment; whatever its content, the browser saves the file and does not show it."""
    with visit().sandbox.reading() as db:
        file = queries.attachment(db, message_id, file_id) or abort(404)
        return download(file.content, file.name, "application/octet-stream")


def _initial_values(answers: Message | None) -> dict[str, Any]:
    """Return the initial values of the form's fields."""
    actor = visit().actor
    if answers is not None:
        subject = answers.subject if answers.subject.startswith(ANSWER) else ANSWER + answers.subject
        return {
            "sender": answers.recipient,
            "to": answers.sender,
            "subject": subject[:200],
            "text": "\n\n" + queries.quoted(answers),
        }
    to = support.ADDRESS if "support" in request.args else normal_forms.email(request.args.get("to", ""))
    own = normal_forms.email(request.args.get("from", "")) or (actor.email if actor is not None else "")
    return {"sender": own, "to": to, "subject": request.args.get("subject", "")[:200]}


def _mail(db: Db, message_id: int) -> Message:
    message = queries.mail(db, message_id)
    if message is None:
        abort(404)
    return message
