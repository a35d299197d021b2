"""ELMA's API for the programs of access points: JSON below ``/elma/api``, HTTP basic authentication as an access point.

Source: ELMA web services, REST: endpoints, their participants, and the processes of each. Own choice: an access point has exactly
one endpoint, with the same id; the shapes of the answers; the credentials, which the operator's pages show under *Users*; a body
that is not JSON or has invalid values is answered by 400 and a problem document; number and country of a participant cannot be
changed; contacts are read and not stored.
"""

import json
from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from http import HTTPStatus
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from simulator.core import normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.documents.model.models import AccessPoint, Participant
from simulator.documents.registers import access_points, participants, schemes
from simulator.documents.registers.processes import BY_ID, IDENTIFIER, PROFILES, SCHEME, Profile, types_of
from simulator.products.elma import queries
from simulator.products.elma.views.blueprint import blueprint
from simulator.web.access import for_programs, public
from simulator.web.bodies import NotJson, read_json
from simulator.web.listing import PageRequest, page_count
from simulator.web.visit import visit

SIZE, LARGEST_SIZE = 30, 100
LONGEST_NAME = 200
ENDPOINT = f"/api/endpoints/<int(max={LARGEST_ID}):endpoint_id>"
PARTICIPANT = ENDPOINT + "/participants/<address>"


class Problem(Exception):
    """A refusal of a call: HTTP status and a sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


Call = Callable[..., Response]


def call(view: Call) -> Call:
    """Make a view a call of the API: a refusal becomes a problem document, and no CSRF token is needed.

    Every call carries credentials, which a browser does not send by itself.
    """

    @public
    @for_programs
    @wraps(view)
    def answer(**values: Any) -> Response:
        try:
            return view(**values)
        except Problem as problem:
            return _problem(problem.status, problem.detail)
        except RuleViolation as refusal:
            return _problem(403 if refusal.status == 403 else 400, text("en", f"error.{refusal.code}", **refusal.facts))

    return answer


@blueprint.get("/api/endpoints", endpoint="api_endpoints")
@call
def endpoints() -> Response:
    """List the caller's endpoints: exactly one."""
    with visit().sandbox.reading() as db:
        rows = [_endpoint(_caller(db))]
    page, size = _paging()
    return _json(_page(rows[page * size : (page + 1) * size], len(rows), page, size))


@blueprint.get(ENDPOINT, endpoint="api_endpoint")
@call
def endpoint(endpoint_id: int) -> Response:
    """Return one endpoint of the caller."""
    with visit().sandbox.reading() as db:
        return _json(_endpoint(_own_access_point(db, endpoint_id)))


@blueprint.get(f"{ENDPOINT}/participants", endpoint="api_participants")
@call
def list_participants(endpoint_id: int) -> Response:
    """List the participants of an endpoint, by name."""
    page, size = _paging()
    with visit().sandbox.reading() as db:
        listing = queries.participants(db, _own_access_point(db, endpoint_id), PageRequest(page + 1, size, "name", False))
    rows = listing.rows if listing.page == page + 1 else []
    return _json(_page([_participant(row) for row in rows], listing.total, page, size))


@blueprint.post(f"{ENDPOINT}/participants", endpoint="api_add_participant")
@call
def add_participant(endpoint_id: int) -> Response:
    """Register a participant through an endpoint."""
    body = _body({"countryCode": str, "organizationNumber": str, "name": str, "profileIds": list, "contact": dict})
    with visit().sandbox.transaction() as db:
        access_point = _own_access_point(db, endpoint_id)
        number = _text(body, "organizationNumber")
        scheme, identifier = schemes.split(number) or (schemes.ELMA, number)
        added = participants.add(
            db,
            access_point,
            identifier,
            _text(body, "name"),
            scheme=scheme,
            country=_country(body),
            document_types=types_of(_profiles(body)),
        )
        row = queries.row_of(added, access_point)
    address = f"{row.scheme}::{row.identifier}"
    location = url_for("elma.api_participant", endpoint_id=endpoint_id, address=address)
    return _json(_participant(row), 201, {"Location": location})


@blueprint.get(PARTICIPANT, endpoint="api_participant")
@call
def participant(endpoint_id: int, address: str) -> Response:
    """Return one participant of an endpoint."""
    with visit().sandbox.reading() as db:
        access_point = _own_access_point(db, endpoint_id)
        return _json(_participant(queries.row_of(_participant_of(db, access_point, address), access_point)))


@blueprint.put(PARTICIPANT, endpoint="api_change_participant")
@call
def change_participant(endpoint_id: int, address: str) -> Response:
    """Change a participant's name and profiles; the body lists all profiles that it shall have."""
    body = _body({"countryCode": str, "organizationNumber": str, "name": str, "profileIds": list, "contact": dict})
    with visit().sandbox.transaction() as db:
        access_point = _own_access_point(db, endpoint_id)
        changed = _participant_of(db, access_point, address)
        _check_unchanged(changed, body)
        participants.change(db, access_point, changed, _text(body, "name"), types_of(_profiles(body)))
        return _json(_participant(queries.row_of(changed, access_point)))


@blueprint.delete(PARTICIPANT, endpoint="api_delete_participant")
@call
def delete_participant(endpoint_id: int, address: str) -> Response:
    """Remove a participant from an endpoint."""
    with visit().sandbox.transaction() as db:
        access_point = _own_access_point(db, endpoint_id)
        participants.remove(db, access_point, _participant_of(db, access_point, address))
    return Response(status=204)


