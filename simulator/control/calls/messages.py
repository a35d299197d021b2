"""Calls that read the outbox, and wait for what is about to arrive in it."""

from flask import Response, current_app

from simulator.control import answers
from simulator.control.lane import Lane
from simulator.control.problems import Problem
from simulator.control.shapes import one_of, seconds, text, whole
from simulator.control.table import call, store
from simulator.core import mime, outbox
from simulator.core.errors import NotFound
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
    """List what the platform sent, oldest first; with ``wait`` the answer comes when something fits or the time is over."""

    def look() -> list[answers.Answer]:
        # A fresh opening each time: a reset has put another file in its place, a deletion has taken it away.
        with store().open(name) as sandbox, sandbox.reading() as db:
            return [answers.message(sent) for sent in outbox.after(db, after or 0, to, kind)]

    found = look()
    if found or not wait:
        return found
    lane: Lane = current_app.extensions["control.lane"]

    def look_or_leave() -> list[answers.Answer]:
        if lane.closed:
            raise Problem(503, "The server stops.", headers={"Retry-After": "1"})
        return look()

    with lane.place(name):
        return wait_for(name, look_or_leave, wait) or []


@call("GET", "/sandboxes/{name}/messages/{id}/raw", None, refusals=(404,), gives=MIME)
def show_raw_message(name: str, id: str) -> Response:
    """Give a mail as the MIME message it is."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        known = id.isascii() and id.isdigit() and len(id) < 19
        sent = db.get(outbox.Message, int(id)) if known else None
        if sent is None or sent.kind != "mail":
            raise NotFound("mail", id)
        return Response(mime.write(sent), mimetype=MIME)
