"""The description of the interface as OpenAPI, written from the table of calls and the types of their answers."""

from typing import Any

from simulator import __version__
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.scopes import SCOPES
from simulator.products.autoinvoice_api.table import TABLE, ApiCall
from simulator.web.calls.fields import Schema
from simulator.web.calls.openapi import Components, path_parameters, reference, request_body
from simulator.web.calls.reading import FORM, JSON

REFUSALS = (400, 401, 404, 409, 413, 415, 422, 503, 507)
SECOND_STATUS = {"add_user": 200, "post_invoice": 200}
"""Calls with a second success: a user who had an account, an invoice that had been sent already."""


def description(address: str, prefix: str = "") -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        address: absolute address of the interface, without a closing slash.
        prefix: only the calls whose path begins so.
    """
    components = Components(closed=True)
    components.schema_of(schemas.Error)
    paths: dict[str, dict[str, Any]] = {}
    for call in TABLE:
        operation = _operation(call, components)
        if call.path.startswith(prefix):
            paths.setdefault(call.path, {})[call.method.lower()] = operation
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
            "schemas": components.schemas,
        },
    }


def _operation(call: ApiCall, components: Components) -> Schema:
    success = components.success(call)
    refusal = {"description": "The call was refused.", "content": {JSON: {"schema": reference("Error")}}}
    operation: Schema = {
        "operationId": call.name,
        "tags": [_tag(call)],
        "summary": call.summary,
        "parameters": path_parameters(call) + _query_parameters(call),
        "responses": {str(call.status): success} | {str(status): refusal for status in REFUSALS},
    } | request_body(call)
    if call.name in SECOND_STATUS:
        operation["responses"] |= {str(SECOND_STATUS[call.name]): success}
    if call.scopes:
        operation["security"] = [{"token": [scope]} for scope in call.scopes if scope] or [{"token": []}]
    if call.body is not None and call.takes == FORM:
        lists = [name for name, field in call.body.items() if field.many]
        operation["requestBody"]["content"][FORM]["encoding"] = {name: {"style": "form", "explode": True} for name in lists}
    return operation


def _tag(call: ApiCall) -> str:
    parts = [part for part in call.path.split("/") if part and not part.startswith(("v1", "api"))]
    return parts[0]


def _query_parameters(call: ApiCall) -> list[Schema]:
    return [
        {
            "name": f"{name}[]" if field.many else name,
            "in": "query",
            "required": field.required,
            "schema": field.schema,
        }
        | ({"description": field.note} if field.note else {})
        | ({"style": "form", "explode": True} if field.many else {})
        for name, field in call.query.items()
    ]
