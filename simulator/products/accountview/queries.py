"""What pages of AccountView read."""

from dataclasses import dataclass

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR
from simulator.sales import books
from simulator.sales.models import Buyer, InstalledProgram


def uses_autoinvoice(db: Db, installed: InstalledProgram) -> bool:
    """Return whether a client has an account at AutoInvoice."""
    company = installed.client.company
    return company is not None and db.get(CompanyService, (company.id, "autoinvoice")) is not None


def is_number_taken(db: Db, installed: InstalledProgram) -> bool:
    """Return whether a company, this client's or another one, has an account at AutoInvoice with the client's number."""
    client = installed.client
    with_number = select(Company.id).join(CompanyService, CompanyService.company_id == Company.id)
    with_number = with_number.where(CompanyService.service == "autoinvoice", Company.country == client.country)
    return db.scalar(with_number.where(Company.organisation_number == client.organisation_number).limit(1)) is not None


def may_open_net(actor: Actor, installed: InstalledProgram) -> bool:
    """Return whether somebody is an administrator of AccountView.Net.

    Source: "Verbruik Visma.net AutoInvoice opvragen", De stap Beheerder: the administrator of AccountView.Net is that of Visma.net.
    """
    return actor.customer_id == installed.client.customer_id and actor.holds_on_customer([CUSTOMER_ADMINISTRATOR])


@dataclass(frozen=True)
class Debtor:
    """A line of the report *Elektronisch factuuradres opzoeken*; ``address`` is None for a debtor without one."""

    buyer: Buyer
    address: str | None


def electronic_addresses(db: Db, installed: InstalledProgram) -> list[Debtor]:
    """Return the debtors of a client, each with the electronic address that the registers have for its number."""
    lines = []
    for buyer in books.buyers(db, installed.client):
        receiver = books.look_up(db, buyer.country, buyer.organisation_number)
        lines.append(Debtor(buyer, receiver.address if receiver is not None else None))
    return lines
