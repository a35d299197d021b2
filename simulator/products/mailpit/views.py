"""Routes of the Mailpit interface, for programs that read mail with a client of Mailpit.

Source: Mailpit 1.30, ``server/server.go`` and ``server/apiv1``: paths, parameters, statuses. Own choice: no credentials besides
what opens the sandbox; whatever checks mail, passes it on or needs a lasting connection is left out and says so with 501.
"""

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from simulator import __version__
from simulator.core import received_mail
from simulator.core.database import NO_ROOM, is_full, used_bytes
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.products.mailpit import mailbox, search
from simulator.products.mailpit.mailbox import Mail
from simulator.products.mailpit.sending import NotSendable, mime_message
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.bodies import NotJson, read_json
from simulator.web.download import POLICY
from simulator.web.fault_errors import OrderedFailure, OrderedRefusal
from simulator.web.headers import protocol_headers
from simulator.web.visit import visit

blueprint = Blueprint("mailpit", __name__)

API = "/api/v1"
EVENTS = "/api/events"
PAGE = 50
OK = "ok"
TEXT = "text/plain; charset=utf-8"
NOT_HERE = "404 page not found"
HTML_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)

LEFT_OUT = {
    (
        "GET",
        "/api/events",
    ): "The simulator has no WebSocket for events: ask for /api/v1/messages again, as clients that wait do.",
    ("GET", f"{API}/message/<id>/html-check"): "The simulator does not check HTML.",
    ("GET", f"{API}/message/<id>/link-check"): "The simulator does not follow links.",
    ("GET", f"{API}/message/<id>/sa-check"): "The simulator has no SpamAssassin.",
    ("GET", f"{API}/message/<id>/part/<number>/thumb"): "The simulator makes no thumbnails: ask for the part itself.",
    ("POST", f"{API}/message/<id>/release"): "Nothing leaves the simulator: it passes no mail on.",
    ("GET", f"{API}/chaos"): "The simulator has faults in place of Chaos: order them with its control API.",
    ("PUT", f"{API}/chaos"): "The simulator has faults in place of Chaos: order them with its control API.",
}


class Refused(Exception):
    """A call is refused.

    Args:
        detail: one sentence.
        status: the HTTP status.
        as_json: whether clients read the sentence from JSON.
    """

    def __init__(self, detail: str, status: int = 400, *, as_json: bool = False) -> None:
        super().__init__(detail)
        self.status = status
        self.as_json = as_json


@blueprint.get("/")
@public
def front_page() -> BaseResponse:
    """Lead a person to the pages of Mail."""
    return redirect(url_for("mail.inbox", sandbox=visit().sandbox.name))


@blueprint.get(f"{API}/messages")
@public
def list_messages() -> dict[str, Any]:
    """List the mails, newest first, a page of them."""
    with visit().sandbox.reading() as db:
        mails = mailbox.all_mails(db)
        matching = _before(mails)
        return _list(mails, matching, all_of=mails)


@blueprint.put(f"{API}/messages")
@public
def set_read_status() -> Response:
    """Mark mails as read or unread: those with ``IDs``, those that ``Search`` matches, or all."""
    body = _json()
    ids, query, read = body.get("IDs") or [], body.get("Search") or "", body.get("Read") or False
    if ids and query:
        raise Refused("You may specify either IDs or a search query, not both")
    if not isinstance(query, str) or not isinstance(read, bool):
        raise Refused("Search: expected a text. Read: expected true or false.")
    with visit().sandbox.transaction() as db:
        mailbox.mark_read(db, _matching(db, query) if query else _with_ids(db, ids), read)
    return _text(OK)


@blueprint.delete(f"{API}/messages")
@public
def delete_messages() -> Response:
    """Delete the mails with ``IDs``, or all."""
    ids = (_json() if request.get_data().strip() else {}).get("IDs") or []
    with visit().sandbox.transaction() as db:
        mailbox.delete(db, _with_ids(db, ids))
    return _text(OK)


@blueprint.get(f"{API}/search")
@public
def search_messages() -> dict[str, Any]:
    """List the mails that a search matches, newest first, a page of them."""
    with visit().sandbox.reading() as db:
        mails = mailbox.all_mails(db)
        matching = _before(search.matching(mails, _query(), _zone()))
        return _list(mails, matching, all_of=matching)


@blueprint.delete(f"{API}/search")
@public
def delete_search() -> Response:
    """Delete the mails that a search matches."""
    query = _query()
    with visit().sandbox.transaction() as db:
        mailbox.delete(db, _matching(db, query))
    return _text(OK)


