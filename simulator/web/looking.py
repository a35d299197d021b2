"""Looking at a page for somebody else: it is made in this process as its visitor's browser would ask for it; nothing is written.

Own choice, all of it. A request from outside cannot claim to be one of these: headers do not reach the key in its environment.
"""

from flask import has_request_context, request

LOOKING = "vnsim.looking"
"""Where the environment of a request says that nobody opens the page."""
CARRIED_OUT = "vnsim.carried_out"
"""Where the environment of a request says that the platform itself opens the page, to carry out a solution."""


def is_carried_out() -> bool:
    """Return whether the platform itself makes the present request, to carry out a solution."""
    return has_request_context() and CARRIED_OUT in request.environ


def is_looking() -> bool:
    """Return whether the present request only looks: it writes nothing, is not written down, and counts as nobody's visit."""
    return has_request_context() and LOOKING in request.environ
