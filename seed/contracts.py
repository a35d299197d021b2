"""Writes contracts with what was ordered under them, and corrections of their invoices."""

from datetime import date

from sqlalchemy import select

from simulator.billing import cancellations, contracts, corrections, ledger
from simulator.billing.contract_days import ContractKind, end_with_notice
from simulator.billing.models import Contract, Invoice, InvoiceLine, InvoiceSystem
from simulator.core.errors import BadInput
from simulator.directory.models import Company

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
