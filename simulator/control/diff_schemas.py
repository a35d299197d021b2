"""The answer of the call that says what changed in a sandbox."""

from typing import Annotated, Any, TypedDict

from simulator.web.calls.openapi import Instant, Words

COMPARED = ("creation", "snapshot", "journal")
"""What a sandbox is compared with: two states of it, or no state, but what its journal and dated rows say."""
HAPPENED = ("new", "gone", "changed", "event")


class Change(TypedDict):
    """A change: a thing that is new or gone, an attribute that has another value, or an event of the journal.

    ``text`` is a sentence, ``what`` the name of the thing. ``before`` and ``after`` are None for values that are never displayed.
    """

    kind: str
    happened: Annotated[str, Words(HAPPENED)]
    text: str
    what: str
    attribute: str | None
    before: Any
    after: Any


class Diff(TypedDict):
    """What changed in a sandbox, and with what it was compared; instants are of its clock."""

    compared: Annotated[str, Words(COMPARED)]
    since: Instant
    until: Instant
    changes: list[Change]
