"""Searches the requests of a sandbox, and says how requests differ from an expected one.

Source of near misses: WireMock, *Verifying*: at most three, the nearest first. Own choice: nearest is what differs in the fewest
fields, then in the most similar values, then what came last.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from simulator.control.request_schemas import Difference, NearMiss, Request, RequestCount, RequestWithBody, Verification
from simulator.core import redaction
from simulator.core.errors import BadInput
from simulator.web.calls.fields import Field

MOST_NEAR_MISSES = 3
STATUS = re.compile(r"[1-5](\d\d|xx)")
COUNTED = ("endpoint", "method", "path", "person", "product", "status")
"""What requests can be counted by."""

Log = Sequence[dict[str, Any]]


def status_field() -> Field:
    """Return a field for a status or a class of them: 404, or ``4xx``."""

    def read(value: Any) -> str:
        text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not STATUS.fullmatch(text):
            raise ValueError("write a status such as 404, or a class of them such as 4xx")
        return text

    number = {"type": "integer", "minimum": 100, "maximum": 599}
    return Field(read, {"anyOf": [{"type": "string", "pattern": f"^{STATUS.pattern}$"}, number]})


def selected(log: Log, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the requests that fit all filters, oldest first.

    Args:
        log: all requests.
        filters: ``method``, ``path``, ``status``, ``person``, ``product``; ``since`` and ``until``, instants, the latter excluded;
            what is None does not filter.
    """
    return [request for request in log if _is_between(request, filters) and not differences(request, filters)]


def counts(requests: Log, by: str) -> list[RequestCount]:
    """Count requests by a field, the most frequent value first."""
    counter = Counter(request[by] for request in requests)
    values = sorted(counter, key=lambda value: (-counter[value], value is None, str(value)))
    return [{"value": None if value is None else str(value), "count": counter[value]} for value in values]


def verify(log: Log, expected: Mapping[str, Any]) -> Verification:
    """Say whether so many requests came as expected.

    Args:
        log: all requests.
        expected: the filters of ``selected``, ``body`` with the expected fields of the body, and ``times`` or ``at_least`` and
            ``at_most``; without any, at least one has to come.

    Raises:
        BadInput: both a number and limits, limits that no number fits, or a field whose value is not written down.
    """
    least, most = _limits(expected)
    for name in expected.get("body") or ():
        if redaction.is_secret(name):
            raise BadInput([(f"body.{name}", "opens something, so its value is not written down")])
    differing = [(request, differences(request, expected)) for request in log if _is_between(request, expected)]
    count = sum(not differs for _, differs in differing)
    misses = sorted((miss for miss in differing if miss[1]), key=_distance) if count < least else []
    return {
        "holds": least <= count and (most is None or count <= most),
        "count": count,
        "near_misses": [_near_miss(request, differs) for request, differs in misses[:MOST_NEAR_MISSES]],
    }


def differences(request: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Difference]:
    """Return the fields in which a request is not as expected, each with both values."""
    return {name: {"expected": value, "found": actual} for name, value, actual in _compared(request, expected)}


def described(request: Mapping[str, Any]) -> Request:
    """Describe a request without its body."""
    return {name: request[name] for name in Request.__annotations__}  # type: ignore[return-value]


def described_with_body(request: Mapping[str, Any]) -> RequestWithBody:
    """Describe a request with its body and answer."""
    return {name: request[name] for name in RequestWithBody.__annotations__}  # type: ignore[return-value]


def _compared(request: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    method, path, status = (expected.get(name) for name in ("method", "path", "status"))
    if method is not None and method.upper() != request["method"]:
        yield "method", method.upper(), request["method"]
    if path is not None and not _fits(path, request):
        yield "path", path, request["path"] + (f"?{request['query']}" if "?" in path else "")
    if status is not None and not re.fullmatch(status.replace("x", r"\d"), str(request["status"])):
        yield "status", status, request["status"]
    for name in ("person", "product"):
        if expected.get(name) is not None and expected[name] != request[name]:
            yield name, expected[name], request[name]
    body = request["body"] if isinstance(request["body"], dict) else {}
    for name, value in (expected.get("body") or {}).items():
        if name not in body or (body[name] != value and str(body[name]) != str(value)):
            yield f"body.{name}", value, body.get(name)


def _fits(pattern: str, request: Mapping[str, Any]) -> bool:
    """Return whether a path fits a pattern, in which ``*`` stands for anything; one with a question mark is about the query too."""
    path = f"{request['path']}?{request['query']}" if "?" in pattern else request["path"]
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path, re.DOTALL) is not None


def _is_between(request: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    since, until = filters.get("since"), filters.get("until")
    at = datetime.fromisoformat(request["at"])
    return (since is None or since <= at) and (until is None or at < until)


def _limits(expected: Mapping[str, Any]) -> tuple[int, int | None]:
    times, least, most = (expected.get(name) for name in ("times", "at_least", "at_most"))
    if times is not None:
        if least is not None or most is not None:
            raise BadInput([("times", "is sent alone, without at_least and at_most")])
        return times, times
    if least is not None and most is not None and most < least:
        raise BadInput([("at_most", "is less than at_least")])
    return (1 if least is None and most is None else least or 0), most


def _distance(miss: tuple[dict[str, Any], dict[str, Difference]]) -> tuple[int, float, int]:
    request, differs = miss
    likeness = sum(
        SequenceMatcher(None, str(difference["expected"]), str(difference["found"])).ratio()
        for difference in differs.values()
    )
    return len(differs), -likeness, -request["id"]


def _near_miss(request: dict[str, Any], differs: dict[str, Difference]) -> NearMiss:
    return {"request": described_with_body(request), "differs": differs}
