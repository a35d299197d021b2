"""The shape of applications in a scenario."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from . import vocabulary as words


class Webhook(BaseModel):
    """An address that is called on an event of Connect. ``tenant`` is the customer whose events are sent; all when left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: Literal[
        "user_account_modified",
        "client_application_authorized",
        "tenant_application_added",
        "tenant_application_deleted",
        "authenticator_push_notification_pending",
        "authenticator_push_notification_approved",
        "authenticator_push_notification_denied",
    ]
    url: words.Words
    tenant: words.Key | None = None
    secret: words.Words | None = None


class Application(BaseModel):
    """An application that signs in with Connect. A ``secret`` is chosen here only where a test has to know it beforehand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: words.Words
    client_name: words.Name | None = None
    kind: Literal["web", "native", "single_page", "service"] = "web"
    secret: words.Words | None = None
    redirect_uris: list[words.Words] = []
    post_logout_redirect_uris: list[words.Words] = []
    origins: list[words.Words] = []
    frontchannel_logout_uri: words.Words | None = None
    backchannel_logout_uri: words.Words | None = None
    scopes: list[words.Words] = ["openid", "profile", "email", "offline_access"]
    policy: Literal["own", "bypass", "adaptive", "required"] = "own"
    asks_consent: bool = False
    asks_tenant: bool = False
    claims_in_id_token: bool = True
    refresh_usage: Literal["one_time", "reuse"] = "one_time"
    refresh_days: int = Field(default=30, ge=1, le=365)
    grace_seconds: int = Field(default=5, ge=0, le=60)
    identity_providers: list[words.IdentityProvider] = Field(default=["connect", "external"], min_length=1)
    webhooks: list[Webhook] = []


class ExternalAccount(BaseModel):
    """An account at the external provider, with what it tells; the user name is the e-mail address when it is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: words.Email
    user_name: words.Name | None = None
    first_name: words.Name
    last_name: words.Name
    two_factors: bool = False
    answer: Literal["signed_in", "denied"] = "signed_in"
