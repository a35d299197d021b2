"""The customer's side of the desks: the form, the chat, own cases, the own administrators, the cookie notice."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from simulator.directory.cases.models import CaseState, SupportCase
from simulator.directory.models import Grant, Person
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR
from tests.reading import read
from tests.visits import Visitor, cast

GUEST = "gerda@guests.example"
USER = "user@rietkraag.example"
CASE = "/contact/cases/10001"


def case_of(sandbox: Sandbox) -> SupportCase:
    """Return the first case."""
    with sandbox.reading() as db:
        return db.get_one(SupportCase, 10001)


def begin_chat(visitor: Visitor, text: str = "Hello", **values: Any) -> str:
    """Begin a chat and return its page."""
    answer = visitor.send(visitor.form("/contact/chat", "text"), text=text, follow=True, **values)
    assert answer.status_code == 200, answer.text
    return answer.text


def begin_guest_chat(guest: Visitor) -> str:
    """Begin a chat without signing in."""
    return begin_chat(guest, name="Gerda", email=GUEST)


def press(visitor: Visitor, path: str, do: str, **values: Any) -> str:
    """Press a button of a page, whatever form it belongs to."""
    form = next(form for form in visitor.forms(path) if ("do", do) in [button[:2] for button in form.buttons])
    index = [button[1] for button in form.buttons].index(do)
    return visitor.send(form, button=index, follow=True, **values).text


def test_the_form_of_somebody_signed_in_becomes_their_case(user: Visitor, sandbox: Sandbox) -> None:
    form = user.form("/contact/form?topic=invoice", "subject")
    assert "email" not in form.fields
    answer = user.send(form, subject="<i>Invoice</i>", text="What is 108?", customer_number="100200", follow=True)
    assert "&lt;i&gt;Invoice&lt;/i&gt;" in answer.text
    case = case_of(sandbox)
    assert (case.desk, case.channel, case.requester, case.topic) == ("customer_centre", "form", USER, "invoice")
    assert case.person_id == cast(sandbox, "user").id
    with sandbox.reading() as db:
        assert outbox.newest_first(db, to=USER)[0].name == "case_received"
    assert "10001" in user.get("/contact/cases").text


def test_the_form_of_a_guest_proves_no_account(guest: Visitor, user: Visitor, sandbox: Sandbox) -> None:
    form = guest.form("/contact/form", "subject")
    for email in ("", "nonsense", "real@person.com", "skysupport@visma.com"):
        answer = guest.send(form, name="Gerda", email=email, subject="S", text="T")
        assert (answer.status_code, "T</textarea>" in answer.text) == (422, True)
    guest.send(form, name="Gerda", email=USER, subject="S", text="T")
    assert case_of(sandbox).person_id is None
    assert user.get(CASE).status_code == 200, "the owner of the address reads it"


@pytest.mark.parametrize("path", ["/contact/form", "/contact/chat"])
@pytest.mark.parametrize("text", ["", "  \n ", "x" * 10_000, "a\x00b"])
def test_a_text_that_does_not_fit_is_refused_and_stays(guest: Visitor, path: str, text: str) -> None:
    values: dict[str, Any] = {"subject": "S"} if path.endswith("form") else {}
    answer = guest.send(guest.form(path, "text"), name="G", email=GUEST, text=text, **values)
    assert answer.status_code == 422
    if len(text) == 10_000:
        assert text in answer.text
        assert ("5000" if path.endswith("form") else "2000") in answer.text.replace(",", "")


def test_a_chat_goes_on_at_both_ends_and_ends_as_a_case(guest: Visitor, desk: Visitor, sandbox: Sandbox) -> None:
    assert "You are in the queue" in begin_guest_chat(guest)
    assert "Chat: waits for somebody" in desk.get("/support/").text
    assert "has joined the chat" in press(desk, "/support/cases/10001", "pick_up")
    press(desk, "/support/cases/10001", "answer", text="How can I help?")
    page = guest.get(CASE).text
    assert "How can I help?" in page
    assert "You are in the queue" not in page
    assert "&lt;script&gt;" in press(guest, CASE, "send", text="<script>alert(1)</script>")
    assert "<script>alert" not in desk.get("/support/cases/10001").text
    stale = next(form for form in guest.forms(CASE) if "text" in form.fields)
    press(desk, "/support/cases/10001", "note", text="Never public")
    press(desk, "/support/cases/10001", "end")
    answer = guest.send(stale, text="Anybody there?")
    assert answer.status_code == 409
    assert "The chat has ended, so nothing was sent there" in answer.text
    assert "Anybody there?" in answer.text
    assert "Send to the case" in answer.text
    assert "What you write now goes to the case" in answer.text
    assert "Never public" not in answer.text
    assert "Anybody there?" in press(guest, CASE, "send", text="Anybody there?")
    with sandbox.reading() as db:
        assert outbox.newest_first(db, to=GUEST)[0].name == "case_transcript"


def test_a_chat_after_its_case_was_closed_says_so_and_keeps_the_text(user: Visitor, sandbox: Sandbox) -> None:
    begin_chat(user)
    stale = next(form for form in user.forms(CASE) if "text" in form.fields)
    press(user, CASE, "close")
    assert case_of(sandbox).state == CaseState.CLOSED
    page = user.get(CASE).text
    assert "The chat has ended." in page
    assert "What you write now" not in page
    answer = user.send(stale, text="One more thing")
    assert (answer.status_code, "is closed, so nothing was sent" in answer.text) == (409, True)
    assert "One more thing" in answer.text
    assert "One more thing" in press(user, CASE, "reopen", text="One more thing")
    assert case_of(sandbox).state == CaseState.OPEN


def test_a_case_is_open_to_its_requester_only(
    guest: Visitor, user: Visitor, administrator: Visitor, platform: Platform, sandbox: Sandbox
) -> None:
    begin_guest_chat(guest)
    stranger = Visitor.of(platform, sandbox, None, "en")
    assert guest.get(CASE).status_code == 200
    for path in (CASE, "/contact/cases/10002", "/contact/cases/99"):
        assert "/connect/" in stranger.get(path).location
        assert user.get(path).status_code == administrator.get(path).status_code == 404
    token = user.token()
    assert user.client.post(f"/s/default{CASE}", data={"csrf_token": token, "do": "close"}).status_code == 404
    forged = stranger.client
    forged.set_cookie("vnsim_guest_default", "eyJndWVzdCI6ICJ4In0.AAAA", path="/s/default/")
    assert "/connect/" in stranger.get(CASE).location
    assert case_of(sandbox).state == CaseState.NEW


def test_a_guest_finds_the_chat_again_after_signing_in_and_out(guest: Visitor) -> None:
    begin_guest_chat(guest)
    cookie = guest.client.get_cookie("vnsim_guest_default", path="/s/default/")
    assert cookie is not None
    assert cookie.http_only
    guest.client.delete_cookie("vnsim_default", path="/s/default/")
    assert guest.get(CASE).status_code == 200


def test_many_cases_and_messages_at_once_are_refused(user: Visitor) -> None:
    form = user.form("/contact/form", "subject")
    statuses = [user.send(form, subject=f"S{number}", text="T").status_code for number in range(21)]
    assert (set(statuses[:20]), statuses[20]) == ({302}, 429)


def test_a_user_writes_to_the_own_administrators_and_to_nobody_else(user: Visitor, sandbox: Sandbox) -> None:
    refused = user.get("/settings/licenses")
    assert refused.status_code == 403
    assert "/contact/administrators" in [link["href"].removeprefix("/s/default") for link in read(refused.text).all("a")]
    page = user.get("/contact/administrators").text
    assert "Anouk Vermaat" in page
    answer = user.send(user.form("/contact/administrators", "text"), text="May I?", to="a@b.example", follow=True)
    assert "Your e-mail was sent to" in answer.text
    with sandbox.reading() as db:
        recipients = {mail.recipient for mail in outbox.newest_first(db) if mail.name == "written"}
        holders = select(Person.email).join(Grant).where(Grant.role == CUSTOMER_ADMINISTRATOR.code)
        assert recipients <= set(db.scalars(holders))
    assert recipients


def test_where_no_administrator_is_the_page_says_how_to_report_one(user: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.execute(delete(Grant).where(Grant.role == CUSTOMER_ADMINISTRATOR.code))
    assert "/contact/administrators" in user.get("/settings/licenses").text
    page = user.get("/contact/administrators").text
    assert "Nobody is registered as administrator" in page
    assert "skysupport@visma.com" in page
    form = user.form("/contact/form?topic=administrator", "subject")
    assert "Please register" in form.values["text"]


@pytest.mark.parametrize("choice", ["accepted", "refused"])
def test_the_cookie_notice_is_remembered_and_found_again(guest: Visitor, choice: str) -> None:
    form = next(form for form in guest.forms("/contact/") if ("choice", choice) in [button[:2] for button in form.buttons])
    index = [button[1] for button in form.buttons].index(choice)
    assert guest.send(form, button=index).location.endswith("/contact/")
    assert "cookie-notice" not in guest.get("/contact/").text
    assert "/contact/cookies" in guest.get("/contact/").text
    words = {"accepted": "You accepted all cookies.", "refused": "You allow only necessary cookies."}
    assert words[choice] in guest.get("/contact/cookies").text
    data = {"csrf_token": guest.token(), "choice": "x", "back": "https://evil.example/"}
    assert guest.client.post("/s/default/contact/cookies", data=data).status_code == 400
    elsewhere = guest.client.post("/s/default/contact/cookies", data=data | {"choice": choice})
    assert "evil" not in elsewhere.location


def test_every_page_leads_to_contact_and_home_of_nobody_does_too(user: Visitor) -> None:
    assert 'href="/s/default/contact/"' in user.get("/home/").text
