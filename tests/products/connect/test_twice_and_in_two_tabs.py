"""Enter twice, and two tabs: a step that works once has one result in both answers, and a form belongs to its sign-in."""

from threading import Event, Thread
from typing import Any

import pytest
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import events
from simulator.core.sandbox import Sandbox
from simulator.directory import emergency_codes, links, people
from simulator.directory.lockout import FAILURES
from simulator.directory.models import LinkKind, Person
from simulator.web.sessions import cookie_path
from simulator.web.submissions import Submissions
from tests.products.connect import enrolling
from tests.visits import Form, Visitor, cast, password_of, phone_code
from tests.waiting import Writes, before_the_write_lock

ADMINISTRATOR, PLAIN = "administrator", "no_two_step"
GOOD = "Sterk!wachtwoord7"
COOKIES = ("vnsim_default", "remember2sv_default", "rememberUsername_default")


class DoubleVisitor(Visitor):
    """A browser that sends each form twice, without waiting for the first answer, and takes the second."""

    def send(self, form: Form, button: int = 0, follow: bool = False, **values: Any) -> TestResponse:
        """Send a form twice, with the cookies of before."""
        first = Visitor(self.client.application.test_client(), self.home)
        copy_cookies(self, first)
        answer = first.send(form, button, follow, **values)
        with self.client.application.extensions["store"].open("default") as sandbox:
            writes = Writes(sandbox)
            again = super().send(form, button, follow, **values)
            assert (again.status, again.location, again.text) == (answer.status, answer.location, answer.text)
            assert cookies(self) == cookies(first)
            assert not writes.any, f"the second answer of {form.action} changed something"
            writes.close()
        return again


def cookies(visitor: Visitor) -> dict[str, str | None]:
    """Return the cookies of a browser."""
    stored = {name: visitor.client.get_cookie(name, path=cookie_path("default")) for name in COOKIES}
    return {name: cookie.value if cookie is not None else None for name, cookie in stored.items()}


def copy_cookies(source: Visitor, target: Visitor) -> None:
    """Give a browser the cookies of another."""
    for name, value in cookies(source).items():
        if value is not None:
            target.client.set_cookie(name, value, path=cookie_path("default"))


@pytest.fixture
def double(platform: Platform, sandbox: Sandbox) -> DoubleVisitor:
    """Return a browser that sends each form twice."""
    return DoubleVisitor.of(platform, sandbox)


def begin(visitor: Visitor, email: str) -> None:
    """Type an address once: a second time would only begin another sign-in."""
    patient = Visitor(visitor.client, visitor.home)
    patient.begin_sign_in(email)


def signed_in(sandbox: Sandbox) -> int:
    """Return how often somebody signed in."""
    with sandbox.reading() as db:
        return len(events.after(db, type_="user.signed_in"))


def mailed(sandbox: Sandbox, key: str, kind: LinkKind, path: str) -> str:
    """Mail a link, and return its path."""
    with sandbox.transaction() as db:
        return f"/connect/{path}/{links.make(db, db.get_one(Person, cast(sandbox, key).id), kind)}"


def test_password_and_code_sent_twice_sign_in_once(double: DoubleVisitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, ADMINISTRATOR).email
    begin(double, email)
    assert double.type_password(password_of(sandbox, email)).location == "/s/default/connect/totp/auth"
    assert double.type_code(phone_code(sandbox, email), RememberCode="true").location == "/s/default/home/"
    assert double.is_signed_in
    assert signed_in(sandbox) == 1


def test_an_emergency_code_sent_twice_signs_in_once(double: DoubleVisitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, ADMINISTRATOR).email
    with sandbox.transaction() as db:
        person = people.by_email(db, email)
        assert person is not None
        code = emergency_codes.issue(db, person)
    begin(double, email)
    double.type_password(password_of(sandbox, email))
    double.send(double.form("/connect/2fa/emergency-code", "EmergencyCode"), EmergencyCode=code)
    assert (
        enrolling.store(double, "/connect/2fa/emergency-code/new").location == "/s/default/connect/2fa/emergency-code/lost"
    )
    assert double.choose("/connect/2fa/emergency-code/lost", "once").location == "/s/default/home/"
    assert double.is_signed_in and signed_in(sandbox) == 1


def test_every_step_of_setting_two_steps_up_can_be_sent_twice(double: DoubleVisitor, sandbox: Sandbox) -> None:
    email, number = cast(sandbox, PLAIN).email, "+31699999977"
    with sandbox.transaction() as db:
        db.get_one(Person, cast(sandbox, PLAIN).id).terms_accepted_at = None
    begin(double, email)
    double.type_password(password_of(sandbox, email))
    assert (double.choose("/connect/enroll", "enable").location or "").endswith("/enroll/app")
    enrolling.type_first_code(double, sandbox, enrolling.key_on(double))
    enrolling.give_number(Visitor(double.client, double.home), number)
    double.send(double.form("/connect/enroll/sms", "AuthCode"), AuthCode=enrolling.text_code(sandbox, number))
    enrolling.store(double)
    assert (enrolling.done(double).location or "").endswith("/connect/terms")
    assert double.choose("/connect/terms", "accept").location == "/s/default/home/"
    assert double.is_signed_in and signed_in(sandbox) == 1


@pytest.mark.parametrize(
    ("kind", "path", "key"), [(LinkKind.ACTIVATION, "activate", "not_activated"), (LinkKind.RESET, "reset", "user")]
)
def test_a_new_password_sent_twice_is_set_once(
    double: DoubleVisitor, sandbox: Sandbox, kind: LinkKind, path: str, key: str
) -> None:
    page = mailed(sandbox, key, kind, path)
    answer = double.send(double.form(page, "password"), password=GOOD, repeated=GOOD)
    assert ("Account activated" if key == "not_activated" else "Password changed") in answer.text


