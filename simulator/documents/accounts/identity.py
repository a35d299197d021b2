"""The identity check: a person who may sign for a company confirms its identity, before it sends or receives through AutoInvoice.

Source: AutoInvoice, identity check: a request to sign is mailed; Norway uses BankID, AccountView's customers in the Netherlands
iDIN; its states are those of AutoInvoice's interface for programs. Own choice: the request is mailed by the queue, a newer one
replaces it, its link works until it was answered, and what confirms elsewhere than in Norway and the Netherlands.
"""

from typing import Any

from sqlalchemy import select

from simulator.core import events, faults, jobs, normal_forms, outbox
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Account, IdentityCheck

METHODS = {"NO": "bankid", "SE": "bankid", "NL": "idin"}
"""By what somebody is recognized, by country; ``eid`` elsewhere."""

OPEN = (IdentityCheck.PENDING, IdentityCheck.SENT)

faults.declare(
    "identity.sign", "a signatory confirms a company's identity", canceled="the confirmation is broken off: *CANCELED*"
)
events.declare(
    autoinvoice__identity_check_started="The identity check of a company was asked for.",
    autoinvoice__identity_check_sent="A request to sign was mailed to whoever may sign for a company.",
    autoinvoice__identity_check_canceled="The identity check of a company was broken off.",
    autoinvoice__verified="A company's identity was checked; it can send and receive.",
)


def method_of(company: Company) -> str:
    """Return by what a company's signatory is recognized."""
    return METHODS.get(company.country, "eid")


def start(db: Db, actor: str, company: Company, name: str, email: str, language: str) -> None:
    """Ask somebody who may sign for a company to confirm who it is; an older request no longer works."""
    account = accounts.of(db, company)
    account.signatory, account.signatory_email = name.strip(), normal_forms.email(email)
    account.identity_check, account.signing_hash = IdentityCheck.PENDING, None
    _record(db, "autoinvoice.identity_check_started", account, actor, signatory=account.signatory_email)
    jobs.enqueue(db, "identity.request", key=f"identity.request:{company.id}", company_id=company.id, language=language)


@jobs.job("identity.request")
def request(db: Db, **data: Any) -> None:
    """Mail the request to sign of a company whose check is pending."""
    account = db.get(Account, data["company_id"])
    if account is None or account.identity_check != IdentityCheck.PENDING or account.signatory_email is None:
        return
    identifier = db.chance.token()
    account.signing_hash, account.identity_check = sha256_hex(identifier), IdentityCheck.SENT
    outbox.mail(
        db,
        "autoinvoice_signing",
        to=account.signatory_email,
        language=data["language"],
        link=db.address("autoinvoice", "sign", db.sealed(outbox.LINK, identifier)),
        signatory=account.signatory,
        company=account.company.name,
        number=account.company.organisation_number,
    )
    _record(db, "autoinvoice.identity_check_sent", account, None, signatory=account.signatory_email)


def find(db: Db, token: str) -> Account | None:
    """Return the account whose request to sign has this link, while it waits for an answer; or None."""
    identifier = db.unseal(outbox.LINK, token)
    account = db.scalar(select(Account).where(Account.signing_hash == sha256_hex(identifier))) if identifier else None
    return account if account is not None and account.identity_check == IdentityCheck.SENT else None


def sign(db: Db, account: Account) -> bool:
    """Confirm a company's identity, so that it can send and receive.

    Returns:
        False when a test lets the confirmation be broken off.
    """
    number = account.company.organisation_number
    if faults.triggered_outcome(db, "identity.sign", person=account.signatory_email, company=number) is not None:
        cancel(db, account, account.signatory_email)
        return False
    account.verified, account.identity_check, account.signing_hash = True, IdentityCheck.SIGNED, None
    _record(db, "autoinvoice.verified", account, account.signatory_email)
    return True


def cancel(db: Db, account: Account, actor: str | None) -> None:
    """Break a company's identity check off: it stays as it was, and another one can be asked for."""
    account.identity_check, account.signing_hash = IdentityCheck.CANCELED, None
    _record(db, "autoinvoice.identity_check_canceled", account, actor)


def _record(db: Db, type_: str, account: Account, actor: str | None, **data: Any) -> None:
    company = account.company
    events.record(db, type_, actor=actor, subject=company.organisation_number, company=company.name, **data)
