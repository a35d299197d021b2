"""Routes of SML, SMP and Peppol Directory. They are public; no page is rendered and no visitor is identified."""

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, g, request
from werkzeug.wrappers import Response

from simulator.core import faults
from simulator.core.errors import BadInput
from simulator.core.sandbox import Sandbox
from simulator.documents.peppol import peppol_directory, sml, smp, smp_key
from simulator.settings import Settings
from simulator.web.access import public

blueprint = Blueprint("peppol", __name__)

XML = "text/xml"
PROBLEM = "application/problem+json"
LONGEST = 500


@blueprint.get("/sml/<name>")
@public
def look_up(name: str) -> Response:
    """Answer in place of DNS: the NAPTR record of a participant's name, as JSON.

    ``Accept: text/plain`` or ``?text=1`` gives it as a line of a zone file.

    Own choice: HTTP in place of DNS, because tests have no DNS; 404 in place of NXDOMAIN.
    """
    record = sml.find(_sandbox(), name[:LONGEST])
    if record is None:
        return _problem(404, f"NXDOMAIN: there is no participant under {name[:100]}.", status_of_dns="NXDOMAIN")
    if request.args.get("text") == "1" or request.accept_mimetypes.best == "text/plain":
        return Response(record.line + "\n", mimetype="text/plain")
    return Response(json.dumps(record.fields) + "\n", mimetype="application/json")


@blueprint.get("/smp/<participant>")
@public
def service_group(participant: str) -> Response:
    """List the document types that a participant receives."""
    sandbox = _sandbox()
    group = smp.read(sandbox, participant[:LONGEST])
    if group is None:
        return _problem(404, f"There is no participant {participant[:100]}.")
    return Response(smp.group_xml(group, f"{sandbox.program_base()}/smp"), mimetype=XML)


@blueprint.get("/smp/<participant>/services/<path:document_type>")
@public
def service_metadata(participant: str, document_type: str) -> Response:
    """Return where a participant receives a document type, signed; without a signature for ``?unsigned=1``."""
    group = smp.read(_sandbox(), participant[:LONGEST])
    service = smp.service(group, document_type) if group is not None else None
    if group is None or service is None:
        return _problem(404, f"{participant[:100]} does not receive {document_type[:200]}.")
    settings: Settings = current_app.extensions["settings"]
    write = smp.metadata_xml if request.args.get("unsigned") == "1" else smp.signed_xml
    return Response(write(group, service, smp_key.of(settings.data_dir)), mimetype=XML)


@blueprint.get("/directory/search/1.0/<any(xml, json):form>")
@public
def search(form: str) -> Response:
    """Search the Peppol Directory."""
    try:
        criteria = peppol_directory.read_search(request.args)
    except BadInput as error:
        return _problem(400, str(error), errors=[{"field": name, "message": message} for name, message in error.problems])
    if _is_refused():
        return _problem(429, "More than two searches per second.", headers={"Retry-After": "1"})
    with _sandbox().reading() as db:
        matches = peppol_directory.search(db, criteria)
    if form == "json":
        return Response(peppol_directory.as_json(matches), mimetype="application/json")
    return Response(peppol_directory.as_xml(matches), mimetype="application/xml")


def _is_refused() -> bool:
    """Return whether a test has asked for this search to exceed the limit."""
    with _sandbox().reading() as db:
        if not peppol_directory.is_held_back(db):
            return False
    with _sandbox().transaction() as db:
        return faults.triggered_outcome(db, "directory.search") is not None


def _sandbox() -> Sandbox:
    sandbox: Sandbox = g.sandbox
    return sandbox


def _problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Response(json.dumps(document, ensure_ascii=False) + "\n", status, headers, mimetype=PROBLEM)
