"""The identity providers that people sign in with: Connect itself, and the one of their organisation.

Source: Connect help, policies: which providers are allowed is a policy of an e-mail domain, and an application may need
certain ones.
Own choice: each sandbox has one external provider.
"""

from collections.abc import Collection
from enum import StrEnum


class IdentityProvider(StrEnum):
    """Who proves that people are who they say: Connect by password, passkey or mailed link, or the external provider."""

    CONNECT = "connect"
    EXTERNAL = "external"


CLAIMED = {IdentityProvider.CONNECT: "Visma Connect", IdentityProvider.EXTERNAL: "Organisation sign-in"}
"""Names in the claim ``idp``, in the change log and in the journal. Source: Connect help, ID token, for the first one."""

BY_EXTERNAL = "external"
"""The ``amr`` value of a sign-in with the external provider. Own choice: IdentityServer's, as nothing is published of Connect's."""

REPORTED = "mfa"
"""The ``amr`` value when the external provider reported two factors. Source: Connect help, two steps with other providers."""


def provider_of(methods: Collection[str]) -> IdentityProvider:
    """Return with which provider somebody signed in, by the ``amr`` values of the sign-in."""
    return IdentityProvider.EXTERNAL if BY_EXTERNAL in methods else IdentityProvider.CONNECT
