"""Eight wrong passwords or codes within ten minutes lock an address for thirty, on the sandbox's clock."""

from datetime import timedelta

import pytest

from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from tests.conftest import NOW
from tests.security.test_links import GOOD, ask, choose, newest_link
from tests.visits import Visitor, password_of, phone_code, without_token

LOCKED = "locked"
NOBODY = "nobody@nowhere.example"
SECOND = timedelta(seconds=1)


def set_clock(sandbox: Sandbox, after: timedelta) -> None:
    """Set the sandbox's clock."""
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + after)


def fail(visitor: Visitor, email: str, times: int) -> list[bool]:
    """Type a wrong password a number of times; return for each whether the page says that the address is locked."""
    locked = []
    for _ in range(times):
        visitor.begin_sign_in(email)
        answer = visitor.type_password("Wrong!pass1")
        assert answer.status_code == 200
        locked.append(LOCKED in answer.text)
    return locked


def can_sign_in(visitor: Visitor, sandbox: Sandbox, email: str) -> bool:
    """Return whether the right password is accepted."""
    visitor.begin_sign_in(email)
    return visitor.type_password(password_of(sandbox, email)).status_code == 302


@pytest.mark.parametrize("has_account", [True, False], ids=["account", "no account"])
def test_the_eighth_failure_locks_an_address_with_or_without_an_account(
    stranger: Visitor, email: str, has_account: bool
) -> None:
    assert fail(stranger, email if has_account else NOBODY, 9) == [False] * 7 + [True] * 2


def test_a_locked_address_refuses_the_right_password_for_thirty_minutes(
    stranger: Visitor, sandbox: Sandbox, email: str
) -> None:
    fail(stranger, email, 8)
    assert not can_sign_in(stranger, sandbox, email)
    set_clock(sandbox, timedelta(minutes=30) - SECOND)
    assert not can_sign_in(stranger, sandbox, email)
    set_clock(sandbox, timedelta(minutes=30))
    assert can_sign_in(stranger, sandbox, email)


def test_failures_older_than_ten_minutes_do_not_count(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    fail(stranger, email, 7)
    set_clock(sandbox, timedelta(minutes=10))
    assert fail(stranger, email, 7) == [False] * 7
    assert fail(stranger, email, 1) == [True]


def test_a_success_starts_the_counter_again(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    fail(stranger, email, 7)
    assert can_sign_in(stranger, sandbox, email)
    assert fail(stranger, email, 7) == [False] * 7


def test_a_new_password_does_not_lift_the_lock(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    fail(stranger, email, 8)
    ask(stranger, email, 0)
    choose(stranger, newest_link(sandbox, email))
    stranger.begin_sign_in(email)
    assert LOCKED in stranger.type_password(GOOD).text
    set_clock(sandbox, timedelta(minutes=30))
    stranger.begin_sign_in(email)
    assert stranger.type_password(GOOD).status_code == 302


def test_spellings_of_an_address_count_together(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    for written in (email.upper(), f"  {email}", email.title(), email):
        fail(stranger, written, 2)
    assert not can_sign_in(stranger, sandbox, email)


def test_another_address_is_not_locked_with_it(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    fail(stranger, email, 8)
    assert can_sign_in(stranger, sandbox, "plain@rietkraag.example")


def test_wrong_codes_lock_as_well_and_by_a_counter_of_their_own(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    fail(stranger, email, 7)
    assert can_sign_in(stranger, sandbox, email)
    pages = [stranger.type_code("000000").text for _ in range(8)]
    assert [LOCKED in page for page in pages] == [False] * 7 + [True]
    assert LOCKED in stranger.type_code(phone_code(sandbox, email)).text
    assert not stranger.is_signed_in


def test_a_lock_ends_no_open_session(stranger: Visitor, administrator: Visitor, email: str) -> None:
    fail(stranger, email, 8)
    assert administrator.is_signed_in


@pytest.mark.parametrize("key", ["not_activated", "inactive"])
def test_an_account_that_cannot_sign_in_answers_like_an_unknown_address(stranger: Visitor, key: str) -> None:
    email = {"not_activated": "new@rietkraag.example", "inactive": "former@rietkraag.example"}[key]
    pages = []
    for address, password in ((email, "Rietkraag!88"), (NOBODY, "Rietkraag!88")):
        stranger.begin_sign_in(address)
        pages.append(without_token(stranger.type_password(password).text).replace(address, "…"))
    assert pages[0] == pages[1]
