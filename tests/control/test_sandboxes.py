"""Rules of making, showing, resetting and deleting sandboxes over the control API."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import seed
from simulator.app import Platform, create_app
from simulator.core.clock import machine_now
from simulator.core.store import NAME, Creation, Look, Store
from simulator.settings import Settings
from tests.conftest import NOW
from tests.control.conftest import Client, client_of
from tests.control.test_guard import assert_problem

Make = Callable[..., dict[str, Any]]


def test_health_says_ok_and_the_version(client: Client) -> None:
    answer = client.get("/_sim/health")
    assert answer.json["status"] == "ok"
    assert answer.json["version"]


def test_health_is_refused_until_default_is_there(store: Store, platform: Platform) -> None:
    store.delete("default")
    answer = client_of(platform).get("/_sim/health")
    assert_problem(answer, 503)
    assert answer.headers["Retry-After"] == "1"


def test_scenarios_say_name_title_languages_and_description(client: Client) -> None:
    scenarios = client.get("/_sim/scenarios").json
    assert "accountant-nl" in [item["name"] for item in scenarios]
    keys = {"name", "title", "titles", "languages", "description", "supporter", "task", "solved", "problems"}
    assert all(keys == item.keys() for item in scenarios)


def test_a_sandbox_is_described_as_the_contract_says(make: Make) -> None:
    made = make(name="mine", tags=["class", "monday"], language="en", seed="7")
    assert made.keys() == {
        "name", "scenario", "url", "join_url", "join_base", "now", "clock_mode", "language", "created_at", "expires_at", "tags",
        "people",
    }  # fmt: skip
    assert (made["name"], made["scenario"], made["language"]) == ("mine", "accountant-nl", "en")
    assert made["url"] == "http://localhost:8000/s/mine"
    assert made["join_url"].startswith(made["url"] + "/?join=")
    assert made["join_base"] == made["join_url"].replace("/?join=", "/~")
    assert datetime.fromisoformat(made["now"]) == NOW
    assert made["clock_mode"] == "frozen"
    assert made["tags"] == ["class", "monday"]
    assert made["expires_at"] is None
    assert datetime.fromisoformat(made["created_at"]).tzinfo is not None


def test_what_is_answered_at_birth_is_what_is_found_afterwards(client: Client, make: Make) -> None:
    person = {"key": "trainee", "email": "t@class.example", "first_name": "T", "last_name": "R", "password": "Trainee!11"}
    variants: list[dict[str, Any]] = [{}, {}, {"language": "sv"}, {"language": "nb"}, {"with": {"people": [person]}}, {}]
    for number, options in enumerate(variants):
        made = make(name=f"s{number}", tags=["a"], ttl=60, **options)
        assert client.get(f"/_sim/sandboxes/s{number}").json == made
        client.put(f"/_sim/sandboxes/s{number}/clock", json={"now": "2023-01-01T00:00:00Z"})
        assert client.post(f"/_sim/sandboxes/s{number}/reset").json == made


def test_people_of_a_sandbox_are_the_named_cast(make: Make) -> None:
    people = {person["key"]: person for person in make()["people"]}
    assert {"administrator", "user", "not_activated", "locked", "no_two_step"} <= people.keys()
    assert people["administrator"].keys() == {
        "key", "first_name", "last_name", "email", "password", "language", "status", "totp_secret", "emergency_code",
        "customers", "companies", "roles", "grants",
    }  # fmt: skip
    assert people["administrator"]["roles"] == ["Customer administrator"]
    assert people["administrator"]["password"]
    assert people["not_activated"]["status"] == "not_activated"
    assert people["locked"]["status"] == "locked"
    assert people["no_two_step"]["totp_secret"] is None


def test_a_customer_administrator_can_choose_every_company_of_the_customer(make: Make) -> None:
    people = {person["key"]: person for person in make()["people"]}
    administrator, user = people["administrator"], people["user"]
    assert len(administrator["companies"]) > len(user["companies"]) > 0
    assert administrator["grants"][0]["level"] == "customer"
    assert administrator["grants"][0]["on"] == administrator["customers"][0]["key"]


def test_a_sandbox_without_a_name_gets_a_readable_one(make: Make) -> None:
    first, second = make(), make()
    assert first["name"] != second["name"]
    assert NAME.fullmatch(first["name"])


def test_without_an_instant_the_clock_is_live_and_with_one_it_is_frozen(make: Make) -> None:
    assert make(now=None)["clock_mode"] == "live"
    assert make()["clock_mode"] == "frozen"
    assert make(mode="running")["clock_mode"] == "running"
    assert make(now=None, mode="frozen")["clock_mode"] == "frozen"


def test_a_name_that_is_taken_is_a_conflict(client: Client, make: Make) -> None:
    make(name="mine")
    answer = client.post("/_sim/sandboxes", json={"scenario": "accountant-nl", "name": "mine"})
    assert_problem(answer, 409)
    assert "mine" in answer.get_json(force=True)["detail"]


WRONG: dict[str, list[Any]] = {
    "name": ["", "-x", "Ab", "a" * 41, "a b", "a/b", "..", "import", 7, "é", "a\n"],
    "scenario": ["", "nothing", "../x", 7, ["accountant-nl"], None],
    "language": ["de", "NL", 7, ""],
    "now": [
        "2022-03-01", "2022-03-01T09:00", "yesterday", 7,
        "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "1970-01-01T00:00Z",
    ],
    "mode": ["fast", 7, ["live"]],
    "seed": ["", 7, "x" * 201],
    "ttl": [-1, 0, 0.0, "5", "x", True, 1e12, 10**400, -(10**400), []],
    "tags": ["word", [""], [7], ["x"] * 21, ["x" * 61], {}],
    "with": [[], "x", 7],
    "colour": ["red"],
}  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_a_wrong_field_is_refused_by_its_name(client: Client, field: str, value: object) -> None:
    before = client.get("/_sim/sandboxes").json
    answer = client.post("/_sim/sandboxes", json={"scenario": "accountant-nl", field: value})
    assert_problem(answer, 422)
    assert [error["field"] for error in answer.get_json(force=True)["errors"]] == [field]
    assert client.get("/_sim/sandboxes").json == before


def test_every_wrong_field_is_named_at_once(client: Client) -> None:
    answer = client.post("/_sim/sandboxes", json={"name": "A", "ttl": -1, "colour": 1})
    fields = {error["field"] for error in answer.get_json(force=True)["errors"]}
    assert fields == {"scenario", "name", "ttl", "colour"}


def test_a_live_clock_cannot_be_set(client: Client) -> None:
    body = {"scenario": "accountant-nl", "mode": "live", "now": NOW.isoformat()}
    assert_problem(client.post("/_sim/sandboxes", json=body), 422)


@pytest.mark.parametrize("body", ["{", "nothing", '{"a": NaN}', "[" * 100_000, '"\\ud800"', "\xff"])
def test_a_body_that_is_no_json_is_a_problem_400(client: Client, body: str) -> None:
    answer = client.post("/_sim/sandboxes", data=body.encode("latin-1"), content_type="application/json")
    assert_problem(answer, 400)


@pytest.mark.parametrize("body", ["[]", "7", '"text"', "null"])
def test_a_body_that_is_no_object_is_a_problem_422(client: Client, body: str) -> None:
    assert_problem(client.post("/_sim/sandboxes", data=body, content_type="application/json"), 422)


def test_what_is_laid_over_a_scenario_is_there(make: Make) -> None:
    person = {
        "key": "trainee",
        "email": "trainee@class.example",
        "first_name": "T",
        "last_name": "Rainee",
        "password": "Trainee!11",
    }
    made = make(**{"with": {"people": [person]}})
    assert "trainee@class.example" in [item["email"] for item in made["people"]]


def test_a_fault_in_what_is_laid_over_is_named_by_its_path(client: Client) -> None:
    body = {"scenario": "accountant-nl", "name": "mine", "with": {"people": [{"email": "nothing"}]}}
    answer = client.post("/_sim/sandboxes", json=body)
    assert_problem(answer, 422)
    assert "with.people.0.email" in [error["field"] for error in answer.get_json(force=True)["errors"]]
    assert client.get("/_sim/sandboxes/mine").status_code == 404


@pytest.mark.parametrize(
    ("section", "entry", "fields"),
    [
        ("documents", {"number": "7"}, ["with.documents.0.company", "with.documents.0.party"]),
        ("people", {"email": "x@class.example", "first_name": "A" * 101, "last_name": "B" * 101, "status": "not_activated"},
         ["with.people.0.first_name", "with.people.0.last_name"]),
        ("companies", {"key": "bakery", "name": "C" * 101}, ["with.companies.0.name"]),
    ],
)  # fmt: skip
def test_what_no_form_would_take_is_not_laid_over_either(
    client: Client, section: str, entry: dict[str, Any], fields: list[str]
) -> None:
    body = {"scenario": "accountant-nl", "name": "mine", "with": {section: [entry]}}
    answer = client.post("/_sim/sandboxes", json=body)
    assert_problem(answer, 422)
    assert set(fields) <= {error["field"] for error in answer.get_json(force=True)["errors"]}
    assert client.get("/_sim/sandboxes/mine").status_code == 404


def test_a_name_in_a_scenario_may_be_as_long_as_in_a_form() -> None:
    from seed.vocabulary import LONGEST_NAME
    from simulator.products.admin import forms

    assert LONGEST_NAME == forms.LONGEST_NAME


def test_sandboxes_are_listed_by_name_and_found_by_tag(client: Client, make: Make) -> None:
    make(name="b", tags=["class"])
    make(name="a", tags=["class", "x"])
    assert [item["name"] for item in client.get("/_sim/sandboxes").json] == ["a", "b", "default"]
    assert [item["name"] for item in client.get("/_sim/sandboxes?tag=class").json] == ["a", "b"]
    assert client.get("/_sim/sandboxes?tag=nobody").json == []


def test_an_unknown_parameter_is_refused(client: Client) -> None:
    assert_problem(client.get("/_sim/sandboxes?tagg=x"), 422)
    assert_problem(client.get("/_sim/sandboxes?tag=x&tag=y"), 422)


@pytest.mark.parametrize("name", ["nobody", "..", "a%2Fb", "Default", "x" * 300, "%00"])
def test_an_unknown_sandbox_is_a_problem_404(client: Client, name: str) -> None:
    for path in ("", "/clock", "/people", "/messages", "/events", "/jobs"):
        assert_problem(client.get(f"/_sim/sandboxes/{name}{path}"), 404)


def test_the_problem_of_an_unknown_sandbox_says_its_name(client: Client) -> None:
    assert "nobody" in client.get("/_sim/sandboxes/nobody").get_json(force=True)["detail"]
    assert_problem(client.delete("/_sim/sandboxes/nobody"), 404)
    assert_problem(client.post("/_sim/sandboxes/nobody/reset", json={}), 404)


def test_a_deleted_sandbox_is_gone(client: Client, make: Make) -> None:
    make(name="mine")
    answer = client.delete("/_sim/sandboxes/mine")
    assert (answer.status_code, answer.data) == (204, b"")
    assert_problem(client.get("/_sim/sandboxes/mine"), 404)
    make(name="mine")


class Contested(Store):
    """A store in which somebody else deletes every sandbox as soon as it is made."""

    def create(self, name: str, creation: Creation, look: Look = lambda *_: None) -> Any:
        """Make a sandbox that is gone at once."""
        seen = super().create(name, creation, look)
        self.delete(name)
        return seen


def test_a_sandbox_that_somebody_deletes_at_once_was_made_all_the_same(tmp_path: Path, templates: Path, make: Make) -> None:
    settings = Settings(data_dir=tmp_path / "contested")
    store = Contested(settings.data_dir, seed.template_for(templates), seed.finish, settings.base_address)
    body = {"scenario": "accountant-nl", "name": "mine", "now": NOW.isoformat(), "tags": ["class"], "ttl": 60}
    answer: Any = client_of(create_app(settings, store)).post("/_sim/sandboxes", json=body)
    assert answer.status_code == 201
    differing = {"created_at", "expires_at", "join_url", "join_base"}
    expected = make(**body)
    assert answer.json.keys() == expected.keys()
    assert {key for key in expected if answer.json[key] != expected[key]} <= differing


def test_a_reset_brings_everything_back_and_ends_browser_sessions(client: Client, make: Make) -> None:
    made = make(name="mine", tags=["class"])
    email = made["people"][0]["email"]
    cookie = client.post(f"/_sim/sandboxes/mine/people/{email}/session").json["cookie"]
    client.put("/_sim/sandboxes/mine/clock", json={"now": "2030-01-01T00:00:00Z"})
    again = client.post("/_sim/sandboxes/mine/reset").json
    assert again | {"created_at": made["created_at"]} == made
    assert client.get("/_sim/sandboxes/mine/events").json == []
    client.set_cookie(cookie["name"], cookie["value"], path=cookie["path"])
    assert client.get("/s/mine/home/").status_code == 302


def test_a_reset_takes_no_words_it_does_not_know(client: Client) -> None:
    assert_problem(client.post("/_sim/sandboxes/default/reset", json={"colour": "red"}), 422)


def test_a_sandbox_whose_time_is_over_is_gone(client: Client, make: Make, store: Store) -> None:
    stored = make(ttl=3600)
    store.create("over", Creation(scenario="accountant-nl", expires_at=machine_now()))
    expires_at = datetime.fromisoformat(stored["expires_at"])
    assert timedelta(minutes=59) < expires_at - machine_now() < timedelta(minutes=61)
    names = [item["name"] for item in client.get("/_sim/sandboxes").json]
    assert stored["name"] in names
    assert "over" not in names
    assert not store.exists("over")


def test_two_sandboxes_never_see_each_other(client: Client, make: Make) -> None:
    first, other = make(name="first"), make(name="other")
    email = first["people"][0]["email"]
    cookie = client.post(f"/_sim/sandboxes/first/people/{email}/session").json["cookie"]
    client.put("/_sim/sandboxes/first/clock", json={"now": "2030-01-01T00:00:00Z"})
    client.put("/_sim/sandboxes/first/jobs", json={"mode": "manual"})
    assert client.get("/_sim/sandboxes/other").json == other
    assert client.get("/_sim/sandboxes/other/events").json == []
    assert client.get("/_sim/sandboxes/other/jobs").json["mode"] == "auto"
    assert cookie["path"] == "/s/first/"
    client.set_cookie("vnsim_other", cookie["value"], path="/s/other/")
    assert client.get("/s/other/home/").status_code == 302
