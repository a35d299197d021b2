"""The pages of operators of access points."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulator.core import faults, jobs
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.documents.model.models import Participant, State
from simulator.documents.registers import access_points, participants
from simulator.documents.registers.participants import register
from tests.documents import norway as no
from tests.documents.registers.test_look_up import next_right_number
from tests.products.elma.test_search import rows, words
from tests.visits import Form, Visitor

PROVIDER = "/s/norway/elma/provider"
MENU = [
    "Participants", "Access Points", "Access Point Providers", "Processes", "Users", "Events", "SML Queue",
    "Peppol Directory Queue",
]  # fmt: skip


@pytest.fixture
def operator(browser: FlaskClient) -> Visitor:
    """Return a browser at the pages of access points, in English."""
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return Visitor(browser, "/s/norway")


def ids(sandbox: Sandbox) -> Mapping[str, int]:
    """Return the ids of participants by number, and of access points by key."""
    with sandbox.reading() as db:
        participant_ids = {participant.identifier: participant.id for participant in db.query(Participant)}
        return participant_ids | {access_point.key: access_point.id for access_point in access_points.all_of(db)}


def press(operator: Visitor, page: str, ending: str) -> TestResponse:
    """Press the first button of a page whose form has an action with this ending."""
    form: Form = next(form for form in operator.forms(page) if form.action.endswith(ending))
    return operator.send(form, follow=True)


def add(operator: Visitor, page: str = "/elma/provider/participants/add", **values: str) -> TestResponse:
    """Fill in the form for a new participant."""
    form = operator.form(page, "number")
    data: dict[str, Any] = {"number": no.UNREGISTERED, "name": "Fjordlys Verksted AS", **values}
    return operator.send(form, follow=True, **data)


def test_everybody_may_look_and_plays_another_access_point(operator: Visitor) -> None:
    page = operator.get("/elma/provider")
    assert page.status_code == 200
    assert "<h1>Participants</h1>" in page.text
    assert '<option value="nordavind" selected>' in page.text
    names = [row[0] for row in rows(page)[1:]]
    assert {"Fjordlys Eiendom AS", "Skogvang Elektro AS", "Viken Kontorrekvisita AS"} <= set(names)
    assert names == sorted(names)
    assert "Fjordlys Drift AS" not in names


def test_the_menu_has_the_words_of_elma(operator: Visitor) -> None:
    page = operator.get("/elma/provider")
    assert [text for text in MENU if f">{text}</a>" in page.text] == MENU
    for href in [part.partition('"')[0] for part in page.text.split('class="nav-link" href="')[1:]]:
        assert operator.get(href.replace("&amp;", "&")).status_code == 200
    assert operator.get("/elma/provider?access_point=nobody").status_code == 404


def test_the_part_that_is_played_is_chosen_at_the_top(operator: Visitor) -> None:
    page = operator.get("/elma/provider?access_point=autoinvoice")
    names = [row[0] for row in rows(page)[1:]]
    assert "Fjordlys Drift AS" in names
    assert "Fjordlys Eiendom AS" not in names
    assert operator.get("/elma/provider?access_point=nobody").status_code == 404


def test_an_added_participant_is_in_the_queues_and_then_in_elma(operator: Visitor, norway: Sandbox) -> None:
    page = add(operator, number="310 000 035")
    assert "Fjordlys Verksted AS is being added." in words(page)
    assert rows(operator.get("/elma/provider/sml-queue"))[1][:4] == [
        "0192:310000035",
        "Fjordlys Verksted AS",
        "ADD",
        "QUEUED",
    ]
    jobs.run_due(norway)
    for queue in ("sml-queue", "directory-queue"):
        assert rows(operator.get(f"/elma/provider/{queue}"))[1][3] == "COMPLETED"
    row = rows(operator.get("/elma/?q=310000035"))[1]
    assert (row[0], row[4]) == ("Fjordlys Verksted AS", no.OTHER_ACCESS_POINT)


def test_autoinvoice_cannot_register_a_participant_of_another_access_point(operator: Visitor, norway: Sandbox) -> None:
    add(operator)
    jobs.run_due(norway)
    refusal = no.ask(norway, register, no.UNREGISTERED).refusal
    assert refusal is not None
    assert refusal.facts["access_point"] == no.OTHER_ACCESS_POINT


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"number": no.REGISTERED}, "is registered through Visma.net AutoInvoice already"),
        ({"number": no.ELSEWHERE}, "is registered through this access point already"),
        ({"number": "310000018"}, "is not a Norwegian organisation number"),
        ({"number": "1", "scheme": "0088"}, "0088:1 is not an electronic address"),
        ({"number": ""}, "Fill in this field"),
        ({"name": " "}, "Fill in this field"),
    ],
)
def test_an_impossible_addition_is_refused_at_its_field(operator: Visitor, values: dict[str, str], message: str) -> None:
    page = add(operator, **values)
    assert page.status_code == 422
    assert message in words(page)


def test_a_participant_receives_something(operator: Visitor) -> None:
    form = operator.form("/elma/provider/participants/add", "number")
    for tick in ("invoice", "credit_note"):
        del form.values[tick]
    page = operator.send(form, number=no.UNREGISTERED, name="Nobody")
    assert page.status_code == 422
    assert "Choose at least one type of document." in words(page)


def test_a_participant_is_changed_by_its_own_access_point_only(operator: Visitor, norway: Sandbox) -> None:
    mine, other = ids(norway)[no.ELSEWHERE], ids(norway)[no.REGISTERED]
    form = operator.form(f"/elma/provider/participants/{mine}/edit", "name")
    del form.values["invoice"]
    page = operator.send(form, follow=True, name="Fjordlys Bygg AS")
    assert "Fjordlys Bygg AS was changed." in words(page)
    row = rows(operator.get(f"/elma/?q={no.ELSEWHERE}"))[1]
    assert (row[0], row[5]) == ("Fjordlys Bygg AS", "Credit note (Peppol BIS Billing 3.0)")
    assert operator.get(f"/elma/provider/participants/{other}/edit").status_code == 404


def test_a_participant_is_deleted_on_the_page_of_its_access_point(operator: Visitor, norway: Sandbox) -> None:
    id_of = ids(norway)
    page = f"/elma/provider/access-points/{id_of['nordavind']}"
    assert "delete" not in operator.get("/elma/provider").text
    done = press(operator, page, f"/participants/{id_of[no.ELSEWHERE]}/delete")
    assert "Fjordlys Eiendom AS is being removed." in words(done)
    jobs.run_due(norway)
    assert no.registration(norway, no.ELSEWHERE).state is None
    assert no.ask_and_wait(norway, register, no.ELSEWHERE).changed


def test_only_the_owner_can_delete(operator: Visitor, norway: Sandbox) -> None:
    id_of = ids(norway)
    page = f"/elma/provider/access-points/{id_of['autoinvoice']}"
    assert "Only Visma.net AutoInvoice can remove these participants." in words(operator.get(page))
    assert [form for form in operator.forms(page) if form.action.endswith("/delete")] == []
    path = f"/s/norway/elma/provider/participants/{id_of[no.REGISTERED]}/delete"
    data = {"csrf_token": operator.token(), "access_point": "nordavind"}
    assert operator.client.post(path, data=data).status_code == 404
    assert no.registration(norway, no.REGISTERED).state is State.ACTIVE


def test_a_failed_request_shows_why_and_is_tried_again_by_hand(operator: Visitor, norway: Sandbox) -> None:
    with norway.transaction() as db:
        faults.add(db, "sml.publish")
    add(operator)
    jobs.run_due(norway)
    row = rows(operator.get("/elma/provider/sml-queue"))[1]
    assert row[3:6] == ["FAILED", "1", "The register could not be reached."]
    states = {row[0]: row[4] for row in rows(operator.get("/elma/provider"))[1:]}
    assert (states["Fjordlys Verksted AS"], states["Fjordlys Eiendom AS"]) == ("Being added", "Active")
    assert "The request is tried again." in words(press(operator, "/elma/provider/sml-queue", "/retry"))
    jobs.run_due(norway)
    assert rows(operator.get("/elma/provider/sml-queue"))[1][3:5] == ["COMPLETED", "2"]


def test_a_request_that_is_deleted_is_gone(operator: Visitor, norway: Sandbox) -> None:
    with norway.transaction() as db:
        faults.add(db, "sml.publish", times=None)
    add(operator)
    jobs.run_due(norway)
    assert "The request was deleted." in words(press(operator, "/elma/provider/sml-queue", "/delete"))
    assert rows(operator.get("/elma/provider/sml-queue")) == []
    assert "«310000035»" in words(operator.get("/elma/?q=310000035", headers={"Accept-Language": "nb"}))


def test_requests_of_others_are_out_of_reach(operator: Visitor, norway: Sandbox) -> None:
    no.ask(norway, register, no.UNREGISTERED)
    assert rows(operator.get("/elma/provider/sml-queue")) == []
    assert len(rows(operator.get("/elma/provider/sml-queue?access_point=autoinvoice"))) == 2
    data = {"csrf_token": operator.token(), "access_point": "nordavind"}
    assert operator.client.post("/s/norway/elma/provider/requests/1/delete", data=data).status_code == 404


def test_events_name_the_participant_and_the_access_point(operator: Visitor, norway: Sandbox) -> None:
    no.ask_and_wait(norway, register, no.ELSEWHERE)
    assert [row[1:] for row in rows(operator.get("/elma/provider/events"))[1:]] == [
        ["A request was refused", no.ELSEWHERE, no.OTHER_ACCESS_POINT],
        ["Registration in ELMA was requested", no.ELSEWHERE, ""],
    ]


def test_long_lists_have_pages(operator: Visitor, norway: Sandbox) -> None:
    with norway.transaction() as db:
        number, other = 310_000_100, access_points.add(db, "long", "Long List")
        for _ in range(30):
            number = next_right_number(number)
            participants.enter(db, str(number), "Tallrik AS", other)
    assert len(rows(operator.get("/elma/provider?access_point=long"))) == 26
    assert len(rows(operator.get("/elma/provider?access_point=long&page=2"))) == 6


def test_a_sandbox_without_access_points_says_so(operator: Visitor, store: Store) -> None:
    store.create("empty", Creation(scenario="company-se", overlay={}))
    with store.open("empty") as sandbox, sandbox.transaction() as db:
        for participant in db.query(Participant):
            db.delete(participant)
        db.flush()
        for other in access_points.all_of(db):
            db.delete(other)
    page = operator.client.get("/s/empty/elma/provider")
    assert "There is no access point in this sandbox." in words(page)


def test_search_has_a_second_address(operator: Visitor) -> None:
    assert operator.get("/elma/search?q=fjordlys").text.count("<tr>") == 3
    assert urlsplit(operator.get("/elma/search").request.path).path == "/s/norway/elma/search"
