"""Routes of every product fail in each way: the right status in the right form, nothing half-made, and they work afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import PRODUCTS, Platform
from simulator.core import copies
from simulator.core.clock import Clock
from simulator.core.fault_operations import ROUTE_OUTCOMES, Operation
from simulator.core.store import Creation, Store
from simulator.directory.actors import actor_of
from simulator.directory.models import Company, Person
from simulator.web import fault_routes
from simulator.web.fault_answers import STATUSES, ConnectionDropped
from simulator.web.platform import SAFE_METHODS
from tests.conftest import NOW
from tests.faults.conftest import FAULTS, content
from tests.security.test_csrf import VALUES
from tests.visits import Visitor, make_platform, store_of

DESK = "support.person@visma-sim.example"
STAFF, USER = "beheer@rietkraag.example", "gebruik@rietkraag.example"
FRESH = "fresh"
ROLES = ("Customer administrator", "Application administrator", "Business contact")
ROLES_HERE = ("Autoinvoice administrator", "Autoinvoice user", "WebFaktura user", "Financials User")
FORMS = ("text/html", "application/json", "application/problem+json", "text/plain")


@dataclass(frozen=True)
class Case:
    """A request that fails, in one of the ways, by a fault with further fields."""

    endpoint: str
    method: str
    path: str
    outcome: str
    more: tuple[tuple[str, Any], ...] = ()


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("routes"), templates)


@pytest.fixture(scope="module")
def store(platform: Platform) -> Iterator[Store]:
    """Return the store with an office in which two people have all roles, and its state as a snapshot."""
    names = {"last_name": "Bezoeker", "password": "Bezoeker!11"}
    at_office, here = (
        [{"role": role, "on": on} for role in roles] for roles, on in ((ROLES, "office"), (ROLES_HERE, "bakkerij"))
    )
    overlay = {
        "companies": [{"key": "bakkerij", "services": ["autoinvoice", "financials", "webfaktura"]}],
        "people": [
            {"key": "staff", "email": STAFF, "first_name": "Beheer", **names, "grants": at_office},
            {"key": "uses", "email": USER, "first_name": "Gebruik", **names, "grants": here},
        ],
    }
    store = store_of(platform)
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed", overlay=overlay))
    platform.load_all()
    copies.make_snapshot(store, "default", FRESH)
    yield store
    store.delete("default")


class Office:
    """The office's visitors, who come anew after each restoration."""

    def __init__(self, platform: Platform, store: Store) -> None:
        self.platform, self.store = platform, store
        self.client = platform.test_client()
        self.enter()

    def enter(self) -> None:
        """Open the browsers."""
        with self.store.open("default") as sandbox:
            self.visitors = [Visitor.of(self.platform, sandbox, email, "nl") for email in (STAFF, USER, DESK, None)]
        self.tokens = [visitor.token() for visitor in self.visitors]

    def restore(self) -> None:
        """Put the office back."""
        copies.restore(self.store, "default", FRESH)
        self.enter()

    def send(self, number: int, case: Case) -> TestResponse | None:
        """Send the request of a case as one of the visitors; None when the connection is dropped."""
        data = {"csrf_token": self.tokens[number]} if case.method == "POST" else None
        try:
            return self.visitors[number].client.open(case.path, method=case.method, data=data)
        except ConnectionDropped:
            return None

    def order(self, case: Case) -> None:
        """Order the fault of a case, and no other."""
        fault = {"operation": f"http.{case.endpoint}", "method": case.method, "outcome": case.outcome, **dict(case.more)}
        answer = self.client.put(FAULTS, json={"faults": [fault]})
        assert answer.status_code == 200, answer.text

    def used(self) -> int:
        """Return how often the fault was triggered."""
        (fault,) = self.client.get(FAULTS).get_json(force=True)
        return int(fault["used"])


@pytest.fixture(scope="module")
def office(platform: Platform, store: Store) -> Office:
    """Return the office."""
    return Office(platform, store)


