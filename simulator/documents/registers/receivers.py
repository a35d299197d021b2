"""Who can receive a document electronically: the companies at AutoInvoice and the public registers.

Source: "Brukertips i Kundeservice", ELMA: a Norwegian company receives only through the access point that registered it, and by
e-mail or post once it has left; AutoInvoice, services in Norway: its own network comes before Peppol. Own choice: elsewhere a
company at AutoInvoice receives from others there while its settings say so, whether it is in a public register or not; one whose
identity was not checked receives nothing; an address counts from when the register has published it until it has removed it. An
address of AutoInvoice's own access point leads nowhere while the company here that has it cannot receive, because nobody would see
the document: senders take their next route.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from simulator.core import collation, faults
from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.models import AccessPoint, Account, Participant, Registration, State
from simulator.documents.model.parties import SCHEMES, address_of
from simulator.documents.registers import access_points

faults.declare(
    "receivers.find",
    "The registers are asked who receives a document electronically.",
    down="The registers do not answer. It is asked again a minute later, and given up after the third time: error.",
)

MOST = 200


class Network(StrEnum):
    """The networks that registers speak of; an operator's is named by its code."""

    INTERNAL = "internal"
    PEPPOL = "peppol"


@dataclass(frozen=True)
class Receiver:
    """An electronic address that takes a type of document.

    Attributes:
        name: who it is, as the register says.
        address: ``0192:310000019``.
        country: two letters.
        organisation_number: whose address it is, where that is known.
        network: how it is reached.
        access_point: name of the access point that receives for it.
        company_id: the company here, when it receives at AutoInvoice.
    """

    name: str
    address: str
    country: str
    organisation_number: str | None
    network: str
    access_point: str
    company_id: int | None


class _Criteria(NamedTuple):
    """Who is looked for: by address, else by number, else by name; the number without blanks and dashes."""

    country: str | None = None
    number: str | None = None
    scheme: str | None = None
    identifier: str | None = None
    name: str | None = None


def find(
    db: Db,
    *,
    country: str | None = None,
    organisation_number: str | None = None,
    scheme: str | None = None,
    identifier: str | None = None,
    name: str | None = None,
    kind: str = "invoice",
) -> list[Receiver]:
    """Find who receives a type of document.

    Args:
        db: a transaction that reads.
        country: two letters; with ``organisation_number`` it says which country's number that is; alone it limits a search by name.
        organisation_number: letters and digits, blanks and dashes or not.
        scheme: of an electronic address.
        identifier: of that address.
        name: a part of a name in any case; looked for when neither address nor number is given.
        kind: ``invoice`` or ``credit_note``.

    Returns:
        Those at AutoInvoice first, then by name and address; nobody twice.
    """
    number = countries.compact(organisation_number) if organisation_number else None
    criteria = _Criteria(country, number, scheme, identifier, name)
    by_address = {receiver.address: receiver for receiver in _registered(db, criteria, kind)}
    for receiver in _here(db, criteria):
        by_address.setdefault(receiver.address, receiver)
    return sorted(by_address.values(), key=_order)[:MOST]


def in_registers(db: Db, scheme: str, identifier: str, kind: str) -> Receiver | None:
    """Return who receives at an address as the public registers say, whatever AutoInvoice knows itself."""
    return next(iter(_registered(db, _Criteria(scheme=scheme, identifier=identifier), kind)), None)


def of_organisation(db: Db, country: str, number: str, kind: str) -> Receiver | None:
    """Return where the public registers lead a sender from outside who knows an organisation's number, AutoInvoice first."""
    matches = _registered(db, _Criteria(country, countries.compact(number)), kind)
    return min(matches, key=lambda receiver: (receiver.network != Network.INTERNAL, receiver.address), default=None)


def takes_another_type(
    db: Db, *, scheme: str | None, identifier: str | None, country: str, number: str | None, kind: str
) -> bool:
    """Return whether the registers hold somebody who takes another type of document, and not this one."""
    rows = _registrations(db, _Criteria(country, scheme=scheme, identifier=identifier), None)
    rows = rows or _registrations(db, _Criteria(country, number), None)
    return bool(rows) and all(row.document_type != kind for row in rows)


def company_at(db: Db, receiver: Receiver) -> Company | None:
    """Return the company here that a receiver is, when it receives at AutoInvoice."""
    return db.get(Company, receiver.company_id) if receiver.company_id is not None else None


def _order(receiver: Receiver) -> tuple[bool, str, str]:
    return receiver.network != Network.INTERNAL, collation.sort_key(receiver.name), receiver.address


def _registered(db: Db, criteria: _Criteria, kind: str) -> list[Receiver]:
    """Return what the public registers hold."""
    return [_receiver(db, row) for row in _registrations(db, criteria, kind)]


def _registrations(db: Db, criteria: _Criteria, kind: str | None) -> Sequence[Registration]:
    return db.once(("registrations", criteria, kind), lambda: _read_registrations(db, criteria, kind))


