"""The policy of the e-mail domain of an address.

Source: Connect help, domains and policies: the first customer that verifies a domain decides for the people with its addresses, in
all applications. Own choice: sub-domains count separately.
"""

from sqlalchemy import select

from simulator.core import normal_forms
from simulator.core.sandbox import Db
from simulator.directory import password_rules
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.password_rules import PasswordRules


def domain_of(email: str) -> str:
    """Return the e-mail domain of an address."""
    return normal_forms.email(email).rpartition("@")[2]


def verified(db: Db, domain: str) -> EmailDomain | None:
    """Return the entry of the customer that verified a domain, or None if nobody has."""
    return db.scalar(select(EmailDomain).where(EmailDomain.domain == domain, EmailDomain.verified_at.is_not(None)))


def policy_of(db: Db, email: str) -> EmailDomain | None:
    """Return the verified domain of an address, whose policy holds for it, or None."""
    return verified(db, domain_of(email))


def password_rules_of(db: Db, email: str) -> PasswordRules:
    """Return the password rules that hold for an address."""
    policy = policy_of(db, email)
    return password_rules.BY_CODE[policy.password_rules] if policy is not None else password_rules.DEFAULT
