"""Routes of the page that a mailed link opens: a document for its receiver, who has no account here.

Source: AutoInvoice, sending invoices by e-mail: a link with a passcode, which expires ninety days after the due date; the sender
is notified when it is opened; accepting and objecting. Own choice: the page; eight wrong passcodes within ten minutes lock the
link for thirty; each button submits the passcode again, so that nothing is stored in between.
"""

from flask import Response, abort, request
from werkzeug.wrappers import Response as BaseResponse

from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.directory.lockout import Outcome
from simulator.documents.exchange import links, notifications, receiving
from simulator.documents.model import files
from simulator.documents.model.models import Document, DocumentFile, FileKind, Mark
from simulator.products.autoinvoice.forms.link import Passcode
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.download import download
from simulator.web.pages import page
from simulator.web.visit import visit

ANSWERS = {"accept": Mark.ACCEPTED, "decline": Mark.DECLINED}
REFUSALS = {Outcome.WRONG: "autoinvoice.link.wrong", Outcome.LOCKED: "autoinvoice.link.locked"}
PICTURE = "pdf"


@blueprint.route("/view/<token>", methods=["GET", "POST"])
@public
def view(token: str) -> BaseResponse:
    """Ask for the passcode; then show the document, serve its files, and take the receiver's answer."""
    form = Passcode()
    with visit().sandbox.reading() as db:
        document = links.by_token(db, token)
        if document is None or links.is_dead(db, document):
            return page("autoinvoice/link_gone.html", i18n.t("autoinvoice.link.gone"), status=404)
    outcome = _try_passcode(document, form.passcode.data or "") if form.validate_on_submit() else None
    if outcome != Outcome.RIGHT:
        if outcome is not None:
            form.passcode.errors = [i18n.t(REFUSALS[outcome])]
        status = 422 if form.is_submitted() else 200
        return page("autoinvoice/link_passcode.html", i18n.t("autoinvoice.link.title"), status=status, form=form)
    file = request.form.get("file", "")
    if file:
        with visit().sandbox.reading() as db:
            return _file(db, db.get_one(Document, document.id), file)
    with visit().sandbox.transaction() as db:
        document = db.get_one(Document, document.id)
        _record_visit(db, document, ANSWERS.get(request.form.get("answer", "")))
        attached = [(file.id, file.name) for file in files.attachments(db, document)]
        type_name = files.type_name(db, document, i18n.language())
        heads = [
            ("autoinvoice.link.from", document.company.name),
            ("autoinvoice.link.number", document.number),
            ("autoinvoice.link.due", i18n.show_date(document.due_date) if document.due_date else "–"),
            ("autoinvoice.link.total", i18n.show_money(document.total, document.currency)),
        ]
    return page(
        "autoinvoice/link.html",
        f"{type_name} {document.number}",
        form=form,
        heads=heads,
        attached=attached,
        mark=document.mark,
    )


def _try_passcode(document: Document, passcode: str) -> Outcome:
    with visit().sandbox.transaction() as db:
        return links.attempt(db, db.get_one(Document, document.id), passcode)


def _record_visit(db: Db, document: Document, answer: Mark | None) -> None:
    """Record that a document was viewed, and its receiver's answer."""
    if document.mark is None:
        receiving.answer(db, None, document, Mark.VIEWED)
        notifications.viewed(db, document)
    if answer is not None and document.mark != answer:
        receiving.answer(db, None, document, answer)


def _file(db: Db, document: Document, name_or_id: str) -> Response:
    """Return the PDF of a document, or the attachment with an id."""
    if name_or_id == PICTURE:
        return download(files.picture(db, document, i18n.language()), "invoice.pdf", "application/pdf")
    file = db.get(DocumentFile, whole_number(name_or_id) or 0)
    if file is None or file.document_id != document.id or file.kind != FileKind.ATTACHMENT:
        abort(404)
    return download(file.content, file.name, "application/octet-stream")
