"""The vendor's support: its address, its desk, and the addresses that may be written to.

Source: "Brukertips i Kundeservice", totrinnskontroll: a form is mailed to support, and every Connect user may contact support
directly. Own choice: the address is made up, because nobody real is ever written to; see ``core.desks`` for the printed one.
"""

from sqlalchemy import exists, or_, select

from simulator.core import desks
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Person

ADDRESS = desks.SUPPORT.address
ADDRESSES = (desks.SUPPORT.address, desks.SUPPORT.alias)
"""Both addresses of support, the second of which its manuals print."""
NAME = "Visma Support (simulator)"

MADE_UP = ("example", "test", "invalid", "localhost")
"""Reserved top-level domains. Source: RFC 2606, section 2."""


def desk_addresses() -> dict[str, str]:
    """Return what the text ``mail.to_hint`` names: support's own address, and those that manuals print, by the desk's code."""
    return {"own": ADDRESS} | {desk.code: desk.alias for desk in desks.DESKS}


def may_be_written_to(db: Db, address: str) -> bool:
    """Return whether mail may be written to an address: a reserved domain, a desk's, or an address that occurs in this sandbox.

    Own choice: nothing is ever sent, but a simulator should not contain real addresses either.
    """
    if address.rpartition(".")[2] in MADE_UP or desks.at(address) is not None:
        return True
    in_sandbox = or_(
        exists().where(Person.email == address),
        exists().where(Company.email == address),
        exists().where(Message.recipient == address),
    )
    return bool(db.scalar(select(in_sandbox)))
