"""The shape of applications in a scenario."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from . import vocabulary as words


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
