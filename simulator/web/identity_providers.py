"""The part of forms that says which identity providers are allowed."""

from collections.abc import Collection

from simulator.directory.identity_providers import IdentityProvider
from simulator.web.forms import Form, tick_field


class AllowedProviders(Form):
    """A tick for each identity provider."""

    connect = tick_field("identity_provider.connect")
    external = tick_field("identity_provider.external")

    def allow(self, identity_providers: Collection[str]) -> None:
        """Tick the identity providers that are allowed."""
        for provider in IdentityProvider:
            self[provider].data = provider in identity_providers

    @property
    def allowed(self) -> list[str]:
        """The identity providers that are ticked."""
        return [provider for provider in IdentityProvider if self[provider].data]
