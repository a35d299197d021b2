"""Somebody of another customer finds nothing behind any address that names a row, and can change nothing."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.models import Company
from simulator.documents.model import files
from simulator.documents.model.models import Direction, Document, FileKind
from simulator.documents.synthetic import consumption
from simulator.web.access import BY_TOKEN
from tests.conftest import NOW
from tests.isolation.using import rows
from tests.visits import Visitor, cast

OUTSIDER = "owner@buurman.example"
OWN_READER = "fietsen@rietkraag.example"
NEIGHBOUR: dict[str, Any] = {
    "customers": [
        {
            "key": "neighbour",
            "number": "100900",
            "name": "Buurman Beheer",
            "licences": [{"product": "autoinvoice", "valid_from": "-1 year"}],
        }
    ],
    "companies": [
        {
            "key": "shop",
            "customer": "neighbour",
            "name": "Buurman Winkel",
            "organisation_number": "99999890",
            "services": ["autoinvoice"],
        }
    ],
    "people": [
        {
            "email": OUTSIDER,
            "first_name": "Olaf",
            "last_name": "Buurman",
            "password": "Buurman!11",
            "grants": [
                {"role": "Customer administrator", "on": "neighbour"},
                {"role": "Autoinvoice administrator", "on": "shop"},
            ],
        },
        {
            "email": OWN_READER,
            "first_name": "Femke",
            "last_name": "Fietser",
            "password": "Fietser!11",
            "grants": [{"role": "Autoinvoice user", "on": "fietsen"}],
        },
    ],
}

OPEN_TO_ALL = {"mail", "phone", "connect", "openid", "elma", "peppol"}
"""Mail, Phone and the page for developers are the simulator's own and open to everybody who reaches the sandbox.
Connect's links carry a key.
ELMA and the registers of Peppol are public; a visitor of ELMA's provider pages plays an operator, which is no customer of ours."""

FOR_PROGRAMS = {"autoinvoice_api", "public_api", "mailpit"}
"""Mailpit's interface is open to all, as Mail is; the others are opened by tokens of companies instead of sign-ins:
their own tests ask for other companies' rows."""

ROWS = {
    "user_id", "company_id", "number", "inv", "position", "file_id", "person_id", "message_id", "uuid", "token",
    "contract_number", "licence_id", "transfer_id", "group_id", "change_id", "case_number", "key_id",
    "domain_id",
}  # fmt: skip
"""Arguments of addresses that name a row of a customer, or one that only the vendor's support desk sees."""

PROGRAM_ROWS = {"client", "invoice_id", "invoice", "buyer_id", "buyer"}
"""Arguments that name a row of a client's books; the office of this test has no clients, and programs have tests of their own."""

SHARED = {
    "product",
    "format",
    "direction",
    "service",
    "name",
    "window",
    "code",
    "kind",
    "key_kind",
    "action",
    "topic",
    "client_id",
    "call_uuid",
}
"""Arguments that name what all customers share."""


