"""Crowds: many companies and people from a few lines, always the same ones."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from seed import identifiers, names
from seed.cache import SCENARIOS
from seed.load import load
from simulator.billing.models import Invoice
from simulator.core import normal_forms
from simulator.core.clock import Clock
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db
from simulator.core.store import Creation, Store
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Company, CompanyService, Grant, Membership, Person, Status
from tests.conftest import NOW
from tests.seed.conftest import SMALL
from tests.visits import make_platform, store_of

Create = Callable[..., AbstractContextManager[Db]]
Faults = Callable[[str], list[tuple[str, str]]]

CROWD: dict[str, Any] = {
    "key": "branch",
    "customer": "owner",
    "companies": 12,
    "services": ["autoinvoice"],
    "people": 60,
    "domain": "owner.example",
    "password": "Rietkraag!12",
    "role": "Autoinvoice user",
    "companies_each": "1..3",
    "two_step": 50,
    "not_activated": 20,
    "inactive": 10,
}


@pytest.fixture
def create(small_store: Store) -> Create:
    """Return a function that makes a sandbox of ``small`` with an overlay, and opens it for reading."""

    @contextmanager
    def make(name: str = "default", **overlay: Any) -> Iterator[Db]:
        small_store.create(name, Creation(scenario="small", clock=Clock.frozen(NOW), overlay=overlay))
        with small_store.open(name) as sandbox, sandbox.reading() as db:
            yield db

    return make


def crowd_of(db: Db) -> list[Person]:
    """Return everybody of the crowd, as they were made."""
    return list(db.scalars(select(Person).where(Person.key.is_(None)).order_by(Person.id)))


def test_as_many_are_made_as_were_asked_for(create: Create) -> None:
    with create(crowds=[CROWD]) as db:
        everybody = crowd_of(db)
        companies = db.scalars(select(Company).where(Company.key.startswith("branch-")).order_by(Company.id)).all()
        assert len(everybody) == len({person.email for person in everybody}) == 60
        assert [company.key for company in companies] == [f"branch-{number}" for number in range(1, 13)]
        assert len({company.name for company in companies}) == 12
        assert db.scalar(select(func.count()).select_from(Membership)) == 61
        assert db.scalar(select(func.count()).select_from(CompanyService)) == 13


def test_numbers_are_valid_made_up_and_taken_by_nobody_else(create: Create) -> None:
    with create(crowds=[CROWD]) as db:
        numbers = db.scalars(select(Company.organisation_number)).all()
        assert len(numbers) == len(set(numbers)) == 13
        assert all(identifiers.FORMS["NL"].is_valid(number) and number.startswith("999999") for number in numbers)


@pytest.mark.parametrize("country", identifiers.FORMS)
def test_made_up_numbers_are_right_for_their_country(country: str) -> None:
    numbers = identifiers.made_up(country)
    first = [next(numbers) for _ in range(5)]
    assert first == sorted(set(first))
    assert all(identifiers.FORMS[country].is_valid(number) for number in first)


def test_accounts_stand_as_the_percentages_say(create: Create) -> None:
    with create(crowds=[CROWD]) as db:
        everybody = crowd_of(db)
        statuses = Counter(person.status for person in everybody)
        assert statuses.keys() == {Status.ACTIVE, Status.NOT_ACTIVATED, Status.INACTIVE}
        assert statuses[Status.ACTIVE] > statuses[Status.NOT_ACTIVATED] > 0
        with_phone = [person for person in everybody if person.totp_secret]
        assert 0 < len(with_phone) < len(everybody)
        for person in everybody:
            activated = person.status != Status.NOT_ACTIVATED
            assert (db.get_one(ClearTextSecrets, person.id).password is not None) == activated
            assert credentials.matches(person.password_hash, "Rietkraag!12") == activated
            assert (person.terms_accepted_at is not None) == (person.last_signed_in_at is not None) == activated


def test_everybody_has_the_role_on_some_companies_of_the_crowd(create: Create) -> None:
    with create(crowds=[CROWD]) as db:
        for person in crowd_of(db):
            keys = [grant.company.key or "" for grant in person.grants if grant.company is not None]
            assert 1 <= len(keys) == len(set(keys)) <= 3
            assert all(key.startswith("branch-") for key in keys)
            assert {grant.role for grant in person.grants} == {"autoinvoice_user"}


def test_a_crowd_without_a_role_is_listed_only(create: Create) -> None:
    with create(
        crowds=[{"key": "staff", "customer": "owner", "people": 3} | {k: CROWD[k] for k in ("domain", "password")}]
    ) as db:
        assert all(person.grants == [] for person in crowd_of(db))
        assert db.scalar(select(func.count()).select_from(Grant)) == 1


def test_the_same_lines_give_the_same_crowd(create: Create) -> None:
    rows = []
    for name in ("one", "other"):
        with create(name, crowds=[CROWD]) as db:
            rows.append([(person.email, person.status, person.totp_secret, len(person.grants)) for person in crowd_of(db)])
    assert rows[0] == rows[1]


def test_a_crowd_s_companies_can_be_charged_by_key_and_all_together(create: Create) -> None:
    charge = {"unit": "EMAIL", "day": "-40 days", "quantity": 2}
    with create(crowds=[CROWD], charges=[charge | {"company": "branch-7"}, charge | {"companies": "all"}]) as db:
        (invoice,) = db.scalars(select(Invoice)).all()
        assert sum(line.quantity for line in invoice.lines) == 3 + 2 + 13 * 2


def test_names_come_again_with_a_number_when_all_were_used() -> None:
    from simulator.core.chance import Chance

    pairs = len(names.words()["NL"].first_names) * len(names.words()["NL"].last_names)
    drawn = names.person_names("NL", Chance("names", iter(range(10**6)).__next__))
    addresses = [next(drawn)[2] for _ in range(pairs + 10)]
    assert len(set(addresses)) == len(addresses)
    assert all(normal_forms.is_email(f"{address}@owner.example") for address in addresses)


@pytest.mark.parametrize("country", names.words())
def test_no_word_stands_twice_and_every_name_gives_an_address(country: str) -> None:
    of_country = names.words()[country]
    for words in (of_country.first_names, of_country.last_names, of_country.trades, of_country.towns):
        assert len(set(words)) == len(words)
        assert all(names.plain(word) for word in words)
    plain = [names.plain(word) for word in of_country.first_names], [names.plain(word) for word in of_country.last_names]
    assert all(len(set(words)) == len(words) for words in plain)


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        ({"customer": "nobody"}, "crowds.0.customer", "expected the key of a customer, found 'nobody'"),
        ({"domain": None}, "crowds.0", "expected domain and password beside people, found nothing"),
        ({"domain": "owner"}, "crowds.0.domain", "expected an e-mail domain such as office.example, found 'owner'"),
        ({"companies": -1}, "crowds.0.companies", "expected a whole number from 0 to 50000, found -1"),
        ({"companies": 101}, "crowds.0.companies", "at most 99 companies, as many made-up numbers as are left in NL"),
        ({"companies": 0}, "crowds.0", "expected companies beside a role, because it is given on them, found nothing"),
        ({"role": "Customer administrator"}, "crowds.0.role", "expected a role that is given on companies"),
        ({"services": []}, "crowds.0.services", "expected autoinvoice among them, because Autoinvoice user belongs to it"),
        ({"not_activated": 91}, "crowds.0", "expected not_activated and inactive of at most 100 together, found 101"),
    ],
)
def test_a_fault_of_a_crowd_is_told(small_store: Store, change: dict[str, Any], where: str, what: str) -> None:
    crowd = {key: value for key, value in (CROWD | change).items() if value is not None}
    creation = Creation(scenario="small", clock=Clock.frozen(NOW), overlay={"crowds": [crowd]})
    with pytest.raises(BadInput) as error:
        small_store.create("default", creation)
    assert any(path == f"with.{where}" and what in sentence for path, sentence in error.value.problems)


def test_two_crowds_of_one_key_and_a_crowd_over_a_company_s_key(faults_of: Faults) -> None:
    crowd = "crowds:\n  - {key: branch, customer: owner, companies: 2}\n"
    twice = SMALL + crowd + "  - {key: branch, customer: owner, companies: 2}\n"
    assert any(where == "small.yaml: crowds.1.key" for where, _ in faults_of(twice))
    taken = SMALL.replace("key: shop", "key: branch-2").replace("company: shop", "company: branch-2") + crowd
    problems = dict(faults_of(taken))
    assert "'branch-2' is there" in problems["small.yaml: crowds.0.key"]


def test_a_crowd_in_a_country_without_names_is_refused(faults_of: Faults) -> None:
    text = SMALL.replace("    number: 100\n", "    number: 100\n    country: FI\n").replace("99999901", "9999902-8")
    problems = dict(faults_of(text + "crowds:\n  - {key: branch, customer: owner, companies: 2}\n"))
    assert (
        problems["small.yaml: crowds.0.customer"]
        == "expected a customer in one of NO, SE, NL, whose names are known, found 'FI'"
    )


def test_the_large_scenario_asks_for_ten_thousand_users_and_five_hundred_companies() -> None:
    scenario, _ = load(SCENARIOS / "large.yaml")
    assert len(scenario.people) + sum(crowd.people for crowd in scenario.crowds) == 10_000
    assert len(scenario.companies) + sum(crowd.companies for crowd in scenario.crowds) == 500


def test_the_control_api_tells_a_crowd_two_hundred_at_a_time(tmp_path: Path, templates: Path) -> None:
    platform = make_platform(tmp_path / "data", templates)
    crowd = CROWD | {"customer": "tallbacken", "people": 447, "domain": "tallbacken.example"}
    creation = Creation(scenario="case-activation-expired", clock=Clock.frozen(NOW), overlay={"crowds": [crowd]})
    store_of(platform).create("crowd", creation)
    sizes: list[int] = []
    emails: list[str] = []
    after = ""
    while not sizes or sizes[-1]:
        page = platform.test_client().get("/_sim/sandboxes/crowd/people", query_string={"after": after}).get_json()
        sizes.append(len(page))
        emails += [person["email"] for person in page]
        after = emails[-1]
    assert sizes == [200, 200, 50, 0]
    assert emails == sorted(set(emails))