@blueprint.post(f"{API}/send")
@public
def send() -> dict[str, str]:
    """Take a mail that the tested application sends, as one that comes by SMTP."""
    try:
        body = _json()
        tags = body.get("Tags") or []
        with visit().sandbox.transaction() as db:
            user = request.authorization.username if request.authorization else None
            messages = received_mail.store(db, mime_message(db, body), user_name=user)
            first = next((mail for mail in mailbox.all_mails(db) if mail.message in messages), None)
            if first is not None and tags:
                mailbox.set_tags(db, [first], _texts("Tags", tags))
    except (NotSendable, Refused) as refusal:
        raise Refused(str(refusal), as_json=True) from None
    return {"ID": first.id if first is not None else ""}


@blueprint.get(f"{API}/tags")
@public
def list_tags() -> Response:
    """List all tags."""
    with visit().sandbox.reading() as db:
        return _as_json(mailbox.all_tags(mailbox.all_mails(db)))


@blueprint.put(f"{API}/tags")
@public
def set_tags() -> Response:
    """Give the mails with ``IDs`` exactly these tags."""
    body = _json()
    with visit().sandbox.transaction() as db:
        if body.get("IDs"):
            mailbox.set_tags(db, _with_ids(db, body["IDs"]), _texts("Tags", body.get("Tags") or []))
    return _text(OK)


@blueprint.put(f"{API}/tags/<tag>")
@public
def rename_tag(tag: str) -> Response:
    """Rename a tag."""
    new = _json().get("Name")
    if not isinstance(new, str) or not mailbox.is_tag(new):
        raise Refused("Name: expected a tag")
    with visit().sandbox.transaction() as db:
        mailbox.rename_tag(db, tag, new)
    return _text(OK)


@blueprint.delete(f"{API}/tags/<tag>")
@public
def delete_tag(tag: str) -> Response:
    """Remove a tag from all mails."""
    with visit().sandbox.transaction() as db:
        mailbox.remove_tag(db, tag)
    return _text(OK)


@blueprint.get(f"{API}/message/<id>")
@public
def message(id: str) -> dict[str, Any]:
    """Return a mail without the contents of its files, and mark it as read."""
    with visit().sandbox.reading() as db:
        mail = _mail(db, id)
        answer = mail.full()
    if not mail.is_read:
        with visit().sandbox.transaction() as db:
            mailbox.mark_read(db, [mail], True)
    return answer


@blueprint.get(f"{API}/message/<id>/headers")
@public
def headers(id: str) -> dict[str, list[str]]:
    """Return the headers of a mail."""
    with visit().sandbox.reading() as db:
        return _mail(db, id).headers()


@blueprint.get(f"{API}/message/<id>/raw")
@public
def raw(id: str) -> Response:
    """Return a mail as it came."""
    with visit().sandbox.reading() as db:
        mail = _mail(db, id)
        response = Response(mail.content, content_type=TEXT)
    if request.args.get("dl") == "1":
        response.headers["Content-Disposition"] = f'attachment; filename="{mail.id}.eml"'
    return response


@blueprint.get(f"{API}/message/<id>/part/<number>")
@public
def part(id: str, number: str) -> Response:
    """Return a part of a mail, of its media type; browsers show nothing of it."""
    with visit().sandbox.reading() as db:
        file = _mail(db, id).part(number)
        if file is None:
            raise Refused(NOT_HERE, 404)
        response = Response(received_mail.content_of(file), mimetype=file.get_content_type())
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.get("/view/<id>.html")
@public
def html_part(id: str) -> Response:
    """Return the HTML part of a mail; nothing in it runs, loads or sends."""
    with visit().sandbox.reading() as db:
        html = _mail(db, id).message.html
    if html is None:
        raise Refused("This message does not contain an HTML part", 404)
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = HTML_POLICY
    return response


@blueprint.get("/view/<id>.txt")
@public
def text_part(id: str) -> Response:
    """Return the text part of a mail."""
    with visit().sandbox.reading() as db:
        return _text(_mail(db, id).message.text)


@blueprint.get(f"{API}/info")
@public
def info() -> dict[str, Any]:
    """Return how many mails there are, and which simulator answers; 0 for what it does not count."""
    uncounted = ("Uptime", "Memory", "MessagesDeleted", "SMTPAccepted", "SMTPAcceptedSize", "SMTPRejected", "SMTPIgnored")
    with visit().sandbox.reading() as db:
        mails = mailbox.all_mails(db)
        return {
            "Version": f"vnsim {__version__}",
            "LatestVersion": f"vnsim {__version__}",
            "Database": visit().sandbox.name,
            "DatabaseSize": used_bytes(db.connection()),
            "Messages": len(mails),
            "Unread": _unread(mails),
            "Tags": {tag: sum(tag in mail.tags for mail in mails) for tag in mailbox.all_tags(mails)},
            "RuntimeStats": dict.fromkeys(uncounted, 0),
        }


