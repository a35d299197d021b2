"""The SML, the address book of the Peppol network: which server tells how to reach a participant. Asked over HTTP, not by DNS.

Source: Peppol, policy for use of identifiers and SML: the name that is asked for is the hash of the participant's identifier in
small letters, and the answer a U-NAPTR record with the service ``Meta:SMP``. Own choice: the zone, and that one SMP serves
everybody in a sandbox. Left out: resolvers that remember for a minute that a name is not there.
"""

from base64 import b32encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import select

from simulator.core.sandbox import Sandbox
from simulator.documents.model.models import Participant, Registration
from simulator.documents.registers.publication import PUBLISHED
from simulator.documents.registers.schemes import NETWORK

ZONE = "participant.sml.example"
TTL = 60


@dataclass(frozen=True)
class Record:
    """A U-NAPTR record; ``name`` is the whole name, ``smp`` the address of the server that it leads to."""

    name: str
    smp: str

    @property
    def regexp(self) -> str:
        """What replaces the name that was asked for."""
        return f"!.*!{self.smp}!"

    @property
    def fields(self) -> dict[str, str | int]:
        """The record by the names of its parts."""
        return {
            "name": self.name,
            "ttl": TTL,
            "class": "IN",
            "type": "NAPTR",
            "order": 100,
            "preference": 10,
            "flags": "U",
            "service": "Meta:SMP",
            "regexp": self.regexp,
            "replacement": ".",
        }

    @property
    def line(self) -> str:
        """The record as files of zones write it."""
        return f'{self.name}. {TTL} IN NAPTR 100 10 "U" "Meta:SMP" "{self.regexp}" .'


@lru_cache(maxsize=100_000)
def label(identifier: str) -> str:
    """Return the first part of the name under which the SML has a participant.

    Args:
        identifier: with its scheme, ``0192:310000019``.
    """
    return b32encode(sha256(identifier.lower().encode()).digest()).decode().rstrip("=").lower()


def name_of(label_: str) -> str:
    """Return the whole name."""
    return f"{label_}.{NETWORK}.{ZONE}"


_PUBLISHED = (
    select(Participant.icd, Participant.identifier).join(Registration).where(Registration.state.in_(PUBLISHED)).distinct()
)


def find(sandbox: Sandbox, name: str) -> Record | None:
    """Return the record of a name, or None when there is no such name.

    Args:
        sandbox: whose registers.
        name: a label, or the whole name that begins with it, in any case.
    """
    name = name.lower().removesuffix(".")
    requested_label, _, rest = name.partition(".")
    if rest and rest != f"{NETWORK}.{ZONE}":
        return None
    for scheme, identifier in sandbox.rows(_PUBLISHED):
        if label(f"{scheme}:{identifier}") == requested_label:
            return Record(name_of(requested_label), f"{sandbox.program_base()}/smp")
    return None
