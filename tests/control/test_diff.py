"""Rules of what changed in a sandbox: said in the words of the business, in each language, and the same each time."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from simulator.app import Platform
from simulator.billing.models import Licence
from simulator.control import differences
from simulator.core import changes, outbox
from simulator.core.changes import Change, Happened
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from simulator.core.texts import LANGUAGES, catalogue
from simulator.directory.models import ClearTextSecrets, Company, Customer, Lock, Person
from simulator.documents.model.models import Document
from simulator.documents.synthetic import consumption
from tests.conftest import NOW
from tests.control.conftest import Client
from tests.control.test_guard import assert_problem

AT = "/_sim/sandboxes/default"
SCENARIOS = ("company-no", "webfaktura-no", "two-step-no")


def diff(client: Client, **query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{AT}/diff", query_string={"language": "en", **query})
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json["changes"]
    return listed


def texts(client: Client, **query: str) -> list[str]:
    return [change["text"] for change in diff(client, **query)]


def change_much(store: Store) -> None:
    """Lock a person, change another one's name, take a role away, and send a mail."""
    with store.open("default") as sandbox, sandbox.transaction() as db:
        user = db.scalars(select(Person).where(Person.key == "user")).one()
        user.last_name = "Nieuw"
        db.get_one(ClearTextSecrets, user.id).password = "other"
        db.delete(user.grants[0])
        administrator = db.scalars(select(Person).where(Person.key == "administrator")).one()
        db.add(Lock(email=administrator.email, until=db.clock.now() + timedelta(hours=1)))
        db.scalars(select(Licence).order_by(Licence.id)).first().quantity += 1  # type: ignore[union-attr]
        outbox.mail(db, "activation", to="a@b.example", language="en", first_name="A", email="a@b.example")


def test_nothing_is_different_in_a_sandbox_that_nobody_used(client: Client) -> None:
    assert client.get(f"{AT}/diff").json == {
        "compared": "creation",
        "since": "2022-03-01T08:00:00+00:00",
        "until": "2022-03-01T08:00:00+00:00",
        "changes": [],
    }


def test_changes_are_said_in_the_order_of_their_things(client: Client, store: Store) -> None:
    change_much(store)
    expected = [
        "Anouk Vermaat (administrator@rietkraag.example): status Active → Locked",
        "Bram Nieuw (user@rietkraag.example): name Bram Teunisse → Bram Nieuw",
        "Bram Nieuw (user@rietkraag.example): password changed",
        "Bram Teunisse lost the role Autoinvoice user at Bakkerij Het Korenveld",
        "licence of Visma.net AutoInvoice for Administratiekantoor De Rietkraag: quantity 1 → 2",
        "New: e-mail to a@b.example: “Activate your account”",
    ]
    assert texts(client) == expected == texts(client)
    assert "Bram Teunisse verloor de rol Autoinvoice user bij Bakkerij Het Korenveld" in client.get(f"{AT}/diff").text
    changed = diff(client)
    assert changed[0] == {
        "kind": "person",
        "happened": "changed",
        "text": expected[0],
        "what": "Anouk Vermaat (administrator@rietkraag.example)",
        "attribute": "status",
        "before": "active",
        "after": "locked",
    }
    assert (changed[2]["attribute"], changed[2]["before"], changed[2]["after"]) == ("password", None, None)


def test_a_snapshot_is_another_state_to_compare_with(client: Client, store: Store) -> None:
    change_much(store)
    client.post(f"{AT}/snapshots", json={"name": "before"})
    assert texts(client, **{"from": "before"}) == []
    client.post(f"{AT}/reset", json={}).close()
    back = texts(client, **{"from": "before"})
    assert "Bram Teunisse got the role Autoinvoice user at Bakkerij Het Korenveld" in back
    assert "Removed: e-mail to a@b.example: “Activate your account”" in back
    with store.open("default") as sandbox:
        files = {path.name for path in sandbox.path.parent.iterdir() if not path.name.startswith(sandbox.path.name)}
    assert files == {"current", "snapshots"}
    assert not list(store.directory.glob("*.unfinished*"))


