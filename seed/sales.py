"""Writes clients with their programs and books, and what runs on the servers of customers."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from simulator.core.errors import RuleViolation
from simulator.directory.models import Company
from simulator.sales import books, clients, exports, installations, webfaktura, webfaktura_users
from simulator.sales.books import BuyerDetails, LineEntry
from simulator.sales.models import (
    Acs,
    Buyer,
    Client,
    Delivery,
    Export,
    Module,
    Opg,
    ProgramCode,
    SalesInvoice,
    WebFakturaAccess,
    WebFakturaLink,
    WebFakturaUser,
)
from simulator.sales.webfaktura_users import UserDetails

from . import model
from .identifiers import compact
from .setting import Setting


def write_on_premises(setting: Setting, entries: list[model.Customer]) -> None:
    """Set what runs on the servers of customers, where an entry says so."""
    for entry in entries:
        if entry.on_premises is not None:
            installations.set_state(
                setting.db,
                setting.customer(entry.key),
                acs=Acs(entry.on_premises.acs),
                acs_server=entry.on_premises.acs_server,
                opg=Opg(entry.on_premises.opg),
            )


def write_programs_of_companies(setting: Setting, entries: list[model.Company]) -> None:
    """Make companies with programs clients, and install the programs; a company has no others than its entry says."""
    for at, entry in enumerate(entries):
        if "programs" not in setting.keys_of("companies", at):
            continue
        client = _client_of(setting, setting.company(entry.key))
        for installed in list(client.programs):
            clients.uninstall(setting.db, installed)
        _install(setting, client, entry.programs)


def write_clients(setting: Setting, entries: list[model.Client]) -> None:
    """Add clients, or change those that are there, with programs, buyers, invoices and users of WebFaktura."""
    for at, entry in enumerate(entries):
        with setting.reporting(f"clients.{at}"):
            client = _written(setting, entry, setting.keys_of("clients", at))
            _install(setting, client, entry.programs)
            _export(setting, client, entry, setting.keys_of("clients", at))
        for number, buyer in enumerate(entry.buyers):
            with setting.reporting(f"clients.{at}.buyers.{number}"):
                _write_buyer(setting, client, buyer)
        for number, invoice in enumerate(entry.invoices):
            with setting.reporting(f"clients.{at}.invoices.{number}"):
                _write_invoice(setting, client, invoice)
        for number, user in enumerate(entry.webfaktura_users):
            with setting.reporting(f"clients.{at}.webfaktura_users.{number}"):
                _write_webfaktura_user(setting, client, user)


def _client_of(setting: Setting, company: Company) -> Client:
    client = clients.of_company(setting.db, company)
    if client is None:
        client = Client(
            customer_id=company.customer_id,
            company_id=company.id,
            number=company.internal_number or company.account_number,
            name=company.name,
            country=company.country,
            organisation_number=company.organisation_number,
            email=company.email,
            street=company.street,
            postal_code=company.postal_code,
            city=company.city,
        )
        setting.db.add(client)
        setting.db.flush()
    return client


def _written(setting: Setting, entry: model.Client, keys: frozenset[str]) -> Client:
    if entry.company is not None:
        client = _client_of(setting, setting.company(entry.company))
    else:
        assert entry.customer and entry.name and entry.organisation_number
        customer = setting.customer(entry.customer)
        number = compact(entry.organisation_number)
        query = select(Client).where(Client.customer_id == customer.id, Client.organisation_number == number)
        client = setting.db.scalar(query) or Client(customer_id=customer.id, number=entry.number or number)
        client.name, client.organisation_number = entry.name, number
        client.country = entry.country or customer.country
        setting.db.add(client)
    for name in keys & {"key", "number", "email", "street", "postal_code", "city"}:
        setattr(client, name, getattr(entry, name))
    setting.db.flush()
    return client


def _install(setting: Setting, client: Client, programs: Sequence[model.InstalledProgram]) -> None:
    for entry in programs:
        clients.install(
            setting.db,
            client,
            ProgramCode(entry.program),
            version=entry.version,
            licensed=entry.licensed,
            modules=[Module(module) for module in entry.modules],
        )


def _export(setting: Setting, client: Client, entry: model.Client, keys: frozenset[str]) -> None:
    """Store for which services a client was exported, by Visma Business or Visma Global, and whether WebFaktura has it linked."""
    db = setting.db
    if "exported_for" in keys:
        db.execute(delete(Export).where(Export.client_id == client.id))
        exporting = [program for program in client.programs if program.program in (ProgramCode.BUSINESS, ProgramCode.GLOBAL)]
        program = ProgramCode(exporting[0].program) if exporting else ProgramCode.BUSINESS
        for service in entry.exported_for:
            exports.record(db, client, program, service, actor=None)
    if "linked" in keys:
        db.execute(delete(WebFakturaLink).where(WebFakturaLink.client_id == client.id))
        if entry.linked:
            webfaktura.link(db, client, actor=None)


def _write_buyer(setting: Setting, client: Client, entry: model.Buyer) -> None:
    query = select(Buyer).where(Buyer.client_id == client.id, Buyer.number == entry.number)
    details = BuyerDetails(
        number=entry.number,
        name=entry.name,
        country=entry.country or client.country,
        organisation_number=entry.organisation_number,
        email=entry.email,
        street=entry.street,
        postal_code=entry.postal_code,
        city=entry.city,
        delivery=Delivery(entry.delivery),
    )
    books.save_buyer(setting.db, client, details, actor=None, buyer=setting.db.scalar(query))


def _write_invoice(setting: Setting, client: Client, entry: model.SalesInvoice) -> None:
    db = setting.db
    before = db.scalar(select(SalesInvoice).where(SalesInvoice.client_id == client.id, SalesInvoice.number == entry.number))
    if before is not None:
        db.delete(before)
        db.flush()
    buyer = db.scalar(select(Buyer).where(Buyer.client_id == client.id, Buyer.number == entry.buyer))
    if buyer is None:
        raise RuleViolation("sales.no_buyer", number=entry.buyer)
    books.make_invoice(
        db,
        client,
        buyer,
        [LineEntry(line.name, line.quantity, line.price, line.tax_percent) for line in entry.lines],
        program=ProgramCode(entry.program),
        actor=None,
        number=entry.number,
        credit_note=entry.credit_note,
        issued_on=setting.day(entry.issued) if entry.issued else None,
        due_on=setting.day(entry.due) if entry.due else None,
        reference=entry.reference,
        delivery=Delivery(entry.delivery) if entry.delivery else None,
    )


def _write_webfaktura_user(setting: Setting, client: Client, entry: model.WebFakturaUser) -> None:
    query = select(WebFakturaUser).where(WebFakturaUser.client_id == client.id, WebFakturaUser.email == entry.email)
    details = UserDetails(
        email=entry.email,
        first_name=entry.first_name,
        last_name=entry.last_name,
        access=WebFakturaAccess(entry.access),
        for_synchronization=entry.for_synchronization,
    )
    webfaktura_users.save(setting.db, client, details, actor=None, user=setting.db.scalar(query))
