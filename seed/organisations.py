"""Writes customers with their licences, and companies with their services."""

from datetime import time

from sqlalchemy import delete, select

from simulator.billing import countries, products
from simulator.billing.models import Licence
from simulator.core import jobs
from simulator.directory import companies
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer

from . import model
from .identifiers import compact
from .registrations import Identity, renew_registrations
from .setting import Setting


def write_customers(setting: Setting, entries: list[model.Customer]) -> None:
    """Add customers, or change existing ones in the keys of their entries."""
    for at, entry in enumerate(entries):
        keys = setting.keys_of("customers", at)
        customer = setting.db.scalar(select(Customer).where(Customer.key == entry.key))
        if customer is None:
            country = entry.country or setting.country
            customer = Customer(
                key=entry.key,
                number=entry.number,
                name=entry.name,
                country=country,
                require_two_step=entry.require_two_step,
            )
            setting.db.add(customer)
        else:
            for name in keys & {"number", "name", "country", "require_two_step"}:
                setattr(customer, name, getattr(entry, name))
        setting.db.flush()
        for licence in entry.licences:
            _write_licence(setting, customer, licence)


def _write_licence(setting: Setting, customer: Customer, entry: model.Licence) -> None:
    """Add a licence, or replace one for the same product from the same day."""
    valid_from = setting.day(entry.valid_from)
    same = {"customer_id": customer.id, "product": entry.product, "valid_from": valid_from}
    licence = setting.db.scalar(select(Licence).filter_by(**same))
    if licence is None:
        licence = Licence(**same)
        setting.db.add(licence)
    licence.customer_number = entry.customer_number or customer.number
    licence.kind = entry.kind or products.product_of(entry.product).kind
    licence.quantity = entry.quantity
    licence.valid_to = setting.day(entry.valid_to) if entry.valid_to else None
    licence.system = entry.system
    setting.db.flush()


PARTICULARS = {"internal_number", "email", "phone", "vat_number", "street", "postal_code", "city", "demo"}
"""Keys of a company that may be empty."""


def _write_status(setting: Setting, company: Company, entry: model.Company) -> None:
    """Set a company's status; a terminated company is deleted after its 31 days, as if terminated in Admin."""
    company.status = CompanyStatus(entry.status)
    company.gone_at = None
    if entry.terminated is None:
        return
    company.gone_at = setting.instant(entry.terminated, time(12)) + companies.DELETION_DELAY
    setting.db.flush()
    delay = company.gone_at - setting.db.clock.now()
    jobs.enqueue(setting.db, companies.DELETE, delay=delay, company_id=company.id)


def write_companies(setting: Setting, entries: list[model.Company]) -> None:
    """Add companies, or change existing ones in the keys of their entries."""
    db = setting.db
    for at, entry in enumerate(entries):
        keys = setting.keys_of("companies", at)
        customer = setting.customer(entry.customer)
        before = None
        company = db.scalar(select(Company).where(Company.key == entry.key))
        if company is None:
            country = entry.country or customer.country
            company = Company(
                key=entry.key,
                customer_id=customer.id,
                name=entry.name,
                country=country,
                organisation_number=compact(entry.organisation_number),
                account_number=entry.account_number or customer.number,
                currency=entry.currency or countries.country_of(country).currency,
                time_zone=entry.time_zone or setting.time_zone,
                status=CompanyStatus.ACTIVE,
            )
            db.add(company)
            keys = keys | PARTICULARS
        else:
            before = Identity.of(company)
        for name in keys & (PARTICULARS | {"name", "country", "account_number", "currency", "time_zone"}):
            if getattr(entry, name) is not None or name in PARTICULARS:
                setattr(company, name, getattr(entry, name))
        company.customer_id = customer.id
        company.organisation_number = compact(entry.organisation_number)
        company.vat_number = compact(company.vat_number).upper() if company.vat_number else None
        if "status" in keys:
            _write_status(setting, company, entry)
        db.flush()
        if before is not None and before != Identity.of(company):
            renew_registrations(setting, company, before)
        if "services" in keys:
            db.execute(delete(CompanyService).where(CompanyService.company_id == company.id))
            db.add_all(CompanyService(company_id=company.id, service=service) for service in dict.fromkeys(entry.services))
            db.flush()
