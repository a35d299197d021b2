"""The vendor's simulated desks: the addresses at which they are written to in a sandbox.

Source: "Brukertips i Kundeservice" prints three addresses: totrinnskontroll, *skysupport@visma.com*; ELMA,
*kundesenteret@visma.com* for the activation team; bindingstid, *oppsigelse@visma.no*. Own choice: the desks' own addresses are made
up, and the printed ones are aliases of them inside a sandbox, marked as simulated, so that a reader can follow the text. Nothing
leaves the machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.core import normal_forms

WHEN_MAILED: dict[str, Callable[..., Any]] = {}
"""What is called with each mail to or from a desk, ``call(db, message)`` in its transaction: packages above register here."""

ACTION_MODULES: list[str] = []
"""Modules that offer actions on the desks' cases when they are imported, see ``directory.cases.actions``."""


@dataclass(frozen=True)
class Desk:
    """A desk of the vendor.

    Attributes:
        code: ``support``; the text ``desk.<code>`` is its name.
        address: its made-up address.
        alias: the address that the manuals print.
    """

    code: str
    address: str
    alias: str


SUPPORT = Desk("support", "support@visma-sim.example", "skysupport@visma.com")
CUSTOMER_CENTRE = Desk("customer_centre", "activation@visma-sim.example", "kundesenteret@visma.com")
CANCELLATIONS = Desk("cancellations", "cancellations@visma-sim.example", "oppsigelse@visma.no")
DESKS = (SUPPORT, CUSTOMER_CENTRE, CANCELLATIONS)
BY_CODE = {desk.code: desk for desk in DESKS}


def at(address: str) -> Desk | None:
    """Return the desk that is written to at an address, in any case; or None."""
    normal = normal_forms.email(address)
    return next((desk for desk in DESKS if normal in (desk.address, desk.alias)), None)


def is_alias(address: str) -> bool:
    """Return whether an address is one that exists outside too, and is simulated here."""
    return normal_forms.email(address) in [desk.alias for desk in DESKS]


def same_mailbox(address: str) -> tuple[str, ...]:
    """Return all addresses of the mailbox that an address, or a telephone number, belongs to, in their normal form."""
    desk = at(address)
    return (desk.address, desk.alias) if desk is not None else (normal_forms.recipient(address),)
