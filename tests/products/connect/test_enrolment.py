"""Setting two-step verification up while signing in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.models import Customer, Person, SignInSession
from simulator.directory.signing_in import enrolment
from tests.conftest import NOW
from tests.products.connect.enrolling import (
    ENROLL,
    done,
    emergency_code_on,
    give_number,
    key_on,
    now_of,
    set_up,
    store,
    text_code,
    type_first_code,
    type_password,
)
from tests.reading import read
from tests.visits import Visitor

PLAIN = "plain@rietkraag.example"
NUMBER = "+31699999977"
HOME = "/s/default/home/"


def account_of(sandbox: Sandbox, email: str = PLAIN) -> Person:
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person


def require_two_step(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.scalars(select(Customer).where(Customer.key == "office")).one().require_two_step = True


def leave(visitor: Visitor) -> None:
    visitor.client.delete_cookie("vnsim_default", path="/s/default/")


def another_browser(visitor: Visitor) -> Visitor:
    return Visitor(visitor.client.application.test_client(), visitor.home)


def at_stored_code(visitor: Visitor, sandbox: Sandbox) -> None:
    """Go on to the page with the emergency code."""
    type_password(visitor, sandbox, PLAIN)
    visitor.choose(ENROLL, "enable")
    type_first_code(visitor, sandbox, key_on(visitor))
    give_number(visitor, "")


def test_a_person_with_one_step_is_offered_another_and_may_put_it_off(visitor: Visitor, sandbox: Sandbox) -> None:
    assert type_password(visitor, sandbox, PLAIN).location == "/s/default/connect/enroll"
    page = read(visitor.get(ENROLL).text)
    assert [heading.text for heading in page.all("h1")] == ["Add an extra layer of security"]
    assert [button.text for button in page.all("button") if button["name"] == "choice"] == ["Enable", "Remind me later"]
    assert not visitor.is_signed_in
    assert visitor.choose(ENROLL, "later").location == HOME
    assert visitor.is_signed_in


def test_put_off_in_another_browser_it_goes_on_from_here(visitor: Visitor, sandbox: Sandbox) -> None:
    other = another_browser(visitor)
    for browser in (visitor, other):
        assert type_password(browser, sandbox, PLAIN).location == "/s/default/connect/enroll"
    other.choose(ENROLL, "later")
    answer = visitor.get(ENROLL, follow_redirects=True)
    assert answer.request.path == "/s/default/connect/login/finish"
    assert visitor.confirm("/connect/login/finish").location == HOME
    assert visitor.is_signed_in
    assert another_browser(visitor).get("/connect/login/finish").location == "/s/default/connect/"


def test_nobody_finishes_before_the_last_step(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(PLAIN)
    assert visitor.get("/connect/login/finish").location == "/s/default/connect/"
    type_password(visitor, sandbox, PLAIN)
    assert visitor.get("/connect/login/finish").location == "/s/default/connect/enroll"
    assert not visitor.is_signed_in


def test_put_off_it_is_offered_again_after_three_sign_ins(visitor: Visitor, sandbox: Sandbox) -> None:
    offered = []
    for _ in range(9):
        answer = type_password(visitor, sandbox, PLAIN)
        offered.append((answer.location or "").endswith("/enroll"))
        visitor.go_in(answer)
        assert visitor.is_signed_in
        leave(visitor)
    assert offered == [True, False, False, False, True, False, False, False, True]


def test_set_up_it_asks_for_a_code_from_then_on(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    account, _ = set_up(visitor, sandbox)
    assert not visitor.is_signed_in
    assert done(visitor).location == HOME
    assert visitor.is_signed_in
    leave(visitor)
    assert (type_password(visitor, sandbox, PLAIN).location or "").endswith("/totp/auth")
    assert visitor.type_code(account.code(now_of(sandbox))).status_code == 200, "the code of the wizard is used"
    assert visitor.type_code(account.code(now_of(sandbox), ahead=1)).location == HOME


def test_the_journal_and_a_mail_report_that_it_was_set_up(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    set_up(visitor, sandbox)
    done(visitor)
    with sandbox.reading() as db:
        recorded = [(event.type, event.actor) for event in events.after(db) if event.type != "mail.sent"]
        mails = [mail.subject for mail in outbox.after(db, to=PLAIN)]
    assert recorded == [("two_step.enabled", PLAIN), ("emergency_code.issued", PLAIN), ("user.signed_in", PLAIN)]
    assert mails == ["Two-step verification enabled"]


@pytest.mark.parametrize("pages", range(6), ids=["offered", "begun", "code", "number", "text", "emergency code"])
def test_closed_half_way_nobody_is_enrolled_and_it_begins_at_the_first_page(
    visitor: Visitor, sandbox: Sandbox, pages: int
) -> None:
    type_password(visitor, sandbox, PLAIN)
    first = None
    if pages > 0:
        visitor.choose(ENROLL, "enable")
        first = key_on(visitor)
    if pages > 1 and first is not None:
        type_first_code(visitor, sandbox, first)
    if pages > 2:
        give_number(visitor, NUMBER)
    if pages > 3:
        code = text_code(sandbox, NUMBER)
        visitor.send(visitor.form("/connect/enroll/sms", "AuthCode"), AuthCode=code)
    if pages > 4:
        emergency_code_on(visitor)
    leave(visitor)
    person = account_of(sandbox)
    assert (person.totp_secret, person.sms_number) == (None, None)
    assert (type_password(visitor, sandbox, PLAIN).location or "").endswith("/connect/enroll")
    visitor.choose(ENROLL, "enable")
    assert key_on(visitor) != first


def test_the_emergency_code_stays_the_same_until_it_is_stored_and_is_gone_then(visitor: Visitor, sandbox: Sandbox) -> None:
    at_stored_code(visitor, sandbox)
    assert emergency_code_on(visitor) == emergency_code_on(visitor)
    code = emergency_code_on(visitor)
    store(visitor)
    assert code not in visitor.get("/connect/enroll/emergency-code", follow_redirects=True).text
    done(visitor)
    assert code not in visitor.get("/connect/enroll/emergency-code", follow_redirects=True).text


def test_without_the_tick_the_wizard_does_not_go_on(visitor: Visitor, sandbox: Sandbox) -> None:
    at_stored_code(visitor, sandbox)
    form = visitor.form("/connect/enroll/emergency-code", "Stored")
    answer = visitor.send(form)
    assert answer.status_code == 200
    assert "Store the code first" in answer.text
    assert account_of(sandbox).totp_secret is None


def test_a_wrong_first_code_stays_on_the_page(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    visitor.choose(ENROLL, "enable")
    account = key_on(visitor)
    wrong = account.code(now_of(sandbox), ahead=5)
    answer = visitor.send(visitor.form("/connect/enroll/code", "AuthCode"), AuthCode=wrong)
    assert (answer.status_code, "The code is not valid" in answer.text) == (200, True)
    assert (visitor.get("/connect/enroll/emergency-code").location or "").endswith("/enroll/app")
    assert (type_first_code(visitor, sandbox, account).location or "").endswith("/enroll/phone")


@pytest.mark.parametrize("path", ["code", "phone", "sms", "emergency-code", "done"])
def test_no_page_of_the_wizard_can_be_skipped_to(visitor: Visitor, sandbox: Sandbox, path: str) -> None:
    type_password(visitor, sandbox, PLAIN)
    assert (visitor.get(f"/connect/enroll/{path}").location or "").endswith("/connect/enroll")
    visitor.choose(ENROLL, "enable")
    token = visitor.form("/connect/enroll/code", "AuthCode").values["csrf_token"]
    data = {"csrf_token": token, "Stored": "y", "PhoneNumber": "", "AuthCode": "000000"}
    answer = visitor.client.post(f"/s/default/connect/enroll/{path}", data=data)
    if path != "code":
        assert (answer.location or "").endswith("/enroll/app")
    assert account_of(sandbox).totp_secret is None
    assert not visitor.is_signed_in


def test_a_number_is_proved_by_a_text_message_and_then_gets_codes(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    set_up(visitor, sandbox, NUMBER)
    done(visitor)
    assert account_of(sandbox).sms_number == NUMBER
    leave(visitor)
    type_password(visitor, sandbox, PLAIN)
    assert "ending in 77" in visitor.get("/connect/2fa/methods").text


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+31 6 99999977", NUMBER), ("0031699999977", NUMBER), ("+31 (6) 999-999.77", NUMBER), ("0699999977", None),
        ("+31", None), ("+31 6 9999 9977 000 000", None), ("+31x699999977", None),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667", None),
    ],
)  # fmt: skip
def test_a_number_has_the_code_of_its_country(visitor: Visitor, sandbox: Sandbox, typed: str, number: str | None) -> None:
    assert enrolment.normal_number(typed) == number


def test_an_invalid_number_is_refused_with_the_form_it_must_have(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    visitor.choose(ENROLL, "enable")
    type_first_code(visitor, sandbox, key_on(visitor))
    answer = give_number(visitor, "0699999977")
    assert (answer.status_code, "the code of the country" in answer.text) == (200, True)
    with sandbox.reading() as db:
        assert outbox.newest_first(db, kind="sms") == []


def test_a_mistyped_number_can_be_changed_and_only_the_last_one_counts(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    visitor.choose(ENROLL, "enable")
    type_first_code(visitor, sandbox, key_on(visitor))
    give_number(visitor, "+31699999978")
    old = text_code(sandbox, "+31699999978")
    give_number(visitor, NUMBER)
    form = visitor.form("/connect/enroll/sms", "AuthCode")
    assert visitor.send(form, AuthCode=old).status_code == 200
    assert (visitor.send(form, AuthCode=text_code(sandbox, NUMBER)).location or "").endswith("/emergency-code")


def test_a_policy_does_not_offer_to_put_it_off(visitor: Visitor, sandbox: Sandbox) -> None:
    require_two_step(sandbox)
    type_password(visitor, sandbox, PLAIN)
    page = visitor.get(ENROLL).text
    assert "Administratiekantoor De Rietkraag requires it" in page
    assert [button.text for button in read(page).all("button") if button["name"] == "choice"] == ["Enable"]
    token = visitor.form(ENROLL, "choice").values["csrf_token"]
    forged = visitor.client.post("/s/default/connect/enroll", data={"csrf_token": token, "choice": "later"})
    assert (forged.status_code, visitor.is_signed_in) == (200, False)
    set_up(visitor, sandbox)
    assert done(visitor).location == HOME


def test_a_policy_that_is_switched_on_between_two_pages_counts(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    form = visitor.form(ENROLL, "choice")
    require_two_step(sandbox)
    visitor.send(form, [value for _, value, _ in form.buttons].index("later"))
    assert not visitor.is_signed_in


def test_a_policy_counts_though_it_was_put_off_before(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.go_in(type_password(visitor, sandbox, PLAIN))
    leave(visitor)
    require_two_step(sandbox)
    assert (type_password(visitor, sandbox, PLAIN).location or "").endswith("/enroll")
    assert "Remind me later" not in visitor.get(ENROLL).text


def test_a_policy_counts_for_a_link_that_signs_in_once(visitor: Visitor, sandbox: Sandbox) -> None:
    require_two_step(sandbox)
    visitor.begin_sign_in(PLAIN)
    visitor.send(visitor.form("/connect/recover", "choice"), 1, Human="y")
    with sandbox.reading() as db:
        path = "/s/" + outbox.newest_first(db, to=PLAIN)[0].links[0].partition("/s/")[2]
    (form,) = (form for form in visitor.forms(path) if "/link/" in form.action)
    assert (visitor.send(form).location or "").endswith("/connect/enroll")
    assert not visitor.is_signed_in


def test_a_policy_asks_nothing_of_a_person_with_two_steps(visitor: Visitor, sandbox: Sandbox) -> None:
    require_two_step(sandbox)
    assert (type_password(visitor, sandbox, "user@rietkraag.example").location or "").endswith("/totp/auth")


def test_sessions_elsewhere_stay_when_it_is_set_up(visitor: Visitor, sandbox: Sandbox) -> None:
    other = another_browser(visitor)
    other.go_in(type_password(other, sandbox, PLAIN))
    with sandbox.transaction() as db:
        person = people.by_email(db, PLAIN)
        assert person is not None
        person.reminders_left = 0
    type_password(visitor, sandbox, PLAIN)
    set_up(visitor, sandbox)
    done(visitor)
    assert other.is_signed_in


def test_of_two_people_who_set_it_up_at_once_the_first_wins(visitor: Visitor, sandbox: Sandbox) -> None:
    thief = another_browser(visitor)
    at_stored_code(thief, sandbox)
    type_password(visitor, sandbox, PLAIN)
    account, _ = set_up(visitor, sandbox)
    done(visitor)
    assert (thief.get("/connect/enroll/emergency-code").location or "").endswith("/totp/auth")
    assert account_of(sandbox).totp_secret == account.secret
    assert not thief.is_signed_in


def test_the_wizard_has_half_an_hour(visitor: Visitor, sandbox: Sandbox) -> None:
    at_stored_code(visitor, sandbox)
    form = visitor.form("/connect/enroll/emergency-code", "Stored")
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(minutes=30))
    assert (visitor.send(form, Stored="y").location or "").endswith("/connect/")
    assert account_of(sandbox).totp_secret is None


def test_a_session_sets_it_up_from_account_settings_and_goes_back_there(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.go_in(type_password(visitor, sandbox, PLAIN))
    assert visitor.get("/connect/enroll/app").location == HOME
    begin_in_session(sandbox)
    account = key_on(visitor)
    type_first_code(visitor, sandbox, account)
    give_number(visitor, "")
    store(visitor)
    assert done(visitor).location == "/s/default/home/notices"
    assert visitor.is_signed_in
    assert account_of(sandbox).totp_secret == account.secret
    assert visitor.get("/connect/enroll/done").location == HOME


def begin_in_session(sandbox: Sandbox) -> None:
    """Begin as account settings do after the password."""
    with sandbox.transaction() as db:
        person = people.by_email(db, PLAIN)
        assert person is not None
        session = db.scalars(select(SignInSession).where(SignInSession.person_id == person.id)).one()
        enrolment.begin(db, person, session.id, back_to="/s/default/home/notices")


def test_a_new_password_makes_the_wizard_begin_again(visitor: Visitor, sandbox: Sandbox) -> None:
    at_stored_code(visitor, sandbox)
    other = another_browser(visitor)
    other.begin_sign_in(PLAIN)
    other.send(other.form("/connect/recover", "choice"), 0, Human="y")
    with sandbox.reading() as db:
        path = "/s/" + outbox.newest_first(db, to=PLAIN)[0].links[0].partition("/s/")[2]
    other.send(other.form(path, "password"), password="Nieuw-Wachtwoord-7", repeated="Nieuw-Wachtwoord-7")
    assert (visitor.get("/connect/enroll/emergency-code").location or "").endswith("/connect/")
    assert account_of(sandbox).totp_secret is None
