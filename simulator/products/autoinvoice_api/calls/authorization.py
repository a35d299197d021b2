"""Calls about the identity check of a company.

Source: AutoXChange API, company authorization: the request to sign goes to the address given; a company is used once it is
verified.
"""

from simulator.directory.actors import actor_of
from simulator.directory.countries import language_of
from simulator.documents.accounts import accounts, identity
from simulator.documents.model.models import Account
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.errors import ApiError, not_found
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields

LOCALES = ("FI", "NO", "SE", "EN", "NL")

REQUEST: fields.Shape = {
    "auth_email": fields.email(required=True),
    "locale": fields.choice(*LOCALES, required=True),
    "options": fields.stripped_line(longest=4000),
}


@call("POST", "/v1/company/authorization", "company:write", body=REQUEST, changes=True)
def post_authorization(caller: Caller, auth_email: str, locale: str, options: str | None) -> schemas.Authorization:
    """Mail a request to sign to the company's signatory."""
    if options is not None:
        raise ApiError(422, "not_simulated", "A partner's own identity check is not simulated.", ["options: leave it out"])
    if caller.account.verified:
        return {"status": "ALREADY_VERIFIED", "count": 0}
    with sandbox().transaction() as db:
        company = db.merge(caller.company, load=True)
        identity.start(db, caller.person.email, company, auth_email, auth_email, language_of(locale))
    return {"status": "PENDING", "count": 1}


@call("GET", "/v1/company/authorization", "company:read")
def get_authorization(caller: Caller) -> schemas.AuthorizationStatus:
    """Show the state of the company's identity check."""
    return _status(caller.account)


@call("GET", "/v1/companies/{id}/status", "company:read")
def get_company_status(caller: Caller, id: str) -> schemas.AuthorizationStatus:
    """Show the state of the identity check of one of the user's companies."""
    with sandbox().reading() as db:
        account = accounts.by_uuid(db, id)
        if account is None or all(company.id != account.company_id for company in actor_of(db, caller.person).companies):
            raise not_found("company")
        return _status(account)


def _status(account: Account) -> schemas.AuthorizationStatus:
    return {
        "auth_state": account.identity_check.upper(),
        "auth_email": account.signatory_email or "",
        "company_state": "VERIFIED" if account.verified else "UNVERIFIED",
    }
