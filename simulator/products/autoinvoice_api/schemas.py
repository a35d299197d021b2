"""The shapes of the answers, for the description. Source: AutoXChange API, as clients made from its description know it."""

from simulator.products.autoinvoice_api.fields import Schema

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
ANYTHING: Schema = {"type": "object"}


def _words(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(*required: str, **properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": list(required)} if required else {})


NETWORKS = ("VISMA", "PEPPOL", "NEMHANDEL", "AISPROOM", "BANK", "SCAN", "INEXCHANGE", "VISMASCANNER", "RECEIVABLES")
STATUSES = ("PENDING", "DELIVERED", "FAILED")
ACTIONS = ("RECEIVED", "CREATED", "SENT", "DELIVERED", "INFO", "ERROR")
CHANNELS = ("EINVOICE", "PRINT", "SCAN", "EMAIL")
REASONS = (
    "NONEXISTENT_PRODUCT", "OFFERS_AS_INVOICES", "UNKNOWN_COMPANY", "INVOICE_NOT_FOLLOWING_LAW", "MISLEADING_NAME",
    "IMPOSSIBLE_TO_CONTACT", "MISLEADING_MARKETING", "COMPANY_NOT_FOLLOWING_LAW", "KNOWN_FOR_FRAUD_ATTEMPTS",
    "KNOWN_FOR_SUSPICIOUS_ACTIVITIES",
)  # fmt: skip

_PARTY = {"eia": TEXT, "bid": TEXT, "name": TEXT, "country": TEXT}
_ROUTE = _answer(status=_words("TEMPORARY_UNAVAILABLE", "RECEIVING", "NOT_RECEIVING", "NOT_AVAILABLE"), details=TEXT)
_USER = {
    "id": TEXT, "email": TEXT, "first_name": TEXT, "last_name": TEXT, "phone": TEXT, "notifications_disabled": FLAG,
    "emails_disabled": FLAG, "role": _words("ADMIN", "USER"),
}  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    "Error": _answer("code", "message", "details", code=TEXT, message=TEXT, details=_list(TEXT)),
    "Token": _answer(
        "access_token", "token_type", "expires_in", "scope",
        access_token=TEXT, token_type=TEXT, expires_in=WHOLE, scope=TEXT,
    ),
    "Status": _answer("client_id", "expires_at", client_id=TEXT, expires_at=INSTANT),
    "Current": _answer(
        "user", "company", "scopes",
        user=_answer("id", id=TEXT, first_name=TEXT, last_name=TEXT, email=TEXT),
        company=_answer(
            "id", id=TEXT, bid=TEXT, name=TEXT, country=TEXT, vat=TEXT, wizard_done=FLAG, disabled=FLAG
        ),
        scopes=_list(TEXT),
    ),
    "UserCompany": _answer("id", "name", "bid", id=TEXT, name=TEXT, bid=TEXT),
    "Company": _answer("id", id=TEXT),
    "Authorization": _answer("status", status=TEXT, count=WHOLE),
    "AuthorizationStatus": _answer(
        "auth_state", "auth_email", "company_state",
        auth_state=_words("PENDING", "SENT", "SIGNED", "CANCELED", "NONE"),
        auth_email=TEXT,
        company_state=_words("VERIFIED", "UNVERIFIED", "UNKNOWN"),
    ),
    "Settings": ANYTHING,
    "Profile": _answer(
        "id", "status", "network",
        id=TEXT, status=_words("active", "pending", "error"), profile=TEXT, profiles=_list(TEXT), profile_version=TEXT,
        endpoint_id=TEXT, scheme=TEXT, network=_words(*NETWORKS), network_settings=ANYTHING,
        last_event=_answer("created_at", message=TEXT, created_at=INSTANT),
    ),
    "User": _answer("id", "email", "role", **_USER),
    "NewUser": _answer("id", "email", "role", **_USER, api_key=TEXT),
    "ApiUser": _answer(user_api_key=TEXT),
    "Notification": _answer(
        "id", "destination_type", "destination", "events",
        id=TEXT, destination_type=_words("WEBHOOK", "VENDOR_WEBHOOK"), destination=TEXT, events=_list(TEXT),
    ),
    "Vendor": _answer("state", state=TEXT),
    "Receiver": _answer(
        eia=TEXT,
        identifier=_answer(scheme=TEXT, eaid_name=TEXT, eaid_code=TEXT, endpoint_id=TEXT),
        network=TEXT, operator=TEXT,
        document_types=_list(_answer(document_type=TEXT, document_identifier=TEXT, process_identifier=TEXT)),
        participant=_answer(id=TEXT, name=TEXT, bid=TEXT, country=TEXT),
    ),
    "Endpoint": _answer("bid", "sending", bid=TEXT, sending=_list(TEXT)),
    "Consumer": _answer(
        "routes", reference_id=TEXT, routes=_answer(dpi=_ROUTE, vipps=_ROUTE, cv=_ROUTE, yes2all=_ROUTE)
    ),
    "Operator": _answer("operator_id", "name", operator_id=TEXT, name=TEXT, country=TEXT),
    "Invoice": _answer(
        "id", "status", "number", "source_format", "sum", "sum_tax", "currency",
        id=TEXT, status=_words(*STATUSES), reference=TEXT, number=TEXT,
        sender=_answer(**_PARTY), recipient=_answer(**_PARTY, operator=TEXT),
        received_at=INSTANT, created_at=INSTANT, date=DAY, date_due=DAY, source_format=TEXT, sum=NUMBER, sum_tax=NUMBER,
        currency=TEXT, origin=_words("INTERNAL", "EXTERNAL", "SCAN"), destination=TEXT, comment=TEXT,
        files=_list(_named("InvoiceFile")), actions=_list(_named("InvoiceAction")), revision=ANYTHING,
    ),
    "InvoiceFile": _answer("id", id=TEXT, filename=TEXT, type=TEXT, mimetype=TEXT, href=TEXT),
    "InvoiceAction": _answer(
        "type", "happened_at", type=_words(*ACTIONS), channel=_words(*CHANNELS), message=TEXT, happened_at=INSTANT
    ),
    "ReportsDefinitions": _answer("criteria", criteria=_list(_named("Criterion")), disclaimer_text=TEXT),
    "Criterion": _answer("name", name=TEXT, friendly_name=TEXT, text=TEXT),
    "UserReport": _answer(
        "id", "invoice_id", "reasons",
        id=TEXT, company_bid=TEXT, company_name=TEXT, company_country_code=TEXT, reporter_user_id=TEXT,
        reporter_contact_email=TEXT, invoice_id=TEXT, reasons=_list(_named("Criterion")), additional_explanation=TEXT,
        report_date=INSTANT,
    ),
    "CompanyLookup": _answer("company_bid", "company_status", company_bid=TEXT, company_status=_words("FREE", "RESERVED")),
    "SentError": _answer("company_id", "invoice_id", company_id=TEXT, invoice_id=TEXT),
    "ReceivedEvent": _answer(
        "company_id", "invoice_id", "state", "created_at",
        company_id=TEXT, invoice_id=TEXT, state=_words("CREATED", "HANDLED"), created_at=INSTANT,
    ),
    "Transaction": _answer(
        "company_id", "company_name", "company_bid", "action_name", "action_count",
        company_id=TEXT, company_name=TEXT, company_bid=TEXT, software_name=TEXT, action_name=TEXT, licensing_system=TEXT,
        license_key=TEXT, license_meta=TEXT, action_count=WHOLE,
    ),
    "Anything": ANYTHING,
}  # fmt: skip
