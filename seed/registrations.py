"""Writes access points and who is registered in ELMA through them."""

from dataclasses import dataclass
from datetime import time

from sqlalchemy import select

from simulator.directory.models import Company
from simulator.documents.model import parties
from simulator.documents.model.models import AccessPoint
from simulator.documents.registers import access_points, participants
from simulator.documents.registers.document_types import BY_CODE

from . import model
from .identifiers import compact
from .setting import Setting

REGISTERED_AT = time(9)


def write_access_points(setting: Setting, entries: list[model.AccessPoint]) -> None:
    """Add access points, or change existing ones in the keys of their entries."""
    for at, entry in enumerate(entries):
        access_point = setting.db.scalar(select(AccessPoint).where(AccessPoint.key == entry.key))
        if access_point is None:
            access_points.add(setting.db, entry.key, entry.name, ours=entry.ours)
            continue
        for name in setting.keys_of("access_points", at) & {"name", "ours"}:
            setattr(access_point, name, getattr(entry, name))


@dataclass(frozen=True)
class _Holder:
    """Who an entry is about, and at which electronic address."""

    scheme: str
    identifier: str
    name: str
    country: str
    organisation_number: str
    company: Company | None


def write_participants(setting: Setting, entries: list[model.Participant]) -> None:
    """Register receivers of e-invoices; an overlay replaces the scenario's registration of an address."""
    holders = []
    for at, entry in enumerate(entries):
        with setting.reporting(f"participants.{at}"):
            holders.append(_holder(setting, entry))
    if setting.below:
        for holder in holders:
            before = participants.find(setting.db, holder.identifier, holder.scheme)
            if before is not None:
                setting.db.delete(before)
        setting.db.flush()
    for at, (entry, holder) in enumerate(zip(entries, holders, strict=True)):
        with setting.reporting(f"participants.{at}"):
            participants.enter(
                setting.db,
                holder.identifier,
                holder.name,
                access_points.by_key(setting.db, entry.access_point),
                scheme=holder.scheme,
                country=holder.country,
                organisation_number=holder.organisation_number,
                document_types=[BY_CODE[code] for code in entry.documents],
                company=holder.company,
                registered_at=setting.instant(entry.registered, REGISTERED_AT) if entry.registered else None,
            )


def _holder(setting: Setting, entry: model.Participant) -> _Holder:
    company = setting.company(entry.company) if entry.company else None
    country = company.country if company else entry.country or setting.country
    number = company.organisation_number if company else compact(entry.organisation_number or "")
    if entry.address:
        scheme, identifier = entry.address.split(":", 1)
    else:
        address = parties.address_of(country, number)
        assert address is not None, country
        scheme, identifier = address
    return _Holder(scheme, identifier, company.name if company else entry.name or "", country, number, company)
