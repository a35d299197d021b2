"""The description of the interface as OpenAPI, written from the table of calls."""

import re
from http import HTTPStatus
from typing import Any

from simulator import __version__
from simulator.products.autoinvoice_api.fields import Schema, object_of
from simulator.products.autoinvoice_api.schemas import SCHEMAS
from simulator.products.autoinvoice_api.scopes import SCOPES
from simulator.products.autoinvoice_api.table import FORM, JSON, TABLE, Call, method_has_body

TEXT: Schema = {"type": "string"}


def description(address: str, prefix: str = "") -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        address: absolute address of the interface, without a closing slash.
        prefix: only the calls whose path begins so.
    """
    paths: dict[str, dict[str, Any]] = {}
    for call in TABLE:
        if call.path.startswith(prefix):
            paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "AutoXChange API, simulated",
            "version": __version__,
            "description": "AutoInvoice's interface for programs in a sandbox of vnsim. Not affiliated with Visma.",
        },
        "servers": [{"url": address}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": f"{address}/oauth2/token", "scopes": SCOPES}},
                }
            },
            "schemas": SCHEMAS,
        },
    }


def _operation(call: Call) -> Schema:
    good: Schema = {"description": HTTPStatus(call.status).phrase}
    if call.gives is not None:
        good["content"] = {call.gives: {"schema": {"type": "string", "format": "binary"}}}
    elif call.answers is not None:
        good["content"] = {JSON: {"schema": _named(call.answers)}}
    refusal = {"description": "The call was refused.", "content": {JSON: {"schema": _named("Error")}}}
    refused = (400, 401, 404, 409, 413, 415, 422, 503)
    operation: Schema = {
        "operationId": call.name,
        "tags": [_tag(call)],
        "summary": call.tells,
        "parameters": _parameters(call),
        "responses": {str(call.status): good} | {str(status): refusal for status in refused},
    }
    if call.name in SEVERAL:
        operation["responses"] |= {str(SEVERAL[call.name]): good}
    if call.scopes:
        operation["security"] = [{"token": [scope]} for scope in call.scopes if scope] or [{"token": []}]
    if method_has_body(call.method) and call.body is not None:
        operation["requestBody"] = {
            "required": any(field.required for field in call.body.values()),
            "content": {call.takes: {"schema": object_of(call.body)}},
        }
        if call.takes == FORM:
            lists = [name for name, field in call.body.items() if field.many]
            operation["requestBody"]["content"][FORM]["encoding"] = {
                name: {"style": "form", "explode": True} for name in lists
            }
    return operation


SEVERAL = {"add_user": 200, "post_invoice": 200}
"""Calls with a second good answer: a user who had an account, an invoice that had been sent already."""


def _tag(call: Call) -> str:
    parts = [part for part in call.path.split("/") if part and not part.startswith(("v1", "api"))]
    return parts[0]


def _parameters(call: Call) -> list[Schema]:
    in_path = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in re.findall(r"{(\w+)}", call.path)]
    return in_path + [
        {
            "name": f"{name}[]" if field.many else name,
            "in": "query",
            "required": field.required,
            "schema": field.schema,
        }
        | ({"description": field.tells} if field.tells else {})
        | ({"style": "form", "explode": True} if field.many else {})
        for name, field in call.query.items()
    ]


def _named(name: str) -> Schema:
    if name.endswith("[]"):
        return {"type": "array", "items": _named(name[:-2])}
    return {"$ref": f"#/components/schemas/{name}"}
