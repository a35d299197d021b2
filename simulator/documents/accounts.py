"""Companies at AutoInvoice: each has one account, with its identity check and its settings for sending and receiving.

Source: AutoInvoice, company settings and identity check before anything is sent or received. Own choice: a company that a scenario
sets up is verified; one that gets AutoInvoice later is not until its identity was checked.
"""

from uuid import UUID

from sqlalchemy import select

from simulator.core import events
from simulator.core.errors import Forbidden
from simulator.core.sandbox import Db
from simulator.directory.models import Company, CompanyService, CompanyStatus
from simulator.documents.models import Account, IdentityCheck

SERVICE = "autoinvoice"

events.declare(
    autoinvoice__identity_check_sent="A request to sign was mailed to whoever may sign for a company.",
    autoinvoice__verified="A company's identity was checked; it can send and receive.",
)


def of(db: Db, company: Company) -> Account:
    """Return a company's account, made when it has none yet; in a transaction that only reads it is made to look at.

    Own choice: see the module.
    """
    found = db.get(Account, company.id)
    return found or open_account(db, company, verified=False)


def open_account(db: Db, company: Company, *, verified: bool) -> Account:
    """Open a company's account with the settings that a new one has."""
    account = Account(
        company_id=company.id,
        uuid=new_uuid(db),
        verified=verified,
        identity_check=IdentityCheck.SIGNED if verified else IdentityCheck.NONE,
        contact_email=company.email,
        contact_phone=company.phone,
    )
    db.add(account)
    db.flush()
    return account


def new_uuid(db: Db) -> str:
    """Draw a name of the form that programs expect: RFC 9562, version 4."""
    return str(UUID(bytes=db.chance.bytes(16), version=4))


def check_verified(account: Account) -> None:
    """See that a company may send and receive.

    Raises:
        Forbidden: ``documents.not_verified``.

    Source: AutoInvoice's interface for programs answers *Unauthorized* for a company that is not verified.
    """
    if not account.verified:
        raise Forbidden("documents.not_verified")


def by_number(db: Db, country: str, number: str) -> Company | None:
    """Return the company here with an organisation number, when it is active and uses AutoInvoice."""
    query = (
        select(Company)
        .join(CompanyService, CompanyService.company_id == Company.id)
        .where(
            Company.country == country,
            Company.organisation_number == number,
            Company.status == CompanyStatus.ACTIVE,
            CompanyService.service == SERVICE,
        )
    )
    return db.scalar(query)


def by_uuid(db: Db, uuid: str) -> Account | None:
    """Return the account that programs call by a name, or None."""
    return db.scalar(select(Account).where(Account.uuid == uuid))
