"""Tables of AutoInvoice's interface for programs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import Base, Uuid
from simulator.core.webhook_calls import CallColumns
from simulator.documents.model.models import ApiKey, Document


class ApiToken(Base):
    """A token that was issued to a program for a company and a person. Only its digest is stored.

    ``scopes`` are the granted ones, without aliases; ``vendor_key_id`` is the software vendor's key that it was requested with.
    """

    __tablename__ = "autoinvoice_api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    user_key_id: Mapped[int] = mapped_column(ForeignKey("autoinvoice_api_key.id"))
    vendor_key_id: Mapped[int | None] = mapped_column(ForeignKey("autoinvoice_api_key.id"))
    scopes: Mapped[list[str]]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    licence: Mapped[dict[str, Any]]
    user_key: Mapped[ApiKey] = relationship(foreign_keys=[user_key_id])
    vendor_key: Mapped[ApiKey | None] = relationship(foreign_keys=[vendor_key_id])


class Webhook(Base):
    """An address that is called on events of documents: of one company, or of all companies that a vendor's key serves.

    ``vendor_key_id`` is None for one company's.
    """

    __tablename__ = "autoinvoice_webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(Uuid, unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    vendor_key_id: Mapped[int | None] = mapped_column(ForeignKey("autoinvoice_api_key.id"), index=True)
    destination: Mapped[str]
    events: Mapped[list[str]]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class WebhookDelivery(CallColumns, Base):
    """A call of a webhook."""

    __tablename__ = "autoinvoice_webhook_delivery"

    webhook_id: Mapped[int] = mapped_column(ForeignKey("autoinvoice_webhook.id"), index=True)
    event: Mapped[str]
    webhook: Mapped[Webhook] = relationship()


class ScamReport(Base):
    """A company's report about the sender of a document."""

    __tablename__ = "autoinvoice_scam_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(Uuid, unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reasons: Mapped[list[str]]
    contact_email: Mapped[str]
    description: Mapped[str | None]
    reported_at: Mapped[datetime]
    document: Mapped[Document] = relationship()
