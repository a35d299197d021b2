"""Calls that read the outbox, or wait for its next message."""

from flask import Response, current_app

from simulator.control import answers
from simulator.control.long_poll import LongPollLimiter
from simulator.control.problems import Problem
from simulator.control.shapes import one_of, seconds, text, whole
from simulator.control.table import call, store
from simulator.core import mime, outbox
from simulator.core.errors import NotFound
from simulator.core.numbers import whole_number
from simulator.core.waiting import wait_for

KINDS = ("mail", "sms", "push")
LONGEST_WAIT = 30
MIME = "message/rfc822"

FILTER = {
    "to": text(longest=254),
    "kind": one_of(*KINDS),
    "after": whole(),
    "wait": seconds(LONGEST_WAIT),
}


@call("GET", "/sandboxes/{name}/messages", "Message[]", query=FILTER, refusals=(404, 422, 503))
def list_messages(
    name: str, to: str | None, kind: str | None, after: int | None, wait: float | None
) -> list[answers.Answer]:
    """List the messages that the platform sent, oldest first; ``wait`` waits up to so many seconds for the first match."""

    def look() -> list[answers.Answer]:
        # Opened anew each time: a reset replaces the file, a deletion removes it.
        with store().open(name) as sandbox, sandbox.reading() as db:
            return [answers.message(sent) for sent in outbox.after(db, after or 0, to, kind)]

    messages = look()
    if messages or not wait:
        return messages
    limiter: LongPollLimiter = current_app.extensions["control.long_poll"]

    def look_or_leave() -> list[answers.Answer]:
        if limiter.closed:
            raise Problem(503, "The server stops.", headers={"Retry-After": "1"})
        return look()

    with limiter.slot(name):
        return wait_for(name, look_or_leave, wait) or []


@call("GET", "/sandboxes/{name}/messages/{id}/raw", None, refusals=(404,), gives=MIME)
def show_raw_message(name: str, id: str) -> Response:
    """Return a mail as a MIME message."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        message_id = whole_number(id)
        sent = db.get(outbox.Message, message_id) if message_id is not None else None
        if sent is None or sent.kind != "mail":
            raise NotFound("mail", id)
        return Response(mime.write(sent), mimetype=MIME)
