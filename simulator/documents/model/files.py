"""The files of a document: as it came, its picture, what came with it; and what the document says.

Documents made from recorded consumption have no files: their content is composed from their row, the same each time.

Own choice: what a composed document says: one line, in the language of the seller's country. The picture is one PDF; attachments
are not merged into it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.countries import compact, language_of
from simulator.documents import pictures, ubl
from simulator.documents.model.content import Attached, Content, Line, Tax
from simulator.documents.model.models import Direction, Document, DocumentFile, FileKind
from simulator.documents.model.parties import Named, address_of, of_company, of_party
from simulator.documents.registers.document_types import BY_CODE

CENT = Decimal("0.01")
RATES = {"NL": (21, 9), "NO": (25, 15, 12), "SE": (25, 12, 6), "DK": (25,), "FI": (24, 14, 10)}
"""Rates of tax by the seller's country, those most used first. Source: the countries' rates of 2021 and 2022."""
XML = "application/xml"
SOURCE_NAME = "invoice.xml"


def content_of(db: Db, document: Document) -> Content:
    """Return what a document says."""
    stored = _stored(db, document, FileKind.SOURCE)
    return _composed(document) if stored is None else ubl.read_trusted(stored.content)


def source(db: Db, document: Document) -> bytes:
    """Return a document as a file: the one that came, or one written for a document that is composed."""
    stored = _stored(db, document, FileKind.SOURCE)
    return ubl.write(_composed(document)) if stored is None else stored.content


def picture(db: Db, document: Document, language: str) -> bytes:
    """Return a document's picture, a PDF: the one that came with it, or one drawn in a language."""
    stored = _stored(db, document, FileKind.PICTURE)
    return pictures.pdf(content_of(db, document), language) if stored is None else stored.content


def html(db: Db, document: Document, language: str) -> str:
    """Return a document as a page of its own."""
    return pictures.html(content_of(db, document), language)


def type_name(db: Db, document: Document, language: str) -> str:
    """Return what a document is called in a language: *Invoice*, *Self-billed invoice*, …."""
    return pictures.type_name(content_of(db, document), language)


def attachments(db: Db, document: Document) -> Sequence[DocumentFile]:
    """Return the files that came with a document, in their order."""
    query = select(DocumentFile).where(DocumentFile.document_id == document.id, DocumentFile.kind == FileKind.ATTACHMENT)
    return db.scalars(query.order_by(DocumentFile.id)).all()


def keep(db: Db, document: Document, kind: FileKind | str, name: str, media_type: str, content: bytes) -> DocumentFile:
    """Store a file of a document."""
    file = _file(document, kind, name, media_type, content)
    db.add(file)
    db.flush()
    return file


def _file(document: Document, kind: FileKind | str, name: str, media_type: str, content: bytes) -> DocumentFile:
    return DocumentFile(
        document_id=document.id, kind=FileKind(kind), name=name, media_type=media_type, size=len(content), content=content
    )


def keep_all(
    db: Db,
    document: Document,
    content: Content,
    source: bytes,
    *,
    attachments: Iterable[Attached] = (),
    picture: Attached | None = None,
) -> None:
    """Store all files of a new document: as it came, its picture, and its attachments, those inside it first."""
    db.add(_file(document, FileKind.SOURCE, SOURCE_NAME, XML, source))
    if picture is not None:
        db.add(_file(document, FileKind.PICTURE, picture.name, picture.media_type, picture.content))
    for attached in ubl.distinct([*content.attachments, *attachments]):
        db.add(_file(document, FileKind.ATTACHMENT, attached.name, attached.media_type, attached.content))


def _stored(db: Db, document: Document, kind: FileKind) -> DocumentFile | None:
    query = select(DocumentFile).where(DocumentFile.document_id == document.id, DocumentFile.kind == kind)
    return db.scalars(query.order_by(DocumentFile.id.desc()).limit(1)).first()


def _composed(document: Document) -> Content:
    """Return what a document says of which only the row is known."""
    here, there = _addressed(of_company(document.company)), _addressed(of_party(document.party))
    seller, buyer = (here, there) if document.direction == Direction.SENT else (there, here)
    language = language_of(seller.country)
    tax = _tax(document, seller.country)
    name = text(language, "documents.composed.line")
    line = Line("1", name, Decimal(1), "C62", document.net, document.net, tax.category, tax.percent)
    return Content(
        type=BY_CODE[document.kind],
        number=document.number,
        issue_date=document.issue_date,
        due_date=document.due_date,
        currency=document.currency,
        seller=seller,
        buyer=buyer,
        lines=(line,),
        taxes=(tax,),
        net=document.net,
        tax=document.tax,
        total=document.total,
        buyer_reference=document.reference or document.number,
        terms=None if document.due_date else text(language, "documents.composed.terms"),
        payment_id=document.number,
    )


def _addressed(named: Named) -> Named:
    """Return a side with the electronic address that follows from its number or e-mail address, when the row has none."""
    named = replace(named, organisation_number=compact(named.organisation_number) if named.organisation_number else None)
    if named.address:
        return replace(named, operator=None)
    address = address_of(named.country, named.organisation_number) if named.organisation_number else None
    if address is None and named.email:
        address = "EM", named.email
    scheme, identifier = address or (None, None)
    return replace(named, operator=None, scheme=scheme, identifier=identifier)


def _tax(document: Document, country: str) -> Tax:
    """Return the tax of a row: at one of the country's rates, when its amount is that rate's."""
    if not document.tax:
        return Tax("Z", Decimal(0), document.net, document.tax)
    for rate in RATES.get(country, ()):
        if abs((document.net * rate / 100).quantize(CENT, ROUND_HALF_UP) - document.tax) <= CENT:
            return Tax("S", Decimal(rate), document.net, document.tax)
    percent = (document.tax * 100 / document.net).quantize(Decimal("1E-10"), ROUND_HALF_UP) if document.net else Decimal(0)
    return Tax("S", percent, document.net, document.tax)
