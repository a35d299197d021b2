"""The description of the control API, written from the table of calls and the enumerations that the platform uses."""

import re
from http import HTTPStatus
from typing import Any

from simulator import __version__
from simulator.control.calls.checks import registered_facts
from simulator.control.calls.jobs import DELAYS, MODES
from simulator.control.calls.messages import KINDS
from simulator.control.problems import MEDIA_TYPE
from simulator.control.shapes import Shape
from simulator.control.table import JSON, TABLE, Call
from simulator.core import events
from simulator.core.clock import ClockMode
from simulator.core.faults import OPERATIONS
from simulator.core.jobs import JobState
from simulator.core.outbox import MessageState
from simulator.core.texts import LANGUAGES
from simulator.directory.models import Status
from simulator.directory.roles import ROLES, Level
from simulator.documents.model import models as documents
from simulator.documents.model.models import Channel, Direction, Mark

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
BINARY: Schema = {"type": "string", "format": "binary"}
ANYTHING: Schema = {"type": "object"}


def description(base_address: str) -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        base_address: absolute address of the platform, without a closing slash.
    """
    paths: dict[str, dict[str, Any]] = {}
    for call in TABLE:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
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
            "schemas": _schemas(),
        },
    }


def _operation(call: Call) -> Schema:
    good: Schema = {"description": HTTPStatus(call.status).phrase}
    if call.answers is not None:
        good["content"] = {"application/json": {"schema": _named(call.answers)}}
    elif call.gives != JSON:
        good["content"] = {call.gives: {"schema": TEXT}}
    refusal = {
        "description": "The call was refused.",
        "content": {MEDIA_TYPE: {"schema": _named("Problem")}},
    }
    own = call.refusals + ((400, 413, 415, 422) if call.method in ("POST", "PUT") else (422,))
    operation: Schema = {
        "operationId": call.name,
        "summary": call.tells,
        "parameters": _parameters(call),
        "responses": {str(call.status): good} | {str(status): refusal for status in sorted({401, 403, 429, *own})},
    }
    if call.takes != JSON:
        operation["requestBody"] = {"required": True, "content": {call.takes: {"schema": BINARY}}}
    if call.body is not None:
        required = any(field.required for field in call.body.values())
        schema = _object_of(call.body)
        operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    return operation


def _parameters(call: Call) -> list[Schema]:
    in_path = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in re.findall(r"{(\w+)}", call.path)]
    return in_path + [
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


def _object_of(shape: Shape) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {name: field.schema for name, field in shape.items()},
        "additionalProperties": False,
    }
    required = [name for name, field in shape.items() if field.required]
    return schema | ({"required": required} if required else {})


def _named(name: str) -> Schema:
    if name.endswith("[]"):
        return {"type": "array", "items": _named(name[:-2])}
    return {"$ref": f"#/components/schemas/{name}"}


def _words(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _answer(**properties: Schema) -> Schema:
    names = {name.rstrip("_"): schema for name, schema in properties.items()}
    return {"type": "object", "properties": names, "required": list(names)}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _outcomes() -> dict[str, str]:
    """Return every way that something can go wrong, with what is then seen and of what."""
    found: dict[str, list[str]] = {}
    for name, operation in sorted(OPERATIONS.items()):
        for outcome, tells in operation.outcomes.items():
            found.setdefault(outcome, []).append(f"{name}: {tells}")
    return {outcome: " ".join(tells) for outcome, tells in sorted(found.items())}


def _schemas() -> dict[str, Schema]:
    """Return every schema that a call names."""
    return {
        "Advanced": _answer(now=INSTANT, fired=_list(_named("Event"))),
        "Clock": _answer(mode=_named("ClockMode"), now=INSTANT),
        "ClockMode": _words(*ClockMode),
        "Code": _answer(code=TEXT, valid_for=NUMBER),
        "Company": _answer(key=_or_null(TEXT), name=TEXT, country=TEXT, organisation_number=TEXT),
        "Customer": _answer(key=TEXT, number=TEXT, name=TEXT, country=TEXT),
        "Event": _answer(
            id=NUMBER,
            at=INSTANT,
            type=_named("EventType"),
            actor=_or_null(TEXT),
            subject=_or_null(TEXT),
            data=ANYTHING,
        ),
        "EventType": {
            "oneOf": [{"const": type_, "description": meaning} for type_, meaning in sorted(events.TYPES.items())],
            **_words(*sorted(events.TYPES)),
        },
        "FaultOperation": {
            "oneOf": [{"const": one.name, "description": one.meaning} for _, one in sorted(OPERATIONS.items())],
            **_words(*sorted(OPERATIONS)),
        },
        "FaultOutcome": {
            "oneOf": [{"const": outcome, "description": tells} for outcome, tells in _outcomes().items()],
            **_words(*_outcomes()),
        },
        "Fault": _answer(
            id=NUMBER,
            operation=_named("FaultOperation"),
            outcome=_named("FaultOutcome"),
            person=_or_null(TEXT),
            company=_or_null(TEXT),
            nth=NUMBER,
            times=NUMBER,
            seen=NUMBER,
            used=NUMBER,
        ),
        "Arrived": _answer(
            route=_words("peppol", "email", "print"),
            number=TEXT,
            document=_or_null(_named("Document")),
            message=_or_null(_named("Message")),
        ),
        "Document": _answer(
            id=NUMBER,
            uuid=TEXT,
            company=TEXT,
            direction=_words(*Direction),
            kind=TEXT,
            number=TEXT,
            reference=_or_null(TEXT),
            party=_answer(name=TEXT, country=TEXT, organisation_number=_or_null(TEXT), address=_or_null(TEXT)),
            issue_date=DAY,
            due_date=_or_null(DAY),
            currency=TEXT,
            net=TEXT,
            tax=TEXT,
            total=TEXT,
            created_at=INSTANT,
            sent_at=_or_null(INSTANT),
            delivered_at=_or_null(INSTANT),
            status=_words(*documents.Status),
            mark=_or_null(_words(*Mark)),
            channel=_or_null(_words(*Channel)),
            origin=TEXT,
            unit=_or_null(TEXT),
            charged=NUMBER,
            pages=NUMBER,
            error=_or_null(TEXT),
            revision=NUMBER,
        ),
        "FactName": _words(*sorted(registered_facts())),
        "Finding": _answer(fact=ANYTHING, holds={"type": "boolean"}, found={}),
        "Grant": _answer(
            role=_words(*(role.name for role in ROLES)), level=_words(*Level), on=_or_null(TEXT), name=_or_null(TEXT)
        ),
        "Health": _answer(status={"const": "ok"}, version=TEXT, pid=NUMBER),
        "Job": _answer(
            id=NUMBER,
            kind=TEXT,
            state=_named("JobState"),
            data=ANYTHING,
            queued_at=INSTANT,
            due_at=INSTANT,
            finished_at=_or_null(INSTANT),
            attempts=NUMBER,
            error=_or_null(TEXT),
        ),
        "JobState": _words(*JobState),
        "Message": _answer(
            id=NUMBER,
            kind=_named("MessageKind"),
            from_=TEXT,
            to=TEXT,
            subject=TEXT,
            text=TEXT,
            html=_or_null(TEXT),
            links=_list(TEXT),
            codes=_list(TEXT),
            attachments=_list(_answer(name=TEXT, media_type=TEXT, size=NUMBER)),
            sent_at=INSTANT,
            state=_named("MessageState"),
        ),
        "MessageKind": _words(*KINDS),
        "MessageState": _words(*MessageState),
        "Person": _answer(
            key=_or_null(TEXT),
            first_name=TEXT,
            last_name=TEXT,
            email=TEXT,
            password=_or_null(TEXT),
            language=TEXT,
            status=_named("PersonStatus"),
            totp_secret=_or_null(TEXT),
            emergency_code=_or_null(TEXT),
            customers=_list(_named("Customer")),
            companies=_list(_named("Company")),
            roles=_list(TEXT),
            grants=_list(_named("Grant")),
        ),
        "PersonStatus": _words(*Status),
        "Problem": {
            "type": "object",
            "properties": {
                "type": TEXT,
                "title": TEXT,
                "status": NUMBER,
                "detail": TEXT,
                "errors": _list(_answer(field=TEXT, message=TEXT)),
            },
            "required": ["type", "title", "status", "detail"],
        },
        "Programs": _answer(
            base_url=TEXT,
            vendor_api_keys=_list(_answer(name=TEXT, vendor_api_key=TEXT)),
            companies=_list(
                _answer(
                    key=_or_null(TEXT),
                    name=TEXT,
                    country=TEXT,
                    organisation_number=TEXT,
                    client_id=TEXT,
                    verified={"type": "boolean"},
                    users=_list(
                        _answer(key=_or_null(TEXT), email=TEXT, role=_words("ADMIN", "USER"), client_secret=_or_null(TEXT))
                    ),
                )
            ),
        ),
        "Queue": _answer(mode=_words(*MODES), delay_seconds=NUMBER, delays=_words(*DELAYS), jobs=_list(_named("Job"))),
        "Sandbox": _answer(
            name=TEXT,
            scenario=TEXT,
            url=TEXT,
            join_url=TEXT,
            now=INSTANT,
            clock_mode=_named("ClockMode"),
            language=_words(*LANGUAGES),
            created_at=INSTANT,
            expires_at=_or_null(INSTANT),
            tags=_list(TEXT),
            people=_list(_named("Person")),
        ),
        "Scenario": _answer(
            name=TEXT,
            title=TEXT,
            titles=_or_null(_answer(**dict.fromkeys(LANGUAGES[1:], TEXT))),
            languages=_list(_words(*LANGUAGES)),
            description=TEXT,
            supporter=_or_null(_answer(**dict.fromkeys(LANGUAGES, TEXT))),
        ),
        "Session": _answer(cookie=_answer(name=TEXT, value=TEXT, path=TEXT)),
        "Snapshot": _answer(name=TEXT, created_at=INSTANT, now=INSTANT, size=NUMBER),
        "Texts": {"type": "object", "additionalProperties": TEXT},
    }