@pytest.mark.parametrize(("kind", "path"), [(LinkKind.WELCOME, "welcome"), (LinkKind.SIGN_IN, "link")])
def test_the_button_of_a_mailed_link_pressed_twice_works_once(
    double: DoubleVisitor, sandbox: Sandbox, kind: LinkKind, path: str
) -> None:
    key = "not_activated" if kind is LinkKind.WELCOME else PLAIN
    answer = double.confirm(mailed(sandbox, key, kind, path))
    assert answer.status_code == 302 and "/connect/" in (answer.location or "")


def test_a_wrong_code_sent_again_later_counts_again(visitor: Visitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, ADMINISTRATOR).email
    visitor.begin_sign_in(email)
    visitor.type_password(password_of(sandbox, email))
    form = visitor.form("/connect/totp/auth", "AuthCode")
    for _ in range(FAILURES):
        answer = visitor.send(form, AuthCode="000000")
    assert "locked" in answer.text


def send_at_once(
    first: Visitor, second: Visitor, form: Form, monkeypatch: pytest.MonkeyPatch, **values: Any
) -> list[TestResponse]:
    """Send a form in one browser, and the same in another while the first waits for the write lock."""
    waits, wait_for = Event(), Submissions.wait_for
    answers: list[TestResponse] = []

    def announced(submissions: Submissions, pending: Any) -> Any:
        waits.set()
        return wait_for(submissions, pending)

    def send_again() -> None:
        thread.start()
        assert waits.wait(60)

    monkeypatch.setattr(Submissions, "wait_for", announced)
    thread = Thread(target=lambda: answers.append(second.send(form, **values)))
    with before_the_write_lock(send_again):
        answers.append(first.send(form, **values))
    thread.join(60)
    return answers


def test_the_second_of_two_equal_forms_at_once_waits_for_the_first(
    platform: Platform, visitor: Visitor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = cast(sandbox, ADMINISTRATOR).email
    visitor.begin_sign_in(email)
    visitor.type_password(password_of(sandbox, email))
    form, code = visitor.form("/connect/totp/auth", "AuthCode"), phone_code(sandbox, email)
    second = Visitor(platform.test_client(), visitor.home)
    copy_cookies(visitor, second)
    answers = send_at_once(visitor, second, form, monkeypatch, AuthCode=code)
    assert [answer.location for answer in answers] == ["/s/default/home/"] * 2
    assert visitor.is_signed_in and second.is_signed_in
    assert signed_in(sandbox) == 1


def test_a_mail_sent_twice_at_once_is_sent_once(
    platform: Platform, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor.of(platform, sandbox, cast(sandbox, ADMINISTRATOR).email)
    form = visitor.form("/mail/new", "subject")
    values: dict[str, Any] = {"to": cast(sandbox, "user").email, "subject": "Once", "text": "Once"}
    second = Visitor(platform.test_client(), visitor.home)
    copy_cookies(visitor, second)
    answers = send_at_once(visitor, second, form, monkeypatch, **values)
    assert len({answer.location for answer in answers}) == 1
    assert visitor.get("/mail/").text.count(">Once<") == 1


def test_the_password_of_one_tab_is_not_checked_against_the_person_of_the_other(visitor: Visitor, sandbox: Sandbox) -> None:
    first, other = cast(sandbox, ADMINISTRATOR).email, cast(sandbox, PLAIN).email
    visitor.begin_sign_in(first)
    form = visitor.form("/connect/login/password", "Password")
    visitor.begin_sign_in(other, "?other=1")
    answer = visitor.send(form, Password=password_of(sandbox, first))
    assert answer.status_code == 409
    assert f"the sign-in of {other} began meanwhile" in answer.text
    with sandbox.reading() as db:
        assert events.after(db, type_="sign_in.failed") == []
    assert visitor.type_password(password_of(sandbox, other)).location == "/s/default/connect/enroll"
    answer = visitor.send(form, Password=password_of(sandbox, first))
    assert answer.status_code == 409 and 'href="/s/default/connect/enroll"' in answer.text


def test_a_form_of_a_sign_in_says_who_is_signed_in_meanwhile(visitor: Visitor, sandbox: Sandbox) -> None:
    first, other = cast(sandbox, ADMINISTRATOR).email, cast(sandbox, PLAIN).email
    visitor.begin_sign_in(first)
    form = visitor.form("/connect/login/password", "Password")
    visitor.begin_sign_in(other, "?other=1")
    own = visitor.form("/connect/login/password", "Password")
    visitor.go_in(visitor.type_password(password_of(sandbox, other)))
    assert visitor.is_signed_in
    answer = visitor.send(form, Password=password_of(sandbox, first))
    assert answer.status_code == 409 and f"{other} signed in meanwhile" in answer.text
    assert visitor.send(own, Password=password_of(sandbox, other)).location == "/s/default/home/"


def test_a_remembered_address_begins_a_sign_in_with_the_first_form(visitor: Visitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, PLAIN).email
    visitor.client.set_cookie("rememberUsername_default", email, path=cookie_path("default"))
    assert visitor.get("/connect/").location == "/s/default/connect/login/password"
    assert email in visitor.get("/connect/recover").text
    assert visitor.type_password(password_of(sandbox, email)).location == "/s/default/connect/enroll"
