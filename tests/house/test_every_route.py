"""Every route is opened as every kind of visitor, and answers as the table of who may do what says.

The table here is written by hand beside the one in the code. What each route answers exactly is kept in ``statuses.txt``: a route
that was added fails until it has its line there, and no line can say more than the table allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from simulator.app import PRODUCTS, Platform
from simulator.core import copies, desks, outbox
from simulator.core.clock import Clock
from simulator.core.outbox import PersonalMail
from simulator.core.store import Creation, Store
from simulator.directory.roles import BY_NAME, PRIMARY_CONTACT, SUPPORT_DESK
from simulator.web.access import BY_TOKEN, PUBLIC, SIGNED_IN
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.house.golden import compare
from tests.visits import Visitor, make_platform, session_cookie, store_of

KINDS = {
    "SU": ("Autoinvoice user", "bakkerij"),
    "AI": ("Autoinvoice administrator", "bakkerij"),
    "CoA": ("Company administrator", "bakkerij"),
    "BC": ("Business contact", "office"),
    "CA": ("Customer administrator", "office"),
    "AA": ("Application administrator", "office"),
    "WF": ("WebFaktura user", "bakkerij"),
    "FU": ("Financials User", "bakkerij"),
    "SD": None,
    "PC": ("primary contact", "office"),
    "NR": ("none", "office"),
}
"""Kinds of visitors by the one role they have: service user, Autoinvoice administrator, Company administrator, Business contact,
Customer administrator, Application administrator, users of WebFaktura and Financials; somebody of the vendor's support desk,
who has none; the primary contact and a user of the customer, without any role."""

DESK = "support.person@visma-sim.example"

EVERY_ADMINISTRATOR = {"CoA", "BC", "PC", "CA", "AA"}
MATRIX: dict[str, set[str]] = {
    "accountview.open_net": {"CA"},
    "admin.open": EVERY_ADMINISTRATOR,
    "admin.view_start": EVERY_ADMINISTRATOR,
    "admin.view_users": EVERY_ADMINISTRATOR,
    "admin.add_user": EVERY_ADMINISTRATOR,
    "admin.edit_user": EVERY_ADMINISTRATOR,
    "admin.give_roles": EVERY_ADMINISTRATOR,
    "admin.give_customer_roles": {"BC", "PC", "CA"},
    "admin.give_support_access": {"CA"},
    "admin.resend_activation": EVERY_ADMINISTRATOR,
    "admin.generate_code": EVERY_ADMINISTRATOR,
    "admin.remove_user": {"BC", "PC", "CA", "AA"},
    "admin.set_primary_contact": {"PC", "CA"},
    "admin.manage_groups": {"BC", "PC", "CA", "AA"},
    "admin.view_companies": EVERY_ADMINISTRATOR,
    "admin.edit_company": {"CoA", "CA", "AA"},
    "admin.manage_companies": {"CA", "AA"},
    "admin.view_configuration": {"BC", "PC", "CA", "AA"},
    "admin.configure": {"CA"},
    "admin.view_invoices": {"BC", "PC", "CA"},
    "admin.export_invoice": {"BC", "PC", "CA"},
    "settings.open": {"CA"},
    "autoinvoice.open": {"SU", "AI"},
    "autoinvoice.settings": {"AI"},
    "financials.open": {"FU"},
    "support.help": {"SD"},
    "webfaktura.open": {"WF"},
}
"""Permission → the kinds of visitors that hold it."""


FRESH = "fresh"
"""The snapshot of the office to which it is put back: copying it is faster than writing its people anew."""


@dataclass(frozen=True)
class Probe:
    """One request of the table."""

    endpoint: str
    method: str
    access: str
    path: str


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("routes"), templates)


@pytest.fixture(scope="module")
def store(platform: Platform) -> Iterator[Store]:
    """Return the sandboxes: the office with one visitor of each kind, and another sandbox just like it."""
    people = [
        {
            "key": f"kind_{kind.lower()}",
            "email": address(kind),
            "first_name": kind,
            "last_name": "Bezoeker",
            "password": "Bezoeker!11",
            **{"PC": {"primary_contact": [on]}, "NR": {"customers": [on]}}.get(kind, {"grants": [{"role": role, "on": on}]}),
        }
        for kind, (role, on) in ((kind, grant) for kind, grant in KINDS.items() if grant)
    ]
    roles = [BY_NAME[grant[0]] for grant in KINDS.values() if grant and grant[0] in BY_NAME]
    services = sorted({role.service for role in roles if role.service})
    companies = [{"key": "bakkerij", "services": services}]
    store = store_of(platform)
    for name in ("office", "other"):
        creation = Creation(
            scenario="accountant-nl",
            clock=Clock.frozen(NOW),
            seed="seed",
            overlay={"companies": companies, "people": people},
        )
        store.create(name, creation)
    with store.open("office") as sandbox, sandbox.transaction() as db:
        mail = PersonalMail(
            sender=DESK, sender_name="Desk", to=desks.SUPPORT.address, subject="Case", text="Case", language="nl"
        )
        outbox.write(db, mail)
    copies.make_snapshot(store, "office", FRESH)
    yield store
    for name in store.names():
        store.delete(name)


def address(kind: str) -> str:
    """Return the e-mail address of a kind of visitor."""
    return f"{kind.lower()}@rietkraag.example" if KINDS[kind] else DESK


def arguments(store: Store) -> dict[str, Any]:
    """Return what stands in addresses: rows of the office that a Company administrator of the bakery does not reach."""
    from simulator.billing.models import Contract, Invoice, Licence
    from simulator.core.outbox import Message
    from simulator.directory.cases.models import FIRST_NUMBER
    from simulator.directory.models import Company, Person
    from simulator.sales.models import Client

    with store.open("office") as sandbox, sandbox.reading() as db:
        person = db.query(Person).filter_by(key="not_activated").one()
        return {
            "window": "kvk",
            "client_id": "none",
            "call_uuid": "none",
            "client": db.query(Client).order_by(Client.id).first().id,  # type: ignore[union-attr]
            "user_id": person.id,
            "kind": "user-groups",
            "key_kind": "passkey",
            "key_id": 1,
            "topic": "user-group",
            "tag": "none",
            "class_name": "none",
            "trainee": "none",
            "id": "latest",
            "group_id": 1,
            "person_id": person.id,
            "case_number": FIRST_NUMBER,
            "action": "administrator",
            "company_id": db.query(Company).filter_by(key="fietsen").one().id,
            "invoice_id": 1,
            "message_id": db.query(Message).order_by(Message.id).first().id,  # type: ignore[union-attr]
            "number": db.query(Invoice).filter_by(system="legacy", contract_id=None).order_by(Invoice.id).first().number,  # type: ignore[union-attr]
            "contract_number": db.query(Contract).order_by(Contract.id).first().number,  # type: ignore[union-attr]
            "transfer_id": 1,
            "licence_id": db.query(Licence).filter(Licence.contract_id.is_not(None)).first().id,  # type: ignore[union-attr]
            "file_id": 1,
            "buyer_id": 1,
            "product": "autoinvoice",
            "format": "xlsx",
            "inv": db.query(Invoice).filter_by(system="inv").order_by(Invoice.id).first().number,  # type: ignore[union-attr]
            "position": 1,
            "uuid": "00000000-0000-4000-8000-000000000000",
            "direction": "sent",
            "token": "no-such-token",
            "participant_id": 1,
            "access_point_id": 1,
            "request_id": 1,
            "endpoint_id": 1,
            "address": "0192::310000019",
            "name": "no-such-name",
            "service": "webfaktura",
            "participant": "iso6523-actorid-upis::0192:310000019",
            "document_type": "none",
            "form": "json",
            "rest": "nothing",
            "buyer": 1,
            "invoice": 1,
            "code": "nothing",
            "change_id": 1,
            "domain_id": 1,
        }


def requests(platform: Platform, store: Store) -> list[Probe]:
    """Return every route below a sandbox with each of its methods, as one address each."""
    values, adapter, probes = arguments(store), platform.url_map.bind("localhost"), []
    for rule in sorted(platform.all_routes(), key=lambda rule: rule.endpoint):
        if not rule.rule.startswith("/s/") or rule.endpoint == "front_door":
            continue
        if getattr(platform.view_functions[rule.endpoint], "access", "").startswith(BY_TOKEN):
            # Programs' own: no visitor's role opens them, see the tests of that product.
            continue
        unknown = rule.arguments - {"sandbox"} - set(values)
        assert not unknown, f"{rule.endpoint} names {unknown}: add a row of the office to `arguments`"
        access = getattr(platform.view_functions[rule.endpoint], "access", "")
        filled = {name: value for name, value in values.items() if name in rule.arguments} | {"sandbox": "office"}
        for method in methods(rule):
            path = adapter.build(rule.endpoint, filled, method=method)
            probes.append(Probe(rule.endpoint, method, access, path))
    return probes


def methods(rule: Rule) -> list[str]:
    """Return the methods that pages use."""
    return sorted((rule.methods or set()) & {"GET", "POST"})


def visitor_of(platform: Platform, store: Store, kind: str | None) -> Visitor:
    """Return a fresh browser, signed in when a kind is given."""
    with store.open("office") as sandbox:
        return Visitor.of(platform, sandbox, address(kind) if kind else None, "nl")


def answer_to(visitor: Visitor, probe: Probe, token: str) -> str:
    """Send a request and return the status; ``sign-in`` when the visitor is sent to sign in."""
    data = {"csrf_token": token} if probe.method == "POST" else None
    answer = visitor.client.open(probe.path, method=probe.method, data=data)
    to_connect = answer.status_code == 302 and answer.location.startswith("/s/office/connect/")
    return "sign-in" if to_connect and probe.access != PUBLIC else str(answer.status_code)


def answers(platform: Platform, store: Store, kind: str | None, probes: list[Probe]) -> dict[Probe, str]:
    """Open every route as one kind of visitor; what a sent form did is undone before the next request."""
    visitor = visitor_of(platform, store, kind)
    token, statuses = visitor.token(), {}
    for probe in probes:
        if probe.access == PUBLIC:
            continue
        statuses[probe] = answer_to(visitor, probe, token)
        if probe.method == "POST" and statuses[probe] not in ("403", "404", "sign-in"):
            copies.restore(store, "office", FRESH)
            visitor = visitor_of(platform, store, kind)
            token = visitor.token()
    return statuses


def allowed(probe: Probe, kind: str) -> bool:
    """Say what the table says."""
    if probe.access == SIGNED_IN:
        return True
    assert probe.access in MATRIX, f"{probe.endpoint} asks for {probe.access}: say in MATRIX who holds it"
    return kind in MATRIX[probe.access]


def test_every_route_answers_every_kind_of_visitor_as_the_table_says(platform: Platform, store: Store) -> None:
    probes = requests(platform, store)
    by_kind = {kind: answers(platform, store, kind, probes) for kind in KINDS}
    wrong = []
    for kind, statuses in by_kind.items():
        for probe, status in statuses.items():
            right = status in {"200", "302", "404", "422", "409"} if allowed(probe, kind) else status == "403"
            if not right:
                wrong.append(f"{kind} {probe.method} {probe.endpoint}: {status}")
    assert not wrong
    compare(
        "statuses.txt",
        [f"{'route':48} {'method':6} {' '.join(f'{kind:>4}' for kind in KINDS)}"]
        + [
            f"{probe.endpoint:48} {probe.method:6} {' '.join(f'{by_kind[kind][probe]:>4}' for kind in KINDS)}"
            for probe in probes
            if probe.access != PUBLIC
        ],
        "What a route answers to each kind of visitor is decided, not happening: look at each line.",
    )


def test_every_permission_is_held_by_a_visitor_of_this_test() -> None:
    declared = {permission for product in PRODUCTS.all for permission in product.permissions}
    assert declared == set(MATRIX), "the table names each permission that a product declares, and no other"
    assert [permission for permission, kinds in MATRIX.items() if not kinds] == [], "add a kind of visitor that holds it"
    role_names = {kind: grant[0] if grant else SUPPORT_DESK.name for kind, grant in KINDS.items()}
    role_names["PC"] = PRIMARY_CONTACT.name
    for permission, kinds in MATRIX.items():
        holders = {role.name for role in PRODUCTS.roles_with(permission)}
        assert kinds == {kind for kind, name in role_names.items() if name in holders}, permission


def test_who_is_not_signed_in_is_asked_to_sign_in_everywhere(platform: Platform, store: Store) -> None:
    statuses = answers(platform, store, None, requests(platform, store))
    assert len(statuses) > 60
    assert {f"{probe.method} {probe.endpoint}": status for probe, status in statuses.items() if status != "sign-in"} == {}


def test_the_session_of_another_sandbox_is_none_here(platform: Platform, store: Store) -> None:
    with store.open("other") as other:
        value = session_cookie(other, address("CA"), "nl")
    visitor = visitor_of(platform, store, None)
    visitor.client.set_cookie(cookie_name("office"), value, path=cookie_path("office"))
    probes = [probe for probe in requests(platform, store) if probe.access != PUBLIC and probe.method == "GET"]
    assert {
        probe.endpoint: answer_to(visitor, probe, "") for probe in probes if answer_to(visitor, probe, "") != "sign-in"
    } == {}
