"""My details: the changes that a person makes to their own account, and their conditions."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.directory import emergency_codes, people, two_step
from simulator.directory.lockout import FAILURES
from simulator.directory.models import ClearTextSecrets, Customer, Person
from tests.conftest import NOW
from tests.reading import read
from tests.visits import Visitor, cast, password_of, phone_code

USER = "user@rietkraag.example"
PLAIN = "plain@rietkraag.example"
GOOD = "Sterk!wachtwoord7"


def person(sandbox: Sandbox, email: str = USER) -> Person:
    """Return a person as stored now."""
    with sandbox.reading() as db:
        match = people.by_email(db, email)
        assert match is not None
        return match


def own_code(sandbox: Sandbox, email: str = USER) -> str | None:
    """Return a person's emergency code from the clear-text secrets."""
    with sandbox.reading() as db:
        return db.get_one(ClearTextSecrets, person(sandbox, email).id).emergency_code


def recorded(sandbox: Sandbox, type_: str) -> list[events.Event]:
    """Return the journal's events of one type."""
    with sandbox.reading() as db:
        return list(events.after(db, type_=type_))


def mailed(sandbox: Sandbox, to: str = USER) -> list[str]:
    """Return the names of the mails to an address, newest first."""
    with sandbox.reading() as db:
        return [mail.name for mail in outbox.newest_first(db, to=to, kind="mail")]


def require_two_step(sandbox: Sandbox) -> None:
    """Switch the office's policy on."""
    with sandbox.transaction() as db:
        db.get_one(Customer, 1).require_two_step = True


def test_my_details_are_linked_in_the_persons_menu_and_need_signing_in(user: Visitor, visitor: Visitor) -> None:
    links = {link.text: link["href"] for link in read(user.get("/home/").text).all("a")}
    page = user.get(links["My details"])
    assert USER in page.text
    assert "+31 6 99999902" in page.text
    assert visitor.get("/details/").headers["Location"].startswith("/s/default/connect/?returnUrl=")


def test_name_telephone_and_language_are_changed_and_the_page_speaks_the_new_language(
    user: Visitor, sandbox: Sandbox
) -> None:
    before = person(sandbox).version
    answer = user.send(user.form("/details/edit", "phone"), first_name="Bram J.", phone="", language="nb", follow=True)
    assert "Opplysningene dine er lagret." in answer.text
    changed = person(sandbox)
    assert (changed.name, changed.phone, changed.language) == ("Bram J. Teunisse", None, "nb")
    assert changed.version == before + 1
    (line,) = recorded(sandbox, "details.changed")
    assert (line.actor, line.subject, line.data["fields"]) == (USER, USER, ["first_name", "phone", "language"])


def test_unchanged_details_are_not_saved(user: Visitor, sandbox: Sandbox) -> None:
    assert "Nothing was changed." in user.send(user.form("/details/edit", "phone"), follow=True).text
    assert not recorded(sandbox, "details.changed")


def test_an_unknown_language_is_refused(user: Visitor, sandbox: Sandbox) -> None:
    assert user.send(user.form("/details/edit", "phone"), language="xx").status_code == 422
    assert person(sandbox).language == "en"


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    user: Visitor, platform: Platform, sandbox: Sandbox
) -> None:
    other = Visitor.of(platform, sandbox, USER)
    assert other.is_signed_in
    form = user.form("/details/password", "repeated")
    answer = user.send(form, own_password=password_of(sandbox, USER), password=GOOD, repeated=GOOD, follow=True)
    assert "Other browsers were signed out." in answer.text
    assert user.is_signed_in
    assert not other.is_signed_in
    assert password_of(sandbox, USER) == GOOD
    assert mailed(sandbox)[0] == "password_changed"
    assert len(recorded(sandbox, "password.changed")) == 1


def test_a_new_password_needs_the_present_one_and_obeys_the_rules(user: Visitor, sandbox: Sandbox) -> None:
    right = password_of(sandbox, USER)
    for own, new, repeated, message in (
        ("Wrong!pass1", GOOD, GOOD, "This is not your password."),
        (right, GOOD, "Other!pass1", "The two new passwords differ."),
        (right, "short", "short", "8"),
        (right, right, right, "5"),
    ):
        form = user.form("/details/password", "repeated")
        answer = user.send(form, own_password=own, password=new, repeated=repeated)
        errors = " ".join(element.text for element in read(answer.text) if "invalid-feedback" in element["class"])
        assert (answer.status_code, message in errors) == (422, True), errors
    assert password_of(sandbox, USER) == right


def test_wrong_passwords_are_counted_as_at_sign_in_and_lock_the_address(user: Visitor, sandbox: Sandbox) -> None:
    for _ in range(FAILURES):
        answer = user.send(user.form("/details/two-step/disable", "code"), own_password="Wrong!pass1", code="000000")
    assert "the address is locked" in answer.text
    assert [line.subject for line in recorded(sandbox, "user.locked")] == [USER]
    form = user.form("/details/two-step/disable", "code")
    right: dict[str, Any] = {"own_password": password_of(sandbox, USER), "code": phone_code(sandbox, USER)}
    assert "the address is locked" in user.send(form, **right).text
    assert person(sandbox).totp_secret is not None


