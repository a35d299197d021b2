"""Security keys, passkeys and requests on the phone, as a person meets them on Connect's pages and in My details."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.directory import credentials, lockout, people, step_up, two_step
from simulator.directory.models import ClearTextSecrets, Customer, Person, SignInSession
from simulator.directory.security_keys import ceremonies, phone_keys
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.security_keys.phone_keys import KeyFault
from simulator.directory.signing_in import push
from tests.conftest import NOW
from tests.products.connect.enrolling import type_password
from tests.reading import read
from tests.visits import Form, Visitor, cast, password_of, phone_code

USER = "user@rietkraag.example"
PLAIN = "no_two_step"
KEY, PUSH, PASSKEY = "/connect/2fa/key", "/connect/2fa/push", "/connect/login/passkey"


def person(db: Db, email: str = USER) -> Person:
    account = people.by_email(db, email)
    assert account is not None
    return account


def add_key(sandbox: Sandbox, *, passkey: bool = False, email: str = USER) -> None:
    """Register a key of the phone."""
    with sandbox.transaction() as db:
        owner = person(db, email)
        options = ceremonies.creation_options(db, owner, "session", passkey=passkey)
        response = json.dumps(phone_keys.create(db, owner, options))
        assert isinstance(ceremonies.register(db, owner, "session", response, name="Blue key", passkey=passkey), SecurityKey)


def enable_push(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person(db).push = True


def set_clock(sandbox: Sandbox, later: timedelta) -> None:
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + later)


def require_two_step(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        for customer in db.scalars(select(Customer)):
            customer.require_two_step = True


def ceremony_form(visitor: Visitor, path: str) -> Form:
    return next(form for form in visitor.forms(path) if "data-ceremony" in form.element.attributes)


def use_phone(visitor: Visitor, path: str, **values: Any) -> TestResponse:
    """Press *Use the key on the phone*."""
    form = visitor.form(path, "phone")
    return visitor.send(form, [name for name, _, _ in form.buttons].index("phone"), **values)


def use_browser(
    visitor: Visitor, sandbox: Sandbox, path: str, fault: KeyFault | None = None, email: str = USER
) -> TestResponse:
    """Do what the page's script does, with the key of the phone instead of the browser's."""
    form = ceremony_form(visitor, path)
    options = visitor.client.post(form.element["data-options"], data={"csrf_token": form.values["csrf_token"]}).json
    ceremony = phone_keys.create if form.element["data-ceremony"] == "create" else phone_keys.get
    with sandbox.transaction() as db:
        response = json.dumps(ceremony(db, person(db, email), options or {}, fault))
    return visitor.send(form, credential=response)


def methods_in_journal(sandbox: Sandbox) -> list[str]:
    with sandbox.reading() as db:
        signed_in = events.after(db, type_="user.signed_in")
        methods: list[str] = signed_in[-1].data["methods"]
        return methods


def problems_on(response: TestResponse) -> str:
    assert response.status_code == 200
    return " ".join(box.text for box in read(response.text).all("div") if "error-summary" in box["class"])


def choose_number(visitor: Visitor, sandbox: Sandbox, number: str | None = None) -> TestResponse:
    """Choose a number on the phone: that of the page, or another; an empty one denies."""
    with sandbox.reading() as db:
        owner = person(db)
        (request,) = push.waiting(db, owner)
        right = request.number
    form = next(form for form in visitor.forms(f"/phone/{owner.id}") if f"/push/{request.id}" in form.action)
    return visitor.send(form, number=right if number is None else number, follow=True)


def test_a_security_key_is_asked_for_before_the_code_and_is_the_second_step(visitor: Visitor, sandbox: Sandbox) -> None:
    add_key(sandbox)
    assert (type_password(visitor, sandbox, USER).location or "").endswith(KEY)
    assert (use_browser(visitor, sandbox, KEY).location or "").endswith("/home/")
    assert visitor.is_signed_in
    assert methods_in_journal(sandbox) == ["pwd", "hwk", "pop"]


def test_the_key_on_the_phone_does_the_same_without_a_script(visitor: Visitor, sandbox: Sandbox) -> None:
    add_key(sandbox)
    type_password(visitor, sandbox, USER)
    use_phone(visitor, KEY)
    assert visitor.is_signed_in


def test_without_a_script_the_page_says_what_to_do(visitor: Visitor, sandbox: Sandbox) -> None:
    add_key(sandbox)
    type_password(visitor, sandbox, USER)
    assert "JavaScript" in problems_on(visitor.send(ceremony_form(visitor, KEY)))


def test_a_remembered_device_needs_no_key(platform: Platform, visitor: Visitor, sandbox: Sandbox) -> None:
    add_key(sandbox)
    type_password(visitor, sandbox, USER)
    use_phone(visitor, KEY, RememberCode="true")
    visitor.send(next(form for form in visitor.forms("/home/") if form.action.endswith("/sign-out")))
    type_password(visitor, sandbox, USER)
    assert visitor.is_signed_in


@pytest.mark.parametrize(
    ("fault", "words"),
    [(KeyFault.OTHER_ORIGIN, "another address than"), (KeyFault.COUNTER_BACK, "went back")],
)
def test_a_refused_key_is_named_with_its_reason_and_counted_as_a_wrong_code(
    visitor: Visitor, sandbox: Sandbox, fault: KeyFault, words: str
) -> None:
    add_key(sandbox)
    type_password(visitor, sandbox, USER)
    for _ in range(lockout.FAILURES):
        refused = use_browser(visitor, sandbox, KEY, fault)
        assert words in problems_on(refused) or "locked" in problems_on(refused)
    with sandbox.reading() as db:
        assert lockout.locked_until(db, USER) is not None
    assert not visitor.is_signed_in
    assert "locked" in problems_on(use_browser(visitor, sandbox, KEY))


def test_a_replayed_signature_is_refused(visitor: Visitor, sandbox: Sandbox, platform: Platform) -> None:
    add_key(sandbox)
    other = Visitor.of(platform, sandbox, language="en")
    for browser in (visitor, other):
        type_password(browser, sandbox, USER)
    form = ceremony_form(visitor, KEY)
    options = visitor.client.post(form.element["data-options"], data={"csrf_token": form.values["csrf_token"]}).json
    with sandbox.transaction() as db:
        response = json.dumps(phone_keys.get(db, person(db), options or {}))
    assert "answered before" in problems_on(other.send(ceremony_form(other, KEY), credential=response))
    visitor.send(form, credential=response)
    assert visitor.is_signed_in


def test_a_passkey_signs_in_without_password_and_code(visitor: Visitor, sandbox: Sandbox) -> None:
    add_key(sandbox, passkey=True)
    use_browser(visitor, sandbox, PASSKEY)
    assert visitor.is_signed_in
    assert methods_in_journal(sandbox) == ["pwdless", "hwk"]


def test_the_first_page_sends_the_passkey_and_leads_to_the_page_asked_for(visitor: Visitor, sandbox: Sandbox) -> None:
    add_key(sandbox, passkey=True)
    page = "/connect/?returnUrl=/s/default/details/"
    assert 'autocomplete="username webauthn"' in visitor.get(page).text
    answer = use_browser(visitor, sandbox, page)
    assert (answer.location or "").endswith("/details/")


def test_a_passkey_on_the_phone_needs_the_address_of_its_owner(visitor: Visitor, sandbox: Sandbox) -> None:
    add_key(sandbox, passkey=True)
    for nobody in ("", "nobody@rietkraag.example", cast(sandbox, PLAIN).email):
        assert "no key that may be used" in problems_on(use_phone(visitor, PASSKEY, Username=nobody))
    use_phone(visitor, PASSKEY, Username=USER)
    assert visitor.is_signed_in


@pytest.mark.parametrize("status", ["inactive", "locked"])
def test_a_passkey_opens_no_account_that_may_not_sign_in(visitor: Visitor, sandbox: Sandbox, status: str) -> None:
    add_key(sandbox, passkey=True)
    with sandbox.transaction() as db:
        if status == "locked":
            lockout.lock(db, USER, db.clock.now() + lockout.DURATION)
        else:
            person(db).status = "inactive"
    assert problems_on(use_browser(visitor, sandbox, PASSKEY))
    assert not visitor.is_signed_in


def test_a_passkey_satisfies_a_customer_that_demands_two_steps(visitor: Visitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, PLAIN).email
    add_key(sandbox, passkey=True, email=email)
    require_two_step(sandbox)
    use_browser(visitor, sandbox, PASSKEY, email=email)
    assert visitor.is_signed_in


def test_after_a_password_the_passkey_is_the_second_step_where_two_are_demanded(visitor: Visitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, PLAIN).email
    add_key(sandbox, passkey=True, email=email)
    require_two_step(sandbox)
    assert (type_password(visitor, sandbox, email).location or "").endswith(KEY)


def test_push_is_the_first_method_and_the_number_on_the_page_approves(visitor: Visitor, sandbox: Sandbox) -> None:
    enable_push(sandbox)
    add_key(sandbox)
    assert (type_password(visitor, sandbox, USER).location or "").endswith(PUSH)
    with sandbox.reading() as db:
        (message,) = outbox.after(db, to=USER, kind="push")
        assert USER in message.text
        (request,) = push.waiting(db, person(db))
    assert request.number in visitor.get(PUSH).text
    assert visitor.get(f"{PUSH}/state").json == {"state": "waiting"}
    assert "approved" in choose_number(visitor, sandbox).text
    assert visitor.get(f"{PUSH}/state").json == {"state": "approved"}
    assert "push-number" not in visitor.get(PUSH).text
    visitor.confirm(PUSH)
    assert visitor.is_signed_in
    assert methods_in_journal(sandbox) == ["pwd", "push"]


@pytest.mark.parametrize("number", ["", "1"])
def test_a_denied_push_leads_to_another_way_or_to_a_new_request(visitor: Visitor, sandbox: Sandbox, number: str) -> None:
    enable_push(sandbox)
    type_password(visitor, sandbox, USER)
    choose_number(visitor, sandbox, number)
    page = visitor.get(PUSH)
    assert "The request was denied" in page.text
    assert "Try another way" in page.text
    visitor.send(next(form for form in visitor.forms(PUSH) if form.action.endswith("/send")))
    choose_number(visitor, sandbox)
    visitor.confirm(PUSH)
    assert visitor.is_signed_in


def test_a_push_that_nobody_answers_is_over_after_a_minute_and_only_the_newest_counts(
    visitor: Visitor, sandbox: Sandbox
) -> None:
    enable_push(sandbox)
    type_password(visitor, sandbox, USER)
    with sandbox.reading() as db:
        (old,) = push.waiting(db, person(db))
    set_clock(sandbox, timedelta(seconds=60))
    assert "The request was not answered" in visitor.get(PUSH).text
    assert visitor.get(f"{PUSH}/state").json == {"state": "unanswered"}
    visitor.send(next(form for form in visitor.forms(PUSH) if form.action.endswith("/send")))
    token = visitor.token()
    late = visitor.client.post(
        f"/s/default/phone/{old.person_id}/push/{old.id}",
        data={"csrf_token": token, "number": old.number},
        follow_redirects=True,
    )
    assert "This request is over" in late.text
    assert visitor.get(f"{PUSH}/state").json == {"state": "waiting"}


def test_denied_requests_lock_the_address_so_that_nobody_asks_for_ever(visitor: Visitor, sandbox: Sandbox) -> None:
    enable_push(sandbox)
    type_password(visitor, sandbox, USER)
    for _ in range(lockout.FAILURES):
        choose_number(visitor, sandbox, "")
        visitor.send(next(form for form in visitor.forms(PUSH) if form.action.endswith("/send")))
    with sandbox.reading() as db:
        assert lockout.locked_until(db, USER) is not None
        assert push.waiting(db, person(db)) == []


def test_an_approval_is_used_once_and_by_its_own_browser(visitor: Visitor, sandbox: Sandbox, platform: Platform) -> None:
    enable_push(sandbox)
    type_password(visitor, sandbox, USER)
    choose_number(visitor, sandbox)
    other = Visitor.of(platform, sandbox, language="en")
    type_password(other, sandbox, USER)
    other.confirm(PUSH)
    assert not other.is_signed_in
    visitor.confirm(PUSH)
    assert visitor.is_signed_in


def test_all_methods_are_listed_in_their_order(visitor: Visitor, sandbox: Sandbox) -> None:
    enable_push(sandbox)
    add_key(sandbox)
    with sandbox.transaction() as db:
        person(db).sms_number = "+31699999902"
    type_password(visitor, sandbox, USER)
    (listed,) = (item for item in read(visitor.get("/connect/2fa/methods").text).all("ul") if item["class"] == "ways")
    assert [item.text for item in listed.all("li")] == [
        "Approve with Visma Authenticator",
        "Use a security key",
        "Code from the authenticator app",
        "Text message to the number ending in 02",
        "Use one-time emergency code",
    ]


def emergency_code(sandbox: Sandbox) -> str:
    with sandbox.reading() as db:
        return db.get_one(ClearTextSecrets, person(db).id).emergency_code or ""


@pytest.mark.parametrize("lost", ["authenticator", "key", "both"])
def test_after_an_emergency_code_the_lost_methods_are_ticked_and_go(visitor: Visitor, sandbox: Sandbox, lost: str) -> None:
    add_key(sandbox)
    type_password(visitor, sandbox, USER)
    path = "/connect/2fa/emergency-code"
    visitor.send(visitor.form(path, "EmergencyCode"), EmergencyCode=emergency_code(sandbox))
    visitor.send(visitor.form(f"{path}/new", "Stored"), Stored="y")
    form = visitor.form(f"{path}/lost", "choice")
    assert "Tick what you have lost" in problems_on(visitor.send(form))
    with sandbox.reading() as db:
        (key,) = ceremonies.keys_of(db, person(db))
    ticks = {"authenticator": ["authenticator"], "key": [str(key.id)], "both": ["authenticator", str(key.id)]}[lost]
    answer = visitor.send(visitor.form(f"{path}/lost", "choice"), lost=ticks)
    assert (answer.location or "").endswith("/enroll/app" if lost == "both" else "/home/")
    with sandbox.reading() as db:
        assert (person(db).totp_secret is None, ceremonies.keys_of(db, person(db)) == []) == (
            lost != "key",
            lost != "authenticator",
        )
        assert two_step.is_on(db, person(db))


def start_adding(visitor: Visitor, sandbox: Sandbox, kind: str, email: str, name: str = "Blue key") -> TestResponse:
    form = visitor.form(f"/details/keys/add/{kind}", "own_password")
    return visitor.send(form, own_password=password_of(sandbox, email), name=name)


@pytest.mark.parametrize("kind", ["key", "passkey"])
@pytest.mark.parametrize("device", ["browser", "phone"])
def test_a_key_is_added_renamed_and_removed_in_my_details(
    platform: Platform, sandbox: Sandbox, kind: str, device: str
) -> None:
    visitor = Visitor.of(platform, sandbox, USER, "en")
    assert (start_adding(visitor, sandbox, kind, USER).location or "").endswith(f"/details/keys/create/{kind}")
    path = f"/details/keys/create/{kind}"
    answer = use_phone(visitor, path) if device == "phone" else use_browser(visitor, sandbox, path)
    assert (answer.location or "").endswith("/details/")
    assert "Blue key" in visitor.get("/details/").text
    with sandbox.reading() as db:
        (key,) = ceremonies.keys_of(db, person(db))
        assert key.passkey is (kind == "passkey")
    visitor.send(visitor.form(f"/details/keys/{key.id}/rename", "name"), name="Red key")
    assert "Red key" in visitor.get("/details/").text
    remove = visitor.form(f"/details/keys/{key.id}/remove", "own_password")
    assert visitor.send(remove, own_password="wrong").status_code == 422
    visitor.send(remove, own_password=password_of(sandbox, USER))
    with sandbox.reading() as db:
        assert ceremonies.keys_of(db, person(db)) == []


def test_the_first_security_key_turns_two_step_verification_on_and_comes_with_an_emergency_code(
    platform: Platform, sandbox: Sandbox, visitor: Visitor
) -> None:
    email = cast(sandbox, PLAIN).email
    signed_in = Visitor.of(platform, sandbox, email, "en")
    start_adding(signed_in, sandbox, "key", email)
    page = use_phone(signed_in, "/details/keys/create/key").text
    with sandbox.reading() as db:
        code = db.get_one(ClearTextSecrets, person(db, email).id).emergency_code
        assert code is not None
        assert code in page
        assert two_step.state(db, person(db, email)) is two_step.State.ON
    assert (type_password(visitor, sandbox, email).location or "").endswith(KEY)


def test_the_last_method_stays_while_a_customer_demands_two_steps(platform: Platform, sandbox: Sandbox) -> None:
    email = cast(sandbox, PLAIN).email
    add_key(sandbox, email=email)
    require_two_step(sandbox)
    visitor = Visitor.of(platform, sandbox, email, "en")
    with sandbox.reading() as db:
        (key,) = ceremonies.keys_of(db, person(db, email))
    page = visitor.get(f"/details/keys/{key.id}/remove").text
    assert "own_password" not in page
    data = {"csrf_token": visitor.token(), "own_password": password_of(sandbox, email)}
    assert visitor.client.post(f"/s/default/details/keys/{key.id}/remove", data=data).status_code == 422
    with sandbox.reading() as db:
        assert ceremonies.keys_of(db, person(db, email)) != []


def test_the_authenticator_can_go_while_a_key_remains(platform: Platform, sandbox: Sandbox) -> None:
    visitor = Visitor.of(platform, sandbox, USER, "en")
    proof: dict[str, Any] = {"own_password": password_of(sandbox, USER)}
    path = "/details/authenticator/remove"
    refused = visitor.send(visitor.form(path, "own_password"), code=phone_code(sandbox, USER), **proof)
    assert "only second step" in refused.text
    add_key(sandbox)
    visitor.send(visitor.form(path, "own_password"), code=phone_code(sandbox, USER), **proof)
    with sandbox.reading() as db:
        assert person(db).totp_secret is None
        assert two_step.state(db, person(db)) is two_step.State.ON


def test_another_persons_key_is_not_there(platform: Platform, sandbox: Sandbox) -> None:
    add_key(sandbox, email=cast(sandbox, PLAIN).email)
    visitor = Visitor.of(platform, sandbox, USER, "en")
    with sandbox.reading() as db:
        key = db.scalars(select(SecurityKey)).one()
    for action in ("rename", "remove"):
        assert visitor.get(f"/details/keys/{key.id}/{action}").status_code == 404


def test_nothing_is_created_before_the_password(platform: Platform, sandbox: Sandbox) -> None:
    visitor = Visitor.of(platform, sandbox, USER, "en")
    assert (visitor.get("/details/keys/create/key").location or "").endswith("/details/keys/add/key")
    answer = visitor.client.post("/s/default/details/keys/create/key/options", data={"csrf_token": visitor.token()})
    assert answer.status_code == 409


def test_visma_authenticator_is_set_up_with_the_code_on_the_phone(visitor: Visitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, PLAIN).email
    type_password(visitor, sandbox, email)
    visitor.choose("/connect/enroll", "enable")
    answer = visitor.confirm("/connect/enroll/app")
    assert (answer.location or "").endswith("/enroll/key?app=visma")
    with sandbox.reading() as db:
        phone = f"/phone/{person(db, email).id}"
    (digits,) = (item.text for item in read(visitor.get(phone).text).all("p") if item["class"] == "phone-code")
    links = [link["href"] for link in read(visitor.get("/connect/enroll/code?app=visma").text).all("a")]
    assert "/s/default/connect/enroll/key?app=visma" in links, "the way back leads to the same app"
    visitor.send(visitor.form("/connect/enroll/code?app=visma", "AuthCode"), AuthCode=digits)
    visitor.send(visitor.form("/connect/enroll/phone", "PhoneNumber"), PhoneNumber="")
    visitor.send(visitor.form("/connect/enroll/emergency-code", "Stored"), Stored="y")
    with sandbox.reading() as db:
        assert person(db, email).push


def test_another_app_gets_no_requests(visitor: Visitor, sandbox: Sandbox) -> None:
    email = cast(sandbox, PLAIN).email
    type_password(visitor, sandbox, email)
    visitor.choose("/connect/enroll", "enable")
    visitor.confirm("/connect/enroll/app")
    with sandbox.reading() as db:
        phone = f"/phone/{person(db, email).id}"
    (digits,) = (item.text for item in read(visitor.get(phone).text).all("p") if item["class"] == "phone-code")
    visitor.send(visitor.form("/connect/enroll/code", "AuthCode"), AuthCode=digits)
    visitor.send(visitor.form("/connect/enroll/phone", "PhoneNumber"), PhoneNumber="")
    visitor.send(visitor.form("/connect/enroll/emergency-code", "Stored"), Stored="y")
    with sandbox.reading() as db:
        assert not person(db, email).push


def may_change_email(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        for customer in db.scalars(select(Customer)):
            customer.may_change_email = True


NEW = "new.address@rietkraag.example"


def request_email(visitor: Visitor, sandbox: Sandbox, email: str = NEW) -> TestResponse:
    form = visitor.form("/details/email", "own_password")
    return visitor.send(form, own_password=password_of(sandbox, USER), email=email)


def mailed_link(sandbox: Sandbox) -> str:
    with sandbox.reading() as db:
        link = outbox.newest_first(db, to=NEW, kind="mail")[0].links[0]
    return link.removeprefix("http://localhost:8000")


def test_a_new_address_is_confirmed_there_and_the_old_one_gets_a_notice(platform: Platform, sandbox: Sandbox) -> None:
    may_change_email(sandbox)
    visitor = Visitor.of(platform, sandbox, USER, "en")
    request_email(visitor, sandbox)
    link = mailed_link(sandbox)
    password = password_of(sandbox, USER)
    assert visitor.get(link).status_code == 200
    with sandbox.reading() as db:
        assert people.by_email(db, NEW) is None
    visitor.confirm(link)
    with sandbox.reading() as db:
        assert people.by_email(db, USER) is None
        assert outbox.newest_first(db, to=USER, kind="mail")[0].name == "email_changed"
    assert "Invalid verification link" in visitor.get(link).text
    other = Visitor.of(platform, sandbox, language="en")
    other.begin_sign_in(NEW)
    assert (other.type_password(password).location or "").endswith("/totp/auth")


def test_the_address_is_fixed_unless_every_customer_permits_to_change_it(platform: Platform, sandbox: Sandbox) -> None:
    visitor = Visitor.of(platform, sandbox, USER, "en")
    assert "own_password" not in visitor.get("/details/email").text
    data = {"csrf_token": visitor.token(), "own_password": password_of(sandbox, USER), "email": NEW}
    assert visitor.client.post("/s/default/details/email", data=data).status_code == 422
    may_change_email(sandbox)
    request_email(visitor, sandbox)
    with sandbox.transaction() as db:
        for customer in db.scalars(select(Customer)):
            customer.may_change_email = False
    assert "does not permit" in visitor.confirm(mailed_link(sandbox)).text
    with sandbox.reading() as db:
        assert people.by_email(db, NEW) is None


@pytest.mark.parametrize("taken", [USER, "support.person@visma-sim.example"])
def test_an_address_that_is_taken_is_refused(platform: Platform, sandbox: Sandbox, taken: str) -> None:
    may_change_email(sandbox)
    visitor = Visitor.of(platform, sandbox, USER, "en")
    assert request_email(visitor, sandbox, taken).status_code == 422


def test_a_link_to_a_new_address_is_withdrawn_by_a_new_password(platform: Platform, sandbox: Sandbox) -> None:
    may_change_email(sandbox)
    visitor = Visitor.of(platform, sandbox, USER, "en")
    request_email(visitor, sandbox)
    link = mailed_link(sandbox)
    form = visitor.form("/details/password", "own_password")
    visitor.send(form, own_password=password_of(sandbox, USER), password="Anders!456", repeated="Anders!456")
    assert "Invalid verification link" in visitor.get(link).text


@pytest.mark.parametrize("device", ["browser", "phone"])
def test_an_invited_person_activates_the_account_with_a_passkey(visitor: Visitor, sandbox: Sandbox, device: str) -> None:
    with sandbox.transaction() as db:
        invited = db.scalars(select(Person).where(Person.status == "not_activated")).first()
        assert invited is not None
        email = invited.email
        people.send_activation(db, invited)
        link = outbox.newest_first(db, to=email, kind="mail")[0].links[0].removeprefix("http://localhost:8000")
    assert f"{link}/passkey" in visitor.get(link).text
    path = f"{link}/passkey"
    answer = use_phone(visitor, path) if device == "phone" else use_browser(visitor, sandbox, path, email=email)
    assert visitor.go_in(answer).status_code == 302
    assert visitor.is_signed_in
    assert "Invalid verification link" in visitor.get(link).text
    assert methods_in_journal(sandbox) == ["pwdless", "hwk"]


def test_who_has_no_password_signs_in_with_the_passkey_again_before_a_sensitive_action(
    visitor: Visitor, sandbox: Sandbox
) -> None:
    add_key(sandbox, passkey=True)
    use_browser(visitor, sandbox, PASSKEY)
    with sandbox.transaction() as db:
        person(db).password_hash = None
    set_clock(sandbox, timedelta(minutes=6))
    path = "/details/password"
    new: dict[str, Any] = {"password": "Brand-new!77", "repeated": "Brand-new!77"}
    late = visitor.send(visitor.form(path, "repeated"), **new)
    assert "sign in once more first" in late.text
    again = next(link["href"] for link in read(late.text).all("a") if "again=1" in link["href"])
    answer = use_phone(visitor, again.removeprefix("/s/default"), Username=USER)
    assert (answer.location or "").startswith("/s/default" + path)
    assert visitor.send(visitor.form(path, "repeated"), **new).status_code == 302
    with sandbox.reading() as db:
        assert credentials.matches(person(db).password_hash, new["password"])


def test_a_session_without_a_passkey_does_not_stand_in_for_a_password(platform: Platform, sandbox: Sandbox) -> None:
    visitor = Visitor.of(platform, sandbox, USER, "en")
    with sandbox.transaction() as db:
        person(db).password_hash = None
    answer = visitor.send(visitor.form("/details/keys/add/key", "name"), name="Blue key")
    assert "sign in once more first" in answer.text
    with sandbox.transaction() as db:
        person(db).password_hash = credentials.hash_password("Right-again!77")
        session = db.scalars(select(SignInSession).where(SignInSession.person_id == person(db).id)).all()[-1]
        session.methods = ["pwdless", "hwk"]
        assert step_up.check_password(db, person(db), session) is step_up.Answer.PASSKEY, "who has a password types it"


@pytest.mark.parametrize(("later", "status"), [(timedelta(minutes=4), 302), (timedelta(minutes=6), 422)])
def test_a_sign_in_with_the_external_provider_just_now_stands_in_for_a_password(
    platform: Platform, sandbox: Sandbox, later: timedelta, status: int
) -> None:
    visitor = Visitor.of(platform, sandbox, USER, "en")
    with sandbox.transaction() as db:
        person(db).password_hash = None
        db.scalars(select(SignInSession)).one().methods = ["external"]
    set_clock(sandbox, later)
    new: dict[str, Any] = {"password": "Brand-new!77", "repeated": "Brand-new!77"}
    assert visitor.send(visitor.form("/details/password", "repeated"), **new).status_code == status
