"""Tokens: issued for a company, a person's key and a vendor's key; a call with a token acts as that person.

Source: AutoXChange API, ``POST /oauth2/token``: *client_id* is the company, *client_secret* the person's key; a token lasts
60 minutes. Own choice: every call checks again that person, role, service, company and keys are still valid.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from simulator.core import events
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.models import Company, CompanyService, CompanyStatus, Grant, Person, Status
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER
from simulator.documents.accounts import accounts, api_keys
from simulator.documents.model.models import Account, ApiKey, KeyKind
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.errors import ApiError
from simulator.products.autoinvoice_api.models import ApiToken
from simulator.products.autoinvoice_api.scopes import PARTNER, expanded

LIFETIME = timedelta(minutes=60)
ROLES = (AUTOINVOICE_ADMINISTRATOR.code, AUTOINVOICE_USER.code)


@cache
def _token_query() -> Select[ApiToken, Company, Account, Person, ApiKey, ApiKey]:
    """Return the query for a token with all that it depends on, in one read, because every call runs it.

    Built at the first call: it maps every table's class, which would delay the start.
    """
    user_key, vendor_key = aliased(ApiKey), aliased(ApiKey)
    return (
        select(ApiToken, Company, Account, Person, user_key, vendor_key)
        .join(Company, Company.id == ApiToken.company_id)
        .join(Account, Account.company_id == Company.id)
        .join(CompanyService, (CompanyService.company_id == Company.id) & (CompanyService.service == accounts.SERVICE))
        .join(user_key, user_key.id == ApiToken.user_key_id)
        .join(Person, Person.id == user_key.person_id)
        .outerjoin(vendor_key, vendor_key.id == ApiToken.vendor_key_id)
    )


events.declare(autoinvoice__token_issued="A program got a token to act for a company at AutoInvoice.")


@dataclass(frozen=True)
class Caller:
    """The user of a call, and the company that the call is for.

    Attributes:
        company: the company that the token is bound to.
        account: its account.
        person: the user whose key the token was issued for.
        administrator: whether that person may change the company's settings.
        scopes: the token's scopes.
        vendor_key_id: the software vendor's key of the token, or None.
        token: the token's own row.
    """

    company: Company
    account: Account
    person: Person
    administrator: bool
    scopes: frozenset[str]
    vendor_key_id: int | None
    token: ApiToken


def issue(db: Db, request: dict[str, Any]) -> schemas.Token:
    """Issue a token to a program.

    Raises:
        ApiError: 401 for keys that do not belong together, 400 for an unknown scope.
    """
    scopes, unknown = expanded(request["scope"])
    if unknown:
        raise ApiError(400, "invalid_scope", "The scope is not known.", [f"scope: {word} is none" for word in unknown])
    vendor_key = api_keys.by_text(db, KeyKind.VENDOR, request["vendor_api_key"] or "")
    if request["vendor_api_key"] is not None and vendor_key is None:
        raise _invalid_client("The vendor API key is not known, or was disabled.")
    needing = [scope for scope in scopes if scope in PARTNER]
    if needing and vendor_key is None:
        raise _invalid_client(f"A vendor API key is needed for {', '.join(needing)}.")
    account = accounts.by_uuid(db, request["client_id"])
    user_key = api_keys.by_text(db, KeyKind.USER, request["client_secret"])
    person = db.get(Person, user_key.person_id) if user_key is not None and user_key.person_id is not None else None
    if account is None or user_key is None or person is None or not _is_user(db, person, account.company):
        raise _invalid_client("Company, user and API key do not belong together.")
    identifier = db.chance.token()
    now = db.clock.now()
    token = ApiToken(
        digest=sha256_hex(identifier),
        company_id=account.company_id,
        user_key_id=user_key.id,
        vendor_key_id=vendor_key.id if vendor_key else None,
        scopes=scopes,
        issued_at=now,
        expires_at=now + LIFETIME,
        licence=request["license_data"] or {},
    )
    db.add(token)
    events.record(
        db, "autoinvoice.token_issued", actor=person.email, subject=account.company.name, company=account.uuid, scopes=scopes
    )
    return {
        "access_token": db.sealed("token", identifier),
        "token_type": "bearer",
        "expires_in": int(LIFETIME.total_seconds()),
        "scope": " ".join(scopes),
    }


def caller_of(db: Db, access_token: str | None) -> Caller:
    """Return the caller with a token.

    Raises:
        ApiError: 401; the answer does not reveal the reason, except for an expired token.
    """
    identifier = db.unseal("token", access_token) if access_token else None
    row = db.execute(_token_query().where(ApiToken.digest == sha256_hex(identifier))).first() if identifier else None
    if row is None:
        raise ApiError(401, "invalid_token", "The token is missing or not valid.")
    token, company, account, person, user_key, vendor_key = row
    if db.clock.now() >= token.expires_at:
        raise ApiError(401, "token_expired", "The token has expired; ask for a new one.")
    is_active = person.status == Status.ACTIVE and company.status == CompanyStatus.ACTIVE
    keys = [key for key in (user_key, vendor_key) if key is not None]
    roles = _roles(db, person, company)
    if not is_active or not roles or any(key.disabled_at is not None for key in keys):
        raise ApiError(401, "invalid_token", "The token is missing or not valid.")
    administrator = AUTOINVOICE_ADMINISTRATOR.code in roles
    return Caller(company, account, person, administrator, frozenset(token.scopes), token.vendor_key_id, token)


def _is_user(db: Db, person: Person, company: Company) -> bool:
    """Return whether a person is an active user of AutoInvoice for a company."""
    return (
        person.status == Status.ACTIVE
        and company.status == CompanyStatus.ACTIVE
        and db.get(CompanyService, (company.id, accounts.SERVICE)) is not None
        and bool(_roles(db, person, company))
    )


def _roles(db: Db, person: Person, company: Company) -> set[str]:
    roles = select(Grant.role).where(Grant.person_id == person.id, Grant.company_id == company.id, Grant.role.in_(ROLES))
    return set(db.scalars(roles))


def _invalid_client(reason: str) -> ApiError:
    return ApiError(401, "invalid_client", "The client could not be authenticated.", [reason])
