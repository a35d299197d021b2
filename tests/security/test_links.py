"""A mailed link works once, for a day (a quarter of an hour for signing in), for its own purpose, until a newer one is sent."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.core.clock import Clock
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.directory import people
from simulator.directory.models import Person, Status
from tests.conftest import NOW
from tests.visits import Visitor, cast, phone_code, without_token

GOOD = "Sterk!wachtwoord7"
INVALID = "This link is no longer valid"


def set_clock(sandbox: Sandbox, after: timedelta) -> None:
    """Set the sandbox's clock."""
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + after)


def newest_link(sandbox: Sandbox, email: str) -> str:
    """Return the path of the link in the newest mail to an address."""
    with sandbox.reading() as db:
        query = select(Message).where(Message.recipient == email).order_by(Message.id.desc())
        mail = next(message for message in db.scalars(query) if message.links)
        return urlsplit(mail.links[0]).path


def ask(visitor: Visitor, email: str, choice: int) -> None:
    """Ask for a mail: 0 for a new password, 1 for a link to sign in."""
    visitor.begin_sign_in(email)
    form = visitor.form("/connect/recover", "Human")
    assert visitor.send(form, choice, Human="y").status_code == 302


def activation(sandbox: Sandbox) -> str:
    """Return the path of the activation link of the person who has not activated the account yet."""
    return newest_link(sandbox, cast(sandbox, "not_activated").email)


def choose(visitor: Visitor, path: str, password: str = GOOD) -> TestResponse:
    """Choose a password on the page of a link."""
    return visitor.send(visitor.form(path, "password"), password=password, repeated=password)


def is_invalid(visitor: Visitor, path: str) -> bool:
    """Return whether a link is no longer valid, and offers no form."""
    answer = visitor.get(path)
    return answer.status_code == 200 and 'name="password"' not in answer.text and "/connect/new-link" in answer.text


def test_an_activation_link_works_once(stranger: Visitor, sandbox: Sandbox) -> None:
    path = activation(sandbox)
    assert choose(stranger, path).status_code == 200
    assert is_invalid(stranger, path)
    visitor, email = stranger, cast(sandbox, "not_activated").email
    visitor.begin_sign_in(email)
    assert visitor.go_in(visitor.type_password(GOOD)).location == "/s/default/home/"


def test_a_form_that_was_open_when_its_link_was_used_is_refused(stranger: Visitor, sandbox: Sandbox) -> None:
    path = activation(sandbox)
    form = stranger.form(path, "password")
    choose(stranger, path)
    answer = stranger.send(form, password="Ander!wachtwoord8", repeated="Ander!wachtwoord8")
    assert "/connect/new-link" in answer.text
    stranger.begin_sign_in(cast(sandbox, "not_activated").email)
    assert stranger.type_password(GOOD).status_code == 302


@pytest.mark.parametrize(("hours", "good"), [(23.99, True), (24, False), (25, False)])
def test_an_activation_link_lasts_a_day_of_the_sandbox(
    stranger: Visitor, sandbox: Sandbox, hours: float, good: bool
) -> None:
    path = activation(sandbox)
    with sandbox.transaction() as db:
        person = people.by_email(db, cast(sandbox, "not_activated").email)
        assert person is not None
        people.send_activation(db, person)
    path = activation(sandbox)
    set_clock(sandbox, timedelta(hours=hours))
    assert is_invalid(stranger, path) is not good


@pytest.mark.parametrize(("choice", "lasts"), [(0, timedelta(hours=24)), (1, timedelta(minutes=15))])
def test_a_link_from_the_recovery_page_ends_in_time(
    stranger: Visitor, sandbox: Sandbox, email: str, choice: int, lasts: timedelta
) -> None:
    ask(stranger, email, choice)
    path = newest_link(sandbox, email)
    set_clock(sandbox, lasts - timedelta(seconds=1))
    assert not is_invalid(stranger, path)
    set_clock(sandbox, lasts)
    assert is_invalid(stranger, path)


def test_a_link_that_was_altered_opens_nothing(stranger: Visitor, sandbox: Sandbox) -> None:
    path = activation(sandbox)
    other = "A" if path[-1] != "A" else "B"
    for altered in (path[:-1], path + "x", path[:-1] + other, path.swapcase().replace("/S/DEFAULT/CONNECT/ACTIVATE", "")):
        address = altered if altered.startswith("/s/") else "/s/default/connect/activate" + altered
        assert is_invalid(stranger, address), address


