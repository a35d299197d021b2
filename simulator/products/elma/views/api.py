"""ELMA's interface for the programs of access points: JSON below ``/elma/api``, HTTP basic credentials of an access point.

Source: ELMA web services, REST: endpoints, their participants, and the processes of each. Own choice: an access point has one
endpoint, of its own id; the answers' shapes; the credentials, which the provider's pages show under *Users*; a body that is no
JSON, or says what makes no sense, is 400 with a problem document; a participant keeps number and country; contacts are read and not
kept.
"""

import json
from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from http import HTTPStatus
from typing import Any

from flask import request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.documents.model.models import AccessPoint, Participant
from simulator.documents.registers import access_points, participants, schemes
from simulator.documents.registers.processes import BY_ID, IDENTIFIER, PROFILES, SCHEME, Profile, types_of
from simulator.products.elma import queries
from simulator.products.elma.views.blueprint import blueprint
from simulator.web.access import public
from simulator.web.bodies import NotJson, read_json
from simulator.web.listing import PageRequest
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import visit

SIZE, LARGEST_SIZE = 30, 100
LONGEST_NAME = 200
ENDPOINT = f"/api/endpoints/<int(max={LARGEST_ID}):endpoint_id>"
PARTICIPANT = ENDPOINT + "/participants/<address>"


class Problem(Exception):
    """A call is refused with a status and a sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


Call = Callable[..., Response]
_CALLS: list[Call] = []


def call(view: Call) -> Call:
    """Make a view a call: a problem becomes a document. Whoever calls shows credentials, so a form's token is not asked for."""

    @public
    @wraps(view)
    def answer(**values: Any) -> Response:
        try:
            return view(**values)
        except Problem as problem:
            return _problem(problem.status, problem.detail)
        except RuleViolation as refusal:
            return _problem(403 if refusal.status == 403 else 400, text("en", f"error.{refusal.code}", **refusal.facts))

    _CALLS.append(answer)
    return answer


@blueprint.record_once
def _ask_for_no_token(state: BlueprintSetupState) -> None:
    for view in _CALLS:
        state.app.extensions["csrf"].exempt(view)


@blueprint.get("/api/endpoints", endpoint="api_endpoints")
@call
def endpoints() -> Response:
    """List the caller's endpoints: its one."""
    with visit().sandbox.reading() as db:
        rows = [_endpoint(_caller(db))]
    page, size = _paging()
    return _json(_page(rows[page * size : (page + 1) * size], len(rows), page, size))


@blueprint.get(ENDPOINT, endpoint="api_endpoint")
@call
def endpoint(endpoint_id: int) -> Response:
    """Return one endpoint of the caller."""
    with visit().sandbox.reading() as db:
        return _json(_endpoint(_own(db, endpoint_id)))


@blueprint.get(f"{ENDPOINT}/participants", endpoint="api_participants")
@call
def list_participants(endpoint_id: int) -> Response:
    """List the participants of an endpoint, by name."""
    page, size = _paging()
    with visit().sandbox.reading() as db:
        found = queries.participants(db, _own(db, endpoint_id), PageRequest(page + 1, size, "name", False))
    rows = found.rows if found.page == page + 1 else []
    return _json(_page([_participant(row) for row in rows], found.total, page, size))


@blueprint.post(f"{ENDPOINT}/participants", endpoint="api_add_participant")
@call
def add_participant(endpoint_id: int) -> Response:
    """Register a participant through an endpoint."""
    body = _body({"countryCode": str, "organizationNumber": str, "name": str, "profileIds": list, "contact": dict})
    with visit().sandbox.transaction() as db:
        mine = _own(db, endpoint_id)
        number = _text(body, "organizationNumber")
        scheme, identifier = schemes.split(number) or (schemes.ELMA, number)
        added = participants.add(
            db,
            mine,
            identifier,
            _text(body, "name"),
            scheme=scheme,
            country=_country(body),
            document_types=types_of(_profiles(body)),
        )
        row = queries.row_of(added, mine)
    address = f"{row.scheme}::{row.identifier}"
    location = url_for("elma.api_participant", endpoint_id=endpoint_id, address=address)
    return _json(_participant(row), 201, {"Location": location})


