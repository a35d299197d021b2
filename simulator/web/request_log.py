"""The last step of a request below a sandbox: it is written down with what came of it, and without what opens something."""

import json
from contextlib import suppress
from typing import Any

from flask import current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from simulator.core import redaction, request_log
from simulator.core.clock import iso
from simulator.core.database import Unreadable
from simulator.core.sandbox import Sandbox
from simulator.web.access import View
from simulator.web.bodies import NotJson, read_json
from simulator.web.calls.reading import FORMS, JSON
from simulator.web.looking import is_looking

LARGEST_BODY = 64 * 1024
"""Own choice: bytes up to which a body or an answer is looked into."""
SECRET_ARGUMENTS = ("token",)
"""Placeholders of routes whose values open something."""


def unlogged(view: View) -> View:
    """Write no request of a view down: for what a page asks for by itself, over and over."""
    view.unlogged = True  # type: ignore[attr-defined]
    return view


def log_request(response: Response) -> Response:
    """Write a request below a sandbox down, when it is answered."""
    sandbox: Sandbox | None = g.get("sandbox")
    is_unlogged = is_looking() or hasattr(current_app.view_functions.get(request.endpoint or ""), "unlogged")
    if sandbox is not None and not is_unlogged:
        with suppress(Unreadable, SQLAlchemyError, OSError):
            request_log.append(sandbox.path, _entry(sandbox, response))
    return response


def _entry(sandbox: Sandbox, response: Response) -> dict[str, Any]:
    visit = g.get("visit")
    clock = visit.clock if visit is not None else sandbox.read_clock()
    arguments = request.view_args or {}
    secrets = tuple(str(arguments[name]) for name in SECRET_ARGUMENTS if name in arguments)
    path = request.path.removeprefix(f"/s/{sandbox.name}")
    return {
        "at": iso(clock.now()),
        "method": request.method,
        "path": redaction.visible_path(path, secrets),
        "query": redaction.visible_query(request.query_string.decode(errors="replace")) if request.query_string else "",
        "endpoint": request.endpoint,
        "product": sandbox.door,
        "status": response.status_code,
        "person": sandbox.person or (visit.actor.email if visit is not None and visit.actor is not None else None),
        "faults": [{"operation": operation, "outcome": outcome} for operation, outcome in sandbox.faults],
        "media_type": request.mimetype or None,
        "body": _body(),
        "answer_type": response.mimetype or None,
        "size": response.content_length,
        "location": redaction.visible_text(response.location) if response.location else None,
        "answer": _answer(response),
    }


def _body() -> Any:
    """Return the fields of the form or JSON that was sent; None for everything else."""
    if request.method in ("GET", "HEAD") or not 0 < (request.content_length or 0) <= LARGEST_BODY:
        return None
    with suppress(HTTPException, NotJson, RecursionError):
        if request.mimetype in FORMS:
            fields = {name: _fields(name, values) for name, values in list(request.form.lists())[: redaction.MOST_VALUES]}
            return fields | {name: {"file": file.filename} for name, file in request.files.items()}
        if _is_json(request.mimetype):
            return redaction.visible_json(read_json(request.get_data()))
    return None


def _fields(name: str, values: list[str]) -> str | list[str]:
    texts = [redaction.visible(name, value) for value in values[: redaction.MOST_VALUES]]
    return texts[0] if len(texts) == 1 else texts


def _answer(response: Response) -> Any:
    """Return the JSON of an answer to a program; None for everything else."""
    if not _is_json(response.mimetype) or response.is_streamed or not 0 < (response.content_length or 0) <= LARGEST_BODY:
        return None
    with suppress(ValueError, RecursionError):
        content = json.loads(response.get_data())
        answer = redaction.visible_json(content)
        if response.status_code >= 400 and isinstance(content, dict) and "code" in content:
            # Of a refusal it is the word for the reason.
            answer["code"] = content["code"]
        return answer
    return None


def _is_json(media_type: str | None) -> bool:
    return media_type == JSON or (media_type or "").endswith("+json")
