"""The shape of answers about applications that sign in with Connect."""

from typing import Annotated, NotRequired, TypedDict

from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.signing_in.models import Policy
from simulator.products.openid.models import Kind, RefreshUsage
from simulator.products.openid.webhook_events import EVENTS
from simulator.web.calls.openapi import Words


class Application(TypedDict):
    """An application that signs in with Connect; ``secret`` is None for one without a secret."""

    client_id: str
    client_name: str
    kind: Annotated[str, Words(Kind)]
    secret: str | None
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    origins: list[str]
    frontchannel_logout_uri: str | None
    backchannel_logout_uri: str | None
    scopes: list[str]
    policy: Annotated[str, Words(Policy)]
    asks_consent: bool
    asks_tenant: bool
    claims_in_id_token: bool
    refresh_usage: Annotated[str, Words(RefreshUsage)]
    refresh_days: int
    grace_seconds: int
    identity_providers: list[Annotated[str, Words(IdentityProvider)]]


class Webhook(TypedDict):
    """An address that is called on an event of Connect; ``tenant`` is the key of a customer, None for events of all customers."""

    id: str
    event: Annotated[str, Words(EVENTS)]
    url: str
    tenant: str | None


class AddedWebhook(Webhook):
    """A webhook that was just added, with the secret that signs its calls."""

    secret: str


class SigningKey(TypedDict):
    """The key that signs tokens, by its ``kid``."""

    kid: str


class Tokens(TypedDict):
    """What the token endpoint answers; ``id_token`` with the scope openid, ``refresh_token`` with offline_access."""

    access_token: str
    expires_in: int
    token_type: str
    scope: str
    id_token: NotRequired[str]
    refresh_token: NotRequired[str]
