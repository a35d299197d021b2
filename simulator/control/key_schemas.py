"""Answers of the calls that use a person's phone: its security key, and its requests to approve a sign-in."""

from typing import Annotated, Any, TypedDict

from simulator.web.calls.openapi import Words


class _NewCredentialResponse(TypedDict):
    clientDataJSON: str
    attestationObject: str
    authenticatorData: str
    transports: list[str]
    publicKeyAlgorithm: int


class NewCredential(TypedDict):
    """A credential that a security key created: ``RegistrationResponseJSON`` of WebAuthn."""

    id: str
    rawId: str
    type: str
    authenticatorAttachment: str
    clientExtensionResults: dict[str, Any]
    response: _NewCredentialResponse


class _AssertionResponse(TypedDict):
    clientDataJSON: str
    authenticatorData: str
    signature: str
    userHandle: str | None


class Assertion(TypedDict):
    """A signature of a security key: ``AuthenticationResponseJSON`` of WebAuthn."""

    id: str
    rawId: str
    type: str
    authenticatorAttachment: str
    clientExtensionResults: dict[str, Any]
    response: _AssertionResponse


class PushRequest(TypedDict):
    """A request to approve a sign-in: the right number, and all that the phone offers."""

    number: str
    choices: list[str]


class PushAnswer(TypedDict):
    """What became of a request to approve a sign-in."""

    state: Annotated[str, Words(("approved", "denied"))]
