"""The shape of answers about who proves who people are."""

from typing import Annotated, TypedDict

from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.password_rules import BY_CODE
from simulator.products.openid.models import Answer
from simulator.web.calls.openapi import Words


class EmailDomain(TypedDict):
    """An e-mail domain of a customer, by its number, and the policy that holds once it is verified."""

    domain: str
    customer: str
    verified: bool
    require_two_step: bool
    password_rules: Annotated[str, Words(tuple(BY_CODE))]
    identity_providers: list[Annotated[str, Words(IdentityProvider)]]


class ExternalAccount(TypedDict):
    """An account at the external provider, with what the provider tells of it."""

    user_name: str
    email: str
    first_name: str
    last_name: str
    two_factors: bool
    answer: Annotated[str, Words(Answer)]
