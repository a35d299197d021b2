"""Writes access points and who is registered in ELMA through them."""

from dataclasses import dataclass
from datetime import time

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.model import parties
from simulator.documents.model.models import AccessPoint, Account, Participant, SyntheticDocuments
from simulator.documents.registers import access_points, participants, publication
from simulator.documents.registers.document_types import BY_CODE
from simulator.documents.synthetic import consumption, partners

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
class Identity:
    """What registers say of a company."""

    name: str
    country: str
    organisation_number: str

    @classmethod
    def of(cls, company: Company) -> "Identity":
        """Return a company's identity as it is now."""
        return cls(company.name, company.country, company.organisation_number)

    @property
    def address(self) -> tuple[str, str] | None:
        """Scheme and identifier of its electronic address."""
        return parties.address_of(self.country, self.organisation_number)


def renew_registrations(setting: Setting, company: Company, before: Identity) -> None:
    """Let the registers name a company as an overlay has made it, where they named it as it was before."""
    db, now = setting.db, Identity.of(company)
    for participant in db.scalars(select(Participant).where(Participant.company_id == company.id).order_by(Participant.id)):
        address = participant.icd, participant.identifier
        if participant.name == before.name:
            participant.name = now.name
        if participant.organisation_number == before.organisation_number:
            participant.organisation_number, participant.country = now.organisation_number, now.country
        if address == before.address and now.address not in (None, address):
            publication.drop_from_directory(db, participant)
            participant.icd, participant.identifier = now.address
        db.flush()
        publication.list_in_directory(db, participant)
    db.flush()


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
    """Register receivers of e-invoices; an overlay replaces the scenario's registration of an address.

    A company that the overlay makes unverified leaves AutoInvoice's access point, as it could not have got there.
    """
    if setting.below:
        _withdraw_unverified(setting.db)
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


def register_partners(setting: Setting) -> None:
    """Register the other sides of recorded e-invoices at an access point outside, so that new invoices to them go the same way.

    Nothing happens in a scenario without such an access point.
    """
    db = setting.db
    access_point = db.scalar(select(AccessPoint).where(AccessPoint.ours.is_(False)).order_by(AccessPoint.id).limit(1))
    if access_point is None:
        return
    recorded = select(SyntheticDocuments.company_id).where(SyntheticDocuments.unit.in_(consumption.BY_NETWORK))
    countries = db.scalars(
        select(Company.country).where(Company.id.in_(recorded)).distinct().order_by(Company.country)
    ).all()
    for partner in (partner for country in countries for partner in partners.electronic(country)):
        assert partner.scheme is not None and partner.identifier is not None
        if participants.find(db, partner.identifier, partner.scheme) is None:
            participants.enter(
                db,
                partner.identifier,
                partner.name,
                access_point,
                scheme=partner.scheme,
                country=partner.country,
                organisation_number=partner.organisation_number,
            )


def _withdraw_unverified(db: Db) -> None:
    """Remove what AutoInvoice's access point has registered for companies that are not verified."""
    query = (
        select(Participant)
        .join(Account, Account.company_id == Participant.company_id)
        .where(Account.verified.is_(False))
        .order_by(Participant.id)
    )
    for participant in db.scalars(query).all():
        ours = [row for row in participant.registrations if row.access_point.ours]
        for row in ours:
            participant.registrations.remove(row)
        if ours and participant.registrations:
            publication.list_in_directory(db, participant)
        elif ours:
            publication.drop_from_directory(db, participant)
            publication.drop_when_empty(db, participant)
    db.flush()


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
