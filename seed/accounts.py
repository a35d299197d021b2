"""Writes accounts at AutoInvoice: every company where it is active has one, verified unless the scenario says otherwise."""

import hashlib
from collections.abc import Iterable
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from simulator.core.sandbox import Db
from simulator.directory.models import Company, CompanyService, Grant, Person
from simulator.directory.roles import ROLES
from simulator.documents.accounts import api_keys
from simulator.documents.accounts.accounts import SERVICE
from simulator.documents.model.models import Account, ApiKey, IdentityCheck, KeyKind

from . import model
from .setting import Setting

AT_ONCE = 1000
SCANS_SINCE = time(9)


def open_accounts(setting: Setting) -> None:
    """Open the account of every company that uses AutoInvoice and has none yet."""
    db = setting.db
    db.flush()
    query = (
        select(Company.id, Company.key, Company.email, Company.phone)
        .join(CompanyService, CompanyService.company_id == Company.id)
        .outerjoin(Account, Account.company_id == Company.id)
        .where(CompanyService.service == SERVICE, Account.company_id.is_(None))
        .order_by(Company.id)
    )
    rows = [
        {
            "company_id": company_id,
            "uuid": made_uuid(setting.scenario, key or str(company_id)),
            "verified": True,
            "identity_check": IdentityCheck.SIGNED.value,
            "signatory": None,
            "contact_name": None,
            "contact_email": email,
            "contact_phone": phone,
            "notify_received_to": None,
            "scan_active_from": None,
            "scan_return_email": None,
        }
        for company_id, key, email, phone in db.execute(query)
    ]
    for start in range(0, len(rows), AT_ONCE):
        db.execute(insert(Account.__table__), rows[start : start + AT_ONCE])  # type: ignore[arg-type]


def give_keys(setting: Setting) -> None:
    """Give everybody of the cast who works in AutoInvoice a key for programs; its text is each sandbox's own."""
    db = setting.db
    roles = [role.code for role in ROLES if role.service == SERVICE]
    mine = (
        select(Person)
        .where(Person.key.is_not(None), Person.id.in_(select(Grant.person_id).where(Grant.role.in_(roles))))
        .order_by(Person.id)
    )
    for person in db.scalars(mine).all():
        key = api_keys.of_person(db, person.id)
        if key is not None:
            key.name = person.name
        else:
            db.add(
                ApiKey(
                    kind=KeyKind.USER,
                    person_id=person.id,
                    name=person.name,
                    value=made_uuid(setting.scenario, "key", person.email),
                    created_at=db.clock.now(),
                    disabled_at=None,
                )
            )
    db.flush()


def made_uuid(*words: str) -> str:
    """Return a name of the form that programs expect, the same for the same words."""
    return str(UUID(bytes=hashlib.sha256("|".join(words).encode()).digest()[:16], version=4))


def write_settings(setting: Setting, entries: list[model.Company]) -> None:
    """Set what the scenario says of accounts; keys that were not given stay."""
    for entry in entries:
        if entry.autoinvoice is not None:
            account = setting.db.get_one(Account, setting.company(entry.key).id)
            for name, value in _columns(setting, entry.autoinvoice):
                setattr(account, name, value)
    setting.db.flush()


def _columns(setting: Setting, entry: model.Account) -> Iterable[tuple[str, Any]]:
    keys = entry.model_fields_set
    for name in keys & COLUMNS.keys():
        for column in COLUMNS[name]:
            yield column, getattr(entry, name)
    if "verified" in keys:
        yield "identity_check", (IdentityCheck.SIGNED if entry.verified else IdentityCheck.NONE)
    if "scan" in keys:
        yield "scan_active_from", setting.instant(entry.scan, SCANS_SINCE) if entry.scan else None


COLUMNS = {
    "verified": ("verified",),
    "receives": ("receives",),
    "print": ("print_enabled", "print_prices_accepted"),
    "email": ("email_enabled",),
    "hold": ("hold_multiple",),
    "stop_duplicates": ("stop_duplicates",),
    "contact": ("contact_name",),
    "contact_email": ("contact_email",),
    "notify": ("notify_received_to",),
}
"""Columns of an account by the key that sets them."""


def turn_on_used(db: Db, units: dict[int, set[str]]) -> None:
    """Let accounts have what their companies' consumption says they used: letters."""
    for company_id, used in units.items():
        if used & {"PRINT_PRIORITY", "PRINT_EU"} and (account := db.get(Account, company_id)):
            account.print_enabled = account.print_prices_accepted = True
    db.flush()
