"""Tables of e-mail domains, and of the simulated DNS in which they are proven."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import Base, among
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import Customer
from simulator.directory.password_rules import BY_CODE, DEFAULT


class EmailDomain(Base):
    """An e-mail domain that a customer added, in lower case, and its policy for the people with its addresses.

    ``token`` is what the customer's record in the DNS has to hold. Several customers may have added a domain; at most one has
    verified it, at ``verified_at``, and only then the policy holds: ``require_two_step``, the code of the password rules, and the
    codes of the ``identity_providers`` that are allowed.
    """

    __tablename__ = "email_domain"
    __table_args__ = (
        UniqueConstraint("customer_id", "domain"),
        Index("email_domain_verified", "domain", unique=True, sqlite_where=text("verified_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    domain: Mapped[str]
    token: Mapped[str]
    added_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    require_two_step: Mapped[bool] = mapped_column(default=False)
    password_rules: Mapped[str] = mapped_column(default=DEFAULT.code, info=among(BY_CODE))
    identity_providers: Mapped[list[str]] = mapped_column(
        default=lambda: [IdentityProvider.CONNECT.value], info=among(IdentityProvider)
    )
    customer: Mapped[Customer] = relationship()


class DnsRecord(Base):
    """The texts of a domain's TXT records in the simulated DNS."""

    __tablename__ = "dns_record"

    domain: Mapped[str] = mapped_column(primary_key=True)
    texts: Mapped[list[str]]
