"""Answers of the calls about the requests of a sandbox."""

from typing import Any, TypedDict

from simulator.web.calls.openapi import Instant


class MetFault(TypedDict):
    """A fault that a request met."""

    operation: str
    outcome: str


class Request(TypedDict):
    """A request of a browser or program to a sandbox.

    ``path`` is below the sandbox's address, ``query`` what followed its question mark; values that open something are replaced by
    their length, as ``(22)``. ``endpoint`` is the page or call that answered it, None where there is none; ``person`` the address
    of the user who was signed in, or in whose name a program called; ``location`` where a redirect leads.
    """

    id: int
    at: Instant
    method: str
    path: str
    query: str
    endpoint: str | None
    product: str | None
    status: int
    person: str | None
    faults: list[MetFault]
    location: str | None


class RequestWithBody(Request):
    """A request with its body, the fields of a form or JSON, and with the answer, if that was JSON; ``size`` in bytes."""

    media_type: str | None
    body: Any
    answer_type: str | None
    size: int | None
    answer: Any


class RequestCount(TypedDict):
    """How many requests have a value."""

    value: str | None
    count: int


class Difference(TypedDict):
    """What was expected of a field of a request, and what it has."""

    expected: Any
    found: Any


class NearMiss(TypedDict):
    """A request that differs in few fields from what was expected; ``body.<field>`` is a field of its body."""

    request: RequestWithBody
    differs: dict[str, Difference]


class Verification(TypedDict):
    """Whether the expected number of requests came; if there are too few, the three that differ least."""

    holds: bool
    count: int
    near_misses: list[NearMiss]
