"""Scenarios as data, and the making of sandboxes from them. Light: what builds or checks is imported when it is called."""

from .cache import SCENARIOS, template_for
from .catalogue import Catalogue, cast_of, check, is_path, list_casts, list_scenarios, overlay_problems, read_own
from .creation import finish

__all__ = [
    "SCENARIOS",
    "Catalogue",
    "cast_of",
    "check",
    "finish",
    "is_path",
    "list_casts",
    "list_scenarios",
    "overlay_problems",
    "read_own",
    "template_for",
]
