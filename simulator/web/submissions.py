"""A form that is sent twice, by Enter twice or a double click, has one effect, and both answers say the same.

A browser takes the last answer. Of two equal submissions that are answered at the same time the second waits for the first and gets
its answer; a submission that completed a step that works once, such as typing a code, is answered the same way later too.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar

from flask import Request, Response, make_response, session

View = TypeVar("View", bound=Callable[..., Any])

MOST_ANSWERS = 256
"""Own choice: how many answers of steps that work once are remembered, in the memory of the server."""


@dataclass(frozen=True)
class Answer:
    """The answer to a submission: the response, and what the cookie of the browser holds afterwards."""

    response: Response
    session: dict[str, Any]


def works_once(view: View) -> View:
    """Mark a view whose forms complete a step that works once; their redirects are given again to an equal submission."""
    view.works_once = True  # type: ignore[attr-defined]
    return view


def completed(response: Response) -> Response:
    """Mark a page that says that a step is completed, which is otherwise followed by a redirect."""
    response.completed = True  # type: ignore[attr-defined]
    return response


class Submissions:
    """The submissions that are being answered, and the last ones that completed a step that works once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pending: dict[Hashable, Future[Answer | None]] = {}
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()

    def answer(self, key: Hashable, view: Callable[[], Any], *, works_once: bool) -> Response:
        """Answer a submission by its view, or as the equal one before was answered.

        Args:
            key: equal for equal submissions of one browser.
            view: answers the request.
            works_once: whether its answer is remembered when it completes a step.
        """
        with self._lock:
            answer = self._answers.get(key)
            pending = self._pending.get(key)
            if answer is None and pending is None:
                future = self._pending[key] = Future()
        if answer is None and pending is not None:
            answer = self.wait_for(pending)
            if answer is None:
                return self.answer(key, view, works_once=works_once)
        if answer is not None:
            session.clear()
            session.update(answer.session)
            return _copy(answer.response)
        return self._answer_first(key, future, view, works_once)

    def wait_for(self, pending: "Future[Answer | None]") -> Answer | None:
        """Wait for the answer to an equal submission; None when there is none to give again."""
        return pending.result()

    def _answer_first(
        self, key: Hashable, future: "Future[Answer | None]", view: Callable[[], Any], works_once: bool
    ) -> Response:
        answer = None
        try:
            response: Response = make_response(view())
            if not response.is_streamed and not response.direct_passthrough:
                answer = Answer(_copy(response), dict(session))
            return response
        finally:
            with self._lock:
                del self._pending[key]
                if answer is not None and works_once and _is_completed(answer.response):
                    self._answers[key] = answer
                    if len(self._answers) > MOST_ANSWERS:
                        self._answers.popitem(last=False)
            future.set_result(answer)


def key_of(request: Request, *scope: Hashable) -> Hashable:
    """Return what makes two submissions equal: address, fields, files and the cookie's proofs.

    Args:
        request: the request.
        scope: the sandbox's generation.
    """
    proofs = tuple(str(session.get(name)) for name in ("csrf_token", "sid", "sign_in", "address"))
    return (*scope, request.full_path, proofs, sha256(b"\0".join(_fields(request))).digest())


def _fields(request: Request) -> Iterator[bytes]:
    for name, value in request.form.items(multi=True):
        yield repr((name, value)).encode(errors="replace")
    for name, file in request.files.items(multi=True):
        yield repr((name, file.filename)).encode(errors="replace")
        yield sha256(file.stream.read()).digest()
        file.stream.seek(0)


def _is_completed(response: Response) -> bool:
    return 300 <= response.status_code < 400 or getattr(response, "completed", False)


def _copy(response: Response) -> Response:
    copy = Response(response.get_data(), response.status, response.headers.copy(), direct_passthrough=False)
    if getattr(response, "completed", False):
        completed(copy)
    return copy
