"""Routes of one invoice: its page, its files, the frame that shows it.

Source: AutoInvoice, sent and received invoices: head, attachments with a download each, events with the address and the message of
an error. What a document says was written by somebody else: it is shown in a frame that may run nothing, and files are
downloaded, never opened here.
"""

from urllib.parse import quote

from flask import Response, abort
from werkzeug.wrappers import Response as BaseResponse

from simulator.core.sandbox import Db
from simulator.documents.model import files, lists
from simulator.documents.model.models import Document, History, HistoryType
from simulator.documents.synthetic import consumption
from simulator.products.autoinvoice.forms.invoice import ChooseReceiver
from simulator.products.autoinvoice.queries import invoice as queries
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.here import company_here
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import actor, visit

FRAMED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
KEPT = "sandbox; default-src 'none'; frame-ancestors 'none'"


@blueprint.get("/invoice/<uuid>")
@requires("autoinvoice.open")
def invoice(uuid: str) -> BaseResponse:
    """Show one invoice of the company that is chosen."""
    return invoice_page(uuid, ChooseReceiver())


def invoice_page(uuid: str, form: ChooseReceiver, status: int = 200) -> BaseResponse:
    """Render the page, with the form of an invoice that waits."""
    unpack()
    with visit().sandbox.reading() as db:
        found = queries.invoice_page(db, company_here(db), uuid) or abort(404)
    document = found.document
    form.receiver.choices = [(one.address, f"{one.name} · {one.address} · {one.access_point}") for one in found.choices]
    return page(
        "autoinvoice/invoice.html",
        i18n.t("autoinvoice.invoice.title", number=document.number),
        menu=f"autoinvoice.{document.direction}",
        status=status,
        found=found,
        document=document,
        lines=[(line, history_text(line)) for line in found.history],
        files=[(file.id, file.name, _kilobytes(file.size)) for file in found.attachments],
        form=form,
        plain=Plain(),
    )


@blueprint.get("/invoice/<uuid>/view")
@requires("autoinvoice.open")
def invoice_view(uuid: str) -> BaseResponse:
    """Return what the invoice says as a page of its own, for the frame: no scripts, no forms, nothing from elsewhere."""
    unpack()
    with visit().sandbox.reading() as db:
        html = files.html(db, _document(db, uuid), i18n.language())
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@blueprint.get("/invoice/<uuid>/xml")
@requires("autoinvoice.open")
def invoice_source(uuid: str) -> BaseResponse:
    """Download the invoice as it came, or as it would have come."""
    unpack()
    with visit().sandbox.reading() as db:
        document = _document(db, uuid)
        return _download(files.source(db, document), f"{_name(document)}.xml", "application/xml")


@blueprint.get("/invoice/<uuid>/pdf")
@requires("autoinvoice.open")
def invoice_picture(uuid: str) -> BaseResponse:
    """Download the invoice's picture."""
    unpack()
    with visit().sandbox.reading() as db:
        document = _document(db, uuid)
        return _download(files.picture(db, document, i18n.language()), f"{_name(document)}.pdf", "application/pdf")


@blueprint.get(f"/invoice/<uuid>/attachments/<int(max={LARGEST_ID}):file_id>")
@requires("autoinvoice.open")
def invoice_attachment(uuid: str, file_id: int) -> BaseResponse:
    """Download a file that came with the invoice."""
    with visit().sandbox.reading() as db:
        file = queries.attachment(db, company_here(db), uuid, file_id) or abort(404)
        return _download(file.content, file.name, "application/octet-stream")


def history_text(line: History) -> str:
    """Return the text of a line of an invoice's history."""
    kind = "failure" if line.type == HistoryType.ERROR else "history"
    return i18n.t(f"documents.{kind}.{line.code}", **line.data)


def unpack() -> None:
    """Make single documents of what a scenario laid down for the company that is chosen."""
    here = actor().company
    assert here is not None
    consumption.unpack(visit().sandbox, here.id)


def _document(db: Db, uuid: str) -> Document:
    return lists.visible(db, company_here(db).id, uuid) or abort(404)


def _name(document: Document) -> str:
    """Return the name of a file of an invoice: its number, without what a file's name cannot hold."""
    return (
        "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in document.number)[:80] or document.uuid
    )


def _kilobytes(size: int) -> str:
    return f"{i18n.show_number(-(-size // 1024))} kB"


def _download(content: bytes, name: str, media_type: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = KEPT
    return response