def routes(platform: Platform, product: str) -> list[tuple[Operation, str]]:
    """Return the operations of a product's routes with each of their methods."""
    listed = sorted(fault_routes.all_of(platform), key=lambda operation: operation.name)
    return [
        (operation, method)
        for operation in listed
        if operation.path is not None and operation.name.split(".")[1] == product
        for method in operation.methods
    ]


def cases(platform: Platform, product: str) -> list[Case]:
    """Return a case of each way to fail for a product, by turns of its routes that read and of those that change something."""
    there = routes(platform, product)
    reading = [route for route in there if route[1] in SAFE_METHODS]
    changing = [route for route in there if route[1] not in SAFE_METHODS]
    chosen = []
    for at, outcome in enumerate(ROUTE_OUTCOMES):
        group = reading if outcome == "stale" or (at % 2 and reading) or not changing else changing
        if group:
            chosen.append(case_of(platform, *group[at % len(group)], outcome))
    return chosen


def case_of(platform: Platform, operation: Operation, method: str, outcome: str, **more: Any) -> Case:
    """Return a case, at one of the addresses of its route."""
    endpoint = operation.name.partition(".")[2]
    rule = next(rule for rule in platform.url_map.iter_rules(endpoint) if method in (rule.methods or ()))
    values = {name: VALUES[name] for name in rule.arguments}
    path = platform.url_map.bind("localhost").build(endpoint, values, method=method)
    return Case(endpoint, method, path, outcome, tuple({**({"seconds": 0.01} if outcome == "late" else {}), **more}.items()))


def check(office: Office, case: Case) -> None:
    """Let the request of a case fail, and look at what it left."""
    office.order(case)
    with office.store.open("default") as sandbox:
        before = content(sandbox)
    for number in range(len(office.visitors)):
        answer = office.send(number, case)
        if office.used():
            break
    else:
        pytest.fail(f"nobody triggers {case}")
    with office.store.open("default") as sandbox:
        after = content(sandbox)
    look(office, case, number, answer, before == after)


def look(office: Office, case: Case, number: int, answer: TestResponse | None, unchanged: bool) -> None:
    """Compare what came of a request with what its fault says, and with the same request without it."""
    if case.outcome.startswith("dropped"):
        assert answer is None, case
    elif case.outcome in STATUSES:
        assert answer is not None
        own = {422, 400} if case.outcome == "refused" else {STATUSES[case.outcome]}
        assert answer.status_code in own or (case.outcome == "refused" and answer.status_code in (302, 404)), (
            case,
            answer.status,
        )
        assert answer.status_code != 503 or answer.headers["Retry-After"] == "1"
        assert answer.mimetype in FORMS, (case, answer.mimetype)
    if case.outcome in (*STATUSES, "dropped_before"):
        assert unchanged, case
    with office.store.open("default") as sandbox:
        rows = {name: len(rows) for name, rows in content(sandbox).items()}
    if case.outcome in ("dropped_after", "late") and case.method not in SAFE_METHODS:
        office.restore()
    office.client.delete(FAULTS)
    plain = office.send(number, case)
    assert plain is not None and plain.status_code not in (500, 503), (case, plain)
    if case.outcome in ("late", "stale"):
        assert answer is not None and answer.status_code == plain.status_code, case
    if case.method not in SAFE_METHODS:
        with office.store.open("default") as sandbox:
            assert case.outcome not in ("dropped_after", "late") or rows == {
                name: len(rows) for name, rows in content(sandbox).items()
            }, case
        office.restore()


@pytest.mark.sampled(8)
@pytest.mark.parametrize("product", [product.blueprint.name for product in PRODUCTS.all])
def test_each_way_to_fail_fails_so_in_each_product(office: Office, platform: Platform, product: str) -> None:
    made = cases(platform, product)
    assert len(made) >= len(ROUTE_OUTCOMES) - 1
    for case in made:
        check(office, case)


