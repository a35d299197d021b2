"""Calls about invoices: sending them, listing them, looking at them, fetching their files.

Source: AutoXChange API, ``/v1/invoices``. AutoInvoice, sending through the interface: a second attempt with the same *uuid*
finds the invoice of the first. Own choice: Peppol BIS Billing 3.0 is the only format that is simulated; it is the default.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from flask import Response, request
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from simulator.core import faults
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.exchange import receiving, sending
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import files, lists
from simulator.documents.model.channels import Route
from simulator.documents.model.models import Direction, Document, DocumentFile, FileKind, Status
from simulator.documents.registers import schemes
from simulator.documents.synthetic import consumption
from simulator.products.autoinvoice_api import answers, schemas
from simulator.products.autoinvoice_api.answers import PICTURE, SOURCE, STATUS
from simulator.products.autoinvoice_api.errors import ApiError, not_found
from simulator.products.autoinvoice_api.schemas import ACTIONS, STATUSES
from simulator.products.autoinvoice_api.table import call, sandbox, triggered_outcome, unavailable
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields
from simulator.web.calls.reading import FORM
from simulator.web.calls.table import JsonResponse, json_response
from simulator.web.listing import page_count, page_start

UPLOAD = "api.upload"
faults.declare(
    UPLOAD,
    "A program uploads an invoice.",
    lost="The whole file is sent and answered with 503; nothing is kept, so the portal shows nothing.",
)

FORMATS = (
    "VISMAXML53", "VISMAXML60", "SVEFAKTURA10", "SEDI", "E2B", "EHF20", "PEPPOLBIS20", "PEPPOLBIS30", "SIUBL11", "SIUBL12",
    "SIUBL20", "OIOUBL", "VISMAUBL10", "VISMAUBL30", "FINVOICE13", "FINVOICE20", "FINVOICE30", "TEAPPS27", "TEAPPS30",
)  # fmt: skip
LOCALES = ("SE", "NO", "NL", "EN", "FI", "DK")
B2C_ROUTES = ("netbank", "netbank_cvl", "netbank_cvl_hold", "vipps", "dpi", "email", "print", "silent_failure")
CONSUMERS_ONLY = (
    "recipient_phone_number", "recipient_date_of_birth", "recipient_efaktura_id", "b2cno_document_type",
    "payment_instruction_identifier",
)  # fmt: skip
SIMULATED_ROUTES = tuple(route for route in Route if route is not Route.EINVOICE)
ORDERED_ROUTES = tuple(dict.fromkeys((*B2C_ROUTES, *SIMULATED_ROUTES)))

NEW: fields.Shape = {
    "file": fields.file(),
    "format": fields.choice(*FORMATS, note="PEPPOLBIS30 when left out; the others are not simulated."),
    "recipient_type": fields.choice("b2b", "consumer"),
    "recipient_eia": fields.stripped_line(longest=80),
    "recipient_email": fields.email(),
    "recipient_operator": fields.stripped_line(longest=40),
    "disabled_routes": fields.list_of(fields.choice(*Route), most=len(Route)),
    "sender_comment": fields.stripped_line(longest=500),
    "uuid": fields.uuid(),
    "lang": fields.choice(*LOCALES),
    "route_order": fields.list_of(fields.choice(*ORDERED_ROUTES), most=len(ORDERED_ROUTES)),
    "recipient_phone_number": fields.stripped_line(longest=40),
    "recipient_date_of_birth": fields.day(),
    "recipient_efaktura_id": fields.stripped_line(longest=40),
    "b2cno_document_type": fields.stripped_line(longest=40),
    "payment_instruction_identifier": fields.stripped_line(longest=40),
}


@call("POST", "/v1/invoices", "invoice:send", status=201, body=NEW, takes=FORM, upload=True)
def post_invoice(caller: Caller, file: FileStorage, uuid: str | None, **options: Any) -> JsonResponse[schemas.Invoice]:
    """Send an invoice: a file, or a ZIP file with one, its picture and attachments."""
    accounts.check_verified(caller.account)
    _refuse_left_out(options)
    preferences = _preferences(options)
    content, source, unpacked = _read(file)
    where = sandbox()
    if triggered_outcome(where, UPLOAD, caller.person.email, caller.company.organisation_number):
        raise unavailable()
    with where.transaction() as db:
        before = _of_upload(db, caller, uuid) if uuid is not None else None
        company = db.get_one(Company, caller.company.id)
        document = before or sending.accept(
            db,
            company,
            content,
            source=source,
            preferences=preferences,
            upload_key=uuid,
            attachments=unpacked.attachments,
            picture=unpacked.picture,
            actor=caller.person.email,
            uuid=uuid,
        )
        answer = answers.invoice_details(db, document, _files(db, document))
    return json_response(answer, 200 if before is not None else 201)


def _of_upload(db: Db, caller: Caller, uuid: str) -> Document | None:
    """Return the company's own invoice of a uuid.

    Raises:
        ApiError: 409, it is not this company's, or one that it received.
    """
    document = db.scalar(select(Document).where(Document.uuid == uuid).options(joinedload(Document.party)))
    if document is not None and (document.company_id != caller.company.id or document.direction != Direction.SENT):
        raise ApiError(409, "uuid_taken", "The uuid is in use.", [f"uuid: {uuid} is another invoice's"])
    return document


def _read(file: FileStorage) -> tuple[Any, bytes, Any]:
    """Read the uploaded file.

    Raises:
        ApiError: 422 ``invalid_document`` with each problem and its position.
    """
    from simulator.documents import ubl

    try:
        unpacked = ubl.unpack(file.stream.read(), file.filename or "")
        return ubl.read(unpacked.xml), unpacked.xml, unpacked
    except ubl.Invalid as invalid:
        details = [str(problem) for problem in invalid.problems]
        raise ApiError(422, "invalid_document", "The file is no document that can be sent.", details) from None


def _preferences(options: dict[str, Any]) -> RoutingPreferences:
    eia = options["recipient_eia"]
    if eia is not None and options["recipient_operator"] in (None, "PEPPOL") and schemes.split(eia) is None:
        raise ApiError(
            422,
            "invalid_recipient_eia",
            "The address is none.",
            [f"recipient_eia: {eia} is none; write 0192:310000019 or the like"],
        )
    return RoutingPreferences(
        address=eia,
        operator=options["recipient_operator"],
        email=options["recipient_email"],
        disabled=tuple(options["disabled_routes"] or ()),
        order=tuple(options["route_order"] or ()),
        comment=options["sender_comment"],
    )


def _refuse_left_out(options: dict[str, Any]) -> None:
    """Refuse options that the platform has and the simulator does not, instead of ignoring them.

    Raises:
        ApiError: 422.
    """
    if options["format"] not in (None, answers.FORMAT):
        raise ApiError(
            422,
            "format_not_supported",
            "The format is not simulated.",
            [f"format: only {answers.FORMAT} is, not {options['format']}"],
        )
    if options["recipient_type"] == "consumer":
        raise ApiError(422, "not_simulated", "Invoices to consumers are not simulated.", ["recipient_type: leave it out"])
    details = [f"{name}: is for consumers only; leave it out" for name in CONSUMERS_ONLY if options[name] is not None]
    details += [
        f"route_order: {route} is for consumers only; there are {', '.join(SIMULATED_ROUTES)}"
        for route in options["route_order"] or ()
        if route not in SIMULATED_ROUTES
    ]
    if details:
        raise ApiError(422, "not_simulated", "Invoices to consumers are not simulated.", details)


FILTERS: fields.Shape = {
    "direction": fields.choice("RECEIVED", "SENT", note="RECEIVED when left out."),
    "status": fields.list_of(fields.choice(*STATUSES), most=3),
    "ids": fields.list_of(fields.uuid(), most=100),
    "number": fields.stripped_line(),
    "reference": fields.stripped_line(),
    "received_at_start": fields.utc_instant(),
    "received_at_end": fields.utc_instant(),
    "created_at_start": fields.utc_instant(),
    "created_at_end": fields.utc_instant(),
    "sort": fields.list_of(fields.choice("received_at", "-received_at"), most=1),
    "page": fields.whole(least=1, most=100_000, default=1),
    "per_page": fields.whole(least=1, most=100, default=10),
}


@call("GET", "/v1/invoices", "invoice:receive", "invoice:send", query=FILTERS)
def list_invoices(
    caller: Caller, direction: str | None, sort: list[str] | None, page: int | None, per_page: int | None, **filters: Any
) -> JsonResponse[list[schemas.Invoice]]:
    """List invoices that were received, or sent: newest first, with their total number in the headers."""
    sent = direction == "SENT"
    check_scope(caller, Direction.SENT if sent else Direction.RECEIVED)
    documents = reading_invoices(caller)
    conditions = _conditions(sent, filters)
    page, per_page = page or 1, per_page or 10
    by = [Document.created_at, Document.id]
    if sort != ["received_at"]:
        by = [column.desc() for column in by]  # type: ignore[misc]
    with documents as db:
        total = db.scalar(lists.query_of(db, [caller.company.id], func.count(Document.id)).where(*conditions)) or 0
        query = lists.query_of(db, [caller.company.id]).where(*conditions).options(joinedload(Document.party)).order_by(*by)
        rows = db.scalars(query.offset(page_start(page, per_page)).limit(per_page)).all()
        response = json_response([answers.invoice(document, caller.company) for document in rows])
    response.headers.update(_page_headers(total, page, per_page))
    return response


def _conditions(sent: bool, filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    direction = Direction.SENT if sent else Direction.RECEIVED
    conditions: list[ColumnElement[bool]] = [Document.direction == direction]
    if filters["status"]:
        conditions.append(Document.status.in_([status for status, word in STATUS.items() if word in filters["status"]]))
    if filters["ids"]:
        conditions.append(Document.uuid.in_(filters["ids"]))
    for name in ("number", "reference"):
        if filters[name] is not None:
            conditions.append(getattr(Document, name) == filters[name])
    for start, end in (("received_at_start", "received_at_end"), ("created_at_start", "created_at_end")):
        first: datetime | None = filters[start]
        last: datetime | None = filters[end]
        conditions += [Document.created_at >= first] if first is not None else []
        conditions += [Document.created_at <= last] if last is not None else []
    return conditions


def _page_headers(total: int, page: int, per_page: int) -> dict[str, str]:
    """Return the headers of a page of a list. Source: AutoXChange API, pagination."""
    pages = page_count(total, per_page)
    base, rest = request.base_url, [(name, value) for name, value in request.args.items(multi=True) if name != "page"]

    def link(number: int, relation: str) -> str:
        from urllib.parse import urlencode

        return f'<{base}?{urlencode([*rest, ("page", str(number))])}>; rel="{relation}"'

    links = [link(1, "first"), link(pages, "last")]
    links += [link(page - 1, "prev")] if 1 < page <= pages + 1 else []
    links += [link(page + 1, "next")] if page < pages else []
    return {
        "X-Total": str(total),
        "X-Total-Pages": str(pages),
        "X-Page": str(page),
        "X-Per-Page": str(per_page),
        "X-Next-Page": str(page + 1) if page < pages else "",
        "X-Prev-Page": str(page - 1) if page > 1 else "",
        "Link": ", ".join(links),
    }


IMAGES = ("ORIGINAL_IMAGE", "GENERATED_IMAGE", "ORIGINAL_OR_GENERATED_IMAGE")
RETURNED = ("VISMAXML60", "PEPPOLBIS30", "SIUBL20", "VISMAUBL30", "FINVOICE30", "TEAPPS30", *IMAGES)


@call(
    "GET",
    "/v1/invoices/{id}",
    "invoice:receive",
    "invoice:send",
    query={"return_format": fields.choice(*RETURNED, note="Answers with the file itself.")},
)
def get_invoice(caller: Caller, id: str, return_format: str | None) -> schemas.Invoice | Response:
    """Show an invoice, or fetch it as a file."""
    with reading_invoices(caller) as db:
        document = visible(db, caller, id)
        if return_format is None:
            return answers.invoice_details(db, document, _files(db, document))
        response = _as_file(db, document, return_format, caller)
    _mark_fetched(caller, id)
    return response


@call(
    "GET",
    "/v1/invoices/{id}/actions",
    "invoice:receive",
    "invoice:send",
    query={"type": fields.list_of(fields.choice(*ACTIONS), most=len(ACTIONS))},
)
def list_actions(caller: Caller, id: str, type: list[str] | None) -> list[schemas.InvoiceAction]:
    """List the history of an invoice, oldest first."""
    with reading_invoices(caller) as db:
        return answers.actions(db, visible(db, caller, id), type)


@call("GET", "/v1/invoices/{id}/files/{file_id}", "invoice:receive", "invoice:send", gives="application/octet-stream")
def get_file(caller: Caller, id: str, file_id: str) -> Response:
    """Fetch a file of an invoice."""
    with reading_invoices(caller) as db:
        document = visible(db, caller, id)
        if file_id == SOURCE:
            response = _xml(db, document)
        elif file_id == PICTURE:
            response = _pdf(files.picture(db, document, caller.person.language))
        else:
            response = _attachment(db, document, file_id)
    if file_id == SOURCE:
        _mark_fetched(caller, id)
    return response


@call(
    "PATCH",
    "/v1/invoices/{id}/invoice_events",
    "invoice:receive",
    "partner:invoice_delivery_actions",
    status=204,
    body={"state": fields.choice("CREATED", "HANDLED", required=True)},
)
def patch_invoice_events(caller: Caller, id: str, state: str) -> None:
    """Mark a received invoice as handled or not."""
    with changing_invoices(caller) as db:
        document = visible(db, caller, id)
        if document.direction != Direction.RECEIVED:
            raise not_found("received invoice")
        if state == "HANDLED":
            receiving.mark(db, caller.person.email, document, Status.PROCESSED)
        elif document.status == Status.PROCESSED:
            raise ApiError(409, "invalid_state", "An invoice that was dealt with stays so.")


def reading_invoices(caller: Caller) -> AbstractContextManager[Db]:
    """Open a transaction that reads the company's invoices.

    Raises:
        Forbidden: the company is not verified.
    """
    accounts.check_verified(caller.account)
    return consumption.reading_documents(sandbox(), caller.company.id)


def changing_invoices(caller: Caller) -> AbstractContextManager[Db]:
    """Open a transaction that changes the company's invoices.

    Raises:
        Forbidden: the company is not verified.
    """
    accounts.check_verified(caller.account)
    return consumption.changing_documents(sandbox(), caller.company.id)


def visible(db: Db, caller: Caller, uuid: str) -> Document:
    """Return an invoice of the company that calls.

    Raises:
        ApiError: 404, also for another company's; 401 without the scope for its direction.
    """
    document = lists.visible(db, caller.company.id, uuid)
    if document is None:
        raise not_found("invoice")
    check_scope(caller, Direction(document.direction))
    return document


def check_scope(caller: Caller, direction: Direction) -> None:
    """Require the scope for received, or sent, invoices.

    Raises:
        ApiError: 401.
    """
    needed = "invoice:send" if direction is Direction.SENT else "invoice:receive"
    partner = direction is Direction.RECEIVED and "partner:invoice_delivery_actions" in caller.scopes
    if needed not in caller.scopes and not partner:
        raise ApiError(
            401, "insufficient_scope", "The token is not for this.", [f"a token with the scope {needed} is needed"]
        )


def _files(db: Db, document: Document) -> list[schemas.InvoiceFile]:
    return answers.files(db, document, list(_stored_files(db, document)))


def _stored_files(db: Db, document: Document) -> Sequence[DocumentFile]:
    query = select(DocumentFile).where(DocumentFile.document_id == document.id).order_by(DocumentFile.id)
    return db.scalars(query).all()


def _as_file(db: Db, document: Document, return_format: str, caller: Caller) -> Response:
    if return_format == answers.FORMAT:
        return _xml(db, document)
    if return_format not in IMAGES:
        raise ApiError(
            422,
            "format_not_supported",
            "The format is not simulated.",
            [f"return_format: {return_format}; take {answers.FORMAT}"],
        )
    own = next((file for file in _stored_files(db, document) if file.kind == FileKind.PICTURE), None)
    if return_format == "ORIGINAL_IMAGE" and own is None:
        raise not_found("image: the sender sent none")
    if own is not None and return_format != "GENERATED_IMAGE":
        return _pdf(own.content)
    return _pdf(_generated(db, document, caller.person.language))


def _generated(db: Db, document: Document, language: str) -> bytes:
    from simulator.documents import pictures

    return pictures.pdf(files.content_of(db, document), language)


def _xml(db: Db, document: Document) -> Response:
    return _download(files.source(db, document), "application/xml", f"{document.uuid}.xml")


def _pdf(content: bytes) -> Response:
    return _download(content, "application/pdf", "invoice.pdf")


def _attachment(db: Db, document: Document, file_id: str) -> Response:
    number = whole_number(file_id)
    file = next(
        (file for file in _stored_files(db, document) if file.id == number and file.kind == FileKind.ATTACHMENT), None
    )
    if file is None:
        raise not_found("file")
    return _download(file.content, file.media_type, file.name)


def _download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _mark_fetched(caller: Caller, uuid: str) -> None:
    """Mark a received invoice as downloaded; a second time changes nothing, nor does a call that does not get the file."""
    if request.method == "HEAD":
        return
    with reading_invoices(caller) as db:
        document = lists.visible(db, caller.company.id, uuid)
        fresh = document is not None and document.direction == Direction.RECEIVED and document.status == Status.NEW
    if fresh:
        with changing_invoices(caller) as db:
            document = lists.visible(db, caller.company.id, uuid)
            if document is not None:
                receiving.mark(db, caller.person.email, document, Status.DOWNLOADED)
