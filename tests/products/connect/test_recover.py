"""A forgotten password, and links that sign in once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from simulator.core import outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.directory.signing_in.models import SignIn
from tests.conftest import NOW
from tests.visits import Visitor, password_of, phone_code, without_token

USER = "user@rietkraag.example"
PLAIN = "plain@rietkraag.example"
NEW = "Nieuw-Wachtwoord-7"


def mails(sandbox: Sandbox, to: str) -> list[outbox.Message]:
    with sandbox.reading() as db:
        return list(outbox.after(db, to=to))


def ask(visitor: Visitor, email: str, button: int = 0, **values: str) -> str:
    """Ask for a mail; button 0 is a new password, button 1 a link to sign in once."""
    visitor.begin_sign_in(email)
    form = visitor.form("/connect/recover", "choice")
    return visitor.send(form, button, follow=True, **({"Human": "y"} | values)).text


def path_of(link: str) -> str:
    return "/s/" + link.partition("/s/")[2]


def choose(visitor: Visitor, link: str, password: str, repeated: str | None = None) -> str:
    form = visitor.form(path_of(link), "password")
    return visitor.send(form, password=password, repeated=repeated or password).text


def test_a_new_password_works_and_the_old_one_does_not(visitor: Visitor, sandbox: Sandbox) -> None:
    old = password_of(sandbox, PLAIN)
    ask(visitor, PLAIN)
    assert "Password changed" in choose(visitor, mails(sandbox, PLAIN)[-1].links[0], NEW)
    visitor.begin_sign_in(PLAIN)
    assert "Wrong e-mail address or password" in visitor.type_password(old).text
    assert visitor.go_in(visitor.type_password(NEW)).location == "/s/default/home/"


def test_a_new_password_is_confirmed_by_mail_and_ends_the_other_sessions(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(PLAIN)
    visitor.go_in(visitor.type_password(password_of(sandbox, PLAIN)))
    assert visitor.is_signed_in
    other = Visitor(visitor.client.application.test_client(), visitor.home)
    ask(other, PLAIN)
    choose(other, mails(sandbox, PLAIN)[-1].links[0], NEW)
    assert not visitor.is_signed_in
    assert mails(sandbox, PLAIN)[-1].subject == "Your password has been changed"


def test_the_answer_is_the_same_for_an_address_without_an_account(visitor: Visitor, sandbox: Sandbox) -> None:
    registered, unknown = without_token(ask(visitor, PLAIN)), without_token(ask(visitor, "nobody@b.test"))
    assert registered.replace(PLAIN, "x") == unknown.replace("nobody@b.test", "x")
    assert mails(sandbox, "nobody@b.test") == []


def test_without_the_tick_no_mail_is_sent(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(PLAIN)
    response = visitor.send(visitor.form("/connect/recover", "choice"))
    assert response.status_code == 200
    assert "Tick this box first." in response.text
    assert mails(sandbox, PLAIN) == []


def test_an_account_that_is_not_activated_gets_its_activation_mail_again(visitor: Visitor, sandbox: Sandbox) -> None:
    before = mails(sandbox, "new@rietkraag.example")
    ask(visitor, "new@rietkraag.example")
    fresh = mails(sandbox, "new@rietkraag.example")[-1]
    assert fresh.id not in [mail.id for mail in before]
    assert fresh.name == "activation"


def test_of_two_links_the_newest_works(visitor: Visitor, sandbox: Sandbox) -> None:
    ask(visitor, PLAIN)
    ask(visitor, PLAIN)
    old, new = (mail.links[0] for mail in mails(sandbox, PLAIN)[-2:])
    assert "Invalid verification link" in visitor.get(path_of(old)).text
    assert "Set new password" in visitor.get(path_of(new)).text


def test_a_link_works_once(visitor: Visitor, sandbox: Sandbox) -> None:
    ask(visitor, PLAIN)
    link = mails(sandbox, PLAIN)[-1].links[0]
    choose(visitor, link, NEW)
    assert "Invalid verification link" in visitor.get(path_of(link)).text


def test_no_more_than_five_mails_per_hour(visitor: Visitor, sandbox: Sandbox) -> None:
    for _ in range(7):
        ask(visitor, PLAIN)
    assert len(mails(sandbox, PLAIN)) == 5


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("Kort-1a", "8 to 200 characters"),
        ("Zonder-Cijfer", "needs a digit"),
        ("zonder-hoofd-1", "needs an upper-case letter"),
        ("ZONDER-KLEIN-1", "needs a lower-case letter"),
        ("ZonderSpeciaal1", "needs a special character"),
        ("Welkom123!", "known from a data breach"),
        ("A1-" + "a" * 198, "at most 200 characters"),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused_and_the_link_can_be_used_again(
    visitor: Visitor, sandbox: Sandbox, password: str, message: str
) -> None:
    ask(visitor, PLAIN)
    link = mails(sandbox, PLAIN)[-1].links[0]
    assert message in choose(visitor, link, password)
    assert "Password changed" in choose(visitor, link, NEW)


def test_two_passwords_that_differ_are_refused(visitor: Visitor, sandbox: Sandbox) -> None:
    ask(visitor, PLAIN)
    assert "not the same" in choose(visitor, mails(sandbox, PLAIN)[-1].links[0], NEW, NEW + "x")


def test_one_of_the_last_five_passwords_is_refused(visitor: Visitor, sandbox: Sandbox) -> None:
    old = password_of(sandbox, PLAIN)
    ask(visitor, PLAIN)
    assert "one of your last 5 passwords" in choose(visitor, mails(sandbox, PLAIN)[-1].links[0], old)


def test_a_link_to_sign_in_once_replaces_the_password_only(visitor: Visitor, sandbox: Sandbox) -> None:
    ask(visitor, USER, 1)
    (form,) = (form for form in visitor.forms(path_of(mails(sandbox, USER)[-1].links[0])) if "/link/" in form.action)
    assert visitor.send(form).location == "/s/default/connect/totp/auth"
    assert visitor.type_code(phone_code(sandbox, USER)).location == "/s/default/home/"


def test_looking_at_a_link_does_not_use_it_up(visitor: Visitor, sandbox: Sandbox) -> None:
    ask(visitor, PLAIN, 1)
    path = path_of(mails(sandbox, PLAIN)[-1].links[0])
    visitor.get(path)
    (form,) = (form for form in visitor.forms(path) if "/link/" in form.action)
    assert visitor.go_in(visitor.send(form)).location == "/s/default/home/"
    assert "Invalid verification link" in Visitor(visitor.client.application.test_client(), visitor.home).get(path).text


def lock(visitor: Visitor, email: str) -> None:
    visitor.begin_sign_in(email)
    for _ in range(8):
        answer = visitor.type_password("Wrong-Password-1")
    assert "Your account is locked" in answer.text


def test_a_link_to_sign_in_once_does_not_open_a_locked_account_and_stays_good(visitor: Visitor, sandbox: Sandbox) -> None:
    lock(visitor, PLAIN)
    ask(visitor, PLAIN, 1)
    path = path_of(mails(sandbox, PLAIN)[-1].links[0])
    (form,) = (form for form in visitor.forms(path) if "/link/" in form.action)
    refused = visitor.send(form)
    assert refused.status_code == 200
    assert "Your account is locked" in refused.text
    assert not visitor.is_signed_in
    assert "Sign in with this link" in visitor.get(path).text


def test_a_new_password_ends_sign_ins_that_are_half_way(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(USER)
    visitor.type_password(password_of(sandbox, USER))
    other = Visitor(visitor.client.application.test_client(), visitor.home)
    ask(other, USER)
    choose(other, mails(sandbox, USER)[-1].links[0], NEW)
    assert visitor.get("/connect/totp/auth").location == "/s/default/connect/"


def test_a_new_password_forgets_remembered_devices(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(USER)
    visitor.type_password(password_of(sandbox, USER))
    visitor.type_code(phone_code(sandbox, USER), RememberCode="true")
    other = Visitor(visitor.client.application.test_client(), visitor.home)
    ask(other, USER)
    choose(other, mails(sandbox, USER)[-1].links[0], NEW)
    visitor.begin_sign_in(USER)
    assert visitor.type_password(NEW).location == "/s/default/connect/totp/auth"


def test_sign_ins_that_were_given_up_are_forgotten(visitor: Visitor, sandbox: Sandbox) -> None:
    for _ in range(3):
        visitor.begin_sign_in(PLAIN)
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(hours=1))
    visitor.begin_sign_in(PLAIN)
    with sandbox.reading() as db:
        assert len(db.scalars(select(SignIn)).all()) == 1


def test_choosing_a_password_ends_the_session_of_the_same_browser(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(PLAIN)
    visitor.go_in(visitor.type_password(password_of(sandbox, PLAIN)))
    assert visitor.is_signed_in
    choose(visitor, mails(sandbox, "new@rietkraag.example")[-1].links[0], NEW)
    assert not visitor.is_signed_in
    visitor.begin_sign_in("new@rietkraag.example")
    assert visitor.go_in(visitor.type_password(NEW)).location == "/s/default/home/"
