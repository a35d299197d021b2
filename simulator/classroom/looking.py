"""The page that a trainee has open, for the trainer to look at.

Own choice, all of it. A page is remembered as the request that the trainee's browser sent, cookies included, in memory only, and is
made once more from it: the same person, company and language. Nothing of it reaches the trainer's browser but the page.
"""

import re
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from threading import Lock
from typing import Any, cast

from flask import Flask, Response, current_app, g, request

from simulator.core.clock import machine_now
from simulator.web import i18n
from simulator.web.looking import LOOKING, is_carried_out, is_looking
from simulator.web.visit import visit

BAR = "exercise."
"""How the endpoints of the trainee's bar begin, which asks for itself again and again."""
MOST = 1000
"""Sandboxes whose newest page is remembered."""
_REPEATED = (
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_COOKIE",
    "HTTP_HOST",
    "HTTP_USER_AGENT",
    "REMOTE_ADDR",
    "SCRIPT_NAME",
    "wsgi.url_scheme",
)
"""What of a request decides what its page says, beside its address."""
_HEAD = 4096
"""Bytes of a page in which its title is looked for."""
_TITLE = re.compile(r"<title>([^<]*)</title>")
_SCRIPT = re.compile(r"<script\b[^>]*></script>")
_SOURCE = re.compile(r' src="([^"]*)"')


@dataclass(frozen=True)
class OpenPage:
    """A page that a trainee has open.

    Attributes:
        address: path and query.
        at: machine time at which it was opened.
        is_form: whether it is the answer to a form that was sent, which cannot be made again.
        title: as the trainee sees it, without the simulator's name; empty when the page has none.
        environment: of the request, for one that is equal.
    """

    address: str
    at: datetime
    is_form: bool
    title: str
    environment: Mapping[str, Any]


class OpenPages:
    """The newest page of each trainee's sandbox."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: OrderedDict[Path, OpenPage] = OrderedDict()

    def note(self, file: Path, page: OpenPage) -> None:
        """Remember the page of a sandbox, by the file of its generation."""
        with self._lock:
            self._pages.pop(file, None)
            self._pages[file] = page
            if len(self._pages) > MOST:
                self._pages.popitem(last=False)

    def of(self, file: Path) -> OpenPage | None:
        """Return the page of a sandbox's file; None when none was opened since the server started or the sandbox was put back."""
        return self._pages.get(file)


def open_pages() -> OpenPages:
    """Return the pages that trainees of this server have open."""
    pages: OpenPages | None = current_app.extensions.get("classroom.open_pages")
    return pages or current_app.extensions.setdefault("classroom.open_pages", OpenPages())


def note_page(response: Response) -> None:
    """Remember the page that the present request opened, if it opened one: no part of a page, and none that is looked at."""
    is_ours = is_looking() or is_carried_out() or visit().is_trainer
    if is_ours or _is_part(response) or str(request.endpoint).startswith(BAR):
        return
    if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
        query = request.query_string.decode(errors="replace")
        page = OpenPage(
            f"{request.path}?{query}" if query else request.path,
            machine_now(),
            request.method != "GET",
            _title(response),
            {name: request.environ[name] for name in _REPEATED if name in request.environ},
        )
        open_pages().note(g.sandbox.path, page)


def _title(response: Response) -> str:
    head = b"" if response.is_streamed else response.get_data()[:_HEAD]
    match = _TITLE.search(head.decode(errors="replace"))
    title = unescape(match[1]).strip() if match else ""
    return title.removesuffix(f" – {i18n.t('simulator.name')}")


def _is_part(response: Response) -> bool:
    """Return whether the answer is for a script, or for a frame within a page: only browsers with HTTPS say so themselves."""
    is_framed = "frame-ancestors 'self'" in response.headers.get("Content-Security-Policy", "")
    is_for_script = "text/html" not in request.headers.get("Accept", "text/html")
    return is_framed or is_for_script or hasattr(current_app.view_functions.get(request.endpoint or ""), "unlogged")


def look(page: OpenPage) -> str | None:
    """Make a page once more that is not the answer to a form, with what is shown inside it; None when it leads elsewhere by now."""
    app: Flask = cast(Any, current_app)._get_current_object()
    # In a thread of its own: within a request it would share what belongs to that one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(_look, app, page).result()


def _look(app: Flask, page: OpenPage) -> str | None:
    root = str(page.environment.get("SCRIPT_NAME", ""))
    response = _get(app, page, page.address)
    if 300 <= response.status_code < 400:
        return None

    def embedded(match: re.Match[str]) -> str:
        address = match[1].replace("&amp;", "&")
        if not address.startswith(f"{root}/s/"):
            return match[0]
        part = _get(app, page, address.removeprefix(root))
        return f' src="data:{part.mimetype};base64,{b64encode(part.get_data()).decode()}"'

    text = _SCRIPT.sub("", response.get_data(as_text=True))
    # Links ask for a new window, which the frame does not let them have.
    return _SOURCE.sub(embedded, text.replace("<head>", '<head><base target="_blank">', 1))


def _get(app: Flask, page: OpenPage, address: str) -> Any:
    path, _, query = address.partition("?")
    environment = {**page.environment, LOOKING: True}
    return app.test_client(use_cookies=False).open(path, query_string=query or None, environ_overrides=environment)
