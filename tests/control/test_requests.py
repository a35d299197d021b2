"""Rules of the requests of a sandbox: which are written down, found again and verified, and what is in none of them."""

from pathlib import Path
from typing import Any

import pytest
from wtforms import PasswordField

from simulator.app import Platform, import_everything
from simulator.core import faults, redaction, request_log
from simulator.core.clock import Clock
from simulator.core.outbox import newest_first
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.web.fault_answers import ConnectionDropped
from simulator.web.forms import Form
from tests.conftest import NOW
from tests.control.conftest import Client
from tests.control.test_guard import assert_problem
from tests.visits import Visitor, fresh_sandbox, make_platform, password_of, phone_code

NEW = "Nieuw-Wachtwoord-7"
JSON = "application/json"
AT = "/_sim/sandboxes/default/requests"
ADMINISTRATOR = "administrator@rietkraag.example"


@pytest.fixture
def visitor(platform: Platform, store: Store) -> Visitor:
    with store.open("default") as sandbox:
        return Visitor.of(platform, sandbox, ADMINISTRATOR)


def summary(client: Client, query: str = "") -> list[tuple[Any, ...]]:
    """Return id, method, path and status of requests."""
    return [(row["id"], row["method"], row["path"], row["status"]) for row in client.get(f"{AT}{query}").json]


def errors(answer: Any) -> list[str]:
    """Return the fields that a refusal names."""
    assert_problem(answer, 422)
    return [error["field"] for error in answer.get_json(force=True)["errors"]]


def test_pages_forms_and_refusals_are_listed_oldest_first(client: Client, visitor: Visitor) -> None:
    visitor.get("/admin/users?q=jan&page=1")
    visitor.client.post("/s/default/connect/", data={"Username": "a@b.example"})
    visitor.get("/nowhere/at/all")
    visitor.client.post("/s/default/autoinvoice/api/oauth2/token", data=b"x" * 2_200_000, content_type=JSON)
    visitor.client.get("/static/platform.css").close()
    visitor.client.get("/s/other/home/")
    assert summary(client) == [
        (1, "GET", "/admin/users", 200),
        (2, "POST", "/connect/", 400),
        (3, "GET", "/nowhere/at/all", 404),
        (4, "POST", "/autoinvoice/api/oauth2/token", 413),
    ]
    assert client.get(AT).json[0] == {
        "id": 1,
        "at": "2022-03-01T08:00:00+00:00",
        "method": "GET",
        "path": "/admin/users",
        "query": "q=jan&page=1",
        "endpoint": "admin.users",
        "product": "admin",
        "status": 200,
        "person": ADMINISTRATOR,
        "faults": [],
        "location": None,
    }


def test_a_program_is_listed_with_its_body_and_answer(client: Client) -> None:
    client.post("/s/default/connect/token", data={"client_id": "x", "client_secret": "secret", "resource": ["a", "b"]})
    row = client.get(f"{AT}/1").json
    assert row["body"] == {"client_id": "x", "client_secret": "(6)", "resource": ["a", "b"]}
    assert row["answer"]["error"] == "invalid_request"
    assert (row["product"], row["person"]) == ("openid", None)
    assert_problem(client.get(f"{AT}/2"), 404)


