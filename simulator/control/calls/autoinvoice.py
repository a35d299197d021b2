"""Calls about AutoInvoice's interface for programs: its address and credentials."""

from sqlalchemy import select

from simulator.control import document_schemas as schemas
from simulator.control.table import Calls, store
from simulator.core.sandbox import Db
from simulator.directory.models import Company, CompanyService, CompanyStatus, Grant, Person, Status
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER
from simulator.documents.accounts import accounts, api_keys

blueprint = Calls("autoinvoice", __name__)

VENDOR = "Example Software"
"""Name of the software vendor whose key every sandbox gets."""

ROLES = {AUTOINVOICE_ADMINISTRATOR.code: "ADMIN", AUTOINVOICE_USER.code: "USER"}


@blueprint.call("GET", "/sandboxes/{name}/autoinvoice", refusals=(404, 507))
def show_programs(name: str) -> schemas.Programs:
    """Return the address of AutoInvoice's interface for programs, its companies, and keys, which are created when missing."""
    with store().open(name) as sandbox:
        with sandbox.reading() as db:
            complete = _is_complete(db)
        if complete:
            with sandbox.reading() as db:
                return _programs(db)
        with sandbox.transaction() as db:
            _complete(db)
            return _programs(db)


def _users(db: Db) -> list[tuple[Company, Person, str]]:
    """Return ``(company, person, role)`` of everybody with a role in AutoInvoice, per company administrators first."""
    query = (
        select(Company, Person, Grant.role)
        .join(Grant, Grant.company_id == Company.id)
        .join(Person, Person.id == Grant.person_id)
        .join(CompanyService, CompanyService.company_id == Company.id)
        .where(CompanyService.service == accounts.SERVICE, Company.status == CompanyStatus.ACTIVE)
        .where(Grant.role.in_(ROLES), Person.status == Status.ACTIVE)
        .order_by(Company.name, Company.id, Grant.role, Person.email)
    )
    return [(company, person, role) for company, person, role in db.execute(query)]


def _is_complete(db: Db) -> bool:
    return bool(api_keys.vendor(db)) and all(api_keys.of_person(db, person.id) for _, person, _ in _users(db))


def _complete(db: Db) -> None:
    if not api_keys.vendor(db):
        api_keys.make_vendor(db, VENDOR)
    for _, person, _ in _users(db):
        api_keys.ensure_for(db, person)


def _programs(db: Db) -> schemas.Programs:
    companies: dict[int, schemas.ProgramCompany] = {}
    for company, person, role in _users(db):
        described = companies.setdefault(company.id, _company(db, company))
        if all(user["email"] != person.email for user in described["users"]):
            secret = api_keys.text_of_person(db, person.id)
            described["users"].append(
                {"key": person.key, "email": person.email, "role": ROLES[role], "client_secret": secret}
            )
    return {
        "base_url": db.program_address("autoinvoice", "api"),
        "vendor_api_keys": [{"name": key.name, "vendor_api_key": api_keys.text_of(db, key)} for key in api_keys.vendor(db)],
        "companies": list(companies.values()),
    }


def _company(db: Db, company: Company) -> schemas.ProgramCompany:
    account = accounts.of(db, company)
    return {
        "key": company.key,
        "name": company.name,
        "country": company.country,
        "organisation_number": company.organisation_number,
        "client_id": account.uuid,
        "verified": account.verified,
        "users": [],
    }
