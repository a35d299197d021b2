"""Codes of the authenticator, compared with an independent implementation of RFC 6238."""

from datetime import timedelta

import pytest

from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from tests.authenticator import STEP, totp
from tests.conftest import NOW
from tests.visits import Visitor, password_of, phone_code


@pytest.fixture
def secret(sandbox: Sandbox, email: str) -> str:
    """Return the secret in the administrator's authenticator."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        assert person.totp_secret is not None
        return person.totp_secret


def at(steps: int) -> int:
    """Return the instant a number of steps from now, in seconds."""
    return int(NOW.timestamp()) + steps * STEP


def type_code(stranger: Visitor, sandbox: Sandbox, email: str, code: str) -> bool:
    """Sign in as far as the code, type it, and return whether it was accepted."""
    stranger.begin_sign_in(email)
    assert stranger.type_password(password_of(sandbox, email)).location.endswith("/totp/auth")
    return stranger.type_code(code).status_code == 302


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_implementation_gives_the_codes_of_the_standard(seconds: int, code: str) -> None:
    assert totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", seconds) == code


@pytest.mark.parametrize(
    ("steps", "taken"), [(-3, False), (-2, False), (-1, True), (0, True), (1, True), (2, False), (3, False)]
)
def test_a_code_is_valid_one_step_before_and_after(
    stranger: Visitor, sandbox: Sandbox, email: str, secret: str, steps: int, taken: bool
) -> None:
    assert type_code(stranger, sandbox, email, totp(secret, at(steps))) is taken


def test_the_phone_shows_the_same_code(stranger: Visitor, sandbox: Sandbox, email: str, secret: str) -> None:
    assert phone_code(sandbox, email) == totp(secret, at(0))


def test_a_wrong_code_signs_nobody_in(stranger: Visitor, sandbox: Sandbox, email: str, secret: str) -> None:
    right = totp(secret, at(0))
    for wrong in (
        f"{(int(right) + 1) % 1_000_000:06}",
        right[:-1],
        right + "0",
        "",
        "abcdef",
        right[::-1] + "x",
        "-" + right[1:],
    ):
        assert not type_code(stranger, sandbox, email, wrong), wrong
    assert not stranger.is_signed_in


def test_a_code_works_once(stranger: Visitor, sandbox: Sandbox, email: str, secret: str) -> None:
    code = totp(secret, at(0))
    assert type_code(stranger, sandbox, email, code)
    again = Visitor(stranger.client.application.test_client(), stranger.home)
    assert not type_code(again, sandbox, email, code)


def test_a_code_of_an_earlier_step_is_used_up_by_a_later_one(
    stranger: Visitor, sandbox: Sandbox, email: str, secret: str
) -> None:
    assert type_code(stranger, sandbox, email, totp(secret, at(0)))
    again = Visitor(stranger.client.application.test_client(), stranger.home)
    assert not type_code(again, sandbox, email, totp(secret, at(-1)))
    assert type_code(again, sandbox, email, totp(secret, at(1)))


def test_a_clock_that_goes_back_makes_no_used_code_good_again(
    stranger: Visitor, sandbox: Sandbox, email: str, secret: str
) -> None:
    assert type_code(stranger, sandbox, email, totp(secret, at(0)))
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW - timedelta(seconds=STEP))
    again = Visitor(stranger.client.application.test_client(), stranger.home)
    assert not type_code(again, sandbox, email, totp(secret, at(-1)))
    assert not type_code(again, sandbox, email, totp(secret, at(0)))


def test_a_code_may_be_typed_in_two_groups(stranger: Visitor, sandbox: Sandbox, email: str, secret: str) -> None:
    code = totp(secret, at(0))
    assert type_code(stranger, sandbox, email, f" {code[:3]} {code[3:]} ")


def test_a_code_of_somebody_else_is_wrong(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    assert not type_code(stranger, sandbox, email, phone_code(sandbox, "user@rietkraag.example"))


def test_the_code_cannot_be_asked_for_without_the_password(stranger: Visitor, sandbox: Sandbox, email: str) -> None:
    stranger.begin_sign_in(email)
    assert stranger.get("/connect/totp/auth").status_code == 302
    token = stranger.token()
    answer = stranger.client.post(
        "/s/default/connect/totp/auth", data={"AuthCode": phone_code(sandbox, email), "csrf_token": token}
    )
    assert answer.status_code == 302
    assert not stranger.is_signed_in


def test_a_remembered_device_is_not_asked_for_thirty_days(
    stranger: Visitor, sandbox: Sandbox, email: str, secret: str
) -> None:
    stranger.begin_sign_in(email)
    stranger.type_password(password_of(sandbox, email))
    assert stranger.type_code(totp(secret, at(0)), RememberCode="true").status_code == 302
    for days, lands in ((29, "/home/"), (30, "/totp/auth")):
        with sandbox.transaction() as db:
            db.record.clock = Clock.frozen(NOW + timedelta(days=days))
        stranger.client.delete_cookie("vnsim_default", path="/s/default/")
        stranger.begin_sign_in(email)
        assert stranger.type_password(password_of(sandbox, email)).location.endswith(lands)


def test_a_device_is_not_remembered_without_the_tick(stranger: Visitor, sandbox: Sandbox, email: str, secret: str) -> None:
    assert type_code(stranger, sandbox, email, totp(secret, at(0)))
    stranger.client.delete_cookie("vnsim_default", path="/s/default/")
    stranger.begin_sign_in(email)
    assert stranger.type_password(password_of(sandbox, email)).location.endswith("/totp/auth")