def test_setting_two_step_verification_up_begins_after_the_password(platform: Platform, sandbox: Sandbox) -> None:
    browser = Visitor.of(platform, sandbox, PLAIN)
    form = browser.form("/details/two-step/enable", "own_password")
    assert browser.send(form, own_password="Wrong!pass1").status_code == 422
    answer = browser.send(form, own_password=password_of(sandbox, PLAIN))
    assert answer.headers["Location"] == "/s/default/connect/enroll/app"
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert person(sandbox, PLAIN).totp_secret is None


def test_two_step_verification_that_is_on_is_not_set_up_over_itself(user: Visitor, sandbox: Sandbox) -> None:
    form = user.form("/details/two-step/enable", "own_password")
    assert "is on already" in user.send(form, own_password=password_of(sandbox, USER)).text


def test_two_step_verification_is_turned_off_with_password_and_code(user: Visitor, sandbox: Sandbox) -> None:
    form = user.form("/details/two-step/disable", "code")
    right: dict[str, Any] = {"own_password": password_of(sandbox, USER), "code": phone_code(sandbox, USER)}
    assert "The code is not valid." in user.send(form, **(right | {"code": "000000"})).text
    assert "was turned off" in user.send(form, **right, follow=True).text
    assert person(sandbox).totp_secret is None
    assert own_code(sandbox) is None
    assert mailed(sandbox)[0] == "two_step_disabled"


def test_a_person_without_the_phone_turns_it_off_with_the_emergency_code(user: Visitor, sandbox: Sandbox) -> None:
    code = own_code(sandbox)
    links = {link.text: link["href"] for link in read(user.get("/details/two-step/disable").text).all("a")}
    form = user.form(links["Lost my phone"], "code")
    answer = user.send(form, own_password=password_of(sandbox, USER), code=code, follow=True)
    assert "was turned off" in answer.text
    assert [line.type for line in recorded(sandbox, "emergency_code.used")] == ["emergency_code.used"]


def test_a_customers_policy_keeps_it_on_and_the_page_says_whose(user: Visitor, sandbox: Sandbox) -> None:
    form = user.form("/details/two-step/disable", "code")
    require_two_step(sandbox)
    for path in ("/details/", "/details/two-step/disable"):
        assert "Administratiekantoor De Rietkraag requires two-step verification" in user.get(path).text
    assert "/two-step/disable" not in user.get("/details/").text
    right: dict[str, Any] = {"own_password": password_of(sandbox, USER), "code": phone_code(sandbox, USER)}
    assert user.send(form, **right).status_code == 422
    assert person(sandbox).totp_secret is not None


def test_a_new_emergency_code_replaces_the_old_one_and_is_shown_once(user: Visitor, sandbox: Sandbox) -> None:
    old = own_code(sandbox)
    assert old is not None
    form = user.form("/details/emergency-code", "code")
    right: dict[str, Any] = {"own_password": password_of(sandbox, USER), "code": phone_code(sandbox, USER)}
    page = user.send(form, **right)
    (code,) = (element.text for element in read(page.text) if element["id"] == "emergency-code")
    assert code == own_code(sandbox) != old
    assert user.send(form, **right).status_code == 422  # the same code of the phone again
    assert code == own_code(sandbox)
    assert code not in user.get("/details/").text
    with sandbox.transaction() as db:
        owner = people.by_email(db, USER)
        assert owner is not None
        assert not emergency_codes.use(db, owner, old)
        assert emergency_codes.use(db, owner, code.lower().replace("-", ""))


def test_without_two_step_verification_there_is_neither_a_code_nor_a_number_to_have(
    platform: Platform, sandbox: Sandbox
) -> None:
    browser = Visitor.of(platform, sandbox, PLAIN)
    own = password_of(sandbox, PLAIN)
    forms: dict[str, dict[str, Any]] = {
        "emergency-code": {"code": "000000"},
        "two-step/disable": {"code": "000000"},
        "sms": {"number": "+31 6 99999905"},
    }
    for path, values in forms.items():
        answer = browser.send(browser.form(f"/details/{path}", "own_password"), own_password=own, **values)
        assert "Enable two-step verification first." in answer.text


