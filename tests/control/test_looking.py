"""The trainer looks at the page that a trainee has open, and nothing at all comes of it."""

import re
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.classroom.attempts import with_attempt
from simulator.classroom.classes import Class
from simulator.classroom.looking import open_pages
from simulator.classroom.teaching import classroom
from simulator.core import outbox
from simulator.core.texts import LANGUAGES, text
from simulator.directory import sign_in_sessions
from simulator.directory.models import Person
from tests.control.conftest import Client
from tests.visits import Visitor

ADMINISTRATOR = "administrator@rietkraag.example"
LOOK = "/class/monday/trainee/zoe/look"
CLASS = {
    "title": "Monday", "name": "monday", "exercises": ["licence-specification"], "language": "nl",
    "trainees": [{"name": "Zoë"}, {"name": "Omar"}],
}  # fmt: skip


@pytest.fixture
def monday(client: Client) -> Client:
    """Return the trainer's browser, with the class ``monday``."""
    assert client.post("/_sim/classes", json=CLASS).status_code == 201
    return client


@pytest.fixture
def zoe(monday: Client, platform: Platform) -> Visitor:
    """Return the browser of a trainee who is signed in."""
    with platform.extensions["store"].open("monday-zoe-1") as sandbox:
        return Visitor.of(platform, sandbox, ADMINISTRATOR)


def everything(platform: Platform) -> dict[str, str]:
    """Return the bytes of all files of sandboxes, requests and classes, as their digests."""
    folder: Path = platform.extensions["store"].directory
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_is_the_very_page_with_the_trainees_sign_in_and_nothing_on_it_acts(zoe: Visitor, monday: Client) -> None:
    own = zoe.get("/admin/users?q=bram")
    assert "Bram Teunisse" in own.text and "Anouk Vermaat" in own.text
    assert f'href="{LOOK}"' in monday.get("/class/monday").text
    page = monday.get(LOOK)
    assert "/s/monday-zoe-1/admin/users?q=bram" in page.text and 'sandbox="allow-same-origin"' in page.text
    answer = monday.get(f"{LOOK}/page")
    assert answer.mimetype == "text/html"
    assert "Bram Teunisse" in answer.text and 'class="exercise-bar' in answer.text
    assert '<base target="_blank">' in answer.text and "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-same-origin; default-src 'none';") and "allow-scripts" not in policy
    assert "script-src" not in policy and "form-action 'none'" in policy
    assert "Set-Cookie" not in answer.headers
    cookie = zoe.client.get_cookie("vnsim_monday-zoe-1", path="/s/monday-zoe-1/")
    assert cookie is not None and cookie.value not in answer.text + page.text


def test_nobody_comes_by_being_looked_at(zoe: Visitor, monday: Client, platform: Platform) -> None:
    zoe.get("/home/")
    with platform.app_context():
        classes = classroom().classes

        def waiting(class_: Class) -> Class:
            return with_attempt(class_, class_.trainees["zoe"], lambda attempt: replace(attempt, is_waiting=True))

        before = classes.change("monday", waiting)
    assert 'class="exercise-bar' in monday.get(f"{LOOK}/page").text
    assert classes.get("monday") == before
    zoe.get("/home/")
    assert classes.get("monday") != before


def test_looking_leaves_no_trace(zoe: Visitor, monday: Client, platform: Platform) -> None:
    zoe.get("/home/")
    fault = {"operation": "http.home.overview", "outcome": "error", "times": 1}
    assert monday.post("/_sim/sandboxes/monday-zoe-1/faults", json=fault).status_code == 201
    monday.get("/class/monday")
    before, board = everything(platform), monday.get("/_sim/classes/monday/board").json
    for _ in range(2):
        assert "Anouk" in monday.get(f"{LOOK}/page").text
    assert everything(platform) == before
    assert monday.get("/_sim/classes/monday/board").json == board


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_writes_when_it_is_opened_says_so_in_its_language(
    monday: Client, platform: Platform, language: str
) -> None:
    with platform.extensions["store"].open("monday-zoe-1") as sandbox, platform.app_context():
        Visitor.of(platform, sandbox, "user@rietkraag.example", language).get("/home/")
        noted = open_pages().of(sandbox.path)
        assert noted is not None
        # Recorded consumption becomes documents at the first reading.
        open_pages().note(sandbox.path, replace(noted, address="/s/monday-zoe-1/autoinvoice/sent"))
    assert text(language, "problem.read_only.text") in unescape(monday.get(f"{LOOK}/page").text)


