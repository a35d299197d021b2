"""The calls of the control API, one file per noun; importing this package registers them."""

from simulator.control.calls import (
    autoinvoice,
    cases,
    checks,
    clock,
    copies,
    documents,
    elma,
    events,
    faults,
    installations,
    invoices,
    jobs,
    messages,
    people,
    platform,
    sandboxes,
)

__all__ = [
    "autoinvoice",
    "cases",
    "checks",
    "clock",
    "copies",
    "documents",
    "elma",
    "events",
    "faults",
    "installations",
    "invoices",
    "jobs",
    "messages",
    "people",
    "platform",
    "sandboxes",
]
