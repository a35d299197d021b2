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
from simulator.testing.sandbox import Json, Sandbox

LONGEST_NAME = 80

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1c2530; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
border-bottom: 1px solid #d5dae1; } pre { background: #f2f4f7; padding: 1rem; overflow: auto; white-space: pre-wrap; }
code { overflow-wrap: anywhere; } time { white-space: nowrap; }
"""


def leave(sandboxes: Sequence[Sandbox], directory: str, test: str, failure: str) -> list[str]:
    """Write what is left of a test.

    Args:
        sandboxes: the sandboxes of the test.
        directory: the folder for all tests.
        test: pytest's name of the test.
        failure: the failure as pytest prints it.

    Returns:
        A line on each sandbox: where its page is, or why there is none.
    """
    return [_leave(sandbox, Path(directory) / _folder(test, sandbox), test, failure) for sandbox in sandboxes]


def _leave(sandbox: Sandbox, folder: Path, test: str, failure: str) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        parts = {name: _part(read, sandbox) for name, read in _PARTS.items()}
        for name, part in parts.items():
            (folder / f"{name}.json").write_text(json.dumps(part, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        with suppress(Refused, NoServer):
            (folder / "sandbox.vnsim").write_bytes(sandbox.export())
        page = folder / "index.html"
        page.write_text(_page(sandbox, test, failure, parts), encoding="utf-8")
    except OSError as error:
        return f"{sandbox.name}: nothing could be left in {folder}: {error.strerror or error}"
    return f"{sandbox.name}: {page}"


_PARTS: dict[str, Callable[[Sandbox], Any]] = {
    "events": lambda sandbox: sandbox.journal.all(),
    "messages": lambda sandbox: [message.raw for message in sandbox.inbox.all()],
    "jobs": lambda sandbox: sandbox.jobs.all(),
    "faults": lambda sandbox: sandbox.faults.all(),
}


def _part(read: Callable[[Sandbox], Any], sandbox: Sandbox) -> Any:
    """Return a part, or why it cannot be read, for instance because the test deleted the sandbox."""
    try:
        return read(sandbox)
    except (Refused, NoServer) as error:
        return [{"error": str(error)}]


def _folder(test: str, sandbox: Sandbox) -> str:
    """Return the folder of a sandbox: readable, and another for each test."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", test.rpartition("::")[2]).strip("-").lower()[:LONGEST_NAME]
    return f"{readable}-{sha256(test.encode()).hexdigest()[:8]}/{sandbox.name}"


def _page(sandbox: Sandbox, test: str, failure: str, parts: dict[str, list[Json]]) -> str:
    rows = [(str(event.get("at", "")), "event", _of_event(event)) for event in parts["events"]]
    rows += [(str(message.get("sent_at", "")), "message", _of_message(message)) for message in parts["messages"]]
    body = "\n".join(
        f"<tr><td><time>{escape(at)}</time></td><td>{kind}</td><td>{html}</td></tr>"
        for at, kind, html in sorted(rows, key=lambda row: row[0])
    )
    faults = "".join(f"<li><code>{escape(json.dumps(fault, ensure_ascii=False))}</code></li>" for fault in parts["faults"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(test)}</title><style>{STYLE}</style></head><body>
<h1>{escape(test)}</h1>
<p>Sandbox <strong>{escape(sandbox.name)}</strong>, scenario {escape(sandbox.raw["scenario"])}.
<code>vnsim sandbox import sandbox.vnsim</code> opens it as it was when the test failed.</p>
<p>{" · ".join(f'<a href="{name}.json">{name}</a>' for name in parts)}</p>
<h2>Failure</h2>
<pre>{escape(failure)}</pre>
<h2>Faults</h2>
<ul>{faults or "<li>none</li>"}</ul>
<h2>What happened</h2>
<table><thead><tr><th>At</th><th>What</th><th></th></tr></thead><tbody>
{body}
</tbody></table>
</body></html>
"""


def _of_event(event: Json) -> str:
    about = {name: value for name, value in event.items() if name not in ("id", "at", "type")}
    title = escape(str(event.get("type", "")))
    return f"<strong>{title}</strong> <code>{escape(json.dumps(about, ensure_ascii=False))}</code>"


def _of_message(message: Json) -> str:
    heading = f"{message.get('kind')} to {message.get('to')}: {message.get('subject') or ''}"
    return f"<details><summary>{escape(heading)}</summary><pre>{escape(str(message.get('text', '')))}</pre></details>"
