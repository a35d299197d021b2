"""Tables of the ELMA register."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from simulator.core.database import Base


class State(StrEnum):
    """Where a registration stands. Pending ones wait for the SML, the address book that senders ask."""

    PENDING_ADD = "pending_add"
    ACTIVE = "active"
    PENDING_REMOVE = "pending_remove"


class AccessPoint(Base):
    """Who receives documents for its customers; ``ours`` is AutoInvoice's own, of which there is one."""

    __tablename__ = "access_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    ours: Mapped[bool]


class Participant(Base):
    """An organisation that stands in ELMA, for as long as it has a registration.

    ``identifier`` is the organisation number, nine digits; ``folded_name`` is the name as searches
    compare it; ``company_id`` is None for an organisation that is no customer here.
    """

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("icd", "identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    icd: Mapped[str]
    identifier: Mapped[str]
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    registrations: Mapped[list["Registration"]] = relationship(
        back_populates="participant", order_by="Registration.id", cascade="all, delete-orphan"
    )

    @validates("name")
    def _fold(self, _: str, name: str) -> str:
        self.folded_name = name.casefold()
        return name


class Registration(Base):
    """A participant receives a type of document through an access point, and through no other.

    ``asked_by_id`` is the person who asked for the change that is pending, or for the last one.
    """

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("participant_id", "document_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    document_type: Mapped[str]
    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_point.id"), index=True)
    registered_at: Mapped[datetime]
    state: Mapped[str]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    participant: Mapped[Participant] = relationship(back_populates="registrations")
    access_point: Mapped[AccessPoint] = relationship()
