"""Writes the e-mail domains of customers and their records in the simulated DNS, by the commands of Admin."""

from sqlalchemy import select

from simulator.directory import password_rules
from simulator.directory.email_domains import domains
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.models import Customer

from . import model
from .setting import Setting


def write_domains(setting: Setting, entries: list[model.Customer]) -> None:
    """Add domains to their customers; one that a customer has already is replaced."""
    for at, entry in enumerate(entries):
        for number, domain in enumerate(entry.domains):
            with setting.reporting(f"customers.{at}.domains.{number}"):
                _write(setting, setting.customer(entry.key), domain)


def _write(setting: Setting, customer: Customer, entry: model.EmailDomain) -> None:
    db = setting.db
    texts = domains.dns_texts(db, entry.domain)
    own = (EmailDomain.customer_id == customer.id, EmailDomain.domain == entry.domain)
    if (before := db.scalar(select(EmailDomain).where(*own))) is not None:
        texts = [text for text in texts if text != domains.record_of(before)]
        domains.remove(db, None, before)
    domain = domains.add(db, None, customer, entry.domain)
    if entry.dns_record:
        texts = [*texts, domains.record_of(domain)]
    domains.set_dns_texts(db, domain.domain, texts)
    if entry.verified:
        domains.verify(db, None, domain)
        rules = password_rules.BY_CODE[entry.password_rules]
        domains.set_policy(
            db,
            None,
            domain,
            require_two_step=entry.require_two_step,
            rules=rules,
            identity_providers=entry.identity_providers,
        )
