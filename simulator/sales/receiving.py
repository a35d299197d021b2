"""Receiving invoices electronically, activated from a program.

Source: "Brukertips i Kundeservice", Hvordan melde deg inn i ELMA registeret: Visma Business, Visma Global and Visma Contracting
need the module Visma Document Center, and then activate AutoInvoice. Own choice: the activation adds the service AutoInvoice to
the company when it is missing, also while the company still has to be verified, and registers the company in ELMA.
"""

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies
from simulator.directory.actors import Actor
from simulator.documents.accounts import accounts
from simulator.documents.registers import participants
from simulator.documents.registers.participants import Answer
from simulator.sales import clients, exports
from simulator.sales.models import InstalledProgram, Module


def has_module(installed: InstalledProgram) -> bool:
    """Return whether a program has the module Visma Document Center."""
    return Module.DOCUMENT_CENTER in installed.modules


def refusal(db: Db, installed: InstalledProgram) -> RuleViolation | None:
    """Return why receiving cannot be activated from a program now, apart from the registers; None when it can.

    Returns:
        ``sales.module_missing``, what ``exports.gateway_refusal`` returns, or ``sales.no_firma_id``.
    """
    client = installed.client
    if not has_module(installed):
        return RuleViolation("sales.module_missing", module="Visma Document Center")
    if (violation := exports.gateway_refusal(db, client)) is not None:
        return violation
    if not clients.is_exported(client):
        return RuleViolation("sales.no_firma_id", name=client.name, number=client.number)
    return None


def activate(db: Db, actor: Actor, installed: InstalledProgram) -> Answer:
    """Activate receiving for a client's company; what the registers have against it is the refusal of the answer.

    Raises:
        RuleViolation: the ``refusal``.
    """
    violation = refusal(db, installed)
    if violation is not None:
        raise violation
    company = installed.client.company
    assert company is not None
    if accounts.SERVICE not in companies.services_of(db, company):
        companies.activate_service(db, actor, company, accounts.SERVICE)
    account = accounts.of(db, company)
    answer = participants.register(db, actor, company)
    if answer.refusal is None and not account.receives:
        accounts.change(db, actor.email, account, receives=True)
    return answer