def test_what_cannot_be_looked_at_is_said(zoe: Visitor, monday: Client) -> None:
    assert "There is nothing to look at" in monday.get(LOOK).text
    assert monday.get(f"{LOOK}/page").status_code == 404
    visitor = Visitor(monday.application.test_client(), "/s/monday-zoe-1")
    visitor.begin_sign_in(ADMINISTRATOR)
    visitor.type_password("wrong")
    assert "the answer to a form" in monday.get(LOOK).text
    zoe.get("/home/")
    assert "class-look" in monday.get(LOOK).text
    zoe.client.get(zoe.path("/exercise/bar"))
    zoe.get("/mail/", headers={"Accept": "*/*"})
    assert "/s/monday-zoe-1/home/" in monday.get(LOOK).text
    monday.post("/_sim/classes/monday/actions", json={"action": "solve", "trainee": "zoe"})
    assert "/s/monday-zoe-1/home/" in monday.get(LOOK).text, "not a page of the solution"
    monday.post("/_sim/classes/monday/actions", json={"action": "put-back", "trainee": "zoe"})
    assert "There is nothing to look at" in monday.get(LOOK).text


def test_a_page_that_leads_elsewhere_by_now_says_so(zoe: Visitor, monday: Client, platform: Platform) -> None:
    zoe.get("/home/")
    with platform.extensions["store"].open("monday-zoe-1") as sandbox, sandbox.transaction() as db:
        sign_in_sessions.end_all(db, db.scalars(select(Person).where(Person.email == ADMINISTRATOR)).one())
    assert "The page leads elsewhere by now" in monday.get(f"{LOOK}/page").text


def test_a_mail_is_shown_with_what_is_in_its_frame(zoe: Visitor, monday: Client, platform: Platform) -> None:
    with platform.extensions["store"].open("monday-zoe-1") as sandbox, sandbox.transaction() as db:
        mail = outbox.mail(db, "reset", to=ADMINISTRATOR, language="nl", link="/x", first_name="A", email="a@b.example").id
    zoe.get(f"/mail/{mail}")
    zoe.get(f"/mail/{mail}/html")
    assert monday.get("/_sim/classes/monday/board").json[0]["page"] == f"/mail/{mail}"
    sources = re.findall(r'<iframe[^>]* src="data:text/html;base64,([^"]+)"', monday.get(f"{LOOK}/page").text)
    assert [text("nl", "message.reset.button") in unescape(b64decode(source).decode()) for source in sources] == [True]


def test_a_trainee_of_another_class_and_a_visitor_without_the_token_see_nothing(
    zoe: Visitor, monday: Client, guarded: Platform
) -> None:
    zoe.get("/home/")
    monday.post("/_sim/classes", json=CLASS | {"name": "friday", "title": "Friday", "trainees": [{"name": "Omar"}]})
    for address in ("/class/friday/trainee/zoe/look", "/class/friday/trainee/omar/look/page"):
        assert monday.get(address).status_code == 404
    assert "There is nothing to look at" in monday.get("/class/monday/trainee/omar/look").text
    outside = guarded.test_client()
    assert outside.get(LOOK).location.startswith("/lobby/token")
    assert outside.get(f"{LOOK}/page").location.startswith("/lobby/token")