def test_filters_counts_and_pages(client: Client, visitor: Visitor) -> None:
    for path in ("/home/", "/admin/users?q=a", "/admin/users", "/none", "/admin/companies/999999"):
        visitor.get(path)
    visitor.client.get("/s/default/peppol/none")
    assert summary(client, "?path=/admin/users") == [(2, "GET", "/admin/users", 200), (3, "GET", "/admin/users", 200)]
    assert [row[0] for row in summary(client, "?path=/admin/*%3Fq=*")] == [2]
    assert [row[0] for row in summary(client, "?path=/admin/*&status=2xx")] == [2, 3]
    assert [row[0] for row in summary(client, "?status=404&method=get&after=4")] == [5, 6]
    assert [row[0] for row in summary(client, "?product=home")] == [1]
    assert [row[0] for row in summary(client, f"?person={ADMINISTRATOR}&limit=2")] == [1, 2]
    assert summary(client, "?until=2022-03-01T08:00:00Z") == []
    assert len(summary(client, "?since=2022-03-01T08:00:00Z")) == 6
    counts = client.get("/_sim/sandboxes/default/request-counts?by=status").json
    assert counts == [{"value": "200", "count": 3}, {"value": "404", "count": 3}]
    for wrong in ("status=6xx", "since=yesterday", "limit=0", "limit=1001", "who=x"):
        assert errors(client.get(f"{AT}?{wrong}")) == [wrong.partition("=")[0]]
    assert_problem(client.get("/_sim/sandboxes/none/requests"), 404)


def test_verifying_counts_and_says_what_came_closest(client: Client, visitor: Visitor) -> None:
    visitor.get("/home/")
    visitor.client.post("/s/default/connect/", data={"Username": "jan@b.example"})
    visitor.client.post("/s/default/connect/", data={"Username": "jon@b.example"})

    def verify(**expected: Any) -> dict[str, Any]:
        answer: dict[str, Any] = client.post(f"{AT}/verify", json=expected).json
        return answer

    assert verify(path="/connect/*") == {"holds": True, "count": 2, "near_misses": []}
    assert verify(path="/connect/*", times=2)["holds"]
    assert verify(path="/none", at_most=0)["holds"]
    assert not verify(path="/connect/*", at_most=1)["holds"]
    assert not verify(path="/connect/*", at_least=3)["holds"]
    result = verify(method="POST", path="/connect/", body={"Username": "john@b.example"}, status=400, times=1)
    assert (result["holds"], result["count"]) == (False, 0)
    assert [miss["request"]["id"] for miss in result["near_misses"]] == [3, 2, 1]
    assert result["near_misses"][0]["differs"] == {"body.Username": {"expected": "john@b.example", "found": "jon@b.example"}}
    assert set(result["near_misses"][2]["differs"]) == {"method", "path", "status", "body.Username"}
    for field, wrong in {
        "times": {"times": 1, "at_least": 1},
        "at_most": {"at_least": 2, "at_most": 1},
        "status": {"status": True},
        "body.Password": {"body": {"Password": "geheim"}},
    }.items():
        assert errors(client.post(f"{AT}/verify", json=wrong)) == [field]


def test_faults_that_were_met_are_in_the_request(client: Client, store: Store) -> None:
    import_everything()
    with store.open("default") as sandbox, sandbox.transaction() as db:
        faults.add(db, "api.request")
    client.post("/s/default/autoinvoice/api/oauth2/token", data={})
    client.post("/s/default/autoinvoice/api/oauth2/token", data={})
    met = [row["faults"] for row in client.get(AT).json]
    assert met == [[{"operation": "api.request", "outcome": "unavailable"}], []]


def test_a_connection_that_a_fault_closed_is_listed(client: Client, visitor: Visitor) -> None:
    fault = {"operation": "http.home.overview", "method": "GET", "outcome": "dropped_before"}
    assert client.post("/_sim/sandboxes/default/faults", json=fault).status_code == 201
    with pytest.raises(ConnectionDropped):
        visitor.get("/home/")
    (row,) = client.get(AT).json
    assert (row["status"], row["faults"]) == (444, [{"operation": "http.home.overview", "outcome": "dropped_before"}])


def test_forgotten_requests_are_gone_and_a_reset_begins_anew(client: Client, visitor: Visitor, store: Store) -> None:
    visitor.get("/home/")
    assert client.delete(AT).status_code == 204
    assert summary(client) == []
    visitor.get("/home/")
    assert [row[0] for row in summary(client)] == [2]
    client.post("/_sim/sandboxes/default/reset", json={}).close()
    assert summary(client) == []
    (directory,) = (path.parent for path in store.directory.glob("sandboxes/*/current"))
    assert not list(directory.glob("*-requests*"))


