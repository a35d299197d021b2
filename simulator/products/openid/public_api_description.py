"""The description of Connect's interface for programs as OpenAPI, written from its table of calls."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulator import __version__
from simulator.web.calls.fields import Schema
from simulator.web.calls.openapi import Components, path_parameters, request_body

if TYPE_CHECKING:
    from simulator.products.openid.public_api import ApiCall

PROBLEM: Schema = {
    "description": "The call was refused.",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}
REFUSALS = (400, 401, 403, 404, 409, 413, 415, 422, 507)


def description(table: "Sequence[ApiCall]", issuer: str) -> dict[str, Any]:
    """Return the OpenAPI document of the calls below an issuer."""
    components = Components(closed=True)
    paths: dict[str, dict[str, Any]] = {}
    for call in table:
        query = [
            {"name": name, "in": "query", "required": field.required, "schema": field.schema}
            for name, field in call.query.items()
        ]
        paths.setdefault(call.path, {})[call.method.lower()] = {
            "operationId": call.name,
            "summary": call.summary,
            "parameters": path_parameters(call) + query,
            "responses": {str(call.status): components.success(call)} | {str(status): PROBLEM for status in REFUSALS},
            "security": [{"token": [call.scope]}],
        } | request_body(call)
    flow = {"tokenUrl": f"{issuer}/token", "scopes": {call.scope: call.summary for call in table}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Connect Public API, simulated", "version": __version__},
        "servers": [{"url": f"{issuer}/public-api"}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "oauth2", "flows": {"clientCredentials": flow}}},
            "schemas": components.schemas,
        },
    }