@blueprint.get(PARTICIPANT, endpoint="api_participant")
@call
def participant(endpoint_id: int, address: str) -> Response:
    """Return one participant of an endpoint."""
    with visit().sandbox.reading() as db:
        mine = _own(db, endpoint_id)
        return _json(_participant(queries.row_of(_theirs(db, mine, address), mine)))


@blueprint.put(PARTICIPANT, endpoint="api_change_participant")
@call
def change_participant(endpoint_id: int, address: str) -> Response:
    """Change a participant's name and profiles; all wanted profiles are listed."""
    body = _body({"countryCode": str, "organizationNumber": str, "name": str, "profileIds": list, "contact": dict})
    with visit().sandbox.transaction() as db:
        mine = _own(db, endpoint_id)
        found = _theirs(db, mine, address)
        _same(found, body)
        participants.change(db, mine, found, _text(body, "name"), types_of(_profiles(body)))
        return _json(_participant(queries.row_of(found, mine)))


@blueprint.delete(PARTICIPANT, endpoint="api_delete_participant")
@call
def delete_participant(endpoint_id: int, address: str) -> Response:
    """Remove a participant from an endpoint."""
    with visit().sandbox.transaction() as db:
        mine = _own(db, endpoint_id)
        participants.remove(db, mine, _theirs(db, mine, address))
    return Response(status=204)


@blueprint.get(f"{PARTICIPANT}/processes", endpoint="api_participant_processes")
@call
def participant_processes(endpoint_id: int, address: str) -> Response:
    """List the processes that a participant has at an endpoint."""
    with visit().sandbox.reading() as db:
        mine = _own(db, endpoint_id)
        return _json([_process(queries.row_of(_theirs(db, mine, address), mine).profile)])


@blueprint.get("/api/organizations/<address>/processes", endpoint="api_organization_processes")
@call
def organization_processes(address: str) -> Response:
    """List the processes of an organisation at all access points."""
    with visit().sandbox.reading() as db:
        _caller(db)
        found = _at(db, address)
        owners = {row.access_point.id: row.access_point for row in found.registrations}
        return _json([_process(queries.row_of(found, owner).profile) for owner in owners.values()])


@blueprint.get("/api/processes", endpoint="api_processes")
@call
def processes() -> Response:
    """List everything that can be registered."""
    with visit().sandbox.reading() as db:
        _caller(db)
    return _json([_process(profile) for profile in PROFILES])


def _caller(db: Db) -> AccessPoint:
    """Return the access point whose credentials the call carries.

    Raises:
        Problem: 401.
    """
    given = request.authorization
    name, password = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
    for one in access_points.all_of(db):
        if one.key == name and compare_digest(password.encode(), access_points.password_of(one).encode()):
            return one
    raise Problem(401, "Send the user name and password of an access point with HTTP basic authentication.")


def _own(db: Db, endpoint_id: int) -> AccessPoint:
    """Return the caller's endpoint of an id.

    Raises:
        Problem: 401; 403 for another's; 404.
    """
    caller = _caller(db)
    if endpoint_id == caller.id:
        return caller
    if db.get(AccessPoint, endpoint_id) is None:
        raise Problem(404, f"There is no endpoint {endpoint_id}.")
    raise Problem(403, f"Endpoint {endpoint_id} belongs to another access point.")


def _at(db: Db, address: str) -> Participant:
    scheme, _, value = address.partition("::")
    found = participants.find(db, value, scheme)
    if found is None:
        raise Problem(404, f"There is no participant {address[:100]}.")
    return found


def _theirs(db: Db, mine: AccessPoint, address: str) -> Participant:
    """Return a participant; one of other access points only is refused with their names."""
    found = _at(db, address)
    participants.registered_by(found, mine)
    return found


