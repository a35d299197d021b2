"""Routes of uploading an invoice.

Source: AutoInvoice, attachments: in the portal XML invoices only, without images or attachments, at most 10 MB; invoices are never
made here, only forwarded. Own choice: all problems of a file are listed at once, in the words of the validation rules.
"""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.documents.accounts import accounts
from simulator.documents.exchange import sending
from simulator.documents.model.content import Content
from simulator.products.autoinvoice.forms.upload import LARGEST, Upload
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

FORM_OVERHEAD = 64 * 1024
"""Bytes of an upload besides its file."""


@blueprint.url_value_preprocessor
def _raise_size_limit(endpoint: str | None, _: dict[str, Any] | None) -> None:
    """Raise the size limit of this page's form to that of an invoice, before the CSRF token in the form is read."""
    if endpoint == f"{blueprint.name}.upload":
        request.max_content_length = LARGEST + FORM_OVERHEAD


@blueprint.route("/upload", methods=["GET", "POST"])
@requires("autoinvoice.open")
def upload() -> Response:
    """Take an invoice as a file, and send the invoice."""
    form = Upload()
    if not form.is_submitted():
        return _upload_page(form)
    if not form.validate():
        return _upload_page(form, status=422)
    from simulator.documents import ubl

    try:
        content = ubl.read(form.content)
        _refuse_attachments(content)
        with visit().sandbox.transaction() as db:
            company = chosen_company(db)
            document = sending.accept(db, company, content, source=form.content, actor=actor().email)
            uuid, number = document.uuid, document.number
    except ubl.Invalid as invalid:
        form.file.errors = [i18n.t("autoinvoice.upload.problems", name=form.filename)]
        return _upload_page(form, invalid.problems, status=422)
    except RuleViolation as refusal:
        form.form_errors.append(i18n.t(f"error.{refusal.code}", **refusal.facts))
        return _upload_page(form, status=422)
    flash_text("autoinvoice.upload.done", number=number)
    return redirect(url_for(".invoice", uuid=uuid))


def _refuse_attachments(content: Content) -> None:
    if content.attachments:
        raise RuleViolation("autoinvoice.with_attachments", count=len(content.attachments))


def _upload_page(form: Upload, broken_rules: Sequence[Any] = (), status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        verified = accounts.of(db, chosen_company(db)).verified
    return page(
        "autoinvoice/upload.html",
        i18n.t("autoinvoice.upload"),
        menu="autoinvoice.upload",
        status=status,
        form=form,
        verified=verified,
        broken_rules=broken_rules,
        filename=form.filename,
    )
