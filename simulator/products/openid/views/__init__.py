"""Routes of the OpenID provider, one module per subject."""

from simulator.products.openid.views import authorize, developer, discovery, end_session, external, tokens, webhooks
from simulator.products.openid.views.blueprint import blueprint

__all__ = ["authorize", "blueprint", "developer", "discovery", "end_session", "external", "tokens", "webhooks"]