def _read_registrations(db: Db, criteria: _Criteria, kind: str | None) -> Sequence[Registration]:
    country, number, scheme, identifier, name = criteria
    query = (
        select(Registration)
        .join(Registration.participant)
        .join(Registration.access_point)
        .where(Registration.state != State.PENDING_ADD)
        .options(contains_eager(Registration.participant), contains_eager(Registration.access_point))
        .order_by(func.sort_key(Participant.folded_name), Participant.identifier, Registration.id)
    )
    if kind is not None:
        query = query.where(Registration.document_type == kind)
    if scheme and identifier:
        query = query.where(Participant.icd == scheme, Participant.identifier == identifier)
    elif number:
        query = query.where(Participant.organisation_number == number)
        query = query.where(Participant.country == country) if country else query
    elif name:
        query = query.where(Participant.folded_name.contains(folded(name), autoescape=True))
        query = query.where(Participant.country == country) if country else query
    else:
        return []
    return [
        row for row in db.scalars(query.limit(MOST)) if not row.access_point.ours or _leads_somewhere(db, row.participant)
    ]


def _leads_somewhere(db: Db, participant: Participant) -> bool:
    """Return whether documents to an address of our access point arrive: at a company that receives, or outside the sandbox."""
    return _company_of(db, participant) is not None or not _is_of_company_here(db, participant)


def _is_of_company_here(db: Db, participant: Participant) -> bool:
    """Return whether an address belongs to a company of this sandbox, whatever has become of it."""
    number = participant.organisation_number or participant.identifier
    query = select(Company.id).where(Company.country == participant.country, Company.organisation_number == number)
    return participant.company_id is not None or db.scalar(query.limit(1)) is not None


def _receiver(db: Db, row: Registration) -> Receiver:
    participant = row.participant
    company = _company_of(db, participant) if row.access_point.ours else None
    return Receiver(
        name=participant.name,
        address=f"{participant.icd}:{participant.identifier}",
        country=participant.country,
        organisation_number=participant.organisation_number,
        network=Network.INTERNAL if company is not None else Network.PEPPOL,
        access_point=row.access_point.name,
        company_id=company.id if company is not None else None,
    )


def _company_of(db: Db, participant: Participant) -> Company | None:
    """Return the company here that has an address of our access point, when it can receive."""
    number = participant.organisation_number or participant.identifier
    company = accounts.by_number(db, participant.country, number)
    return company if company is not None and _is_verified(db, company) else None


def _here(db: Db, criteria: _Criteria) -> list[Receiver]:
    """Return the companies at AutoInvoice outside Norway that receive from others there."""
    country, number, scheme, identifier, name = criteria
    if scheme and identifier:
        companies = [_by_address(db, scheme, identifier)]
    elif number:
        companies = [accounts.by_number(db, code, number) for code in ([country] if country else SCHEMES)]
    elif name:
        query = accounts.active().where(func.folded(Company.name).contains(folded(name), autoescape=True))
        query = query.where(Company.country == country) if country else query
        companies = list(db.scalars(query.order_by(func.sort_key(Company.name), Company.id).limit(MOST)))
    else:
        companies = []
    receiving = [
        company for company in companies if company is not None and company.country != "NO" and _receives(db, company)
    ]
    return [
        _company(db, company) for company in receiving if _has_address(company) and not _is_registered_elsewhere(db, company)
    ]


def _company(db: Db, company: Company) -> Receiver:
    address = address_of(company.country, company.organisation_number)
    assert address is not None
    return Receiver(
        company.name,
        ":".join(address),
        company.country,
        company.organisation_number,
        Network.INTERNAL,
        access_points.ours(db).name,
        company.id,
    )


def _has_address(company: Company) -> bool:
    return address_of(company.country, company.organisation_number) is not None


def _by_address(db: Db, scheme: str, identifier: str) -> Company | None:
    """Return the company whose own number makes an address."""
    digits = identifier.removeprefix("0037") if scheme == SCHEMES["FI"] else identifier
    country = next((code for code, own in SCHEMES.items() if own == scheme), None)
    return accounts.by_number(db, country, digits) if country is not None else None


def _is_registered_elsewhere(db: Db, company: Company) -> bool:
    """Return whether another access point receives for a company: then AutoInvoice does not."""
    query = (
        select(Registration.id)
        .join(Registration.participant)
        .join(Registration.access_point)
        .where(
            Participant.country == company.country,
            Participant.organisation_number == company.organisation_number,
            AccessPoint.ours.is_(False),
        )
    )
    return db.scalar(query.limit(1)) is not None


def _receives(db: Db, company: Company) -> bool:
    account = db.get(Account, company.id)
    return account is not None and account.receives and account.verified


def _is_verified(db: Db, company: Company) -> bool:
    account = db.get(Account, company.id)
    return account is not None and account.verified
