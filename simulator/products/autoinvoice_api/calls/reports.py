"""Calls by which a company reports the sender of a received invoice as a fraud.

Source: AutoXChange API, ``/v1/invoices/{id}/reports``: reasons, and 409 for a sender who was reported already. Own choice:
the texts of the reasons; one report per invoice.
"""

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.documents.accounts import accounts
from simulator.documents.exchange import receiving
from simulator.documents.model.models import Direction, Document
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.answers import instant, without_none
from simulator.products.autoinvoice_api.calls.invoices import changing_invoices, reading_invoices, visible
from simulator.products.autoinvoice_api.errors import ApiError, not_found
from simulator.products.autoinvoice_api.models import ScamReport
from simulator.products.autoinvoice_api.schemas import REASONS
from simulator.products.autoinvoice_api.table import call
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields

NEW: fields.Shape = {
    "reason": fields.list_of(fields.choice(*REASONS), least=1, most=len(REASONS), required=True),
    "contact_email": fields.email(required=True),
    "description": fields.stripped_line(longest=1000),
}


@call("GET", "/v1/invoices/reports/definitions")
def list_report_definitions() -> schemas.ReportsDefinitions:
    """List the reasons for which a sender can be reported."""
    return {"criteria": [_criterion(name) for name in REASONS], "disclaimer_text": "Reports stay in the sandbox."}


@call("GET", "/v1/invoices/{id}/reports", "invoice:receive")
def list_reports(caller: Caller, id: str) -> list[schemas.UserReport]:
    """Show the reports about the sender of an invoice."""
    with reading_invoices(caller) as db:
        document = _received(db, caller, id)
        return [_report(report, document) for report in db.scalars(_of(document))]


@call("POST", "/v1/invoices/{id}/reports", "invoice:receive", status=204, body=NEW)
def post_report(caller: Caller, id: str, reason: list[str], contact_email: str, description: str | None) -> None:
    """Report the sender of a received invoice."""
    with changing_invoices(caller) as db:
        document = _received(db, caller, id)
        if db.scalar(_of(document)) is not None or not receiving.report_scam(
            db, caller.person.email, document, description or ""
        ):
            raise ApiError(409, "company_already_reported", "Conflict: company already reported")
        db.add(
            ScamReport(
                uuid=accounts.new_uuid(db),
                document_id=document.id,
                person_id=caller.person.id,
                reasons=reason,
                contact_email=contact_email,
                description=description,
                reported_at=db.clock.now(),
            )
        )


@call("DELETE", "/v1/invoices/{id}/reports/{report_id}", "invoice:receive", status=204)
def delete_report(caller: Caller, id: str, report_id: str) -> None:
    """Take a report back."""
    with changing_invoices(caller) as db:
        document = _received(db, caller, id)
        report = db.scalar(_of(document).where(ScamReport.uuid == report_id))
        if report is None:
            raise not_found("report")
        db.delete(report)
        document.scam = False


def _received(db: Db, caller: Caller, uuid: str) -> Document:
    document = visible(db, caller, uuid)
    if document.direction != Direction.RECEIVED:
        raise not_found("received invoice")
    return document


def _of(document: Document):  # type: ignore[no-untyped-def]
    return select(ScamReport).where(ScamReport.document_id == document.id)


def _criterion(name: str) -> schemas.Criterion:
    return {"name": name, "friendly_name": name.replace("_", " ").capitalize()}


def _report(report: ScamReport, document: Document) -> schemas.UserReport:
    return without_none(
        schemas.UserReport,
        id=report.uuid,
        company_bid=document.party.organisation_number,
        company_name=document.party.name,
        company_country_code=document.party.country,
        reporter_user_id=str(report.person_id),
        reporter_contact_email=report.contact_email,
        invoice_id=document.uuid,
        reasons=[_criterion(name) for name in report.reasons],
        additional_explanation=report.description,
        report_date=instant(report.reported_at),
    )