def test_a_deleted_sandbox_leaves_no_requests(client: Client, visitor: Visitor, store: Store) -> None:
    visitor.get("/home/")
    with store.open("default") as sandbox:
        path = sandbox.path
        assert request_log.requests(path)
    client.delete("/_sim/sandboxes/default").close()
    assert not path.parent.exists()


def test_each_sandbox_has_its_own_requests(client: Client, visitor: Visitor, make: Any) -> None:
    make(name="other")
    visitor.get("/home/")
    assert client.get("/_sim/sandboxes/other/requests").json == []


def test_an_archive_has_everything_that_the_format_requires(client: Client, visitor: Visitor) -> None:
    visitor.get("/admin/users?q=jan%20p")
    visitor.client.post("/s/default/connect/", data={"Username": "å"})
    log = client.get(f"{AT}.har").json["log"]
    assert (log["version"], len(log["entries"])) == ("1.2", 2)
    first, second = log["entries"]
    assert first["request"]["url"] == "http://localhost:8000/s/default/admin/users?q=jan%20p"
    assert first["request"]["queryString"] == [{"name": "q", "value": "jan p"}]
    assert second["request"]["postData"]["params"] == [{"name": "Username", "value": "å"}]
    assert second["response"]["statusText"] == "Bad Request"
    assert len(client.get(f"{AT}.har?status=200").json["log"]["entries"]) == 1


def everything_that_opens(sandbox: Sandbox) -> set[str]:
    """Return secrets of a sandbox: keys, and what mails have of links."""
    with sandbox.reading() as db:
        links = {link.rpartition("/")[2] for message in newest_first(db) for link in message.links}
        return {db.record.join_key, db.record.secret, db.cookie_key, *links}


def test_no_secret_of_a_journey_is_written_down(tmp_path: Path, templates: Path) -> None:
    platform = make_platform(tmp_path / "data", templates, host="0.0.0.0", control_token="t", public_url="http://sim.test")
    with fresh_sandbox(platform, "mine", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW))) as sandbox:
        key = sandbox.join_key()
        visitor = Visitor(platform.test_client(), "/s/mine")
        assert visitor.get("/home/").status_code == 403
        visitor.client.get(f"/s/mine/~{key}/connect/")
        visitor.client.get(f"/s/mine/connect/?join={key}")
        password, code = password_of(sandbox, ADMINISTRATOR), phone_code(sandbox, ADMINISTRATOR)
        visitor.begin_sign_in(ADMINISTRATOR)
        visitor.type_password(password)
        visitor.go_in(visitor.type_code(code))
        with sandbox.reading() as db:
            (link, *_) = [message.links[0] for message in newest_first(db) if "/connect/activate/" in str(message.links)]
        other = Visitor(platform.test_client(), "/s/mine")
        other.client.get(f"/s/mine/connect/?join={key}")
        path = link.removeprefix("http://sim.test").removeprefix(other.home)
        assert other.send(other.form(path, "password"), password=NEW, repeated=NEW).status_code == 200
        other.get(path + "/more")
        rows = request_log.requests(sandbox.path)
        written = "".join(
            file.read_text("utf-8") for file in sandbox.path.parent.glob(f"{sandbox.path.name}{request_log.ENDING}*")
        )
        assert {"Password", "AuthCode", "repeated"} <= {name for row in rows for name in row["body"] or ()}
        assert rows[0]["status"] == 403
        for secret in {password, code, NEW, *everything_that_opens(sandbox)}:
            assert secret not in written


def test_every_field_for_a_password_or_code_is_a_secret() -> None:
    import_everything()

    def below(form: type[Form]) -> set[type[Form]]:
        return {form}.union(*(below(inner) for inner in form.__subclasses__()))

    names = {
        name
        for form in below(Form)
        for name in dir(form)
        if getattr(getattr(form, name), "field_class", None) is PasswordField
    }
    assert len(names) >= 5
    assert {name for name in names if not redaction.is_secret(name)} == set()
