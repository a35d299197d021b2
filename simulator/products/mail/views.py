"""Routes of Mail: every mail the platform sent, by recipient.

Own choice: whoever can reach the sandbox can read its mail; there is nothing real in it.
"""

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as BaseResponse

from simulator.core import outbox
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.products.mail import queries
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.pages import page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import visit

blueprint = Blueprint("mail", __name__, template_folder="templates")


@blueprint.get("/")
@public
def inbox() -> BaseResponse:
    """List mails, newest first; ``?to=`` keeps one mailbox."""
    to = request.args.get("to", "").strip().lower()
    with visit().sandbox.reading() as db:
        mails = outbox.newest_first(db, to=to or None, kind="mail")
        mailboxes = queries.mailboxes(db)
    return page("mail/inbox.html", i18n.t("mail.inbox"), mails=mails, mailboxes=mailboxes, to=to)


@blueprint.get(f"/<int(max={LARGEST_ID}):message_id>")
@public
def read_mail(message_id: int) -> BaseResponse:
    """Show one mail: heads, the HTML part in a frame of its own, the plain part."""
    with visit().sandbox.reading() as db:
        message = _mail(db, message_id)
    return page("mail/read_mail.html", message.subject, message=message)


@blueprint.get(f"/<int(max={LARGEST_ID}):message_id>/html")
@public
def html_part(message_id: int) -> BaseResponse:
    """Return the HTML part alone, for the frame: no scripts, no forms, links lead out of the frame."""
    with visit().sandbox.reading() as db:
        message = _mail(db, message_id)
    response = Response(message.html or "", mimetype="text/html")
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
        content = outbox.mime(_mail(db, message_id))
    response = Response(content, mimetype="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{message_id}.eml"'
    return response


def _mail(db: Db, message_id: int) -> Message:
    message = db.get(Message, message_id)
    if message is None or message.kind != "mail":
        abort(404)
    return message