@blueprint.get(f"{PARTICIPANT}/processes", endpoint="api_participant_processes")
@call
def participant_processes(endpoint_id: int, address: str) -> Response:
    """List the processes that a participant has at an endpoint."""
    with visit().sandbox.reading() as db:
        access_point = _own_access_point(db, endpoint_id)
        return _json([_process(queries.row_of(_participant_of(db, access_point, address), access_point).profile)])


@blueprint.get("/api/organizations/<address>/processes", endpoint="api_organization_processes")
@call
def organization_processes(address: str) -> Response:
    """List the processes of an organisation at all access points."""
    with visit().sandbox.reading() as db:
        _caller(db)
        organisation = _participant_at(db, address)
        owners = {row.access_point.id: row.access_point for row in organisation.registrations}
        return _json([_process(queries.row_of(organisation, owner).profile) for owner in owners.values()])


@blueprint.get("/api/processes", endpoint="api_processes")
@call
def processes() -> Response:
    """List all processes that can be registered."""
    with visit().sandbox.reading() as db:
        _caller(db)
    return _json([_process(profile) for profile in PROFILES])


def _caller(db: Db) -> AccessPoint:
    """Return the access point that the call authenticates as.

    Raises:
        Problem: 401.
    """
    header = request.authorization
    name, password = (header.username or "", header.password or "") if header and header.type == "basic" else ("", "")
    for access_point in access_points.all_of(db):
        right = access_points.password_of(db, access_point)
        if access_point.key == name and compare_digest(password.encode(), right.encode()):
            return access_point
    raise Problem(401, "Send the user name and password of an access point with HTTP basic authentication.")


def _own_access_point(db: Db, endpoint_id: int) -> AccessPoint:
    """Return the access point of an endpoint, which must be the caller's.

    Raises:
        Problem: 401; 403 for the endpoint of another access point; 404.
    """
    caller = _caller(db)
    if endpoint_id == caller.id:
        return caller
    if db.get(AccessPoint, endpoint_id) is None:
        raise Problem(404, f"There is no endpoint {endpoint_id}.")
    raise Problem(403, f"Endpoint {endpoint_id} belongs to another access point.")


def _participant_at(db: Db, address: str) -> Participant:
    scheme, _, value = address.partition("::")
    match = participants.find(db, value, scheme)
    if match is None:
        raise Problem(404, f"There is no participant {address[:100]}.")
    return match


def _participant_of(db: Db, access_point: AccessPoint, address: str) -> Participant:
    """Return a participant of the caller; one that only other access points have registered is refused with their names."""
    match = _participant_at(db, address)
    participants.registered_by(match, access_point)
    return match


def _body(fields: dict[str, type]) -> dict[str, Any]:
    """Read a JSON body.

    Raises:
        Problem: 400, naming the invalid field.
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
    value = " ".join(str(body.get(name, "")).split())
    if not value or len(value) > LONGEST_NAME or not value.isprintable():
        raise Problem(400, f"{name}: expected 1 to {LONGEST_NAME} characters that can be printed.")
    return value


def _country(body: dict[str, Any]) -> str | None:
    code = body.get("countryCode")
    if code is not None and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Problem(400, f"countryCode: expected two letters, found {code[:20]!r}.")
    return code.upper() if code else None


def _check_unchanged(participant: Participant, body: dict[str, Any]) -> None:
    """Check that number and country in a body, if any, are those of the participant.

    Raises:
        Problem: 400, naming the invalid field.
    """
    if "organizationNumber" in body:
        number = _text(body, "organizationNumber")
        scheme, identifier = schemes.split(number) or (participant.icd, number)
        if (scheme, normal_forms.participant(identifier)) != (participant.icd, participant.identifier):
            raise Problem(
                400, f"organizationNumber: the address is that of {participant.identifier}, which cannot be changed."
            )
    if _country(body) not in (None, participant.country):
        raise Problem(400, f"countryCode: the participant is of {participant.country}, which cannot be changed.")


def _profiles(body: dict[str, Any]) -> list[Profile]:
    ids = body.get("profileIds")
    if not ids:
        raise Problem(400, f"profileIds: expected at least one of {', '.join(BY_ID)}.")
    for id_ in ids:
        if not isinstance(id_, str) or id_ not in BY_ID:
            raise Problem(400, f"profileIds: expected some of {', '.join(BY_ID)}, found {str(id_)[:60]!r}.")
    return [BY_ID[id_] for id_ in ids]


def _paging() -> tuple[int, int]:
    numbers = []
    for name, default, least, most in (("page", 0, 0, 10**6), ("size", SIZE, 1, LARGEST_SIZE)):
        text = request.args.get(name, str(default))
        number = whole_number(text, least=least, most=most)
        if number is None:
            raise Problem(400, f"{name}: expected a whole number from {least} to {most}, found {text[:20]!r}.")
        numbers.append(number)
    return numbers[0], numbers[1]


def _page(rows: list[Any], total: int, page: int, size: int) -> dict[str, Any]:
    pages = page_count(total, size) if total else 0
    return {"content": rows, "page": {"number": page, "size": size, "totalElements": total, "totalPages": pages}}


def _endpoint(access_point: AccessPoint) -> dict[str, Any]:
    return {"id": access_point.id, "name": access_point.name, "accessPointProvider": access_point.name}


def _participant(row: queries.ParticipantRow) -> dict[str, Any]:
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
