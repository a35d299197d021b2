"""Writes all entries of a scenario or an overlay."""

from simulator.billing import access, monthly

from .accounts import give_keys, open_accounts, write_settings
from .applications import write_applications, write_external_accounts
from .cases import write_cases
from .consumption import write_charges
from .contracts import write_contracts, write_corrections, write_default_contracts
from .crowds import write_crowds_of_companies, write_crowds_of_people
from .documents import write_documents
from .email_domains import write_domains
from .groups import write_groups
from .model import Content
from .organisations import write_companies, write_customers
from .persons import write_grants, write_people
from .registrations import register_partners, write_access_points, write_participants
from .sales import write_clients, write_on_premises, write_programs_of_companies
from .setting import Setting


def write(setting: Setting, content: Content) -> None:
    """Write all sections, each after those it refers to.

    Raises:
        BadInput: an entry violates a rule of the platform.
    """
    write_customers(setting, content.customers)
    write_domains(setting, content.customers)
    write_companies(setting, content.companies)
    write_crowds_of_companies(setting, content.crowds)
    open_accounts(setting)
    write_settings(setting, content.companies)
    write_people(setting, content.people)
    write_crowds_of_people(setting, content.crowds)
    write_grants(setting, content.grants)
    write_groups(setting, content)
    give_keys(setting)
    write_contracts(setting, content.contracts)
    write_charges(setting, content.charges, write_documents(setting, content.documents))
    write_corrections(setting, content.corrections)
    write_default_contracts(setting)
    write_access_points(setting, content.access_points)
    write_participants(setting, content.participants)
    register_partners(setting)
    write_on_premises(setting, content.customers)
    write_programs_of_companies(setting, content.companies)
    write_clients(setting, content.clients)
    write_cases(setting, content.cases)
    write_applications(setting, content.applications)
    write_external_accounts(setting, content.external_accounts)
    monthly.plan(setting.db, setting.time_zone)
    access.plan_all(setting.db)