def test_since_an_instant_the_journal_and_dated_rows_are_read(client: Client, store: Store) -> None:
    client.post(f"{AT}/clock/advance", json={"seconds": 60})
    change_much(store)
    client.post(f"{AT}/people/user@rietkraag.example/session", json={})
    answer = client.get(f"{AT}/diff?from=2022-03-01T08:00:30Z&language=en").json
    assert (answer["compared"], answer["since"]) == ("journal", "2022-03-01T08:00:30+00:00")
    assert [(change["kind"], change["happened"]) for change in answer["changes"]] == [
        ("message", "new"),
        ("user.signed_in", "event"),
    ]
    assert answer["changes"][1]["text"] == "Bram Nieuw signed in"
    assert texts(client, **{"from": "2022-03-01T09:01:00+01:00"}) == []


def test_wrong_beginnings_are_refused_with_those_that_there_are(client: Client) -> None:
    client.post(f"{AT}/snapshots", json={"name": "before"})
    answer = client.get(f"{AT}/diff?from=after")
    assert_problem(answer, 404)
    assert "write one of creation, before, or an instant" in answer.get_json(force=True)["detail"]
    assert_problem(client.get(f"{AT}/diff?from=2023-01-01T00:00:00Z"), 422)
    assert_problem(client.get(f"{AT}/diff?language=de"), 422)
    assert_problem(client.get("/_sim/sandboxes/none/diff"), 404)


def test_recorded_documents_that_are_read_are_no_news(client: Client, store: Store) -> None:
    with store.open("default") as sandbox:
        company = sandbox.rows(select(Company.id).where(Company.key == "rietkraag"))[0].id
        with consumption.changing_documents(sandbox, company) as db:
            document = db.scalars(select(Document).where(Document.unpacked, Document.status == "delivered")).first()
            assert document is not None
            document.status, number, document.total = "failed", document.number, Decimal("1250.5")
    (change,) = diff(client)
    assert (change["kind"], change["attribute"], change["before"], change["after"]) == (
        "document", "status", "delivered", "failed",
    )  # fmt: skip
    assert number in change["text"]
    assert "1.250,50 EUR" in client.get(f"{AT}/diff?language=nl").json["changes"][0]["text"]


def test_the_page_says_the_same_and_is_for_visitors_of_the_lobby(client: Client, guarded: Platform, store: Store) -> None:
    with store.open("default") as sandbox, sandbox.transaction() as db:
        db.scalars(select(Customer).order_by(Customer.id)).first().name = "<b>Riet</b>"  # type: ignore[union-attr]
    client.post(f"{AT}/snapshots", json={"name": "before"})
    assert "&lt;b&gt;Riet&lt;/b&gt;" in client.get("/lobby/diff?name=default").text
    assert "<b>Riet</b>" not in client.get("/lobby/diff?name=default").text
    assert "&lt;b&gt;" not in client.get("/lobby/diff?name=default&from=before").text
    assert client.get("/lobby/diff?name=default&from=<x>").status_code == 200
    assert client.get("/lobby/diff?name=none").status_code == 404
    assert "/lobby/diff?name=default" in client.get("/?name=default").text
    assert guarded.test_client().get("/lobby/diff?name=default").location.startswith("/lobby/token")


def things_of(store: Store) -> list[tuple[str, changes.Thing]]:
    """Return the things of several scenarios, with their kinds."""
    listed = []
    for scenario in SCENARIOS:
        store.create(scenario, Creation(scenario=scenario, clock=Clock.frozen(NOW)))
        with store.open(scenario) as sandbox, sandbox.reading() as db:
            listed += [(area.kind, thing) for area in differences.AREAS for _, thing in sorted(area.read(db).items())]
    return listed


def test_everything_has_a_sentence_in_every_language_and_no_text_is_too_many(store: Store) -> None:
    things = things_of(store)
    for language in LANGUAGES:
        for kind, thing in things:
            sentences = [
                changes.sentence(Change(kind, happened, thing), language) for happened in (Happened.NEW, Happened.GONE)
            ]
            sentences += [
                changes.sentence(Change(kind, Happened.CHANGED, thing, attribute, None, value), language)
                for attribute, value in thing.values.items()
            ]
            assert all(sentence and "%(" not in sentence for sentence in sentences)
    attributes = {attribute for _, thing in things for attribute in thing.values}
    of_cases_and_groups = {"assigned", "desk", "entries", "ended", "members"}
    of_texts = {key.rpartition(".")[2] for key in catalogue("en") if key.startswith("diff.attribute.")}
    assert of_texts - attributes == of_cases_and_groups
