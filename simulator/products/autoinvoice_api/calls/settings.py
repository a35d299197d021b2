"""Calls about the settings of a company.

Source: AutoXChange API, ``/v1/company/settings``: the groups and their values. Own choice: logos, checks on received
invoices and the marketing page are not simulated and are refused when they are set; the company's number and country are
changed elsewhere.
"""

from collections.abc import Callable
from typing import Any

from simulator.core.sandbox import Db
from simulator.directory import companies as directory
from simulator.directory import countries
from simulator.directory.actors import actor_of
from simulator.directory.companies import Details
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Account
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.answers import without_none
from simulator.products.autoinvoice_api.errors import ApiError
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields

HOW = ("EMBEDDED", "WITH_OBJECTIONS", "WITH_LINK")
REPORTS = ("off", "daily", "weekly", "monthly")
LETTERS = ("ECONOMY", "PRIORITY")
COLOURS = {"BLACK_AND_WHITE": False, "COLORED": True}
GROUPS = (
    "invoice_notifications", "send_invoice_email", "address", "details", "send_invoice_print", "send_invoice_general", "logos",
    "checks", "email_reports",
)  # fmt: skip


def _note() -> fields.Field:
    def read(sent: Any) -> str:
        if (
            not isinstance(sent, str)
            or len(sent) > 500
            or any(not letter.isprintable() and letter != "\n" for letter in sent)
        ):
            raise ValueError("write a text of at most 500 characters")
        return sent

    return fields.Field(read, {"type": "string", "maxLength": 500})


SETTINGS: fields.Shape = {
    "details": fields.group(
        {
            "name": fields.stripped_line(least=3),
            "email": fields.email(),
            "website": fields.stripped_line(),
            "country": fields.country(),
            "bid": fields.stripped_line(longest=40),
            "vat_number": fields.stripped_line(longest=40),
        }
    ),
    "address": fields.group(
        {
            "street_address": fields.stripped_line(),
            "post_code": fields.stripped_line(longest=20),
            "post_office": fields.stripped_line(),
            "city": fields.stripped_line(),
            "country": fields.country(),
        }
    ),
    "invoice_notifications": fields.group(
        {
            "on_receiving": fields.group(
                {
                    "enabled": fields.flag(),
                    "how_to_send": fields.choice("COMPANY_EMAIL", "OTHER_EMAIL"),
                    "other_email": fields.email(),
                }
            ),
            "on_send_errors": fields.group({"to_user": fields.flag(), "to_emails": fields.list_of(fields.email(), most=20)}),
        }
    ),
    "send_invoice_email": fields.group(
        {
            "enabled": fields.flag(),
            "how_to_send": fields.choice(*HOW),
            "reminder_frequency": fields.whole(most=365),
            "content_data": fields.group(
                {
                    "note_to_receiver": _note(),
                    "contact": fields.group(
                        {"email": fields.email(), "name": fields.stripped_line(), "phone": fields.stripped_line(longest=40)}
                    ),
                }
            ),
        }
    ),
    "send_invoice_print": fields.group(
        {
            "enabled": fields.flag(),
            "letter_class": fields.choice(*LETTERS),
            "color_scheme": fields.choice(*COLOURS),
            "attachment_print": fields.flag(),
            "marketing_page": fields.flag(),
            "use_own_pdf": fields.flag(),
        }
    ),
    "send_invoice_general": fields.group(
        {"stop_duplicate_numbers": fields.flag(), "hold_multiple_recipients": fields.flag()}
    ),
    "logos": fields.group(),
    "checks": fields.group(),
    "email_reports": fields.group(
        {"report_interval": fields.choice(*REPORTS), "email_reports": fields.list_of(fields.email(), most=20)}
    ),
}


@call(
    "GET",
    "/v1/company/settings",
    "company:read",
    query={"fields": fields.list_of(fields.choice(*GROUPS), most=len(GROUPS))},
)
def get_settings(caller: Caller, fields: list[str] | None) -> schemas.Settings:
    """Show the settings of the company, all of them or the requested groups."""
    settings = _settings(caller.company, caller.account)
    groups = {name: group for name, group in settings.items() if not fields or name in fields}
    return without_none(schemas.Settings, **groups)


@call("PATCH", "/v1/company/settings", "company:write", status=204, body=SETTINGS, changes=True)
def patch_settings(caller: Caller, **body: Any) -> None:
    """Change settings of the company; what is not sent stays."""
    groups = {name: group for name, group in body.items() if group}
    _refuse_left_out(groups)
    with sandbox().transaction() as db:
        company = db.get_one(Company, caller.company.id)
        _change_company(db, caller, company, groups)
        values = _account_values(groups)
        if groups.get("send_invoice_print", {}).get("enabled") is True:
            values["print_prices_accepted"] = True
        if values:
            accounts.change(db, caller.person.email, accounts.of(db, company), **values)


