"""Routes of one invoice: its page, its files, and the frame with its content.

Source: AutoInvoice, sent and received invoices: head, attachments with a download each, events with the address and the message of
an error. The content of a document comes from third parties: it is shown in a frame that may run nothing, and files are
downloaded, never opened here.
"""

from flask import Response, abort
from werkzeug.wrappers import Response as BaseResponse

from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.documents.model import files, lists
from simulator.documents.model.models import Document, History, HistoryType
from simulator.products.autoinvoice.forms.invoice import ChooseReceiver
from simulator.products.autoinvoice.queries import invoice as queries
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company, reading_documents
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.download import download
from simulator.web.forms import Plain
from simulator.web.pages import page

FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


@blueprint.get("/invoice/<uuid>")
@requires("autoinvoice.open")
def invoice(uuid: str) -> BaseResponse:
    """Show one invoice of the chosen company."""
    return invoice_page(uuid, ChooseReceiver())


def invoice_page(uuid: str, form: ChooseReceiver, status: int = 200) -> BaseResponse:
    """Render the page, with the form of an invoice on hold."""
    with reading_documents() as db:
        details = queries.invoice_page(db, chosen_company(db), uuid) or abort(404)
        type_name = files.type_name(db, details.document, i18n.language())
    document = details.document
    form.receiver.choices = [
        (receiver.address, f"{receiver.name} · {receiver.address} · {receiver.access_point}") for receiver in details.choices
    ]
    return page(
        "autoinvoice/invoice.html",
        i18n.t("autoinvoice.invoice.title", number=document.number),
        menu=f"autoinvoice.{document.direction}",
        status=status,
        details=details,
        document=document,
        type_name=type_name,
        lines=[(line, history_text(line)) for line in details.history],
        files=[(file.id, file.name, _kilobytes(file.size)) for file in details.attachments],
        form=form,
        plain=Plain(),
    )


@blueprint.get("/invoice/<uuid>/view")
@requires("autoinvoice.open")
def invoice_view(uuid: str) -> BaseResponse:
    """Return the invoice's content as a page for the frame: no scripts, no forms, nothing from other hosts."""
    with reading_documents() as db:
        html = files.html(db, _document(db, uuid), i18n.language())
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response


@blueprint.get("/invoice/<uuid>/xml")
@requires("autoinvoice.open")
def invoice_source(uuid: str) -> BaseResponse:
    """Download the XML of the invoice: the original, or one made from its content."""
    with reading_documents() as db:
        document = _document(db, uuid)
        return download(files.source(db, document), f"{_name(document)}.xml", "application/xml")


@blueprint.get("/invoice/<uuid>/pdf")
@requires("autoinvoice.open")
def invoice_picture(uuid: str) -> BaseResponse:
    """Download the invoice as PDF."""
    with reading_documents() as db:
        document = _document(db, uuid)
        return download(files.picture(db, document, i18n.language()), f"{_name(document)}.pdf", "application/pdf")


@blueprint.get(f"/invoice/<uuid>/attachments/<int(max={LARGEST_ID}):file_id>")
@requires("autoinvoice.open")
def invoice_attachment(uuid: str, file_id: int) -> BaseResponse:
    """Download a file that came with the invoice."""
    with reading_documents() as db:
        file = queries.attachment(db, chosen_company(db), uuid, file_id) or abort(404)
        return download(file.content, file.name, "application/octet-stream")


def history_text(line: History) -> str:
    """Return the text of a line of an invoice's history."""
    kind = "failure" if line.type == HistoryType.ERROR else "history"
    return i18n.t(f"documents.{kind}.{line.code}", **line.data)


def _document(db: Db, uuid: str) -> Document:
    return lists.visible(db, chosen_company(db).id, uuid) or abort(404)


def _name(document: Document) -> str:
    """Return the name of a file of an invoice: its number, with underscores for characters that file names cannot hold."""
    name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in document.number)
    return name[:80] or document.uuid


def _kilobytes(size: int) -> str:
    return f"{i18n.show_number(-(-size // 1024))} kB"
