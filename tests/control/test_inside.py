"""Rules of what the control API shows and does inside a sandbox: clock, people, journal, queue, facts, texts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core import events
from simulator.core.store import Store
from simulator.core.texts import LANGUAGES
from tests.conftest import NOW
from tests.control.conftest import Client
from tests.control.test_guard import assert_problem

AT = "/_sim/sandboxes/default"


@pytest.fixture
def cast(client: Client) -> dict[str, dict[str, Any]]:
    """Return the named cast of ``default`` by key."""
    return {person["key"]: person for person in client.get(AT).json["people"]}


def test_the_clock_is_read_and_set(client: Client) -> None:
    clock = client.get(f"{AT}/clock").json
    assert (clock["mode"], datetime.fromisoformat(clock["now"])) == ("frozen", NOW)
    clock = client.put(f"{AT}/clock", json={"mode": "frozen", "now": "2022-04-01T12:00:00+02:00"}).json
    assert clock == {"mode": "frozen", "now": "2022-04-01T10:00:00+00:00"}
    assert client.get(f"{AT}/clock").json == clock
    assert client.put(f"{AT}/clock", json={"now": "2021-01-01T00:00:00Z"}).json["now"].startswith("2021-01-01")


def test_a_clock_frozen_without_an_instant_stands_where_it_was(client: Client) -> None:
    running = client.put(f"{AT}/clock", json={"mode": "running"}).json
    assert running["mode"] == "running"
    assert datetime.fromisoformat(running["now"]) - NOW < timedelta(minutes=1)
    frozen = client.put(f"{AT}/clock", json={"mode": "frozen"}).json
    assert datetime.fromisoformat(frozen["now"]) - NOW < timedelta(minutes=1)
    assert client.put(f"{AT}/clock", json={"mode": "live"}).json["mode"] == "live"


@pytest.mark.parametrize(
    "body", [{"mode": "fast"}, {"now": "soon"}, {"seconds": 7}, {"mode": "live", "now": "2022-01-01T00:00:00Z"}]
)
def test_a_clock_that_cannot_be_is_refused(client: Client, body: dict[str, Any]) -> None:
    assert_problem(client.put(f"{AT}/clock", json=body), 422)
    assert client.get(f"{AT}/clock").json["mode"] == "frozen"


def test_everybody_is_listed_by_address_a_page_at_a_time(client: Client) -> None:
    people = client.get(f"{AT}/people").json
    emails = [person["email"] for person in people]
    assert emails == sorted(emails)
    rest = client.get(f"{AT}/people", query_string={"after": emails[1]}).json
    assert [person["email"] for person in rest] == emails[2:]
    assert client.get(f"{AT}/people", query_string={"after": emails[-1]}).json == []


def test_a_code_is_good_for_signing_in_and_is_not_given_twice(
    client: Client, store: Store, cast: dict[str, dict[str, Any]]
) -> None:
    from simulator.directory.credentials import CodeCheck, check_code
    from simulator.directory.people import by_email

    email = cast["administrator"]["email"]
    seen = []
    for _ in range(2):
        answer = client.get(f"{AT}/people/{email}/totp").json
        assert 0 < answer["valid_for"] <= 60
        seen.append(answer["code"])
        with store.open("default") as sandbox, sandbox.transaction() as db:
            person = by_email(db, email)
            assert person is not None
            assert check_code(db, person, answer["code"]) is CodeCheck.RIGHT
    assert len(set(seen)) == 2
    answer = client.get(f"{AT}/people/{email}/totp")
    assert_problem(answer, 409)
    assert "clock" in answer.get_json(force=True)["detail"]
    client.put(f"{AT}/clock", json={"now": (NOW + timedelta(seconds=60)).isoformat()})
    assert client.get(f"{AT}/people/{email}/totp").status_code == 200


def test_a_person_without_an_authenticator_has_no_code(client: Client, cast: dict[str, dict[str, Any]]) -> None:
    assert_problem(client.get(f"{AT}/people/{cast['no_two_step']['email']}/totp"), 409)


def test_the_number_of_a_waiting_sign_in_is_one_of_those_on_the_phone_until_it_is_answered(
    client: Client, store: Store, cast: dict[str, dict[str, Any]]
) -> None:
    from simulator.directory.people import by_email
    from simulator.directory.signing_in import pending_sign_ins, push

    email = cast["administrator"]["email"]
    path = f"{AT}/people/{email}/push"
    assert_problem(client.get(path), 409)
    with store.open("default") as sandbox, sandbox.transaction() as db:
        sign_in = pending_sign_ins.start(db, email, None, None)
        sign_in.person = by_email(db, email)
        request = push.send(db, sign_in)
        assert request is not None
        number, choices = request.number, request.choices
    assert client.get(path).json == {"number": number, "choices": choices}
    assert number in choices
    assert client.post(path, json={"answer": "approve"}).json == {"state": "approved"}
    assert_problem(client.get(path), 409)
    assert_problem(client.get(f"{AT}/people/{cast['no_two_step']['email']}/push"), 409)


def test_an_unknown_person_is_a_problem_404_with_the_address(client: Client) -> None:
    for answer in (client.get(f"{AT}/people/x@y.example/totp"), client.post(f"{AT}/people/x@y.example/session")):
        assert_problem(answer, 404)
        assert "x@y.example" in answer.get_json(force=True)["detail"]


def test_a_session_opens_the_platform(client: Client, cast: dict[str, dict[str, Any]]) -> None:
    person = cast["administrator"]
    assert client.get("/s/default/home/").status_code == 302
    cookie = client.post(f"{AT}/people/{person['email'].upper()}/session", json={}).json["cookie"]
    assert cookie.keys() == {"name", "value", "path"}
    client.set_cookie(cookie["name"], cookie["value"], path=cookie["path"])
    page = client.get("/s/default/home/")
    assert page.status_code == 200
    assert person["last_name"] in page.text


@pytest.mark.parametrize("key", ["not_activated", "locked"])
def test_who_cannot_sign_in_gets_no_session(client: Client, cast: dict[str, dict[str, Any]], key: str) -> None:
    assert_problem(client.post(f"{AT}/people/{cast[key]['email']}/session"), 409)


def test_the_journal_is_read_in_order_by_type_and_after_an_id(client: Client, cast: dict[str, dict[str, Any]]) -> None:
    email = cast["administrator"]["email"]
    for _ in range(2):
        client.post(f"{AT}/people/{email}/session")
    lines = client.get(f"{AT}/events").json
    assert [line["type"] for line in lines] == ["user.signed_in", "user.signed_in"]
    assert lines[0].keys() == {"id", "at", "type", "actor", "subject", "data"}
    assert (lines[0]["actor"], lines[0]["data"]["methods"]) == (email, ["api"])
    assert datetime.fromisoformat(lines[0]["at"]) == NOW
    assert client.get(f"{AT}/events?after={lines[0]['id']}").json == lines[1:]
    assert client.get(f"{AT}/events?type=user.signed_in&after=").json == lines
    assert client.get(f"{AT}/events?type=user.locked").json == []


@pytest.mark.parametrize("query", ["type=nothing", "after=x", "after=-1", f"after={2**63}", "after=1.5", "afterr=1"])
def test_a_wrong_question_to_the_journal_is_refused(client: Client, query: str) -> None:
    assert_problem(client.get(f"{AT}/events?{query}"), 422)


def test_the_queue_is_held_and_let_go(client: Client) -> None:
    queue = client.get(f"{AT}/jobs").json
    assert (queue["mode"], queue["delay_seconds"], [job["kind"] for job in queue["jobs"]]) == ("auto", 0, ["billing.month"])
    assert client.put(f"{AT}/jobs", json={"mode": "manual"}).json["mode"] == "manual"
    held = client.put(f"{AT}/jobs", json={"delay_seconds": 60}).json
    assert (held["mode"], held["delay_seconds"]) == ("manual", 60)
    assert client.post(f"{AT}/jobs/run", json={}).json == []


@pytest.mark.parametrize(
    "body", [{"mode": "slow"}, {"delay_seconds": -1}, {"delay_seconds": 1.5}, {"delay_seconds": True}, {"x": 1}]
)
def test_a_queue_that_cannot_be_is_refused(client: Client, body: dict[str, Any]) -> None:
    assert_problem(client.put(f"{AT}/jobs", json=body), 422)


def test_what_is_due_is_run_and_listed(client: Client, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.core import jobs

    def ring(db: Any, **data: Any) -> None:
        events.record(db, "user.signed_out", subject=data["text"])

    monkeypatch.setitem(jobs.KINDS, "tests.ring", jobs.JobKind(ring))
    client.put(f"{AT}/jobs", json={"mode": "manual"})
    with store.open("default") as sandbox, sandbox.transaction() as db:
        jobs.enqueue(db, "tests.ring", text="now")
        jobs.enqueue(db, "tests.ring", text="later", delay=timedelta(minutes=1))
    queued = [job for job in client.get(f"{AT}/jobs").json["jobs"] if job["kind"] == "tests.ring"]
    assert [job["state"] for job in queued] == ["queued", "queued"]
    ran = client.post(f"{AT}/jobs/run").json
    assert [(job["kind"], job["state"], job["data"]) for job in ran] == [("tests.ring", "done", {"text": "now"})]
    client.put(f"{AT}/clock", json={"now": (NOW + timedelta(minutes=1)).isoformat()})
    assert [job["data"]["text"] for job in client.post(f"{AT}/jobs/run").json] == ["later"]
    assert client.get(f"{AT}/jobs?after={ran[0]['id']}").json["jobs"][0]["data"] == {"text": "later"}


def test_facts_are_answered_in_the_order_they_were_asked(client: Client, cast: dict[str, dict[str, Any]]) -> None:
    client.post(f"{AT}/people/{cast['administrator']['email']}/session")
    facts = [{"event": "user.signed_in"}, {"event": "user.locked"}, {"mailed": "nobody@nowhere.example"}]
    answers = client.post(f"{AT}/check", json={"facts": facts}).json
    assert [answer["fact"] for answer in answers] == facts
    assert [answer["holds"] for answer in answers] == [True, False, False]
    assert answers[0]["found"]["type"] == "user.signed_in"


def test_facts_of_every_package_are_known(client: Client) -> None:
    names = client.get("/_sim/openapi.json").json["components"]["schemas"]["FactName"]["enum"]
    assert {"event", "mailed"} < set(names)


@pytest.mark.parametrize(
    "body", [{}, {"facts": {}}, {"facts": [7]}, {"facts": [{"nothing": 1}]}, {"facts": [{}]}, {"facts": [{}] * 101}]
)
def test_a_fact_that_is_none_is_refused(client: Client, body: dict[str, Any]) -> None:
    answer = client.post(f"{AT}/check", json=body)
    assert_problem(answer, 422)
    assert answer.get_json(force=True)["errors"][0]["field"].startswith("facts")


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_given_by_key(client: Client, language: str) -> None:
    texts = client.get(f"/_sim/texts/{language}").json
    assert texts["connect.name"] == "Visma Connect"
    assert all(texts.values())


def test_an_unknown_language_is_a_problem_404(client: Client) -> None:
    assert_problem(client.get("/_sim/texts/de"), 404)


def test_the_description_names_every_call_and_every_word(client: Client) -> None:
    document = client.get("/_sim/openapi.json").json
    schemas = document["components"]["schemas"]
    assert schemas["EventType"]["enum"] == sorted(events.TYPES)
    assert schemas["PersonStatus"]["enum"] == ["not_activated", "active", "locked", "inactive"]
    assert schemas["ClockMode"]["enum"] == ["live", "running", "frozen"]
    assert schemas["MessageKind"]["enum"] == ["mail", "sms", "push"]
    assert set(schemas["JobState"]["enum"]) == {"queued", "running", "done", "failed"}
    assert set(document["paths"]["/sandboxes"]) == {"get", "post"}
    assert len({item["operationId"] for path in document["paths"].values() for item in path.values()}) == sum(
        len(path) for path in document["paths"].values()
    )


def test_every_reference_in_the_description_leads_somewhere(client: Client) -> None:
    document = client.get("/_sim/openapi.json").json
    names = document["components"]["schemas"]

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if "$ref" in part else []
            return own + [item for value in part.values() for item in references(value)]
        return [item for value in part for item in references(value)] if isinstance(part, list) else []

    assert {item.removeprefix("#/components/schemas/") for item in references(document)} <= names.keys()


def test_answers_have_the_fields_that_are_described(client: Client, cast: dict[str, dict[str, Any]]) -> None:
    schemas = client.get("/_sim/openapi.json").json["components"]["schemas"]
    client.post(f"{AT}/people/{cast['administrator']['email']}/session")
    for name, answer in {
        "Sandbox": client.get(AT).json,
        "Person": cast["administrator"],
        "Clock": client.get(f"{AT}/clock").json,
        "Event": client.get(f"{AT}/events").json[0],
        "Queue": client.get(f"{AT}/jobs").json,
        "Health": client.get("/_sim/health").json,
        "Scenario": client.get("/_sim/scenarios").json[0],
    }.items():
        assert set(schemas[name]["required"]) == answer.keys(), name


Make = Callable[..., dict[str, Any]]


def test_the_same_seed_gives_the_same_codes(make: Make) -> None:
    first, other, third = make(seed="7"), make(seed="7"), make(seed="8")
    assert [person["totp_secret"] for person in first["people"]] == [person["totp_secret"] for person in other["people"]]
    assert third["name"] != other["name"]


def test_a_clock_is_moved_ahead_and_what_became_due_is_told(client: Client, store: Store) -> None:
    from simulator.billing.ledger import Piece, add_charges
    from simulator.directory.models import Company

    with store.open("default") as sandbox, sandbox.transaction() as db:
        company = db.scalars(select(Company).order_by(Company.id).limit(1)).one()
        add_charges(db, company, [Piece("INCOMING_EINVOICE", NOW.date(), 3)])
    client.put(f"{AT}/jobs", json={"mode": "manual"})
    moved = client.post(f"{AT}/clock/advance", json={"seconds": 31 * 24 * 3600}).json
    assert moved["now"] == "2022-04-01T08:00:00+00:00"
    # The invoice is mailed; a contract is announced thirty days before its last day of notice.
    first, reminder = "2022-03-31T22:00:00+00:00", "2022-03-30T22:00:00+00:00"
    fired = {(line["type"], line["at"]) for line in moved["fired"]}
    assert fired == {
        ("invoice.made", first),
        ("mail.sent", first),
        ("contract.renewing", reminder),
        ("mail.sent", reminder),
    }
    assert client.get(f"{AT}/events").json == moved["fired"]
    assert client.get(f"{AT}/clock").json == {"mode": "frozen", "now": moved["now"]}


@pytest.mark.parametrize("seconds", [0, -1, 1.5, 2.0, "60", True, None, 2**63, 10**400, 78 * 366 * 24 * 3600, [60]])
def test_a_move_that_cannot_be_is_refused_by_its_field(client: Client, seconds: object) -> None:
    answer = client.post(f"{AT}/clock/advance", json={"seconds": seconds})
    assert_problem(answer, 422)
    assert [error["field"] for error in answer.get_json(force=True)["errors"]] == ["seconds"]
    assert client.get(f"{AT}/clock").json["now"] == "2022-03-01T08:00:00+00:00"


def test_a_live_clock_cannot_be_moved_and_the_answer_says_what_to_do(client: Client) -> None:
    client.put(f"{AT}/clock", json={"mode": "live"})
    answer = client.post(f"{AT}/clock/advance", json={"seconds": 60})
    assert_problem(answer, 409)
    assert "frozen or running" in answer.get_json(force=True)["detail"]
