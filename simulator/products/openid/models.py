"""Tables of the OpenID provider."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import SINGLE_LINE, Base, Uuid, among
from simulator.core.webhook_calls import CallColumns
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import Customer, Person
from simulator.directory.signing_in.models import Policy
from simulator.products.openid.webhook_events import EVENTS


class Kind(StrEnum):
    """The type of an application, which decides its grants and whether it has a secret.

    Source: Connect help, create your application.
    """

    WEB = "web"
    NATIVE = "native"
    SINGLE_PAGE = "single_page"
    SERVICE = "service"


class RefreshUsage(StrEnum):
    """What a refresh token may be used for: again and again, or once, for the next one."""

    REUSE = "reuse"
    SINGLE_USE = "one_time"


class Application(Base):
    """An application that signs in with Connect, or calls programs' interfaces in its own name.

    ``secret_id`` is the identifier whose seal makes the secret, unless ``secret`` was chosen. ``origins`` are those whose scripts
    may call the provider. ``policy`` is what it demands of two-step verification, ``asks_consent`` whether users agree to its
    scopes, ``asks_tenant`` whether they choose a customer. ``claims_in_id_token`` puts name and e-mail address into the ID token.
    ``identity_providers`` are the codes of those with which its users may sign in. ``provider`` is the code of the provider that it
    is registered at: Connect, except for the one application of the external provider, which is Connect itself.
    """

    __tablename__ = "openid_application"
    __table_args__ = (UniqueConstraint("provider", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(info=among(Kind))
    secret_id: Mapped[str | None]
    secret: Mapped[str | None]
    redirect_uris: Mapped[list[str]]
    post_logout_redirect_uris: Mapped[list[str]]
    origins: Mapped[list[str]]
    frontchannel_logout_uri: Mapped[str | None]
    backchannel_logout_uri: Mapped[str | None]
    scopes: Mapped[list[str]]
    policy: Mapped[str] = mapped_column(default=Policy.OWN, info=among(Policy))
    asks_consent: Mapped[bool] = mapped_column(default=False)
    asks_tenant: Mapped[bool] = mapped_column(default=False)
    claims_in_id_token: Mapped[bool] = mapped_column(default=True)
    refresh_usage: Mapped[str] = mapped_column(default=RefreshUsage.SINGLE_USE, info=among(RefreshUsage))
    refresh_days: Mapped[int] = mapped_column(default=30)
    grace_seconds: Mapped[int] = mapped_column(default=5)
    identity_providers: Mapped[list[str]] = mapped_column(default=lambda: [*IdentityProvider], info=among(IdentityProvider))
    provider: Mapped[str] = mapped_column(default=IdentityProvider.CONNECT, info=among(IdentityProvider))
    created_at: Mapped[datetime]


class Answer(StrEnum):
    """What the external provider answers about an account: that it signed in, or ``access_denied``."""

    SIGNED_IN = "signed_in"
    DENIED = "denied"


class ExternalAccount(Base):
    """An account at the external provider, with what the provider tells of it. It is no person of the platform.

    ``two_factors`` is whether the provider reports two factors. The e-mail address need not be that of any person.
    """

    __tablename__ = "external_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_name: Mapped[str] = mapped_column(unique=True, info=SINGLE_LINE)
    email: Mapped[str] = mapped_column(info=SINGLE_LINE)
    first_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    last_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    two_factors: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default=Answer.SIGNED_IN, info=among(Answer))

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class SigningKey(Base):
    """A key that signs tokens of a provider, as PEM. The newest signs; the others stay so that older tokens can be checked."""

    __tablename__ = "openid_signing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(info=among(IdentityProvider))
    kid: Mapped[str] = mapped_column(unique=True)
    pem: Mapped[str]
    made_at: Mapped[datetime]


class Authorization(Base):
    """An authorization request that waits for the user: to sign in, choose a customer or agree. Its id is its sign-in request's.

    ``parameters`` are those of the application. ``fresh`` is whether it demanded a new sign-in, ``tenant`` the id of the customer
    that was chosen, ``agreed`` whether the user agreed to the scopes.
    """

    __tablename__ = "openid_authorization"

    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("openid_application.id", ondelete="CASCADE"), index=True)
    parameters: Mapped[dict[str, Any]]
    session_before: Mapped[str | None]
    tenant: Mapped[str | None]
    agreed: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    application: Mapped[Application] = relationship()


class Code(Base):
    """An authorization code of a person, or of an account at the external provider. Only its hash is stored.

    ``family`` is that of the refresh tokens that came of it.
    """

    __tablename__ = "openid_code"

    hash: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("openid_application.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("external_account.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[str | None]
    redirect_uri: Mapped[str]
    scope: Mapped[str]
    nonce: Mapped[str | None]
    challenge: Mapped[str | None]
    challenge_method: Mapped[str | None]
    signed_in_at: Mapped[datetime]
    methods: Mapped[list[str]]
    tenant: Mapped[str | None]
    family: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship()
    person: Mapped[Person | None] = relationship()
    account: Mapped[ExternalAccount | None] = relationship()

    @property
    def subject(self) -> "Subject":
        """Whose code it is."""
        subject = self.person or self.account
        assert subject is not None
        return subject


class RefreshToken(Base):
    """A refresh token. Only its hash is stored; ``replaced_at`` is when the next one of its family was issued."""

    __tablename__ = "openid_refresh_token"

    hash: Mapped[str] = mapped_column(primary_key=True)
    family: Mapped[str] = mapped_column(index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("openid_application.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    session_id: Mapped[str]
    scope: Mapped[str]
    signed_in_at: Mapped[datetime]
    methods: Mapped[list[str]]
    tenant: Mapped[str | None]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship()
    person: Mapped[Person] = relationship()


class Consent(Base):
    """A person agreed that an application gets what the scopes say."""

    __tablename__ = "openid_consent"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("openid_application.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    scopes: Mapped[list[str]]


class Participation(Base):
    """An application that signed in within a session, and is told when the session ends."""

    __tablename__ = "openid_participation"

    session_id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("openid_application.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    application: Mapped[Application] = relationship()
    person: Mapped[Person] = relationship()


class Webhook(Base):
    """An address of an application that is called on an event of Connect: of one customer, or of all when there is none."""

    __tablename__ = "openid_webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(Uuid, unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("openid_application.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(index=True, info=among(EVENTS))
    url: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    secret: Mapped[str]
    created_at: Mapped[datetime]
    application: Mapped[Application] = relationship()
    customer: Mapped[Customer | None] = relationship()


class WebhookCall(CallColumns, Base):
    """A call of a webhook."""

    __tablename__ = "openid_webhook_call"

    webhook_id: Mapped[int] = mapped_column(ForeignKey("openid_webhook.id", ondelete="CASCADE"), index=True)
    webhook: Mapped[Webhook] = relationship()


Subject = Person | ExternalAccount
"""Of whom a provider's tokens are: Connect's of a person, the external provider's of one of its accounts."""