def _settings(company: Company, account: Account) -> schemas.Settings:
    other = account.notify_received_to
    return {
        "details": {
            "name": company.name,
            "email": company.email,
            "country": company.country,
            "bid": company.organisation_number,
            "vat_number": company.vat_number,
        },
        "address": {
            "street_address": company.street,
            "post_code": company.postal_code,
            "post_office": company.city,
            "city": company.city,
            "country": company.country,
        },
        "invoice_notifications": {
            "on_receiving": {
                "enabled": account.notify_received,
                "how_to_send": "OTHER_EMAIL" if other else "COMPANY_EMAIL",
                "other_email": other,
            },
            "on_send_errors": {"to_user": account.notify_failed_sender, "to_emails": list(account.notify_failed_others)},
        },
        "send_invoice_email": {
            "enabled": account.email_enabled,
            "how_to_send": account.email_how,
            "content_data": {
                "note_to_receiver": account.email_note,
                "contact": {"email": account.contact_email, "name": account.contact_name, "phone": account.contact_phone},
            },
        },
        "send_invoice_print": {
            "enabled": account.print_enabled,
            "letter_class": account.print_letter_class,
            "color_scheme": "COLORED" if account.print_colour else "BLACK_AND_WHITE",
            "attachment_print": account.print_attachments,
            "use_own_pdf": account.print_own_pdf,
        },
        "send_invoice_general": {
            "stop_duplicate_numbers": account.stop_duplicates,
            "hold_multiple_recipients": account.hold_multiple,
        },
        "email_reports": {"report_interval": account.report, "email_reports": [company.email] if company.email else []},
    }


_ACCOUNT_FIELDS: dict[tuple[str, ...], tuple[str, Callable[[Any], Any]]] = {
    ("invoice_notifications", "on_receiving", "enabled"): ("notify_received", bool),
    ("invoice_notifications", "on_send_errors", "to_user"): ("notify_failed_sender", bool),
    ("invoice_notifications", "on_send_errors", "to_emails"): ("notify_failed_others", list),
    ("send_invoice_email", "enabled"): ("email_enabled", bool),
    ("send_invoice_email", "how_to_send"): ("email_how", str),
    ("send_invoice_email", "content_data", "note_to_receiver"): ("email_note", str),
    ("send_invoice_email", "content_data", "contact", "email"): ("contact_email", str),
    ("send_invoice_email", "content_data", "contact", "name"): ("contact_name", str),
    ("send_invoice_email", "content_data", "contact", "phone"): ("contact_phone", str),
    ("send_invoice_print", "enabled"): ("print_enabled", bool),
    ("send_invoice_print", "letter_class"): ("print_letter_class", str),
    ("send_invoice_print", "color_scheme"): ("print_colour", COLOURS.__getitem__),
    ("send_invoice_print", "attachment_print"): ("print_attachments", bool),
    ("send_invoice_print", "use_own_pdf"): ("print_own_pdf", bool),
    ("send_invoice_general", "stop_duplicate_numbers"): ("stop_duplicates", bool),
    ("send_invoice_general", "hold_multiple_recipients"): ("hold_multiple", bool),
    ("email_reports", "report_interval"): ("report", str),
}
"""The attribute of an account for each setting, and the conversion of its value."""


def _account_values(groups: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path, (name, convert) in _ACCOUNT_FIELDS.items():
        value: Any = groups
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            values[name] = convert(value)
    receiving = groups.get("invoice_notifications", {}).get("on_receiving") or {}
    if receiving.get("how_to_send") == "COMPANY_EMAIL":
        values["notify_received_to"] = None
    elif receiving.get("other_email") is not None:
        values["notify_received_to"] = receiving["other_email"]
    elif receiving.get("how_to_send") == "OTHER_EMAIL":
        raise ApiError(
            400,
            "invalid_parameters",
            "Request parameters are invalid.",
            ["invoice_notifications.on_receiving.other_email: is missing"],
        )
    return values


LEFT_OUT = {
    ("logos",): "logos",
    ("checks",): "checks",
    ("send_invoice_print", "marketing_page"): "send_invoice_print.marketing_page",
    ("send_invoice_email", "reminder_frequency"): "send_invoice_email.reminder_frequency",
    ("details", "website"): "details.website",
    ("email_reports", "email_reports"): "email_reports.email_reports",
}


def _refuse_left_out(groups: dict[str, Any]) -> None:
    problems = []
    for path, name in LEFT_OUT.items():
        value: Any = groups
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if value:
            problems.append(f"{name}: is not simulated; leave it out")
    if problems:
        raise ApiError(422, "not_simulated", "The simulator does not have these settings.", problems)


def _change_company(db: Db, caller: Caller, company: Company, groups: dict[str, Any]) -> None:
    details, address = groups.get("details", {}), groups.get("address", {})
    if not details and not address:
        return
    for group, sent in (("details", details), ("address", address)):
        if sent.get("country") not in (None, company.country):
            raise ApiError(
                422, "invalid_parameters", "The country stays as it is.", [f"{group}.country: is {company.country}"]
            )
    number = countries.compact(details.get("bid") or company.organisation_number)
    if number != company.organisation_number:
        # Source: AutoInvoice, company settings: a new business id means a new account.
        raise ApiError(422, "invalid_parameters", "A new business id means a new company.", ["details.bid: stays as it is"])
    directory.change(
        db,
        actor_of(db, caller.person),
        company,
        company.version,
        Details(
            name=details.get("name") or company.name,
            organisation_number=company.organisation_number,
            internal_number=company.internal_number,
            street=address.get("street_address") or company.street,
            postal_code=address.get("post_code") or company.postal_code,
            city=address.get("city") or address.get("post_office") or company.city,
            email=details.get("email") or company.email,
            phone=company.phone,
            vat_number=details.get("vat_number") or company.vat_number,
            demo=company.demo,
        ),
    )
