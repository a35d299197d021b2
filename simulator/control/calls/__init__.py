"""The calls of the control API, one file per noun, each imported with the first request below its paths."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from simulator.control.table import TABLE, ControlCall

PATHS: Mapping[str, Sequence[str]] = {
    "applications": ("sandboxes/*/applications", "sandboxes/*/keys", "sandboxes/*/people/*/token"),
    "autoinvoice": ("sandboxes/*/autoinvoice",),
    "cases": ("sandboxes/*/cases",),
    "checks": ("sandboxes/*/check",),
    "classes": ("classes",),
    "clock": ("sandboxes/*/clock",),
    "contracts": ("sandboxes/*/contracts",),
    "copies": ("sandboxes/*/export", "sandboxes/*/snapshots"),
    "diff": ("sandboxes/*/diff",),
    "dns": ("sandboxes/*/dns",),
    "documents": ("sandboxes/*/documents",),
    "elma": ("sandboxes/*/elma",),
    "events": ("sandboxes/*/events",),
    "faults": ("operations", "sandboxes/*/faults"),
    "identity_providers": ("sandboxes/*/email-domains", "sandboxes/*/external-accounts"),
    "installations": ("sandboxes/*/clients", "sandboxes/*/installations", "sandboxes/*/servers"),
    "invoices": ("sandboxes/*/invoices",),
    "jobs": ("sandboxes/*/jobs",),
    "messages": ("sandboxes/*/messages",),
    "people": ("sandboxes/*/people",),
    "platform": ("progress", "scenarios", "texts"),
    "requests": ("sandboxes/*/request-counts", "sandboxes/*/requests", "sandboxes/*/requests.har"),
    "sandboxes": ("sandboxes",),
    "support_access": ("sandboxes/*/support-access",),
    "webhooks": ("sandboxes/*/applications/*/webhooks",),
}
"""The modules, with the beginnings of their paths below ``/_sim``; an asterisk stands for any segment."""


def all_calls() -> list[ControlCall]:
    """Import all modules, and return every call of the control API, ordered by path and method."""
    for name in ("simulator.control.health", *(f"{__name__}.{module}" for module in PATHS)):
        import_module(name)
    return sorted(TABLE, key=lambda call: (call.path, call.method))