def test_a_number_is_verified_by_the_code_sent_to_it(user: Visitor, sandbox: Sandbox) -> None:
    own = password_of(sandbox, USER)
    form = user.form("/details/sms", "number")
    assert user.send(form, number="12", own_password=own).status_code == 422
    assert user.send(form, number="+31 6 99999902", own_password="Wrong!pass1").status_code == 422
    user.send(form, number="+31 6 99999902", own_password=own)
    assert person(sandbox).sms_number is None
    with sandbox.reading() as db:
        (sent,) = outbox.newest_first(db, to="+31699999902", kind="sms")
    wrong = "000000" if sent.codes[0] != "000000" else "000001"
    assert "The code is not valid." in user.send(user.form("/details/sms/code", "code"), code=wrong).text
    answer = user.send(user.form("/details/sms/code", "code"), code=sent.codes[0], follow=True)
    assert "The number was verified." in answer.text
    assert person(sandbox).sms_number == "+31699999902"
    assert "+31699999902" in user.get("/details/").text
    assert mailed(sandbox)[0] == "number_verified"
    user.send(user.form("/details/sms/remove", "own_password"), own_password=own)
    assert person(sandbox).sms_number is None


def test_codes_are_not_sent_one_after_another(user: Visitor, sandbox: Sandbox) -> None:
    values: dict[str, Any] = {"number": "+31 6 99999902", "own_password": password_of(sandbox, USER)}
    form = user.form("/details/sms", "number")
    user.send(form, **values)
    assert "Wait 30 seconds" in user.send(form, **values).text
    for minute in (1, 2):
        with sandbox.transaction() as db:
            db.record.clock = Clock.frozen(NOW + timedelta(minutes=minute))
        user.send(form, **values)
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(minutes=3))
    assert "Enough codes were sent." in user.send(form, **values).text


def test_nobody_reaches_anybody_elses_details(administrator: Visitor, sandbox: Sandbox) -> None:
    """No address names a person, so a form changes only the account of its sender."""
    administrator.send(administrator.form("/details/edit", "phone"), first_name="Other", id=cast(sandbox, "user").id)
    assert person(sandbox).first_name == "Bram"
    assert person(sandbox, "administrator@rietkraag.example").first_name == "Other"


def test_a_new_password_ends_unfinished_sign_ins_and_every_mailed_link(
    user: Visitor, visitor: Visitor, platform: Platform, sandbox: Sandbox
) -> None:
    asking = Visitor.of(platform, sandbox)
    for choice in (0, 1):
        asking.begin_sign_in(USER)
        asking.send(asking.form("/connect/recover", "choice"), choice, Human="y")
    with sandbox.reading() as db:
        links = [urlsplit(mail.links[0]).path for mail in outbox.newest_first(db, to=USER, kind="mail", limit=2)]
    assert {link.split("/")[4] for link in links} == {"link", "reset"}
    assert all("/connect/new-link" not in asking.get(link).text for link in links)
    visitor.begin_sign_in(USER)
    assert (visitor.type_password(password_of(sandbox, USER)).location or "").endswith("/totp/auth")
    form = user.form("/details/password", "repeated")
    user.send(form, own_password=password_of(sandbox, USER), password=GOOD, repeated=GOOD)
    assert (visitor.get("/connect/totp/auth").location or "").endswith("/connect/")
    assert not visitor.is_signed_in
    assert all("/connect/new-link" in asking.get(link).text for link in links)


def test_a_lost_authenticator_is_reported_and_leads_into_no_dead_end(user: Visitor, desk: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        two_step.lose(db, db.get_one(Person, person(sandbox).id), authenticator=True, lost_keys=[])
    page = user.get("/details/").text
    assert "your second step was given up as lost" in page
    assert "/two-step/enable" not in page
    assert "/two-step/disable" not in page
    own = password_of(sandbox, USER)
    message = "The authenticator was given up as lost."
    assert message in user.send(user.form("/details/two-step/enable", "own_password"), own_password=own).text
    form = user.form("/details/emergency-code", "code")
    assert message in user.send(form, own_password=own, code="123456").text
    assert "On; the authenticator is lost" in desk.get(f"/support/people/{person(sandbox).id}").text


def test_a_person_who_must_set_it_up_is_told_when(platform: Platform, sandbox: Sandbox) -> None:
    require_two_step(sandbox)
    page = Visitor.of(platform, sandbox, PLAIN, "en").get("/details/").text
    assert "It is set up at the next sign-in at the latest." in page
    assert "cannot be turned off" not in page


def test_changed_details_are_mailed_until_that_is_switched_off(user: Visitor, sandbox: Sandbox) -> None:
    user.send(user.form("/details/edit", "phone"), phone="+31 6 1", first_name="Bram")
    assert mailed(sandbox)[0] == "details_changed"
    with sandbox.reading() as db:
        (mail, *_) = outbox.newest_first(db, to=USER, kind="mail")
        assert mail.links[0].endswith("/details/")
        assert "Phone" in mail.text
    count = mailed(sandbox).count("details_changed")
    form = user.form("/details/", "of_changes")
    user.send(form, of_changes="")
    assert not person(sandbox).mails_of_changes
    assert [line.data for line in recorded(sandbox, "details.mails_chosen")] == [{"of_changes": False}]
    user.send(user.form("/details/edit", "phone"), phone="+31 6 2")
    assert mailed(sandbox).count("details_changed") == count
