"""The queues of requests to the SML and to the Peppol Directory.

Source: ELMA as service providers use it: *SML Queue* and *Peppol Directory Queue*, with *Retry* and *Delete*.
"""

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.documents.model.models import AccessPoint
from simulator.documents.registers import publication
from simulator.documents.registers.publication import RegisterRequest, Target
from simulator.products.elma.views.blueprint import blueprint
from simulator.products.elma.views.provider import own_access_point, provider_page
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.pages import flash_text
from simulator.web.visit import visit

REQUEST = f"<int(max={LARGEST_ID}):request_id>"
QUEUES = {Target.SML: "elma.sml_queue", Target.DIRECTORY: "elma.directory_queue"}


@blueprint.get("/provider/sml-queue")
@public
def sml_queue() -> Response:
    """Show the access point's requests to the SML."""
    return _queue(Target.SML)


@blueprint.get("/provider/directory-queue")
@public
def directory_queue() -> Response:
    """Show the access point's requests to the Peppol Directory."""
    return _queue(Target.DIRECTORY)


@blueprint.post(f"/provider/requests/{REQUEST}/retry")
@public
def retry_request(request_id: int) -> Response:
    """Try a failed request again at once."""
    with visit().sandbox.transaction() as db:
        own = own_access_point(db)
        request = _request(db, request_id, own)
        queued = publication.retry(db, request)
    flash_text("elma.queue.retried" if queued else "elma.queue.nothing", "success" if queued else "info")
    return redirect(url_for(QUEUES[Target(request.target)], access_point=own.key))


@blueprint.post(f"/provider/requests/{REQUEST}/delete")
@public
def delete_request(request_id: int) -> Response:
    """Delete a request from its queue."""
    with visit().sandbox.transaction() as db:
        own = own_access_point(db)
        request = _request(db, request_id, own)
        publication.drop(db, request)
    flash_text("elma.queue.deleted")
    return redirect(url_for(QUEUES[Target(request.target)], access_point=own.key))


def _queue(target: Target) -> Response:
    text = "elma.provider.sml_queue" if target == Target.SML else "elma.provider.directory_queue"
    with visit().sandbox.reading() as db:
        own = own_access_point(db)
        requests = publication.visible_requests(db, target, own)
        return provider_page("elma/provider/queue.html", i18n.t(text), db, own, menu=text, requests=requests)


def _request(db: Db, request_id: int, own: AccessPoint) -> RegisterRequest:
    request = db.get(RegisterRequest, request_id)
    if request is None or request.access_point_id != own.id:
        abort(404)
    return request
