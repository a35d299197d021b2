"""The second step: authenticator, text message, emergency code."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.directory import emergency_codes, lockout, people, two_step
from simulator.directory.models import ClearTextSecrets, Person
from simulator.directory.signing_in import text_codes
from tests.authenticator import Account
from tests.conftest import NOW
from tests.products.connect.enrolling import done, emergency_code_on, key_on, now_of, set_up, store, text_code, type_password
from tests.reading import read
from tests.visits import Visitor, cast, phone_code

USER = "user@rietkraag.example"
NUMBER = "+31699999902"
HOME = "/s/default/home/"
EMERGENCY = "/connect/2fa/emergency-code"
NEW = f"{EMERGENCY}/new"
LOST = f"{EMERGENCY}/lost"


@pytest.fixture
def with_number(sandbox: Sandbox) -> None:
    """Give the person a verified number."""
    with sandbox.transaction() as db:
        _person(db).sms_number = "+31 6 99999902"


def _person(db: Db) -> Person:
    person = people.by_email(db, USER)
    assert person is not None
    return person


def emergency_code(sandbox: Sandbox) -> str:
    """Return the code from the clear-text secrets."""
    with sandbox.reading() as db:
        return db.get_one(ClearTextSecrets, _person(db).id).emergency_code or ""


def set_clock(sandbox: Sandbox, later: timedelta) -> None:
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + later)


def send_text(visitor: Visitor) -> str:
    """Ask for a text message from the list of methods, and return the next page."""
    (form,) = (form for form in visitor.forms("/connect/2fa/methods") if form.action.endswith("/2fa/sms/send"))
    return visitor.send(form, follow=True).text


def type_text(visitor: Visitor, code: str, **values: Any) -> str | None:
    return visitor.send(visitor.form("/connect/2fa/sms", "AuthCode"), AuthCode=code, **values).location


def type_emergency(visitor: Visitor, code: str) -> str | None:
    return visitor.send(visitor.form(EMERGENCY, "EmergencyCode"), EmergencyCode=code).location


def browsers(platform: Platform, sandbox: Sandbox, count: int) -> list[Visitor]:
    """Return browsers in which the password was typed."""
    visitors = [Visitor.of(platform, sandbox, language="en") for _ in range(count)]
    for visitor in visitors:
        type_password(visitor, sandbox, USER)
    return visitors


def methods_on(visitor: Visitor) -> list[str]:
    page = read(visitor.get("/connect/2fa/methods").text)
    (listed,) = (element for element in page.all("ul") if element["class"] == "ways")
    return [item.text for item in listed.all("li")]


def test_another_way_lists_the_methods_of_the_account(visitor: Visitor, sandbox: Sandbox, with_number: None) -> None:
    type_password(visitor, sandbox, USER)
    assert "Try another way" in [link.text for link in read(visitor.get("/connect/totp/auth").text).all("a")]
    assert methods_on(visitor) == [
        "Code from the authenticator app",
        "Text message to the number ending in 02",
        "Use one-time emergency code",
    ]
    assert NUMBER not in visitor.get("/connect/2fa/methods").text


def test_without_a_number_there_is_no_text_message(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, USER)
    assert methods_on(visitor) == ["Code from the authenticator app", "Use one-time emergency code"]
    token = visitor.form("/connect/totp/auth", "AuthCode").values["csrf_token"]
    answer = visitor.client.post("/s/default/connect/2fa/sms/send", data={"csrf_token": token})
    assert (answer.location or "").endswith("/2fa/methods")
    with sandbox.reading() as db:
        assert outbox.newest_first(db, kind="sms") == []


@pytest.mark.parametrize(
    "path", ["2fa/methods", "2fa/sms", "2fa/emergency-code", "2fa/emergency-code/new", "2fa/emergency-code/lost"]
)
def test_no_method_is_open_before_the_password(visitor: Visitor, path: str) -> None:
    visitor.begin_sign_in(USER)
    assert visitor.get(f"/connect/{path}").location == "/s/default/connect/"


def test_a_code_by_text_message_signs_in_once(
    platform: Platform, visitor: Visitor, sandbox: Sandbox, with_number: None
) -> None:
    type_password(visitor, sandbox, USER)
    assert "A code is on its way." in send_text(visitor)
    code = text_code(sandbox, NUMBER)
    assert len(code) == 6 and code.isdigit()
    assert type_text(visitor, code) == HOME
    with sandbox.reading() as db:
        assert [event.data["methods"] for event in events.after(db, type_="user.signed_in")] == [["pwd", "sms"]]
    (other,) = browsers(platform, sandbox, 1)
    send_text(other)
    assert type_text(other, code) is None


@pytest.mark.parametrize(
    "pasted", ["{0}{1}\t", "\u200b{0}{1}", "\ufeff{0}{1}\u200e", "{0}-{1}", "{0}\u2011{1}", "{0}\u00a0{1}", "full width"]
)
def test_a_code_that_was_pasted_with_what_stands_around_it_is_the_code(
    visitor: Visitor, sandbox: Sandbox, with_number: None, pasted: str
) -> None:
    type_password(visitor, sandbox, USER)
    send_text(visitor)
    code = text_code(sandbox, NUMBER)
    full_width = "".join(chr(ord("\N{FULLWIDTH DIGIT ZERO}") + int(digit)) for digit in code)
    assert type_text(visitor, full_width if pasted == "full width" else pasted.format(code[:3], code[3:])) == HOME
    with sandbox.reading() as db:
        assert not [event for event in events.after(db) if event.type == "sign_in.failed"]


def test_a_code_of_the_authenticator_may_be_pasted_too(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, USER)
    form = visitor.form("/connect/totp/auth", "AuthCode")
    assert visitor.send(form, AuthCode=f"\t{phone_code(sandbox, USER)}\ufeff").location == HOME


def test_a_text_message_remembers_the_device_like_any_code(visitor: Visitor, sandbox: Sandbox, with_number: None) -> None:
    type_password(visitor, sandbox, USER)
    send_text(visitor)
    type_text(visitor, text_code(sandbox, NUMBER), RememberCode="true")
    visitor.client.delete_cookie("vnsim_default", path="/s/default/")
    assert type_password(visitor, sandbox, USER).location == HOME


@pytest.mark.parametrize(
    ("later", "taken"), [(text_codes.LIFETIME - timedelta(seconds=1), True), (text_codes.LIFETIME, False)]
)
def test_a_code_by_text_message_is_good_for_five_minutes(
    visitor: Visitor, sandbox: Sandbox, with_number: None, later: timedelta, taken: bool
) -> None:
    type_password(visitor, sandbox, USER)
    send_text(visitor)
    set_clock(sandbox, later)
    assert (type_text(visitor, text_code(sandbox, NUMBER)) == HOME) is taken


def test_another_code_comes_after_thirty_seconds_three_in_all_and_the_newest_wins(
    visitor: Visitor, sandbox: Sandbox, with_number: None
) -> None:
    type_password(visitor, sandbox, USER)
    pages, codes = [], []
    for seconds in (0, 29, 30, 60, 90):
        set_clock(sandbox, timedelta(seconds=seconds))
        pages.append(send_text(visitor))
        codes.append(text_code(sandbox, NUMBER))
    words = ("on its way", "wait 30 seconds", "on its way", "on its way", "at most 3 text messages")
    assert [word in page for word, page in zip(words, pages, strict=True)] == [True] * 5
    assert codes[0] == codes[1] and codes[3] == codes[4] and len(set(codes)) == 3
    assert type_text(visitor, codes[2]) is None
    assert type_text(visitor, codes[3]) == HOME


def test_a_new_sign_in_may_have_text_messages_again(visitor: Visitor, sandbox: Sandbox, with_number: None) -> None:
    for _ in range(2):
        type_password(visitor, sandbox, USER)
        assert "on its way" in send_text(visitor)


def test_text_messages_reach_the_phone(visitor: Visitor, sandbox: Sandbox, with_number: None) -> None:
    type_password(visitor, sandbox, USER)
    send_text(visitor)
    page = visitor.get(f"/phone/{cast(sandbox, 'user').id}").text
    assert text_code(sandbox, NUMBER) in page


@pytest.mark.parametrize(
    "written", [str.upper, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ')} "]
)
def test_an_emergency_code_is_read_however_it_is_typed(
    visitor: Visitor, sandbox: Sandbox, written: Callable[[str], str]
) -> None:
    type_password(visitor, sandbox, USER)
    assert (type_emergency(visitor, written(emergency_code(sandbox))) or "").endswith("/emergency-code/new")


def test_after_an_emergency_code_a_new_one_is_shown_then_the_question_asked(visitor: Visitor, sandbox: Sandbox) -> None:
    old = emergency_code(sandbox)
    type_password(visitor, sandbox, USER)
    type_emergency(visitor, old)
    assert not visitor.is_signed_in
    new = emergency_code_on(visitor, NEW)
    assert new == emergency_code_on(visitor, NEW) == emergency_code(sandbox) != old
    assert (visitor.get(LOST).location or "").endswith("/new"), "the question waits until the code is stored"
    assert "Store the code first" in visitor.send(visitor.form(NEW, "Stored")).text
    assert (store(visitor, NEW).location or "").endswith("/lost")
    assert not visitor.is_signed_in
    page = read(visitor.get(LOST).text)
    assert [button.text for button in page.all("button") if button["name"] == "choice"] == [
        "I have permanently lost access to my Authenticator",
        "I just cannot use it this time",
    ]
    assert visitor.choose(LOST, "once").location == HOME
    with sandbox.reading() as db:
        types = [event.type for event in events.after(db) if event.type.startswith("emergency_code")]
        assert [mail.subject for mail in outbox.after(db, to=USER)] == ["A one-time emergency code was used"]
    assert types == ["emergency_code.used", "emergency_code.issued"]


@pytest.mark.parametrize("path", ["/home/", "/settings/licenses", "/connect/terms", "/connect/enroll/app"])
def test_while_the_question_is_open_nobody_is_signed_in(visitor: Visitor, sandbox: Sandbox, path: str) -> None:
    type_password(visitor, sandbox, USER)
    type_emergency(visitor, emergency_code(sandbox))
    store(visitor, NEW)
    assert visitor.get(path).status_code == 302
    assert not visitor.is_signed_in


def test_an_answer_that_is_none_is_asked_again(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, USER)
    type_emergency(visitor, emergency_code(sandbox))
    store(visitor, NEW)
    form = visitor.form(LOST, "choice")
    for data in ({}, {"choice": "perhaps"}):
        answer = visitor.client.post(form.action, data={"csrf_token": form.values["csrf_token"], **data})
        assert (answer.status_code, visitor.is_signed_in) == (200, False)


def test_an_emergency_code_works_only_once(platform: Platform, visitor: Visitor, sandbox: Sandbox) -> None:
    old = emergency_code(sandbox)
    type_password(visitor, sandbox, USER)
    type_emergency(visitor, old)
    (other,) = browsers(platform, sandbox, 1)
    page = other.send(other.form(EMERGENCY, "EmergencyCode"), EmergencyCode=old)
    assert page.status_code == 200
    assert "The code is not valid" in page.text
    assert "Contact support or an administrator" in page.text


def test_the_old_code_is_refused_after_another_was_generated(visitor: Visitor, sandbox: Sandbox) -> None:
    old = emergency_code(sandbox)
    with sandbox.transaction() as db:
        emergency_codes.store(db, _person(db), "AAAA-BBBB-CCCC-DDDD-EEEE", lifetime=emergency_codes.GENERATED_LIFETIME)
    type_password(visitor, sandbox, USER)
    assert type_emergency(visitor, old) is None
    assert (type_emergency(visitor, "aaaabbbbccccddddeeee") or "").endswith("/new")


def test_a_generated_code_lives_a_day(visitor: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        emergency_codes.store(db, _person(db), "AAAA-BBBB-CCCC-DDDD-EEEE", lifetime=emergency_codes.GENERATED_LIFETIME)
    set_clock(sandbox, timedelta(hours=24))
    type_password(visitor, sandbox, USER)
    assert type_emergency(visitor, "AAAA-BBBB-CCCC-DDDD-EEEE") is None


def test_a_lost_authenticator_is_replaced_with_its_devices_and_code(
    platform: Platform, visitor: Visitor, sandbox: Sandbox
) -> None:
    type_password(visitor, sandbox, USER)
    visitor.type_code(phone_code(sandbox, USER), RememberCode="true")
    visitor.client.delete_cookie("vnsim_default", path="/s/default/")
    assert type_password(visitor, sandbox, USER).location == HOME, "the device is remembered"
    with sandbox.reading() as db:
        old_secret = _person(db).totp_secret
    (other,) = browsers(platform, sandbox, 1)
    type_emergency(other, emergency_code(sandbox))
    second = emergency_code_on(other, NEW)
    store(other, NEW)
    assert (other.choose(LOST, "lost").location or "").endswith("/enroll/app")
    assert not other.is_signed_in
    account = key_on(other)
    assert account.secret != old_secret
    account, third = set_up(other, sandbox)
    assert third != second
    assert done(other).location == HOME
    visitor.client.delete_cookie("vnsim_default", path="/s/default/")
    assert (type_password(visitor, sandbox, USER).location or "").endswith("/totp/auth")
    assert type_emergency(visitor, second) is None
    assert visitor.type_code(account.code(now_of(sandbox), ahead=1)).location == HOME


def test_a_lost_authenticator_no_longer_counts_though_no_new_one_is_set_up(
    platform: Platform, visitor: Visitor, sandbox: Sandbox
) -> None:
    with sandbox.reading() as db:
        old = Account.typed("old", _person(db).totp_secret or "")
    type_password(visitor, sandbox, USER)
    type_emergency(visitor, emergency_code(sandbox))
    second = emergency_code_on(visitor, NEW)
    store(visitor, NEW)
    visitor.choose(LOST, "lost")
    (other,) = browsers(platform, sandbox, 1)
    assert methods_on(other) == ["Use one-time emergency code"]
    data = {"csrf_token": other.token(), "AuthCode": old.code(now_of(sandbox))}
    assert (other.client.post("/s/default/connect/totp/auth", data=data).location or "").endswith("/2fa/methods")
    assert not other.is_signed_in
    assert (type_emergency(other, second) or "").endswith("/new")
    assert (store(other, NEW).location or "").endswith("/connect/enroll"), "a person without an authenticator is not asked"
    assert "Remind me later" not in other.get("/connect/enroll").text
    set_up(other, sandbox)
    assert done(other).location == HOME


def test_an_administrator_can_help_a_person_who_never_set_the_new_authenticator_up(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = _person(db)
        two_step.lose(db, person, authenticator=True, lost_keys=[])
        desk = people.by_email(db, cast(sandbox, "support").email)
        assert desk is not None
        assert emergency_codes.why_not(db, desk, person) is None


WRONG: dict[str, Callable[[Visitor], object]] = {
    "authenticator": lambda visitor: visitor.type_code("000000"),
    "text message": lambda visitor: type_text(visitor, "000000"),
    "emergency code": lambda visitor: type_emergency(visitor, "AAAA-AAAA-AAAA-AAAA-AAAA"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_codes_guessed_in_bulk_lock_the_address(visitor: Visitor, sandbox: Sandbox, with_number: None, kind: str) -> None:
    type_password(visitor, sandbox, USER)
    send_text(visitor)
    for _ in range(lockout.FAILURES - 1):
        WRONG[kind](visitor)
    with sandbox.reading() as db:
        assert lockout.locked_until(db, USER) is None
    WRONG[kind](visitor)
    with sandbox.reading() as db:
        assert lockout.locked_until(db, USER) == NOW + lockout.DURATION
    assert "Your account is locked" in visitor.type_code(phone_code(sandbox, USER)).text
    assert type_text(visitor, text_code(sandbox, NUMBER)) is None
    assert type_emergency(visitor, emergency_code(sandbox)) is None
    assert not visitor.is_signed_in


def test_codes_of_all_kinds_count_together(visitor: Visitor, sandbox: Sandbox, with_number: None) -> None:
    type_password(visitor, sandbox, USER)
    send_text(visitor)
    kinds = [*WRONG.values()]
    for number in range(lockout.FAILURES):
        kinds[number % len(kinds)](visitor)
    with sandbox.reading() as db:
        assert lockout.locked_until(db, USER) is not None


def test_an_address_that_is_locked_before_the_last_step_is_not_signed_in(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, USER)
    type_emergency(visitor, emergency_code(sandbox))
    store(visitor, NEW)
    with sandbox.transaction() as db:
        lockout.lock(db, USER, NOW + timedelta(minutes=5))
    assert visitor.choose(LOST, "once").location == "/s/default/connect/"
    assert "Your account is locked" in visitor.get("/connect/?other=1").text
    assert not visitor.is_signed_in


CODES: dict[str, tuple[str, str, Callable[[Sandbox], str]]] = {
    "authenticator": ("/connect/totp/auth", "AuthCode", lambda sandbox: phone_code(sandbox, USER)),
    "emergency code": (EMERGENCY, "EmergencyCode", emergency_code),
}


@pytest.mark.parametrize("kind", CODES)
def test_one_code_typed_in_two_browsers_at_once_is_taken_in_one(platform: Platform, sandbox: Sandbox, kind: str) -> None:
    path, field, read_off = CODES[kind]
    code, both = read_off(sandbox), browsers(platform, sandbox, 2)
    together, answers = Barrier(2), []

    def type_together(visitor: Visitor) -> None:
        form = visitor.form(path, field)
        together.wait()
        typed: dict[str, Any] = {field: code}
        answers.append(visitor.send(form, **typed).status_code)

    threads = [Thread(target=type_together, args=(visitor,)) for visitor in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 302]
    assert sum(visitor.is_signed_in for visitor in both) == (kind == "authenticator")
