"""Types of the control API's answers about cases of the vendor's desks."""

from typing import Annotated, Any, TypedDict

from simulator.core.desks import BY_CODE
from simulator.directory.cases.models import CaseChannel, CaseState, ChatState, EntryKind
from simulator.web.calls.openapi import Instant, Words


class Case(TypedDict):
    """A case of one of the vendor's desks; ``customer`` is a number, ``assigned`` the address of a member of the staff."""

    number: int
    desk: Annotated[str, Words(tuple(BY_CODE), "Desk")]
    channel: Annotated[str, Words(CaseChannel, "CaseChannel")]
    state: Annotated[str, Words(CaseState, "CaseState")]
    chat: Annotated[str, Words(ChatState)] | None
    topic: str | None
    subject: str
    requester: str
    customer: str | None
    assigned: str | None
    language: str
    version: int
    created_at: Instant
    changed_at: Instant


class CaseEntry(TypedDict):
    """An entry of a case; the customer sees those that are public. ``message`` is the id of its mail."""

    id: int
    kind: Annotated[str, Words(EntryKind)]
    public: bool
    author: str | None
    at: Instant
    text: str
    event: str | None
    data: dict[str, Any]
    message: int | None


class CaseWithEntries(Case):
    """A case with its entries, oldest first."""

    entries: list[CaseEntry]
