"""Scenarios as data, and the making of sandboxes from them. Light: what builds or checks is imported when it is called."""

from .cache import SCENARIOS, template_for
from .catalogue import check, list_casts, list_scenarios
from .creation import finish

__all__ = ["SCENARIOS", "check", "finish", "list_casts", "list_scenarios", "template_for"]
