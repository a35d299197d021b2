"""Tables of groups, of what is assigned through them, and of where each role of a person comes from."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import SINGLE_LINE, Base, among
from simulator.directory.roles import BY_CODE as ROLES


class _Group(Base):
    """What the three kinds of group have in common.

    ``key`` is the key in the scenario. ``version`` counts the changes, the last of which was at ``changed_at`` by
    ``changed_by``, so that the second of two concurrent editors is informed.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None]


class CompanyGroup(_Group):
    """Companies of a customer on which the same roles are assigned."""

    __tablename__ = "company_group"
    __table_args__ = (UniqueConstraint("customer_id", "name"),)


class CompanyGroupMember(Base):
    """A company in a company group."""

    __tablename__ = "company_group_member"

    company_group_id: Mapped[int] = mapped_column(ForeignKey("company_group.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True, index=True)


class UserGroup(_Group):
    """Users of a customer who all have the same roles."""

    __tablename__ = "user_group"
    __table_args__ = (UniqueConstraint("customer_id", "name"),)


class UserGroupMember(Base):
    """A user in a user group."""

    __tablename__ = "user_group_member"

    user_group_id: Mapped[int] = mapped_column(ForeignKey("user_group.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class RoleGroup(_Group):
    """Roles that are assigned together."""

    __tablename__ = "role_group"
    __table_args__ = (UniqueConstraint("customer_id", "name"),)


class RoleGroupRole(Base):
    """A role in a role group."""

    __tablename__ = "role_group_role"

    role_group_id: Mapped[int] = mapped_column(ForeignKey("role_group.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True, info=among(ROLES))


class Assignment(Base):
    """A role or a role group that a person or a user group has on the customer, a company or a company group.

    ``customer_id`` is the customer that the groups belong to; without a company and a company group the role is on it. A single
    role of one person on the customer or on one company is a direct ``Grant`` instead.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) != (user_group_id IS NULL)", name="assignment_subject"),
        CheckConstraint("company_id IS NULL OR company_group_id IS NULL", name="assignment_target"),
        CheckConstraint("(role IS NULL) != (role_group_id IS NULL)", name="assignment_role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    user_group_id: Mapped[int | None] = mapped_column(ForeignKey("user_group.id"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    company_group_id: Mapped[int | None] = mapped_column(ForeignKey("company_group.id"), index=True)
    role: Mapped[str | None] = mapped_column(info=among(ROLES))
    role_group_id: Mapped[int | None] = mapped_column(ForeignKey("role_group.id"), index=True)


class GrantSource(Base):
    """An assignment by which a person has a role. A grant with a source is inherited; it may be direct too."""

    __tablename__ = "grant_source"

    grant_id: Mapped[int] = mapped_column(ForeignKey("grant.id", ondelete="CASCADE"), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True, index=True)
