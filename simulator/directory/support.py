"""The vendor's support: its address, who works at its desk, and which addresses mail may be written to.

Source: "Brukertips i Kundeservice", totrinnskontroll: a form is mailed to support, and every Connect user may contact support
directly. Own choice: the address is made up, because nobody real is ever written to.
"""

from sqlalchemy import exists, or_, select

from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Person
from simulator.directory.roles import Level, Role

SUPPORT_DESK = Role("support_desk", "Support desk", Level.CUSTOMER)
"""What lets a person work at the vendor's desk. It is not in the catalogue: nobody at a customer can give it."""

ADDRESS = "support@visma-sim.example"
NAME = "Visma Support (simulator)"

MADE_UP = ("example", "test", "invalid", "localhost")
"""Top-level domains that are nobody's. Source: RFC 2606, section 2."""


def may_be_written_to(db: Db, address: str) -> bool:
    """Say whether a mail to an address stays inside: made up, of somebody in this sandbox, or written to before.

    Own choice: nothing is ever sent, but a real address has no place in a simulator either.
    """
    if address.rpartition(".")[2] in MADE_UP:
        return True
    known = or_(
        exists().where(Person.email == address),
        exists().where(Company.email == address),
        exists().where(Message.recipient == address),
    )
    return bool(db.scalar(select(known)))
