"""Companies at AutoInvoice: each has one account, with its identity check and its settings for sending and receiving.

Source: AutoInvoice, company settings and identity check before anything is sent or received. Own choice: a company that a scenario
sets up is verified; one that gets AutoInvoice later is verified by its identity check. An account is opened when the company gets
the service. Its uuid follows from the sandbox and the company: a page about a company without an account shows the uuid that the
account will have, and reading never consumes random numbers.
"""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from simulator.core import events
from simulator.core.errors import Forbidden
from simulator.core.sandbox import Db
from simulator.directory.activation import WHEN_ACTIVATED
from simulator.directory.models import Company, CompanyService, CompanyStatus
from simulator.documents.model.models import Account, IdentityCheck

SERVICE = "autoinvoice"

events.declare(
    autoinvoice__settings_changed="Settings of a company in AutoInvoice were changed.",
)


def of(db: Db, company: Company) -> Account:
    """Return a company's account; it is opened when there is none, in a transaction that only reads for that transaction only."""
    account = db.get(Account, company.id)
    return account or open_account(db, company, verified=False)


def open_account(db: Db, company: Company, *, verified: bool) -> Account:
    """Open a company's account with default settings; an open account keeps its settings.

    Args:
        db: the transaction.
        company: the company.
        verified: whether the account, new or open, becomes verified.
    """
    account = db.get(Account, company.id)
    if account is None:
        account = Account(
            company_id=company.id,
            uuid=_uuid_of(db, company),
            verified=False,
            identity_check=IdentityCheck.NONE,
            contact_email=company.email,
            contact_phone=company.phone,
        )
        db.add(account)
    if verified:
        account.verified, account.identity_check = True, IdentityCheck.SIGNED
    db.flush()
    return account


def open_new_account(db: Db, company: Company) -> None:
    """Open the account of a company on which AutoInvoice was activated."""
    of(db, company)


WHEN_ACTIVATED[SERVICE] = open_new_account


def _uuid_of(db: Db, company: Company) -> str:
    digest = hmac.new(db.read_record().seed.encode(), f"autoinvoice account {company.id}".encode(), hashlib.sha256).digest()
    return str(UUID(bytes=digest[:16], version=4))


def new_uuid(db: Db) -> str:
    """Draw a random UUID: RFC 9562, version 4."""
    return db.chance.uuid()


def check_verified(account: Account) -> None:
    """Check that a company may send and receive.

    Raises:
        Forbidden: ``documents.not_verified``.

    Source: AutoInvoice's interface for programs answers *Unauthorized* for a company that is not verified.
    """
    if not account.verified:
        raise Forbidden("documents.not_verified")


def active() -> Select[Company]:
    """Return the query for the companies that are active and use AutoInvoice."""
    return (
        select(Company)
        .join(CompanyService, CompanyService.company_id == Company.id)
        .where(Company.status == CompanyStatus.ACTIVE, CompanyService.service == SERVICE)
    )


def by_number(db: Db, country: str, number: str) -> Company | None:
    """Return the company here with an organisation number, when it is active and uses AutoInvoice."""

    def read() -> Company | None:
        return db.scalar(active().where(Company.country == country, Company.organisation_number == number))

    return db.once(("company", country, number), read)


def by_uuid(db: Db, uuid: str) -> Account | None:
    """Return the account with a uuid, or None."""
    return db.scalar(select(Account).where(Account.uuid == uuid))


def change(db: Db, actor: str, account: Account, **values: Any) -> list[str]:
    """Change settings of a company.

    Returns:
        The names of the changed settings; without any, nothing is recorded.
    """
    before = {name: getattr(account, name) for name in values}
    changed = [name for name, value in values.items() if before[name] != value]
    for name in changed:
        setattr(account, name, values[name])
    if changed:
        company = account.company
        events.record(
            db,
            "autoinvoice.settings_changed",
            actor=actor,
            subject=company.organisation_number,
            company=company.name,
            settings=changed,
        )
        db.flush()
    return changed
