"""Profiles, which access points register in ELMA; each covers types of documents.

Source: ELMA web services, profiles supported: ``PEPPOLBIS_3_0_BILLING_01_UBL`` is invoice and credit note of Peppol BIS Billing
3.0. Own choice: the two halves of it, for receivers that take only one of them; older EHF profiles are left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.documents.registers.document_types import BILLING, BY_CODE, CREDIT_NOTE, INVOICE, DocumentType

_BILLING = "PEPPOLBIS_3_0_BILLING_01_UBL"
IDENTIFIER = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SCHEME = "cenbii-procid-ubl"


@dataclass(frozen=True)
class Profile:
    """A profile: its id, and the types that a participant with it receives."""

    id: str
    types: tuple[DocumentType, ...]


PROFILES = (
    Profile(_BILLING, BILLING),
    Profile(f"{_BILLING}_INVOICE", (INVOICE,)),
    Profile(f"{_BILLING}_CREDIT_NOTE", (CREDIT_NOTE,)),
)
BY_ID = {profile.id: profile for profile in PROFILES}


def profile_of(codes: Iterable[str]) -> Profile:
    """Return the profile that covers types of documents, of which there is at least one."""
    included_types = {BY_CODE[code] for code in codes}
    return next(profile for profile in PROFILES if set(profile.types) == included_types)


def types_of(profiles: Iterable[Profile]) -> tuple[DocumentType, ...]:
    """Return the types of documents of some profiles, each once."""
    included_types = {type_ for profile in profiles for type_ in profile.types}
    return tuple(type_ for type_ in BILLING if type_ in included_types)