CHOICES: dict[str, tuple[Any, ...]] = {
    "outcome": tuple(ROUTE_OUTCOMES),
    "who": ("everybody", "the person", "another person", "the company", "another company"),
    "nth": (1, 2, 3),
    "times": (0, 1, 2),
    "probability": (None, 1, 0),
    "until": (None, "2022-03-02T09:00:00+01:00"),
    "hidden": (False, True),
}
"""What is combined in pairs, beside the route."""
ATTEMPTS = 4


def pairwise(choices: dict[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield combinations in which every two values of different names meet at least once, few at a time, always the same."""
    names = list(choices)
    open_pairs = {
        (a, i, b, j) for a, b in combinations(names, 2) for i in range(len(choices[a])) for j in range(len(choices[b]))
    }
    while open_pairs:
        a, i, b, j = min(open_pairs)
        chosen = {a: i, b: j}
        for name in names:
            if name not in chosen:
                chosen[name] = max(
                    range(len(choices[name])), key=lambda at: (newly_met({**chosen, name: at}, open_pairs), -at)
                )
        open_pairs -= pairs_of(chosen, names)
        yield {name: choices[name][at] for name, at in chosen.items()}


def pairs_of(chosen: dict[str, int], names: Sequence[str]) -> set[tuple[str, int, str, int]]:
    """Return the pairs of a combination, which may be incomplete."""
    return {(a, chosen[a], b, chosen[b]) for a, b in combinations(names, 2) if a in chosen and b in chosen}


def newly_met(chosen: dict[str, int], open_pairs: set[tuple[str, int, str, int]]) -> int:
    """Return how many pairs a combination meets that none has met before."""
    return len(pairs_of(chosen, [*CHOICES, "route"]) & open_pairs)


def own_routes(office: Office, platform: Platform) -> list[tuple[Operation, str]]:
    """Return the first route of each product that reads, and the first that changes something, which an administrator may open."""
    first: dict[tuple[str, bool], tuple[Operation, str]] = {}
    for product in PRODUCTS.all:
        for operation, method in routes(platform, product.blueprint.name):
            kind = (product.code, method in SAFE_METHODS)
            if kind in first or "<" in str(operation.path) or product.caller is not None:
                continue
            case = case_of(platform, operation, method, "error")
            office.order(case)
            office.send(0, case)
            if office.used():
                first[kind] = (operation, method)
    return list(first.values())


def fault_of(combination: dict[str, Any], company: str) -> tuple[dict[str, Any], int]:
    """Return further fields of a fault, and how often it is triggered by so many attempts of the administrator."""
    who = combination["who"]
    more = {name: combination[name] for name in ("nth", "times", "probability", "until", "hidden")}
    if "person" in who:
        more["person"] = STAFF if who == "the person" else DESK
    if "company" in who:
        more["company"] = company if who == "the company" else "99"
    later = ATTEMPTS - combination["nth"] + 1
    often = min(later, combination["times"] or later)
    return more, 0 if who.startswith("another") or combination["probability"] == 0 else often


@pytest.mark.exhaustive
def test_every_two_fields_of_a_fault_go_together(office: Office, platform: Platform) -> None:
    with office.store.open("default") as sandbox, sandbox.reading() as db:
        chosen = actor_of(db, db.scalars(select(Person).where(Person.email == STAFF)).one()).company
        assert chosen is not None
        company = db.get_one(Company, chosen.id).organisation_number
    there = own_routes(office, platform)
    assert len(there) > 20
    count = 0
    for combination in pairwise({**CHOICES, "route": there}):
        (operation, method), outcome = combination["route"], combination["outcome"]
        if outcome == "stale" and method not in SAFE_METHODS:
            continue
        more, often = fault_of(combination, company)
        case = case_of(platform, operation, method, outcome, **more)
        office.order(case)
        for _ in range(ATTEMPTS):
            office.send(0, case)
        assert office.used() == often, case
        if method not in SAFE_METHODS:
            office.restore()
        count += 1
    assert count > 100
