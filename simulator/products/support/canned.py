"""Canned replies of the desk, each in the customer's language.

Own choice: which there are; the facts in them are those of the manuals.
"""

from simulator.core.desks import CANCELLATIONS, CUSTOMER_CENTRE, SUPPORT
from simulator.core.texts import text
from simulator.directory.cases.models import SupportCase

_BOTH = (SUPPORT.code, CUSTOMER_CENTRE.code)
_ALL = (*_BOTH, CANCELLATIONS.code)

REPLIES = {
    "looking": _ALL,
    "details": _ALL,
    "customer_number": _ALL,
    "administrator": _BOTH,
    "password": _BOTH,
    "emergency_code": _BOTH,
    "elma": _BOTH,
    "in_writing": _ALL,
    "solved": _ALL,
}
"""The reasons, each with the desks at which it is offered; the texts are ``canned.<reason>`` and ``canned.<reason>.text``."""


def offered(desk: str) -> list[str]:
    """Return the reasons that are offered at a desk."""
    return [reason for reason, offering in REPLIES.items() if desk in offering]


def reply(case: SupportCase, reason: str) -> str:
    """Return a canned reply in the customer's language; empty for a reason that there is not."""
    if reason not in offered(case.desk):
        return ""
    values = {"customer_centre": CUSTOMER_CENTRE.alias, "cancellations": CANCELLATIONS.alias, "support": SUPPORT.alias}
    return text(case.reply_language, f"canned.{reason}.text", name=case.requester_name, **values)
