"""Commands that change companies."""

from simulator.billing import countries
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies
from simulator.directory.actors import Actor
from simulator.directory.companies import Details
from simulator.directory.models import Company, Customer
from simulator.directory.roles import SERVICES


def add_company(db: Db, actor: Actor, country: str, details: Details) -> Company:
    """Add a company to the actor's current customer; its consumption is priced in the currency of its country.

    Raises:
        RuleViolation: as ``directory.companies.add`` and ``billing.countries.country_of``.

    Source: Visma Admin help, Company.
    """
    assert actor.customer_id is not None
    customer = db.get_one(Customer, actor.customer_id)
    return companies.add(db, actor, customer, country, countries.country_of(country).currency, details)


def activate_service(db: Db, actor: Actor, company: Company, service: str) -> None:
    """Activate one of the services of the catalogue on a company.

    Raises:
        RuleViolation: ``admin.service_unknown``, or as ``directory.companies.activate_service``; without the licence that the
            service needs, the ``refusal`` of ``billing.licences``.
    """
    if service not in SERVICES:
        raise RuleViolation("admin.service_unknown", field="service")
    companies.activate_service(db, actor, company, service)


def deactivate_service(db: Db, actor: Actor, company: Company, service: str) -> None:
    """Deactivate a service on a company.

    Raises:
        RuleViolation: ``admin.service_unknown``, or as ``directory.companies.deactivate_service``.
    """
    if service not in SERVICES:
        raise RuleViolation("admin.service_unknown", field="service")
    companies.deactivate_service(db, actor, company, service)