@blueprint.get(f"{API}/webui")
@public
def configuration() -> dict[str, Any]:
    """Return what Mailpit's own pages would show."""
    return {
        "Label": visit().sandbox.name,
        "MessageRelay": {
            "Enabled": False,
            "SMTPServer": "",
            "ReturnPath": "",
            "AllowedRecipients": "",
            "BlockedRecipients": "",
        },
        "SpamAssassin": False,
        "ChaosEnabled": False,
        "DuplicatesIgnored": False,
        "HideDeleteAllButton": False,
    }


def _say_left_out(detail: str, **_: str) -> Response:
    return _text(detail, 501)


for _number, ((_method, _path), _detail) in enumerate(LEFT_OUT.items()):
    blueprint.add_url_rule(_path, f"left_out_{_number}", public(partial(_say_left_out, _detail)), methods=[_method])
_events = public(partial(_say_left_out, LEFT_OUT["GET", EVENTS]))
blueprint.add_url_rule(EVENTS, "events", _events, methods=["GET"], websocket=True)
"""Werkzeug passes the request for a WebSocket to such a route only."""


@blueprint.route("/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"], provide_automatic_options=False)
@public
def elsewhere(rest: str) -> Response:
    """Answer that there is no such call."""
    raise Refused(NOT_HERE, 404)


@blueprint.errorhandler(Refused)
def _refused(refusal: Refused) -> Response:
    if refusal.as_json:
        return _as_json({"Error": str(refusal)}, refusal.status)
    return _text(str(refusal), refusal.status)


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    answer = _text(error.description or error.name, error.code or 500)
    answer.headers.update(protocol_headers(error))
    return answer


@blueprint.errorhandler(OrderedRefusal)
def _ordered(error: OrderedRefusal) -> Response:
    return _http_error(OrderedFailure(error.status, error.fault))


@blueprint.errorhandler(Exception)
def _error(error: Exception) -> Response:
    if is_full(error):
        return _text(NO_ROOM, 507)
    raise error


def _list(mails: Sequence[Mail], matching: Sequence[Mail], *, all_of: Sequence[Mail]) -> dict[str, Any]:
    """Return a page of mails with what a list says of all."""
    start = whole_number(request.args.get("start", "")) or 0
    limit = whole_number(request.args.get("limit", ""))
    page = matching[start:] if limit == 0 else matching[start : start + (PAGE if limit is None else limit)]
    return {
        "total": len(mails),
        "unread": _unread(mails),
        "count": len(page),
        "messages_count": len(all_of),
        "messages_unread": _unread(all_of),
        "start": start,
        "tags": mailbox.all_tags(mails),
        "messages": [mail.summary() for mail in page],
    }


def _before(mails: Sequence[Mail]) -> Sequence[Mail]:
    """Return the mails before the instant that the query string names, if it names one."""
    bound = search.instant(request.args.get("before", ""), _zone())
    return mails if bound is None else [mail for mail in mails if mail.message.sent_at < bound]


def _query() -> str:
    query = request.args.get("query", "").strip()
    if not query:
        raise Refused("Error: no search query")
    return query


def _matching(db: Db, query: str) -> Sequence[Mail]:
    return search.matching(mailbox.all_mails(db), query, _zone())


def _with_ids(db: Db, ids: Any) -> Sequence[Mail]:
    """Return the mails with identifiers, or all when there are none of these; unknown ones are passed over, as in Mailpit."""
    identifiers = set(_texts("IDs", ids))
    return [mail for mail in mailbox.all_mails(db) if not identifiers or mail.id in identifiers]


def _mail(db: Db, identifier: str) -> Mail:
    query = request.args.get("query", "").strip()
    mail = mailbox.by_id(db, identifier)
    if identifier == mailbox.LATEST and query:
        mail = next(iter(_matching(db, query)), None)
    if mail is None:
        raise Refused("no messages" if identifier == mailbox.LATEST else NOT_HERE, 404)
    return mail


def _zone() -> tzinfo:
    """Return the time zone of dates in a search. Own choice: that of pages without a company, where Mailpit has its machine's."""
    return search.time_zone(request.args.get("tz"), ZoneInfo(i18n.TIME_ZONE))


def _texts(name: str, values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Refused(f"{name}: expected a list of texts")
    return values


def _json() -> dict[str, Any]:
    """Return the body, an object of JSON.

    A body of another media type is refused: a form on a page elsewhere could send that.
    """
    if request.mimetype != "application/json":
        raise Refused(f"expected a body of the type application/json, found {request.mimetype[:100] or 'none'}")
    try:
        body = read_json(request.get_data(cache=False) or b"{}")
    except NotJson as error:
        raise Refused(f"the body is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise Refused("expected a JSON object")
    return body


def _unread(mails: Sequence[Mail]) -> int:
    return sum(not mail.is_read for mail in mails)


def _text(words: str, status: int = 200) -> Response:
    return Response(words, status, content_type=TEXT)


def _as_json(value: object, status: int = 200) -> Response:
    from flask import json

    return Response(json.dumps(value, ensure_ascii=False) + "\n", status, mimetype="application/json")
