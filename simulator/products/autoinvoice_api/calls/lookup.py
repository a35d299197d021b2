"""Calls that look up who receives what.

Source: AutoXChange API, ``/v1/lookup``. Own choice: what AutoInvoice's own routing finds is what is told here; consumers are
asked of no register, because none is simulated.
"""

from simulator.documents.registers import operators, receivers, schemes
from simulator.documents.registers.document_types import BY_CODE, CREDIT_NOTE, INVOICE
from simulator.documents.registers.receivers import Receiver
from simulator.products.autoinvoice_api import fields
from simulator.products.autoinvoice_api.answers import Answer, told
from simulator.products.autoinvoice_api.errors import ApiError
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.listing import page_start

NETWORKS = ("INTERNAL", "PEPPOL", "EXTERNAL")
TYPES = {"INVOICE": INVOICE.code, "CREDIT_NOTE": CREDIT_NOTE.code}
PROCESS = "cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
MOST = 10

RECEIVERS: fields.Shape = {
    "network": fields.list_of(fields.one_of(*NETWORKS), least=1, most=3, required=True),
    "eia": fields.text(longest=80),
    "bid": fields.text(longest=40),
    "name": fields.text(),
    "country": fields.list_of(fields.text(least=2, longest=2), most=10),
    "document_type": fields.list_of(fields.one_of(*TYPES), most=2),
    "allow_eia_variants": fields.flag(),
    "page": fields.whole(least=1, most=100_000, default=1),
    "per_page": fields.whole(least=1, most=100, default=100),
}


@call("GET", "/v1/lookup/receivers", "Receiver[]", "lookup", query=RECEIVERS)
def lookup_receivers(
    caller: Caller,
    network: list[str],
    eia: str | None,
    bid: str | None,
    name: str | None,
    country: list[str] | None,
    document_type: list[str] | None,
    allow_eia_variants: bool | None,
    page: int | None,
    per_page: int | None,
) -> list[Answer]:
    """Look up who receives electronically: by address, by business id or by name."""
    if eia is None and bid is None and name is None:
        raise ApiError(400, "invalid_parameters", "Request parameters are invalid.", ["send one of eia, bid and name"])
    scheme, _, identifier = (eia or "").partition(":")
    if eia is not None and (schemes.split(eia) is None):
        raise ApiError(
            400, "invalid_parameters", "Request parameters are invalid.", [f"eia: {eia} is no electronic address"]
        )
    kinds = [TYPES[one] for one in document_type or TYPES]
    found: dict[str, tuple[Receiver, list[str]]] = {}
    with sandbox().reading() as db:
        for kind in kinds:
            for one in receivers.find(
                db,
                country=(country or [None])[0],  # type: ignore[list-item]
                organisation_number=bid,
                scheme=scheme or None,
                identifier=identifier or None,
                name=name,
                kind=kind,
            ):
                found.setdefault(one.address, (one, []))[1].append(kind)
    shown = [
        _receiver(one, its)
        for one, its in found.values()
        if _network(one) in network and (not country or one.country in country)
    ]
    begin = page_start(page or 1, per_page or 100)
    return shown[begin : begin + (per_page or 100)]


@call(
    "GET",
    "/v1/lookup/endpoints",
    "Endpoint[]",
    "lookup",
    query={
        "business_ids": fields.list_of(fields.text(longest=40), least=1, most=MOST, required=True),
        "sending": fields.list_of(fields.one_of("invoice"), most=1),
        "country": fields.text(least=2, longest=2),
    },
)
def lookup_endpoints(
    caller: Caller, business_ids: list[str], sending: list[str] | None, country: str | None
) -> list[Answer]:
    """Tell how invoices can be sent to companies, by business id."""
    with sandbox().reading() as db:
        return [
            {
                "bid": bid,
                "sending": ["invoice"]
                if receivers.find(db, country=country or caller.company.country, organisation_number=bid)
                else [],
            }
            for bid in business_ids
        ]


ROUTES = ("cv", "dpi", "vipps", "yes2all")
CONSUMERS: fields.Shape = {
    "ssn": fields.text(longest=20),
    "date_of_birth": fields.day(),
    "phone_number": fields.text(longest=20),
    "email": fields.email(),
    "first_name": fields.text(),
    "last_name": fields.text(),
    "postal_code": fields.text(longest=20),
    "city": fields.text(),
    "reference_number": fields.text(longest=40),
    "routes": fields.list_of(fields.one_of(*ROUTES), most=4),
}


@call("GET", "/v1/lookup/consumers", "Consumer", "lookup", query=CONSUMERS)
def lookup_consumers(caller: Caller, routes: list[str] | None, **about: object) -> Answer:
    """Tell that no register of consumers is simulated, route by route."""
    if not any(about.values()):
        names = ", ".join(name for name in CONSUMERS if name != "routes")
        raise ApiError(400, "invalid_parameters", "Request parameters are invalid.", [f"send one of {names}"])
    state = {"status": "NOT_AVAILABLE", "details": "The simulator asks no register of consumers."}
    return {"routes": dict.fromkeys(routes or ROUTES, state)}


@call("GET", "/v1/entities/operators", "Operator[]", "lookup")
def list_operators(caller: Caller) -> list[Answer]:
    """List the operators that invoices can be sent through."""
    return [
        told({"operator_id": one.code, "name": one.name, "country": one.country}) for one in operators.catalogue().values()
    ]


def _network(one: Receiver) -> str:
    return {"internal": "INTERNAL", "peppol": "PEPPOL"}.get(str(one.network), "EXTERNAL")


def _receiver(one: Receiver, kinds: list[str]) -> Answer:
    scheme, _, identifier = one.address.partition(":")
    return {
        "eia": one.address,
        "identifier": {"scheme": scheme, "eaid_code": scheme, "endpoint_id": identifier},
        "network": _network(one),
        "operator": one.access_point,
        "document_types": [
            {
                "document_type": kind.upper(),
                "document_identifier": BY_CODE[kind].identifier,
                "process_identifier": PROCESS,
            }
            for kind in kinds
        ],
        "participant": told({"name": one.name, "bid": one.organisation_number, "country": one.country}),
    }
