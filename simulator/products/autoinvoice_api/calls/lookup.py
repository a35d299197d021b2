"""Calls that look up receivers.

Source: AutoXChange API, ``/v1/lookup``. Own choice: the answers are those of AutoInvoice's own routing; consumers are
looked up in no register, because none is simulated.
"""

from simulator.documents.registers import operators, receivers, schemes
from simulator.documents.registers.document_types import BY_CODE, CREDIT_NOTE, INVOICE
from simulator.documents.registers.receivers import Receiver
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.answers import without_none
from simulator.products.autoinvoice_api.errors import ApiError
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields
from simulator.web.listing import page_start

NETWORKS = ("INTERNAL", "PEPPOL", "EXTERNAL")
TYPES = {"INVOICE": INVOICE.code, "CREDIT_NOTE": CREDIT_NOTE.code}
PROCESS = "cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
MOST = 10

RECEIVERS: fields.Shape = {
    "network": fields.list_of(fields.choice(*NETWORKS), least=1, most=3, required=True),
    "eia": fields.stripped_line(longest=80),
    "bid": fields.stripped_line(longest=40),
    "name": fields.stripped_line(),
    "country": fields.list_of(fields.country(), most=10),
    "document_type": fields.list_of(fields.choice(*TYPES), most=2),
    "allow_eia_variants": fields.flag(),
    "page": fields.whole(least=1, most=100_000, default=1),
    "per_page": fields.whole(least=1, most=100, default=100),
}


@call("GET", "/v1/lookup/receivers", "lookup", query=RECEIVERS)
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
) -> list[schemas.Receiver]:
    """Look up receivers of electronic documents: by address, by business id or by name."""
    if eia is None and bid is None and name is None:
        raise ApiError(400, "invalid_parameters", "Request parameters are invalid.", ["send one of eia, bid and name"])
    scheme, identifier = schemes.split(eia or "") or (None, None)
    if eia is not None and scheme is None:
        raise ApiError(
            400, "invalid_parameters", "Request parameters are invalid.", [f"eia: {eia} is no electronic address"]
        )
    kinds = [TYPES[name] for name in document_type or TYPES]
    kinds_by_address: dict[str, tuple[Receiver, list[str]]] = {}
    with sandbox().reading() as db:
        for kind in kinds:
            for receiver in receivers.find(
                db,
                country=(country or [None])[0],  # type: ignore[list-item]
                organisation_number=bid,
                scheme=scheme,
                identifier=identifier,
                name=name,
                kind=kind,
            ):
                kinds_by_address.setdefault(receiver.address, (receiver, []))[1].append(kind)
    matches = [
        _receiver(receiver, receiver_kinds)
        for receiver, receiver_kinds in kinds_by_address.values()
        if _network(receiver) in network and (not country or receiver.country in country)
    ]
    begin = page_start(page or 1, per_page or 100)
    return matches[begin : begin + (per_page or 100)]


@call(
    "GET",
    "/v1/lookup/endpoints",
    "lookup",
    query={
        "business_ids": fields.list_of(fields.stripped_line(longest=40), least=1, most=MOST, required=True),
        "sending": fields.list_of(fields.choice("invoice"), most=1),
        "country": fields.country(),
    },
)
def lookup_endpoints(
    caller: Caller, business_ids: list[str], sending: list[str] | None, country: str | None
) -> list[schemas.Endpoint]:
    """List what can be sent to companies, by business id."""
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
    "ssn": fields.stripped_line(longest=20),
    "date_of_birth": fields.day(),
    "phone_number": fields.stripped_line(longest=20),
    "email": fields.email(),
    "first_name": fields.stripped_line(),
    "last_name": fields.stripped_line(),
    "postal_code": fields.stripped_line(longest=20),
    "city": fields.stripped_line(),
    "reference_number": fields.stripped_line(longest=40),
    "routes": fields.list_of(fields.choice(*ROUTES), most=4),
}


@call("GET", "/v1/lookup/consumers", "lookup", query=CONSUMERS)
def lookup_consumers(caller: Caller, routes: list[str] | None, **person: object) -> schemas.Consumer:
    """Answer for each route that no register of consumers is simulated."""
    if not any(person.values()):
        names = ", ".join(name for name in CONSUMERS if name != "routes")
        raise ApiError(400, "invalid_parameters", "Request parameters are invalid.", [f"send one of {names}"])
    route: schemas.Route = {"status": "NOT_AVAILABLE", "details": "The simulator asks no register of consumers."}
    return {"routes": without_none(schemas.Routes, **dict.fromkeys(routes or ROUTES, route))}


@call("GET", "/v1/entities/operators", "lookup")
def list_operators(caller: Caller) -> list[schemas.Operator]:
    """List the operators that invoices can be sent through."""
    return [
        without_none(schemas.Operator, operator_id=operator.code, name=operator.name, country=operator.country)
        for operator in operators.catalogue().values()
    ]


def _network(receiver: Receiver) -> str:
    return {"internal": "INTERNAL", "peppol": "PEPPOL"}.get(str(receiver.network), "EXTERNAL")


def _receiver(receiver: Receiver, kinds: list[str]) -> schemas.Receiver:
    scheme, _, identifier = receiver.address.partition(":")
    return {
        "eia": receiver.address,
        "identifier": {"scheme": scheme, "eaid_code": scheme, "endpoint_id": identifier},
        "network": _network(receiver),
        "operator": receiver.access_point,
        "document_types": [
            {
                "document_type": kind.upper(),
                "document_identifier": BY_CODE[kind].identifier,
                "process_identifier": PROCESS,
            }
            for kind in kinds
        ],
        "participant": without_none(
            schemas.Participant, name=receiver.name, bid=receiver.organisation_number, country=receiver.country
        ),
    }
