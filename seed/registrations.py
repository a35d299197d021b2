"""Writes access points and who is registered in ELMA through them."""

from datetime import time

from sqlalchemy import select

from simulator.directory.models import Company
from simulator.documents import access_points, participants
from simulator.documents.document_types import BY_CODE
from simulator.documents.models import AccessPoint

from . import model
from .identifiers import compact
from .setting import Setting

REGISTERED_AT = time(9)


def write_access_points(setting: Setting, entries: list[model.AccessPoint]) -> None:
    """Add access points, or change the given keys of those that are there."""
    for at, entry in enumerate(entries):
        found = setting.db.scalar(select(AccessPoint).where(AccessPoint.key == entry.key))
        if found is None:
            access_points.add(setting.db, entry.key, entry.name, ours=entry.ours)
            continue
        for name in setting.given("access_points", at) & {"name", "ours"}:
            setattr(found, name, getattr(entry, name))


def write_participants(setting: Setting, entries: list[model.Participant]) -> None:
    """Register receivers of e-invoices; whoever was registered in the scenario is registered anew by what is laid over it."""
    holders = [_holder(setting, entry) for entry in entries]
    if setting.below:
        for number, _, _ in holders:
            before = participants.find(setting.db, number)
            if before is not None:
                setting.db.delete(before)
        setting.db.flush()
    for at, (entry, (number, name, company)) in enumerate(zip(entries, holders, strict=True)):
        with setting.telling(f"participants.{at}"):
            participants.enter(
                setting.db,
                number,
                name,
                access_points.by_key(setting.db, entry.access_point),
                document_types=[BY_CODE[code] for code in entry.documents],
                company=company,
                registered_at=setting.instant(entry.registered, REGISTERED_AT) if entry.registered else None,
            )


def _holder(setting: Setting, entry: model.Participant) -> tuple[str, str, Company | None]:
    """Return number, name and, when it is one, the company that an entry is about."""
    if entry.company:
        company = setting.company(entry.company)
        return company.organisation_number, company.name, company
    return compact(entry.organisation_number or ""), entry.name or "", None
