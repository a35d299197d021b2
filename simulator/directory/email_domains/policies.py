"""The policy of the e-mail domain of an address.

Source: Connect help, domains and policies: the first customer that verifies a domain decides for the people with its addresses, in
all applications. Own choice: sub-domains count separately.
"""

from collections.abc import Collection

from sqlalchemy import select

from simulator.core import normal_forms
from simulator.core.sandbox import Db
from simulator.directory import password_rules
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.identity_providers import IdentityProvider
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


def identity_providers_of(
    db: Db, email: str, application: Collection[str] = tuple(IdentityProvider)
) -> list[IdentityProvider]:
    """Return the identity providers with which an address may sign in to an application, Connect first; none when both exclude all.

    Args:
        db: the transaction.
        email: the address.
        application: those that the application allows.

    Source: Connect help, policies. Own choice: addresses without a verified domain sign in with Connect.
    """
    policy = policy_of(db, email)
    of_domain = policy.identity_providers if policy is not None else [IdentityProvider.CONNECT]
    return [provider for provider in IdentityProvider if provider in of_domain and provider in application]
