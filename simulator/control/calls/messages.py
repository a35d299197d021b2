"""Calls that read the outbox, or wait for its next message."""

from dataclasses import replace

from flask import Response, current_app

from simulator.control import answers, schemas
from simulator.control.long_poll import LongPollLimiter
from simulator.control.table import Calls, store
from simulator.core import mime, outbox
from simulator.core.errors import NotFound
from simulator.core.numbers import whole_number
from simulator.core.waiting import wait_for
from simulator.web.calls.fields import choice, seconds, text, whole
from simulator.web.problem_documents import Problem

blueprint = Calls("messages", __name__)

LONGEST_WAIT = 30
MIME = "message/rfc822"


def _with_plus(to: str) -> str:
    """Return an address in a query string with its plus sign: one that is not escaped reads as a blank, which no address has."""
    return to.strip().replace(" ", "+") if "@" in to else f"+{to[1:]}" if to[:1] == " " else to


FILTER = {
    "to": replace(text(longest=254), from_text=_with_plus),
    "kind": choice(*schemas.MESSAGE_KINDS),
    "after": whole(),
    "wait": seconds(LONGEST_WAIT),
}


@blueprint.call("GET", "/sandboxes/{name}/messages", query=FILTER, refusals=(404, 422, 503))
def list_messages(
    name: str, to: str | None, kind: str | None, after: int | None, wait: float | None
) -> list[schemas.Message]:
    """List the messages that the platform sent, oldest first; ``wait`` waits up to so many seconds for the first match."""

    def look() -> list[schemas.Message]:
        # Opened anew each time: a reset replaces the file, a deletion removes it.
        with store().open(name) as sandbox, sandbox.reading() as db:
            return [answers.message(sent) for sent in outbox.after(db, after or 0, to, kind)]

    messages = look()
    if messages or not wait:
        return messages
    limiter: LongPollLimiter = current_app.extensions["control.long_poll"]

    def look_or_leave() -> list[schemas.Message]:
        if limiter.closed:
            raise Problem(503, "The server stops.", headers={"Retry-After": "1"})
        return look()

    with limiter.slot(name):
        return wait_for(name, look_or_leave, wait) or []


@blueprint.call("GET", "/sandboxes/{name}/messages/{id}/raw", refusals=(404,), gives=MIME)
def show_raw_message(name: str, id: str) -> Response:
    """Return a mail as a MIME message."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        message_id = whole_number(id)
        sent = db.get(outbox.Message, message_id) if message_id is not None else None
        if sent is None or sent.kind != "mail":
            raise NotFound("mail", id)
        return Response(mime.write(sent), mimetype=MIME)
