"""A customer's e-mail domains: adding them, verifying them by a record in the DNS, their policy.

Source: Connect help, domains: *Add domain*, a TXT record, *Verify*, status *Verified*; the first that verifies has it. Own choice:
the form of the record; at most ``MOST`` domains per customer; the DNS is simulated: the control API says what it holds, and a
button creates the record.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from simulator.core import events, normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.email_domains import policies
from simulator.directory.email_domains.models import DnsRecord, EmailDomain
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import Customer
from simulator.directory.password_rules import PasswordRules

MOST = 50
"""Own choice: how many domains a customer may add."""

RECORD = "visma-connect-domain-verification={token}"

events.declare(
    dns__changed="The TXT records of a domain in the simulated DNS were set.",
    email_domain__added="An e-mail domain was added to a customer; it is not verified yet.",
    email_domain__verified="The record of an e-mail domain was found in the DNS: the domain is the customer's.",
    email_domain__removed="An e-mail domain was removed from a customer; its policy no longer holds.",
    email_domain__policy_changed="How people of an e-mail domain sign in was changed.",
)


def of_customer(db: Db, customer_id: int) -> Sequence[EmailDomain]:
    """Return the domains that a customer added, by name."""
    query = select(EmailDomain).where(EmailDomain.customer_id == customer_id).order_by(EmailDomain.domain)
    return db.scalars(query).all()


def all_of(db: Db) -> Sequence[EmailDomain]:
    """Return the domains of all customers, by name and in the order of adding."""
    return db.scalars(select(EmailDomain).order_by(EmailDomain.domain, EmailDomain.id)).all()


def find(db: Db, customer_id: int, domain_id: int) -> EmailDomain | None:
    """Return a domain of a customer by its id, or None."""
    query = select(EmailDomain).where(EmailDomain.customer_id == customer_id, EmailDomain.id == domain_id)
    return db.scalar(query)


def record_of(domain: EmailDomain) -> str:
    """Return the text that a TXT record of the domain has to hold."""
    return RECORD.format(token=domain.token)


def add(db: Db, actor: Actor | None, customer: Customer, name: str) -> EmailDomain:
    """Add a domain, which is not verified yet; without an actor for a scenario.

    Raises:
        RuleViolation: ``email_domain.invalid``, ``.twice``, ``.taken`` or ``.too_many``.
    """
    name = normal_forms.email(name).removeprefix("@")
    if not normal_forms.is_domain(name):
        raise RuleViolation("email_domain.invalid", field="domain")
    own = select(func.count()).select_from(EmailDomain).where(EmailDomain.customer_id == customer.id)
    if db.scalar(own.where(EmailDomain.domain == name)):
        raise RuleViolation("email_domain.twice", field="domain", domain=name)
    _refuse_taken(db, name)
    if (db.scalar(own) or 0) >= MOST:
        raise RuleViolation("email_domain.too_many", field="domain", most=MOST)
    domain = EmailDomain(customer=customer, domain=name, token=db.chance.token(), added_at=db.clock.now())
    db.add(domain)
    db.flush()
    _record(db, "email_domain.added", actor, domain)
    return domain


def verify(db: Db, actor: Actor | None, domain: EmailDomain) -> None:
    """Verify a domain by its record in the DNS; nothing changes when it is verified already.

    Raises:
        RuleViolation: ``email_domain.taken`` by another customer, ``.no_record``, or ``.other_record``.
    """
    if domain.verified_at is not None:
        return
    _refuse_taken(db, domain.domain)
    texts = dns_texts(db, domain.domain)
    if not texts:
        raise RuleViolation("email_domain.no_record", domain=domain.domain)
    if record_of(domain) not in (text.strip() for text in texts):
        raise RuleViolation("email_domain.other_record", domain=domain.domain, texts=", ".join(texts))
    domain.verified_at = db.clock.now()
    _record(db, "email_domain.verified", actor, domain)


def ensure_verified(db: Db, customer: Customer, name: str) -> EmailDomain:
    """Return a domain that a customer has verified; added, with its record in the DNS, and verified when it was not.

    Raises:
        RuleViolation: as for adding and verifying.
    """
    own = select(EmailDomain).where(EmailDomain.customer_id == customer.id, EmailDomain.domain == name)
    domain = db.scalar(own) or add(db, None, customer, name)
    if domain.verified_at is None:
        set_dns_texts(db, name, [*dns_texts(db, name), record_of(domain)])
        verify(db, None, domain)
    return domain


def set_policy(
    db: Db,
    actor: Actor | None,
    domain: EmailDomain,
    *,
    require_two_step: bool,
    rules: PasswordRules,
    identity_providers: Collection[str] = (IdentityProvider.CONNECT,),
) -> bool:
    """Change the policy of a verified domain.

    Returns:
        False if nothing changed.

    Raises:
        RuleViolation: ``email_domain.not_verified`` or ``.no_provider``.
    """
    if domain.verified_at is None:
        raise RuleViolation("email_domain.not_verified", domain=domain.domain)
    providers = [provider.value for provider in IdentityProvider if provider in identity_providers]
    if not providers:
        raise RuleViolation("email_domain.no_provider", field="identity_providers")
    policy = {"require_two_step": require_two_step, "password_rules": rules.code, "identity_providers": providers}
    changes = {name: [getattr(domain, name), value] for name, value in policy.items() if getattr(domain, name) != value}
    for name, (_, value) in changes.items():
        setattr(domain, name, value)
    if changes:
        _record(db, "email_domain.policy_changed", actor, domain, changes=changes)
    return bool(changes)


def remove(db: Db, actor: Actor | None, domain: EmailDomain) -> None:
    """Remove a domain; another customer may verify it then."""
    _record(db, "email_domain.removed", actor, domain)
    db.delete(domain)
    db.flush()


def dns_texts(db: Db, domain: str) -> list[str]:
    """Return the texts of a domain's TXT records in the simulated DNS."""
    record = db.get(DnsRecord, domain)
    return record.texts if record is not None else []


def create_record(db: Db, domain: EmailDomain) -> None:
    """Add the record of a domain to the simulated DNS, as the owner of the real one would do; other records stay."""
    texts, own = dns_texts(db, domain.domain), record_of(domain)
    if own not in texts:
        set_dns_texts(db, domain.domain, [*texts, own])


def set_dns_texts(db: Db, domain: str, texts: list[str]) -> None:
    """Set the texts of a domain's TXT records; an empty list removes them."""
    record = db.get(DnsRecord, domain)
    if record is not None and not texts:
        db.delete(record)
    elif record is not None:
        record.texts = texts
    elif texts:
        db.add(DnsRecord(domain=domain, texts=texts))
    db.flush()
    events.record(db, "dns.changed", subject=domain, texts=texts)


def _refuse_taken(db: Db, name: str) -> None:
    if policies.verified(db, name) is not None:
        raise RuleViolation("email_domain.taken", field="domain", domain=name)


def _record(db: Db, event: str, actor: Actor | None, domain: EmailDomain, **data: object) -> None:
    events.record(
        db, event, actor=actor.email if actor else None, subject=domain.domain, customer_id=domain.customer_id, **data
    )