def _body(fields: dict[str, type]) -> dict[str, Any]:
    """Read a JSON body.

    Raises:
        Problem: 400, with the field at fault.
    """
    if request.mimetype != "application/json":
        raise Problem(400, f"Send application/json, not {request.mimetype or 'a body without a content type'}.")
    try:
        body = read_json(request.get_data())
    except NotJson as reason:
        raise Problem(400, f"The body is not JSON: {reason}") from None
    if not isinstance(body, dict):
        raise Problem(400, "The body is not a JSON object.")
    for name, value in body.items():
        if name not in fields:
            raise Problem(400, f"{name[:60]}: there is no such field; expected {', '.join(fields)}.")
        if not isinstance(value, fields[name]):
            raise Problem(
                400, f"{name}: expected {'an array' if fields[name] is list else 'a string or object as described'}."
            )
    return body


def _text(body: dict[str, Any], name: str) -> str:
    found = " ".join(str(body.get(name, "")).split())
    if not found or len(found) > LONGEST_NAME or not found.isprintable():
        raise Problem(400, f"{name}: expected 1 to {LONGEST_NAME} characters that can be printed.")
    return found


def _country(body: dict[str, Any]) -> str | None:
    found = body.get("countryCode")
    if found is not None and not (len(found) == 2 and found.isascii() and found.isalpha()):
        raise Problem(400, f"countryCode: expected two letters, found {found[:20]!r}.")
    return found.upper() if found else None


def _same(found: Participant, body: dict[str, Any]) -> None:
    """See that a body says of number and country what the address says; both may be left out.

    Raises:
        Problem: 400, with the field at fault.
    """
    if "organizationNumber" in body:
        number = _text(body, "organizationNumber")
        scheme, identifier = schemes.split(number) or (found.icd, number)
        if (scheme, identifier.upper()) != (found.icd, found.identifier.upper()):
            raise Problem(400, f"organizationNumber: the address is that of {found.identifier}, which cannot be changed.")
    if _country(body) not in (None, found.country):
        raise Problem(400, f"countryCode: the participant is of {found.country}, which cannot be changed.")


def _profiles(body: dict[str, Any]) -> list[Profile]:
    wanted = body.get("profileIds")
    if not wanted:
        raise Problem(400, f"profileIds: expected at least one of {', '.join(BY_ID)}.")
    for one in wanted:
        if not isinstance(one, str) or one not in BY_ID:
            raise Problem(400, f"profileIds: expected some of {', '.join(BY_ID)}, found {str(one)[:60]!r}.")
    return [BY_ID[one] for one in wanted]


def _paging() -> tuple[int, int]:
    numbers = []
    for name, default, least, most in (("page", 0, 0, 10**6), ("size", SIZE, 1, LARGEST_SIZE)):
        given = request.args.get(name, str(default))
        if not (given.isascii() and given.isdecimal() and len(given) < 8 and least <= int(given) <= most):
            raise Problem(400, f"{name}: expected a whole number from {least} to {most}, found {given[:20]!r}.")
        numbers.append(int(given))
    return numbers[0], numbers[1]


def _page(rows: list[Any], total: int, page: int, size: int) -> dict[str, Any]:
    pages = -(-total // size)
    return {"content": rows, "page": {"number": page, "size": size, "totalElements": total, "totalPages": pages}}


def _endpoint(access_point: AccessPoint) -> dict[str, Any]:
    return {"id": access_point.id, "name": access_point.name, "accessPointProvider": access_point.name}


def _participant(row: queries.Row) -> dict[str, Any]:
    return {
        "participantIdentifier": f"{row.scheme}::{row.identifier}",
        "countryCode": row.country,
        "organizationNumber": row.identifier,
        "name": row.name,
        "profileIds": [row.profile.id],
        "registered": row.registered_on.isoformat(),
        "state": row.state.upper(),
    }


def _process(profile: Profile) -> dict[str, Any]:
    return {
        "profileId": profile.id,
        "processIdentifier": f"{SCHEME}::{IDENTIFIER}",
        "documentTypes": [type_.identifier for type_ in profile.types],
    }


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value, ensure_ascii=False) + "\n", status, headers, mimetype="application/json")


def _problem(status: int, detail: str) -> Response:
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {"WWW-Authenticate": 'Basic realm="ELMA"'} if status == 401 else None
    body = json.dumps(document, ensure_ascii=False) + "\n"
    return Response(body, status, headers, mimetype="application/problem+json")
