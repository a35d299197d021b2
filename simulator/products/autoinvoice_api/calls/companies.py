"""Calls about companies: those a user works for, and registering another one.

Source: AutoXChange API, ``POST /v1/companies``: countries, and that the VAT number is preferred unless the company has
none. Own choice: numbers are written without blanks and dots; the new company belongs to the customer of the key's
user, who becomes its administrator, and is not verified; the key has to be that of an administrator of AutoInvoice at one of
the customer's companies.
"""

import re
from typing import Any

from sqlalchemy import select

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies as directory
from simulator.directory import countries, people
from simulator.directory.actors import actor_of
from simulator.directory.companies import Details
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer, Grant, Person, Status
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR
from simulator.documents.accounts import accounts, api_keys
from simulator.documents.model.models import KeyKind
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.errors import ApiError
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import ROLES, Caller
from simulator.web.calls import fields
from simulator.web.calls.reading import FORM

COUNTRIES = ("FI", "SE", "NO", "DK", "NL")
CURRENCIES = {"FI": "EUR", "SE": "SEK", "NO": "NOK", "DK": "DKK", "NL": "EUR"}

VAT_NUMBERS = {
    "NO": re.compile(r"NO(\d{9})MVA"), "SE": re.compile(r"SE(\d{10})01"), "FI": re.compile(r"FI(\d{8})"),
    "DK": re.compile(r"DK(\d{8})"),
}  # fmt: skip
"""VAT numbers that hold the organisation number; a Dutch one does not hold the number at the Chamber of Commerce."""


@call(
    "GET",
    "/v1/companies",
    "company:read",
    query={"bid": fields.stripped_line(longest=40), "country": fields.country(*COUNTRIES)},
)
def list_companies(caller: Caller, bid: str | None, country: str | None) -> list[schemas.UserCompany]:
    """List the companies that the user works for, or look for one of them by its number."""
    query = (
        select(Company)
        .join(Grant, Grant.company_id == Company.id)
        .join(CompanyService, CompanyService.company_id == Company.id)
        .where(Grant.person_id == caller.person.id, Grant.role.in_(ROLES), CompanyService.service == accounts.SERVICE)
        .where(Company.status == CompanyStatus.ACTIVE)
        .order_by(Company.name, Company.id)
        .distinct()
    )
    if bid is not None:
        query = query.where(Company.organisation_number == countries.compact(bid))
    if country is not None:
        query = query.where(Company.country == country)
    with sandbox().reading() as db:
        return [
            {"id": accounts.of(db, company).uuid, "name": company.name, "bid": company.organisation_number}
            for company in db.scalars(query)
        ]


NEW: fields.Shape = {
    "vendor_api_key": fields.stripped_line(required=True),
    "user_api_key": fields.stripped_line(required=True),
    "name": fields.stripped_line(least=3, required=True),
    "bid": fields.stripped_line(longest=40, required=True, note="VAT number, or organisation number with no_vat."),
    "no_vat": fields.flag(required=True),
    "address1": fields.stripped_line(required=True),
    "address2": fields.stripped_line(),
    "post_code": fields.stripped_line(longest=20, required=True),
    "post_office": fields.stripped_line(required=True),
    "city": fields.stripped_line(required=True),
    "state": fields.stripped_line(),
    "country": fields.country(*COUNTRIES, required=True),
    "email": fields.email(required=True),
    "activate_duetto": fields.flag(),
}


@call("POST", "/v1/companies", status=201, body=NEW, takes=FORM)
def post_company(vendor_api_key: str, user_api_key: str, **registration: Any) -> schemas.Company:
    """Register a company, which is not verified yet."""
    with sandbox().transaction() as db:
        person = _person(db, vendor_api_key, user_api_key)
        actor = actor_of(db, person)
        customer = db.get(Customer, actor.customer_id) if actor.customer_id is not None else None
        if customer is None:
            raise ApiError(401, "unauthorized", "The user belongs to no customer that could have a company.")
        if not _administers(db, person, customer):
            raise ApiError(403, "forbidden", "Only an administrator of AutoInvoice may register another company.")
        country = registration["country"]
        registration["bid"] = countries.compact(registration["bid"])
        details = Details(
            name=registration["name"],
            organisation_number=organisation_number(country, registration["bid"], no_vat=registration["no_vat"]),
            street=", ".join(part for part in (registration["address1"], registration["address2"]) if part),
            postal_code=registration["post_code"],
            city=registration["city"],
            email=registration["email"],
            vat_number=None
            if registration["no_vat"] or country == "NL" or not _is_vat(registration)
            else registration["bid"],
        )
        try:
            company = directory.add(db, actor, customer, country, CURRENCIES[country], details)
        except RuleViolation as refusal:
            raise _of_register(refusal, registration["bid"]) from None
        directory.activate_service(db, actor, company, accounts.SERVICE)
        people.grant(db, person.email, person, AUTOINVOICE_ADMINISTRATOR, customer=customer, company=company)
        return {"id": accounts.of(db, company).uuid}


def organisation_number(country: str, bid: str, *, no_vat: bool) -> str:
    """Return the organisation number from a VAT number or organisation number.

    Raises:
        ApiError: 422 ``invalid_bid``.
    """
    of_country = countries.BY_CODE[country]
    vat = VAT_NUMBERS.get(country)
    match = vat.fullmatch(bid) if vat is not None and not no_vat else None
    number = match[1] if match else bid
    plain = number.replace("-", "", 1) if country == "FI" else number
    if not plain.isascii() or not plain.isdigit() or not of_country.is_number(plain):
        raise ApiError(
            422,
            "invalid_bid",
            f"{bid} is no business id of {country}.",
            [f"bid: write digits only, such as {of_country.number}, with its check digit"],
        )
    return plain


def _is_vat(registration: dict[str, Any]) -> bool:
    vat = VAT_NUMBERS.get(registration["country"])
    return vat is not None and vat.fullmatch(registration["bid"]) is not None


def _person(db: Db, vendor_api_key: str, user_api_key: str) -> Person:
    if api_keys.by_text(db, KeyKind.VENDOR, vendor_api_key) is None:
        raise ApiError(401, "unauthorized", "The vendor API key is not known, or was disabled.")
    key = api_keys.by_text(db, KeyKind.USER, user_api_key)
    person = db.get(Person, key.person_id) if key is not None and key.person_id is not None else None
    if person is None or person.status != Status.ACTIVE:
        raise ApiError(401, "unauthorized", "The user API key is not known, or its user is not active.")
    return person


def _administers(db: Db, person: Person, customer: Customer) -> bool:
    grants = (
        select(Grant.id)
        .join(Company, Company.id == Grant.company_id)
        .where(Grant.person_id == person.id, Grant.role == AUTOINVOICE_ADMINISTRATOR.code)
        .where(Company.customer_id == customer.id, Company.status == CompanyStatus.ACTIVE)
    )
    return db.scalar(grants.limit(1)) is not None


def _of_register(refusal: RuleViolation, bid: str) -> Exception:
    if refusal.code == "directory.organisation_number_taken":
        # Source: AutoInvoice, questions and answers: the words of the older interface.
        return ApiError(409, "bid_already_taken", "REGISTRATION FAILED, BID ALREADY TAKEN", [f"bid: {bid} is registered"])
    return refusal
