"""The step of a request that looks for faults: most sandboxes have none, and nothing more is imported for them."""

from flask import g, request
from werkzeug.wrappers import Response

from simulator.core.late import late
from simulator.web.looking import is_looking

meet = late("simulator.web.fault_answers:meet")


def check_faults() -> Response | None:
    """Let a request fail when a test has ordered it: after everything that refuses it anyway, before its view."""
    if "sandbox" not in g or request.endpoint is None or request.method == "OPTIONS" or is_looking():
        return None
    visit = g.get("visit")
    if not (visit.has_faults if visit is not None else g.sandbox.has_faults()):
        return None
    answer: Response | None = meet()
    return answer
