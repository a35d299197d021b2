"""Writes contracts with what was ordered under them, and corrections of their invoices."""

from datetime import date

from sqlalchemy import select

from simulator.billing import billing_runs, cancellations, contracts, corrections, ledger
from simulator.billing.contract_days import ContractKind, end_with_notice
from simulator.billing.models import Charge, Contract, Invoice, InvoiceLine, InvoiceSystem, Licence
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db
from simulator.directory.models import Company, CompanyService

from . import model
from .setting import Setting


def write_contracts(setting: Setting, entries: list[model.Contract]) -> None:
    """Sign contracts and order under them; their invoices are made with all others."""
    ends: list[tuple[Contract, date]] = []
    for at, entry in enumerate(entries):
        company = setting.company(entry.company)
        where, signed_on = f"contracts.{at}", setting.day(entry.signed)
        if signed_on > setting.creation_day:
            raise BadInput(
                [(f"{setting.below}{where}.signed", "expected a day that is not after the creation, found a later one")]
            )
        kind = ContractKind(entry.kind)
        if entry.number and setting.db.scalar(select(Contract.id).where(Contract.number == entry.number)):
            raise BadInput([(f"{setting.below}{where}.number", f"expected each number once, found {entry.number} again")])
        contract = contracts.sign(
            setting.db, company, kind, signed_on, system=InvoiceSystem(entry.system), number=entry.number
        )
        if entry.notice is not None:
            contract.notice_on = setting.day(entry.notice)
            last = setting.day(entry.ends) if entry.ends else end_with_notice(kind, signed_on, contract.notice_on)
            ends.append((contract, last))
        for number, order in enumerate(entry.orders):
            with setting.reporting(f"{where}.orders.{number}"):
                _order(setting, company, contract, order, f"{where}.orders.{number}")
    for contract, last in ends:
        cancellations.end(setting.db, contract, last)


def _order(setting: Setting, company: Company, contract: Contract, entry: model.ContractOrder, where: str) -> None:
    ordered_on = setting.day(entry.ordered) if entry.ordered else contract.signed_on
    if not contract.signed_on <= ordered_on <= setting.creation_day:
        expected = f"a day from the signing on {contract.signed_on} to the creation"
        raise BadInput([(f"{setting.below}{where}.ordered", f"expected {expected}, found {ordered_on}")])
    licence = ledger.licence_on(setting.db, company, entry.product, ordered_on)
    until = setting.day(entry.until) if entry.until else None
    contracts.add_order(setting.db, contract, licence, entry.unit, entry.quantity, ordered_on, until)


def write_default_contracts(setting: Setting) -> None:
    """Sign the contracts that licences without one imply, and make their invoices up to the creation day.

    Own choice: after all other invoices were made, so that the numbers of those don't depend on it. A licence whose use is charged
    is invoiced by its use, and a customer without a company has nobody to sign.
    """
    db = setting.db
    charged = select(Charge.id).where(Charge.licence_id == Licence.id).exists()
    query = select(Licence).where(Licence.contract_id.is_(None), Licence.read_only.is_(False), ~charged).order_by(Licence.id)
    signed = [contract for licence in db.scalars(query).all() if (contract := _sign_default(db, licence)) is not None]
    if signed:
        billing_runs.bill_all_due(db, setting.creation_day)


def _sign_default(db: Db, licence: Licence) -> Contract | None:
    """Sign for the oldest company that has the product as a service, else for the oldest one."""
    of_customer = select(Company).where(Company.customer_id == licence.customer_id).order_by(Company.id).limit(1)
    with_service = of_customer.join(CompanyService, CompanyService.company_id == Company.id)
    company = db.scalar(with_service.where(CompanyService.service == licence.product)) or db.scalar(of_customer)
    return contracts.sign_default(db, licence, company) if company is not None else None


def write_corrections(setting: Setting, entries: list[model.Correction]) -> None:
    """Correct invoices that were made before the creation."""
    for at, entry in enumerate(entries):
        company = setting.company(entry.company)
        invoice_date = setting.day(entry.invoice)
        line = _line(setting, company, invoice_date, entry.unit)
        if line is None:
            expected = f"the day of an invoice with a line of {entry.unit} for {company.name}"
            raise BadInput([(f"{setting.below}corrections.{at}.invoice", f"expected {expected}, found {invoice_date}")])
        with setting.reporting(f"corrections.{at}"):
            corrections.correct(setting.db, line, entry.quantity, entry.reason, setting.day(entry.day))


def _line(setting: Setting, company: Company, invoice_date: date, unit: str) -> InvoiceLine | None:
    query = select(InvoiceLine).join(Invoice).where(InvoiceLine.company_id == company.id, InvoiceLine.unit == unit)
    query = query.where(Invoice.invoice_date == invoice_date, Invoice.corrects_id.is_(None))
    return setting.db.scalar(query.order_by(InvoiceLine.id).limit(1))
