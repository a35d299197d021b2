"""The description of the control API, written from the table of calls and the types of their answers."""

from typing import Any

from simulator import __version__
from simulator.control import schemas
from simulator.control.calls import all_calls
from simulator.control.table import ControlCall
from simulator.web.calls.fields import Schema
from simulator.web.calls.openapi import BINARY, Components, path_parameters, reference, request_body
from simulator.web.calls.reading import JSON
from simulator.web.programs import MEDIA_TYPE


def description(base_address: str) -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        base_address: absolute address of the platform, without a closing slash.
    """
    components = Components(closed=False)
    for hint in (schemas.Problem, schemas.FactName):
        components.schema_of(hint)
    paths: dict[str, dict[str, Any]] = {}
    for call in all_calls():
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "vnsim control API",
            "version": __version__,
            "description": "Steers the sandboxes of a simulator. Not affiliated with Visma.",
        },
        "servers": [{"url": base_address + "/_sim"}],
        "security": [{}, {"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": components.schemas,
        },
    }


def _operation(call: ControlCall, components: Components) -> Schema:
    refusal = {
        "description": "The call was refused.",
        "content": {MEDIA_TYPE: {"schema": reference("Problem")}},
    }
    statuses = {401, 403, 429, *call.refusals, *((400, 413, 415, 422) if call.method in ("POST", "PUT") else (422,))}
    if call.method != "GET":
        # Whatever is stored may find no room; the few calls that store something though they read say so themselves.
        statuses.add(507)
    operation: Schema = {
        "operationId": call.name,
        "summary": call.summary,
        "parameters": path_parameters(call) + _query_parameters(call),
        "responses": {str(call.status): components.success(call)} | {str(status): refusal for status in sorted(statuses)},
    }
    if call.takes != JSON:
        return operation | {"requestBody": {"required": True, "content": {call.takes: {"schema": BINARY}}}}
    return operation | request_body(call)


def _query_parameters(call: ControlCall) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "query",
            "required": field.required,
            "allowEmptyValue": True,
            # A parameter that is empty counts as not sent.
            "schema": {"anyOf": [field.schema, {"const": ""}]},
        }
        for name, field in call.query.items()
    ]