@pytest.fixture
def office(platform: Platform, store: Store) -> Any:
    """Return the sandbox with the office and its neighbour."""
    store.create("office", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed", overlay=NEIGHBOUR))
    with store.open("office") as sandbox:
        yield sandbox


@pytest.fixture
def outsider(platform: Platform, office: Sandbox) -> Visitor:
    """Return the neighbour's browser, signed in."""
    return Visitor.of(platform, office, OUTSIDER, "nl")


def values(office: Sandbox, direction: Direction = Direction.SENT) -> dict[str, Any]:
    """Return what names rows of the office, among them a document that went one way."""
    tables = rows(office)
    document, file = document_of(office, direction)
    person = cast(office, "not_activated")
    return {
        "user_id": person.id,
        "person_id": person.id,
        "company_id": next(row["id"] for row in tables["company"] if row["key"] == "fietsen"),
        "number": next(row["number"] for row in tables["invoice"] if row["number"].startswith("71")),
        "inv": next(row["number"] for row in tables["invoice"] if row["system"] == "inv"),
        "position": 1,
        "uuid": document,
        "file_id": file,
        # A link's key is nothing that another customer can know; what names the document opens no link.
        "token": document,
        "direction": direction,
        "message_id": tables["message"][0]["id"],
        "contract_number": tables["contract"][0]["number"],
        "licence_id": tables["licence"][0]["id"],
        # Nobody of the office asked for these yet; the tests of each have rows.
        "transfer_id": 1,
        "group_id": 1,
        "change_id": 1,
        "domain_id": 1,
        "case_number": 10001,
        "kind": "user-groups",
        "key_kind": "passkey",
        "key_id": 1,
        "action": "administrator",
        "topic": "register-user-webfaktura",
        "product": "autoinvoice",
        "service": "webfaktura",
        "name": "none",
        "window": "kvk",
        "code": "none",
        "client_id": "none",
        "call_uuid": "none",
        "format": "xlsx",
    } | dict.fromkeys(PROGRAM_ROWS, 1)


def document_of(office: Sandbox, direction: Direction) -> tuple[str, int]:
    """Return a document of the bicycle shop with an attachment: its uuid, and the attachment's id."""
    with office.reading() as db:
        shop = db.scalars(select(Company).where(Company.key == "fietsen")).one().id
    consumption.unpack(office, shop)
    with office.transaction() as db:
        query = select(Document).where(Document.company_id == shop, Document.direction == direction)
        document = db.scalars(query.order_by(Document.id).limit(1)).one()
        attached = files.attachments(db, document)
        file = (
            attached[0]
            if attached
            else files.keep(db, document, FileKind.ATTACHMENT, "terms.txt", "text/plain", b"Terms of Chantal.\n")
        )
        db.flush()
        return document.uuid, file.id


def rules_with_arguments(platform: Platform) -> list[Rule]:
    """Return the routes whose addresses name something."""
    rules = [rule for rule in platform.all_routes() if rule.rule.startswith("/s/")]
    others = OPEN_TO_ALL | FOR_PROGRAMS
    return [rule for rule in rules if rule.arguments - {"sandbox"} and rule.endpoint.partition(".")[0] not in others]


def test_every_argument_of_an_address_is_known_to_name_a_row_or_not(platform: Platform) -> None:
    names = set().union(*(rule.arguments for rule in rules_with_arguments(platform))) - {"sandbox"}
    assert names <= ROWS | PROGRAM_ROWS | SHARED, "say whether it names a row, and give one of the office in `values`"


@pytest.mark.parametrize("direction", Direction)
def test_another_customers_rows_are_not_found(
    platform: Platform, office: Sandbox, outsider: Visitor, direction: Direction
) -> None:
    adapter, token, named = platform.url_map.bind("localhost"), outsider.token(), values(office, direction)
    before, statuses = rows(office), {}
    for rule in rules_with_arguments(platform):
        if not rule.arguments & ROWS:
            continue
        arguments = {name: value for name, value in named.items() if name in rule.arguments}
        for method in (rule.methods or set()) & {"GET", "POST"}:
            path = adapter.build(rule.endpoint, arguments | {"sandbox": "office"}, method=method)
            answer = outsider.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            statuses[f"{method} {path}"] = answer.status_code
            assert "Chantal" not in answer.text
            assert "Rietkraag" not in answer.text.replace("office", "")
    assert len(statuses) >= 30
    assert {path: status for path, status in statuses.items() if status not in (403, 404)} == {}
    assert rows(office) == before


def test_the_same_rows_are_found_by_their_own_administrator(platform: Platform, office: Sandbox) -> None:
    visitor, named = Visitor.of(platform, office, cast(office, "administrator").email, "nl"), values(office)
    assert visitor.get(f"/admin/users/{named['user_id']}").status_code == 200
    assert visitor.get(f"/settings/licenses/autoinvoice/invoices/{named['number']}").status_code == 200
    reader = Visitor.of(platform, office, OWN_READER, "nl")
    assert reader.get(f"/autoinvoice/invoice/{named['uuid']}").status_code == 200
    attachment = reader.get(f"/autoinvoice/invoice/{named['uuid']}/attachments/{named['file_id']}")
    assert attachment.text == "Terms of Chantal.\n"


def test_no_list_shows_another_customers_rows(office: Sandbox, outsider: Visitor) -> None:
    pages = ("/home/", "/home/notices", "/admin/startpage", "/admin/users", "/admin/users?q=rietkraag", "/admin/users/add",
             "/settings/", "/settings/licenses", "/settings/contacts", "/settings/licenses/autoinvoice/invoices",
             "/autoinvoice/start", "/autoinvoice/settings", "/autoinvoice/settings/receive")  # fmt: skip
    tables = rows(office)
    customer = next(row["id"] for row in tables["customer"] if row["name"] != "Buurman Beheer")
    theirs = [row["name"] for row in tables["company"] if row["customer_id"] == customer]
    theirs += [row["email"] for row in tables["person"] if row["email"] != OUTSIDER]
    theirs += [row["number"] for row in tables["invoice"] if row["customer_id"] == customer]
    assert len(theirs) > 30
    for path in pages:
        text = outsider.get(path).text
        assert not [name for name in theirs if name in text], path


def test_another_customers_company_cannot_be_chosen(office: Sandbox, outsider: Visitor) -> None:
    company = next(row["id"] for row in rows(office)["company"] if row["name"].startswith("Bakkerij"))
    token, before = outsider.token(), rows(office)["person"]
    for path in ("/s/office/home/company", "/s/office/autoinvoice/"):
        answer = outsider.client.post(path, data={"company": company, "csrf_token": token})
        assert answer.status_code == 404, path
    data = {"company": company, "registered": "y", "csrf_token": token}
    answer = outsider.client.post("/s/office/autoinvoice/settings/receive", data=data)
    assert answer.status_code == 404
    assert rows(office)["person"] == before


def test_roles_cannot_be_given_on_another_customers_places(office: Sandbox, outsider: Visitor) -> None:
    theirs = Visitor.of(outsider.client.application, office, cast(office, "administrator").email)  # type: ignore[arg-type]
    form = theirs.form("/admin/users/add", "access_to")
    targets = [option["value"] for option in form.element.all("option") if ":" in option["value"] or "-" in option["value"]]
    before = rows(office)
    mine = outsider.form("/admin/users/add", "access_to")
    own = {option["value"] for option in mine.element.all("option")}
    assert targets
    for target in targets:
        assert target not in own
        answer = outsider.send(
            mine, email="x@buurman.example", first_name="X", last_name="Y", access_to=target, roles="autoinvoice_user"
        )
        assert answer.status_code == 422, target
    assert rows(office) == before


@pytest.mark.parametrize("key", ["user", "no_two_step"])
def test_who_has_no_role_for_it_finds_no_administration(platform: Platform, office: Sandbox, key: str) -> None:
    visitor, adapter = Visitor.of(platform, office, cast(office, key).email, "nl"), platform.url_map.bind("localhost")
    token, named = visitor.token(), values(office)
    before, statuses = rows(office), {}
    for rule in platform.all_routes():
        # A mailed link with a key is for its recipient, who administers nothing yet: to others it leads nowhere.
        if rule.endpoint.partition(".")[0] not in ("admin", "settings") or "token" in rule.arguments:
            continue
        arguments = {name: named[name] for name in rule.arguments if name != "sandbox"} | {"sandbox": "office"}
        for method in (rule.methods or set()) & {"GET", "POST"}:
            path = adapter.build(rule.endpoint, arguments, method=method)
            data = {"csrf_token": token} if method == "POST" else None
            statuses[f"{method} {path}"] = visitor.client.open(path, method=method, data=data).status_code
    assert len(statuses) > 12
    assert {path: status for path, status in statuses.items() if status != 403} == {}
    assert rows(office) == before


def test_who_is_not_signed_in_is_asked_to_sign_in_everywhere(platform: Platform, office: Sandbox) -> None:
    visitor, adapter = Visitor.of(platform, office), platform.url_map.bind("localhost")
    named = values(office)
    wrong = {}
    for rule in platform.all_routes():
        access = getattr(platform.view_functions[rule.endpoint], "access", "public")
        if access in ("public", "control") or access.startswith(BY_TOKEN):
            continue
        arguments = {name: named[name] for name in rule.arguments if name != "sandbox"} | {"sandbox": "office"}
        for method in (rule.methods or set()) & {"GET", "HEAD", "POST"}:
            path = adapter.build(rule.endpoint, arguments, method=method)
            data = {"csrf_token": visitor.token()} if method == "POST" else None
            answer = visitor.client.open(path, method=method, data=data)
            if answer.status_code != 302 or not answer.location.startswith("/s/office/connect/"):
                wrong[f"{method} {path}"] = answer.status_code
    assert not wrong
