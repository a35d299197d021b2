"""A new account: one mail or two, the first password, the terms of use."""

from datetime import timedelta

import pytest

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import people
from simulator.directory.actors import actor_of
from simulator.directory.models import Customer, Person
from simulator.directory.people import Activation, Particulars
from tests.conftest import NOW
from tests.reading import read
from tests.visits import Visitor, store_of

NEW = "sanne@rietkraag.example"
PASSWORD = "Nieuw-Wachtwoord-7"
HOME = "/s/default/home/"


def mails(sandbox: Sandbox, to: str = NEW) -> list[outbox.Message]:
    with sandbox.reading() as db:
        return list(outbox.after(db, to=to))


def path_of(message: outbox.Message) -> str:
    return "/s/" + message.links[0].partition("/s/")[2]


def invite(sandbox: Sandbox, activation: Activation) -> None:
    """Add a person to the office, as one of its administrators."""
    with sandbox.transaction() as db:
        administrator = people.by_email(db, "administrator@rietkraag.example")
        assert administrator is not None
        actor = actor_of(db, administrator)
        customer = db.get_one(Customer, actor.customer_id)
        who = Particulars(email=NEW, first_name="Sanne", last_name="Duin", language="nb")
        people.invite(db, actor, customer, who, [], activation=activation)


def choose_password(visitor: Visitor, path: str) -> str:
    return visitor.send(visitor.form(path, "password"), password=PASSWORD, repeated=PASSWORD).text


def activate(visitor: Visitor, sandbox: Sandbox) -> None:
    """Activate an account, type its password, and put two-step verification off."""
    invite(sandbox, Activation.SINGLE_MAIL)
    choose_password(visitor, path_of(mails(sandbox)[0]))
    visitor.begin_sign_in(NEW)
    visitor.type_password(PASSWORD)
    assert (visitor.choose("/connect/enroll", "later").location or "").endswith("/connect/terms")


def test_one_mail_leads_to_the_password(visitor: Visitor, sandbox: Sandbox) -> None:
    invite(sandbox, Activation.SINGLE_MAIL)
    assert [mail.subject for mail in mails(sandbox)] == ["Aktiver kontoen din"]
    assert "Account activated" in choose_password(visitor, path_of(mails(sandbox)[0]))


def test_of_two_mails_the_first_activates_and_the_second_leads_to_the_password(visitor: Visitor, sandbox: Sandbox) -> None:
    invite(sandbox, Activation.TWO_MAILS)
    (welcome,) = mails(sandbox)
    assert (welcome.subject, "Klikk her" in welcome.text) == ("Velkommen til Visma.net", True)
    page = visitor.confirm(path_of(welcome), follow=True).text
    assert [heading.text for heading in read(page).all("h1")] == ["Account activated"]
    _, second = mails(sandbox)
    assert second.subject == "Opprett nytt passord"
    choose_password(visitor, path_of(second))
    visitor.begin_sign_in(NEW)
    assert visitor.go_in(visitor.type_password(PASSWORD)).location == HOME
    with sandbox.reading() as db:
        types = [event.type for event in events.after(db) if event.type.startswith("user.")]
    assert types == ["user.invited", "user.confirmed", "user.activated", "user.signed_in"]


def test_until_the_password_is_created_nobody_signs_in(visitor: Visitor, sandbox: Sandbox) -> None:
    invite(sandbox, Activation.TWO_MAILS)
    visitor.confirm(path_of(mails(sandbox)[0]))
    visitor.begin_sign_in(NEW)
    assert "Wrong e-mail address or password" in visitor.type_password(PASSWORD).text


@pytest.mark.parametrize("later", [None, timedelta(hours=24)], ids=["used", "a day old"])
def test_a_welcome_that_is_used_or_old_says_so_and_sends_nothing(
    visitor: Visitor, sandbox: Sandbox, later: timedelta | None
) -> None:
    invite(sandbox, Activation.TWO_MAILS)
    path = path_of(mails(sandbox)[0])
    if later is None:
        visitor.confirm(path)
    else:
        with sandbox.transaction() as db:
            db.record.clock = Clock.frozen(NOW + later)
    before = len(mails(sandbox))
    page = visitor.get(path).text
    assert "Invalid verification link" in page
    assert "Click here to request a new valid link" in page
    assert len(mails(sandbox)) == before


def test_a_scenario_can_begin_with_a_welcome(platform: Platform) -> None:
    who = {"email": NEW, "first_name": "Sanne", "last_name": "Duin", "status": "not_activated", "activation": "welcome"}
    overlay = {"people": [{**who, "customers": "office"}]}
    store = store_of(platform)
    store.create("two", Creation(scenario="accountant-nl", language="sv", clock=Clock.frozen(NOW), overlay=overlay))
    with store.open("two") as opened:
        assert [mail.subject for mail in mails(opened)] == ["Välkommen till Visma.net"]
        visitor = Visitor.of(platform, opened)
        visitor.confirm(path_of(mails(opened)[0]))
        assert [mail.name for mail in mails(opened)] == ["welcome", "create_password"]


def test_the_terms_of_use_are_asked_for_once(visitor: Visitor, sandbox: Sandbox) -> None:
    activate(visitor, sandbox)
    assert not visitor.is_signed_in
    page = read(visitor.get("/connect/terms").text)
    assert [heading.text for heading in page.all("h1")] == ["Confirm terms of use"]
    assert visitor.choose("/connect/terms", "accept").location == HOME
    visitor.client.delete_cookie("vnsim_default", path="/s/default/")
    visitor.begin_sign_in(NEW)
    assert visitor.type_password(PASSWORD).location == HOME


def test_a_person_who_declines_the_terms_is_not_signed_in_and_asked_again(visitor: Visitor, sandbox: Sandbox) -> None:
    activate(visitor, sandbox)
    page = visitor.choose("/connect/terms", "decline").text
    assert "You are not signed in" in page
    assert not visitor.is_signed_in
    assert visitor.get("/connect/terms").location == "/s/default/connect/"
    visitor.begin_sign_in(NEW)
    assert (visitor.type_password(PASSWORD).location or "").endswith("/connect/terms")
    with sandbox.reading() as db:
        assert [event.actor for event in events.after(db, type_="terms.declined")] == [NEW]
        person = people.by_email(db, NEW)
        assert isinstance(person, Person)
        assert person.terms_accepted_at is None


@pytest.mark.parametrize("choice", [None, "", "perhaps"])
def test_terms_without_an_answer_are_asked_for_again(visitor: Visitor, sandbox: Sandbox, choice: str | None) -> None:
    activate(visitor, sandbox)
    form = visitor.form("/connect/terms", "choice")
    data = {"csrf_token": form.values["csrf_token"]} | ({} if choice is None else {"choice": choice})
    assert visitor.client.post(form.action, data=data).status_code == 200
    assert not visitor.is_signed_in
