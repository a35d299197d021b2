"""The calls of the control API, one file a noun; importing this package puts them into the table."""

from simulator.control.calls import (
    autoinvoice,
    checks,
    clock,
    copies,
    documents,
    events,
    faults,
    jobs,
    messages,
    people,
    platform,
    sandboxes,
)

__all__ = [
    "autoinvoice",
    "checks",
    "clock",
    "copies",
    "documents",
    "events",
    "faults",
    "jobs",
    "messages",
    "people",
    "platform",
    "sandboxes",
]