def test_a_link_is_valid_for_its_own_purpose_only(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    ask(stranger, email, 0)
    token = newest_link(sandbox, email).rpartition("/")[2]
    assert is_invalid(stranger, f"/connect/activate/{token}")
    assert is_invalid(stranger, f"/connect/link/{token}")
    assert not is_invalid(stranger, f"/connect/reset/{token}")


def test_a_newer_link_replaces_the_older_one(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    ask(stranger, email, 0)
    older = newest_link(sandbox, email)
    ask(stranger, email, 0)
    assert is_invalid(stranger, older)
    assert not is_invalid(stranger, newest_link(sandbox, email))


def test_a_link_of_one_sandbox_opens_nothing_in_another(
    stranger: Visitor, store: Store, sandbox: Sandbox, email: str
) -> None:
    ask(stranger, email, 0)
    path = newest_link(sandbox, email)
    assert is_invalid(stranger, path.replace("/s/default/", "/s/other/"))


def test_a_link_from_before_a_reset_opens_nothing(stranger: Visitor, store: Store, sandbox: Sandbox, email: str) -> None:
    ask(stranger, email, 0)
    path = newest_link(sandbox, email)
    store.reset("default")
    assert is_invalid(stranger, path)


def test_a_refused_password_leaves_the_link_valid(stranger: Visitor, sandbox: Sandbox) -> None:
    path = activation(sandbox)
    assert 'name="password"' in choose(stranger, path, "short").text
    assert choose(stranger, path).status_code == 200
    assert is_invalid(stranger, path)


def test_a_new_password_ends_every_session(stranger: Visitor, administrator: Visitor, sandbox: Sandbox, email: str) -> None:
    assert administrator.is_signed_in
    ask(stranger, email, 0)
    choose(stranger, newest_link(sandbox, email))
    assert not administrator.is_signed_in


def test_a_new_password_by_one_link_ends_the_other_links(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    ask(stranger, email, 1)
    other = newest_link(sandbox, email)
    ask(stranger, email, 0)
    choose(stranger, newest_link(sandbox, email))
    assert is_invalid(stranger, other)


def test_links_of_a_deactivated_account_are_invalid_until_it_is_active_again(
    stranger: Visitor, sandbox: Sandbox, email: str
) -> None:
    ask(stranger, email, 0)
    paths = [activation(sandbox), newest_link(sandbox, email)]
    before: dict[str, str] = {}
    for deactivated in (False, True, False):
        with sandbox.transaction() as db:
            for key in ("not_activated", "administrator"):
                person = db.get_one(Person, cast(sandbox, key).id)
                before.setdefault(key, person.status)
                person.status = Status.INACTIVE if deactivated else before[key]
        assert [is_invalid(stranger, path) for path in paths] == [deactivated] * 2
    assert choose(stranger, activation(sandbox)).status_code == 200


def test_a_link_to_sign_in_works_once_and_the_code_is_still_asked_for(
    stranger: Visitor, sandbox: Sandbox, email: str
) -> None:
    ask(stranger, email, 1)
    path = newest_link(sandbox, email)
    # Opening the page, as a program that scans mails does, does not use the link up.
    assert not is_invalid(stranger, path)
    (form,) = [form for form in stranger.forms(path) if not form.action.endswith("/language")]
    assert stranger.send(form).location == "/s/default/connect/totp/auth"
    assert not stranger.is_signed_in
    assert is_invalid(stranger, path)
    stranger.type_code(phone_code(sandbox, email))
    assert stranger.is_signed_in


def test_the_answer_is_the_same_for_an_address_without_an_account(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    pages = []
    for address in (email, "nobody@nowhere.example"):
        ask(stranger, address, 0)
        pages.append(without_token(stranger.get("/connect/recover/sent").text).replace(address, "…"))
    assert pages[0] == pages[1]
    with sandbox.reading() as db:
        assert not db.scalars(select(Message).where(Message.recipient == "nobody@nowhere.example")).all()


def test_no_more_than_five_mails_per_hour_go_to_an_address(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    def mails() -> int:
        with sandbox.reading() as db:
            return len(db.scalars(select(Message).where(Message.recipient == email)).all())

    before = mails()
    for _ in range(8):
        ask(stranger, email, 0)
    assert mails() - before == 5
    set_clock(sandbox, timedelta(hours=1, seconds=1))
    ask(stranger, email, 0)
    assert mails() - before == 6


def test_the_tick_against_robots_is_checked_by_the_server_too(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    stranger.begin_sign_in(email)
    assert stranger.send(stranger.form("/connect/recover", "Human")).status_code == 200
    with sandbox.reading() as db:
        assert not db.scalars(select(Message).where(Message.recipient == email)).all()
