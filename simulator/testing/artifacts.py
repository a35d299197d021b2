"""What is left of a test that failed: its sandboxes as files, and a page with all that happened in them, in the order of time."""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from simulator.testing.api import NoServer, Refused
from simulator.testing.recording import PICTURE, Recording
from simulator.testing.sandbox import Json, Sandbox

LONGEST_NAME = 80

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1c2530; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
border-bottom: 1px solid #d5dae1; } pre { background: #f2f4f7; padding: 1rem; overflow: auto; white-space: pre-wrap; }
img { max-width: 100%; border: 1px solid #d5dae1; } code { overflow-wrap: anywhere; } time { white-space: nowrap; }
"""


def leave(
    sandboxes: Sequence[Sandbox], directory: str, test: str, failure: str, recording: Recording | None = None
) -> list[tuple[str, Path | None]]:
    """Write what is left of a test.

    Args:
        sandboxes: the sandboxes of the test.
        directory: the folder for all tests.
        test: pytest's name of the test.
        failure: the failure as pytest prints it.
        recording: what was recorded of its browser.

    Returns:
        A line on each sandbox, where its page is, or why there is none; and that page.
    """
    folder = Path(directory) / _folder(test)
    recorded: list[str] = []
    if recording is not None:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        recorded = recording.leave(folder)
    return [_leave(sandbox, folder / sandbox.name, test, failure, recorded) for sandbox in sandboxes]


def _leave(sandbox: Sandbox, folder: Path, test: str, failure: str, recorded: list[str]) -> tuple[str, Path | None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        parts = {name: _part(read, sandbox) for name, read in _PARTS.items()}
        for name, part in parts.items():
            (folder / name).write_text(json.dumps(part, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        with suppress(Refused, NoServer):
            (folder / "sandbox.vnsim").write_bytes(sandbox.export())
        page = folder / "index.html"
        links = {**{f"../{name}": name for name in recorded}, **{name: name for name in parts}}
        page.write_text(_page(sandbox, test, failure, parts, links), encoding="utf-8")
    except OSError as error:
        return f"{sandbox.name}: nothing could be left in {folder}: {error.strerror or error}", None
    return f"{sandbox.name}: {page}" + "".join(f"\n  {folder.parent / name}" for name in recorded), page


_PARTS: dict[str, Callable[[Sandbox], Any]] = {
    "events.json": lambda sandbox: sandbox.journal.all(),
    "messages.json": lambda sandbox: [message.raw for message in sandbox.inbox.all()],
    "jobs.json": lambda sandbox: sandbox.jobs.all(),
    "faults.json": lambda sandbox: sandbox.faults.all(),
    "requests.json": lambda sandbox: sandbox.requests.all(),
    "requests.har": lambda sandbox: sandbox.requests.har(),
    "diff.json": lambda sandbox: sandbox.diff(language="en")["changes"],
}


def _part(read: Callable[[Sandbox], Any], sandbox: Sandbox) -> Any:
    """Return a part, or why it cannot be read, for instance because the test deleted the sandbox."""
    try:
        return read(sandbox)
    except (Refused, NoServer) as error:
        return [{"error": str(error)}]


def _folder(test: str) -> str:
    """Return the folder of a test: readable, and another for each test."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", test.rpartition("::")[2]).strip("-").lower()[:LONGEST_NAME]
    return f"{readable}-{sha256(test.encode()).hexdigest()[:8]}"


def _page(sandbox: Sandbox, test: str, failure: str, parts: dict[str, Any], links: dict[str, str]) -> str:
    rows = [(str(event.get("at", "")), "event", _of_event(event)) for event in parts["events.json"]]
    rows += [(str(message.get("sent_at", "")), "message", _of_message(message)) for message in parts["messages.json"]]
    rows += [(str(request.get("at", "")), "request", _of_request(request)) for request in parts["requests.json"]]
    body = "\n".join(
        f"<tr><td><time>{escape(at)}</time></td><td>{kind}</td><td>{html}</td></tr>"
        for at, kind, html in sorted(rows, key=lambda row: row[0])
    )
    faults = [f"<code>{escape(json.dumps(fault, ensure_ascii=False))}</code>" for fault in parts["faults.json"]]
    faults += [
        f"met: {escape(met['operation'])} ({escape(met['outcome'])}) by {_of_request(request)}"
        for request in parts["requests.json"]
        for met in request.get("faults", ())
    ]
    changes = [escape(str(change.get("text", change))) for change in parts["diff.json"]]
    picture = '<p><a href="../screenshot.png"><img src="../screenshot.png" alt="The page when the test failed"></a></p>'
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(test)}</title><style>{STYLE}</style></head><body>
<h1>{escape(test)}</h1>
<p>Sandbox <strong>{escape(sandbox.name)}</strong>, scenario {escape(sandbox.raw["scenario"])}.
<code>vnsim sandbox import sandbox.vnsim</code> opens it as it was when the test failed.</p>
<p>{" · ".join(f'<a href="{address}">{name}</a>' for address, name in links.items())}</p>
<h2>Failure</h2>
<pre>{escape(failure)}</pre>
{picture if f"../{PICTURE}" in links else ""}
<h2>What changed</h2>
{_list(changes, "nothing")}
<h2>Faults</h2>
{_list(faults, "none")}
<h2>What happened</h2>
<table><thead><tr><th>At</th><th>What</th><th></th></tr></thead><tbody>
{body}
</tbody></table>
</body></html>
"""


def _list(items: Sequence[str], otherwise: str) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items) or f'<li>{otherwise}</li>'}</ul>"


def _of_request(request: Json) -> str:
    if "path" not in request:
        return escape(str(request))
    query = f"?{request['query']}" if request["query"] else ""
    person = f" by {request['person']}" if request["person"] else ""
    line = f"<strong>{escape(request['method'])}</strong> <code>{escape(request['path'] + query)}</code>"
    return f"{line} → {request['status']}{escape(person)}"


def _of_event(event: Json) -> str:
    about = {name: value for name, value in event.items() if name not in ("id", "at", "type")}
    title = escape(str(event.get("type", "")))
    return f"<strong>{title}</strong> <code>{escape(json.dumps(about, ensure_ascii=False))}</code>"


def _of_message(message: Json) -> str:
    heading = f"{message.get('kind')} to {message.get('to')}: {message.get('subject') or ''}"
    return f"<details><summary>{escape(heading)}</summary><pre>{escape(str(message.get('text', '')))}</pre></details>"
