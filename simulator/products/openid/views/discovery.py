"""Routes that say what the provider can: the discovery document, and the keys that check its tokens.

Source: OpenID Connect Discovery 1.0; Connect help for the paths. Only what works is named.
"""

from typing import Any

from flask import Response, g

from simulator.products.openid.services import applications, authorization, claims, keys
from simulator.products.openid.views.blueprint import blueprint, for_everybody, json_answer
from simulator.web.access import for_programs, public, without_visit


@blueprint.get("/connect/.well-known/openid-configuration")
@public
@for_programs
@without_visit
def configuration() -> Response:
    """Return the discovery document."""
    with g.sandbox.reading() as db:
        issuer, extra = claims.issuer(db), applications.scopes_of_all(db)
    return for_everybody(json_answer(200, describe(issuer, extra)))


@blueprint.get("/connect/.well-known/openid-configuration/jwks")
@public
@for_programs
@without_visit
def key_set() -> Response:
    """Return the public keys."""
    return for_everybody(json_answer(200, keys.published(g.sandbox)))


EXTERNAL_CLAIMS = frozenset(
    (
        "sub", "iss", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "amr", "at_hash", "c_hash", "name", "given_name",
        "family_name", "email", "email_verified",
    )
)  # fmt: skip


def describe_external(issuer: str) -> dict[str, Any]:
    """Return what the external provider with an issuer can: it signs in to Connect, and nothing else."""
    whole = describe(issuer, [])
    same = (
        "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "response_types_supported",
        "response_modes_supported", "subject_types_supported", "id_token_signing_alg_values_supported",
        "token_endpoint_auth_methods_supported", "code_challenge_methods_supported", "claims_parameter_supported",
        "request_parameter_supported", "request_uri_parameter_supported", "authorization_response_iss_parameter_supported",
    )  # fmt: skip
    return {name: whole[name] for name in same} | {
        "grant_types_supported": ["authorization_code"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": [name for name in whole["claims_supported"] if name in EXTERNAL_CLAIMS],
    }


def describe(issuer: str, scopes: list[str]) -> dict[str, Any]:
    """Return what the provider with an issuer can.

    Args:
        issuer: the issuer.
        scopes: the scopes of all applications.
    """
    here = f"{issuer}/"
    methods = ["client_secret_basic", "client_secret_post", "none"]
    return {
        "issuer": issuer,
        "authorization_endpoint": here + "authorize",
        "token_endpoint": here + "token",
        "userinfo_endpoint": here + "userinfo",
        "jwks_uri": here + ".well-known/openid-configuration/jwks",
        "end_session_endpoint": here + "endsession",
        "introspection_endpoint": here + "introspect",
        "revocation_endpoint": here + "revocation",
        "response_types_supported": list(authorization.RESPONSE_TYPES),
        "response_modes_supported": list(authorization.MODES),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", "implicit"],
        "scopes_supported": list(dict.fromkeys([*applications.STANDARD_SCOPES, *scopes])),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [keys.ALGORITHM],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods[:2],
        "code_challenge_methods_supported": list(authorization.CHALLENGE_METHODS),
        "prompt_values_supported": list(authorization.PROMPTS),
        "acr_values_supported": [claims.BY_PASSWORD, claims.BY_TWO_STEPS, authorization.STEP_UP],
        "claims_supported": [
            "sub", "sid", "iss", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "acr", "amr", "idp", "llt", "at_hash", "c_hash",
            "name", "given_name", "family_name", "locale", "email", "email_verified", "phone_number", "phone_number_verified",
            "roles", "tenants", "tenant_id",
        ],
        "ui_locales_supported": list(claims.LOCALES.values()),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }  # fmt: skip
