"""Calls about tokens, and the description of the interface."""

from typing import Any

from flask import Response

from simulator.products.autoinvoice_api import schemas, tokens
from simulator.products.autoinvoice_api.answers import instant, without_none
from simulator.products.autoinvoice_api.errors import ApiError
from simulator.products.autoinvoice_api.table import ANY, blueprint, call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.access import public
from simulator.web.bodies import NotJson, read_json
from simulator.web.calls import fields
from simulator.web.calls.reading import FORM
from simulator.web.calls.table import json_response

REQUEST: fields.Shape = {
    "grant_type": fields.choice("client_credentials", required=True),
    "client_id": fields.stripped_line(required=True, note="The company's UUID."),
    "client_secret": fields.stripped_line(required=True, note="The user's API key."),
    "vendor_api_key": fields.stripped_line(note="The software vendor's API key."),
    "scope": fields.stripped_line(longest=1000, note="Words with blanks between them."),
    "license_data": fields.stripped_line(longest=4000, note="JSON, kept as it comes."),
}


@call("POST", "/oauth2/token", body=REQUEST, takes=FORM)
def post_token(license_data: str | None, **request: Any) -> schemas.Token:
    """Issue a token for a company, which lasts 60 minutes on the sandbox's clock."""
    licence = _licence(license_data)
    with sandbox().transaction() as db:
        return tokens.issue(db, request | {"license_data": licence})


def _licence(text: str | None) -> dict[str, Any]:
    try:
        licence = read_json(text or "{}")
    except NotJson:
        licence = None
    if not isinstance(licence, dict):
        raise ApiError(400, "invalid_parameters", "Request parameters are invalid.", ["license_data: write a JSON object"])
    return licence


@call("GET", "/oauth2/current", *ANY)
def get_current(caller: Caller) -> schemas.Current:
    """Show user, company and scopes of the token."""
    company, person = caller.company, caller.person
    return {
        "user": {
            "id": str(person.id),
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
        },
        "company": without_none(
            schemas.CurrentCompany,
            id=caller.account.uuid,
            bid=company.organisation_number,
            name=company.name,
            country=company.country,
            vat=company.vat_number,
            wizard_done=caller.account.verified,
            disabled=False,
        ),
        "scopes": sorted(caller.scopes),
    }


@call("GET", "/status/authenticated", *ANY)
def get_status(caller: Caller) -> schemas.Status:
    """Show until when the token is valid."""
    return {"client_id": caller.account.uuid, "expires_at": instant(caller.token.expires_at)}


@blueprint.get("/swagger_doc")
@public
def swagger_doc() -> Response:
    """Describe the interface."""
    return _description()


@blueprint.get("/api/billing/v2/swagger_yml")
@public
def billing_swagger_yml() -> Response:
    """Describe the billing part of the interface; JSON is YAML too."""
    return _description("/api/billing")


def _description(prefix: str = "") -> Response:
    from simulator.products.autoinvoice_api.description import description

    return json_response(description(f"{sandbox().program_base()}/autoinvoice/api", prefix))
