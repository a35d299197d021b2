"""Signing in with the external provider: the code flow of Connect, what the policies allow, and every answer that is refused."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import events, faults
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import links, lockout, people
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.models import Customer, LinkKind, LoginEntry, SignInSession, Status
from simulator.products.connect.services import steps
from simulator.products.connect.services.steps import Step
from simulator.products.openid.services import applications, external
from simulator.products.openid.services.applications import Registration
from simulator.products.openid.services.external import Particulars
from tests.conftest import NOW
from tests.products.openid.conftest import CALLBACK, VERIFIER, answer_in, challenge_of, claims_in, client_of
from tests.visits import Visitor, forms_on, fresh_sandbox, make_platform, password_of, phone_code

DOMAIN = "rietkraag.example"
PLAIN = f"plain@{DOMAIN}"
ADMINISTRATOR = f"administrator@{DOMAIN}"
BACK = "/connect/login/external/callback"


def verify(sandbox: Sandbox, *providers: str, domain: str = DOMAIN, **policy: Any) -> None:
    """Let the office have verified its domain, and allow identity providers."""
    with sandbox.transaction() as db:
        office = db.scalars(select(Customer).where(Customer.key == "office")).one()
        now = db.clock.now()
        row = EmailDomain(customer=office, domain=domain, token="x", added_at=now, verified_at=now, **policy)
        row.identity_providers = list(providers)
        db.add(row)


def set_account(sandbox: Sandbox, email: str = PLAIN, **values: Any) -> None:
    """Add an account at the external provider."""
    usual = {"user_name": email, "first_name": "Bea", "last_name": "Dekker"}
    with sandbox.transaction() as db:
        external.set_account(db, Particulars(email=email, **{**usual, **values}))


@dataclass
class Journey:
    """A browser that signs in with the external provider, page by page."""

    browser: Visitor
    platform: Platform

    def begin(self, email: str = PLAIN) -> str:
        """Type an address; return the address of the external provider's page."""
        password = self.browser.begin_sign_in(email)
        led = self.browser.get(password.location or "")
        assert led.location.endswith("/connect/login/external"), led.location
        return self.browser.get(led.location).location

    def answer(self, page: str, user_name: str | None = None, **values: str) -> TestResponse:
        """Send the form of the external provider's page."""
        form = forms_on(self.browser.get(page).text, page)[0]
        data = {**form.values.to_dict(), **({"user_name": user_name} if user_name is not None else {}), **values}
        return self.browser.client.post(form.action, data=data)

    def sign_in(self, email: str = PLAIN, user_name: str | None = None, **values: str) -> TestResponse:
        """Go the whole way; return what the callback answers."""
        return self.browser.get(self.answer(self.begin(email), user_name, **values).location)

    def refusal(self, response: TestResponse) -> str:
        """Return the page of the address, on which the reason stands, once nobody is signed in."""
        assert not self.browser.is_signed_in
        assert "/connect/?" in response.location
        return self.browser.get(response.location).text


@pytest.fixture
def journey(platform: Platform, sandbox: Sandbox) -> Journey:
    """Return a browser of nobody yet."""
    return Journey(Visitor.of(platform, sandbox, None, "en"), platform)


def sessions(sandbox: Sandbox) -> list[SignInSession]:
    with sandbox.reading() as db:
        return list(db.scalars(select(SignInSession)))


def test_only_the_external_provider_is_allowed_so_the_browser_is_led_there_and_signs_in(
    journey: Journey, sandbox: Sandbox
) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    page = journey.begin()
    sent = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    assert sent["login_hint"] == PLAIN
    assert sent["code_challenge_method"] == "S256"
    assert {"state", "nonce"} <= set(sent)
    back = journey.answer(page)
    assert urlsplit(back.location).path.endswith(BACK)
    assert journey.browser.get(back.location).location == "/s/openid/home/"
    assert [session.methods for session in sessions(sandbox)] == [["external"]]
    with sandbox.reading() as db:
        person = people.by_email(db, PLAIN)
        assert person is not None
        assert person.name == "Bea Dekker"
        changed = [event for event in events.after(db) if event.type == "user.changed"]
        assert [event.actor for event in changed] == ["Organisation sign-in"]
        lines = db.scalars(select(LoginEntry.provider).where(LoginEntry.person_id == person.id, LoginEntry.at == NOW)).all()
        assert set(lines) == {"external"}


def test_my_details_says_with_which_provider_the_person_is_signed_in(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    journey.sign_in()
    sentence = "You are signed in with your organisation&#39;s sign-in."
    assert sentence in journey.browser.get("/details/").text
    own = Visitor.of(journey.platform, sandbox, ADMINISTRATOR, "en")
    assert sentence not in own.get("/details/").text


def test_on_a_network_the_way_to_the_provider_and_back_needs_no_more_than_the_cookie_of_the_join_key(
    templates: Path, tmp_path: Path
) -> None:
    platform = make_platform(tmp_path, templates, control_token="t" * 40)
    creation = Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="network")
    with fresh_sandbox(platform, "network", creation) as sandbox:
        verify(sandbox, "external")
        set_account(sandbox)
        browser = Visitor.of(platform, sandbox, None, "en")
        key = sandbox.join_base().rpartition("~")[2]
        assert browser.client.get(f"{browser.home}/connect/?join={key}", follow_redirects=True).status_code == 200
        journey = Journey(browser, platform)
        assert answer_in(journey.answer(journey.begin()))["iss"] == f"{sandbox.join_base()}/idp"
        assert Journey(browser, platform).sign_in().location.endswith("/home/")


def test_the_providers_have_issuers_and_keys_of_their_own(journey: Journey, sandbox: Sandbox) -> None:
    documents = {}
    for path in ("connect", "idp"):
        document = journey.browser.get(f"/{path}/.well-known/openid-configuration").json
        assert document is not None
        assert document["issuer"] == f"{sandbox.base_address}/{path}"
        keys = journey.browser.client.get(urlsplit(document["jwks_uri"]).path).json
        assert keys is not None
        documents[path] = [key["kid"] for key in keys["keys"]]
    assert documents["connect"] != documents["idp"]
    assert "end_session_endpoint" not in (journey.browser.get("/idp/.well-known/openid-configuration").json or {})


def test_the_endpoints_for_programs_answer_of_the_account_and_of_nobody_elses_tokens(
    journey: Journey, sandbox: Sandbox, platform: Platform
) -> None:
    verify(sandbox, "external")
    set_account(sandbox, two_factors=True)
    sent = {name: values[0] for name, values in parse_qs(urlsplit(journey.begin()).query).items()}
    page = f"/s/{sandbox.name}/idp/authorize?{urlencode({**sent, 'code_challenge': challenge_of(VERIFIER)})}"
    code = answer_in(journey.answer(page))["code"]
    with sandbox.reading() as db:
        secret = applications.secret_of(db, external.connect(db)) or ""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": sent["redirect_uri"],
        "code_verifier": VERIFIER,
    }
    client, auth = platform.test_client(), (external.CLIENT_ID, secret)
    elsewhere = client.post(f"{journey.browser.home}/connect/token", data=form, auth=auth)
    assert (elsewhere.json or {})["error"] == "invalid_client"
    assert client.post(f"{journey.browser.home}/idp/token", data=form, auth=(auth[0], "wrong")).status_code == 401
    tokens = client.post(f"{journey.browser.home}/idp/token", data=form, auth=auth).json or {}
    identity = claims_in(tokens["id_token"])
    assert (identity["iss"], identity["aud"]) == (f"{sandbox.base_address}/idp", external.CLIENT_ID)
    assert (identity["email"], identity["amr"], identity["nonce"]) == (PLAIN, ["pwd", "mfa"], sent["nonce"])
    assert "refresh_token" not in tokens
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    about = client.get(f"{journey.browser.home}/idp/userinfo", headers=bearer).json or {}
    assert (about["sub"], about["given_name"], about["family_name"]) == (identity["sub"], "Bea", "Dekker")
    assert client.get(f"{journey.browser.home}/connect/userinfo", headers=bearer).status_code == 401


def test_with_both_allowed_the_password_page_offers_the_external_provider_too(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "connect", "external")
    set_account(sandbox)
    page = journey.browser.get(journey.browser.begin_sign_in(PLAIN).location or "")
    assert "Sign in with your organisation" in page.text
    address = journey.browser.get("/connect/login/external").location
    journey.browser.get(journey.answer(address).location)
    assert journey.browser.is_signed_in


def test_without_a_verified_domain_only_the_password_is_offered(journey: Journey) -> None:
    page = journey.browser.get(journey.browser.begin_sign_in(PLAIN).location or "")
    assert "Sign in with your organisation" not in page.text
    assert "idp" not in (journey.browser.get("/connect/login/external").location or "")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"choice": "cancel"}, "was cancelled or refused"),
        (
            {"user_name": "other"},
            "another e-mail address than plain@rietkraag.example. Use the account that has this address",
        ),
        ({"user_name": "refused"}, "was cancelled or refused"),
    ],
)
def test_what_the_provider_answers_is_refused_with_a_reason(
    journey: Journey, sandbox: Sandbox, values: dict[str, str], sentence: str
) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    set_account(sandbox, ADMINISTRATOR, user_name="other")
    set_account(sandbox, user_name="refused", answer="denied")
    assert sentence in journey.refusal(journey.sign_in(**values))
    assert sessions(sandbox) == []
    with sandbox.reading() as db:
        failed = [event for event in events.after(db) if event.type == "sign_in.failed"]
        assert [(event.subject, event.data["provider"]) for event in failed] == [(PLAIN, "external")]


def test_another_address_than_the_typed_one_leads_to_the_password_where_that_is_allowed(
    journey: Journey, sandbox: Sandbox
) -> None:
    verify(sandbox, "connect", "external")
    set_account(sandbox, ADMINISTRATOR, user_name="other")
    journey.browser.begin_sign_in(PLAIN)
    page = journey.browser.get("/connect/login/external").location
    refused = journey.browser.get(journey.answer(page, "other").location)
    assert "Sign in with e-mail address and password instead." in journey.refusal(refused)


def test_a_locked_address_is_not_signed_in_and_the_provider_is_not_asked_again(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    with sandbox.transaction() as db:
        lockout.lock(db, PLAIN, NOW + lockout.DURATION)
        before = people.by_email(db, PLAIN)
        assert before is not None
        name = before.name
    assert "Your account is locked." in journey.refusal(journey.sign_in())
    assert sessions(sandbox) == []
    with sandbox.reading() as db:
        after = people.by_email(db, PLAIN)
        assert after is not None
        assert after.name == name


def test_an_account_that_was_removed_meanwhile_does_not_sign_in(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    back = journey.answer(journey.begin()).location
    with sandbox.transaction() as db:
        account = external.by_user_name(db, PLAIN)
        assert account is not None
        external.remove(db, account)
    assert "is not valid" in journey.refusal(journey.browser.get(back))


@pytest.mark.parametrize(
    ("allowed", "methods", "denied"),
    [
        (["external"], ["pwd"], True),
        (["external"], ["pwdless", "hwk"], True),
        (["external"], ["external"], False),
        (["connect"], ["external", "mfa"], True),
        (["connect"], ["pwdless", "hwk"], False),
        (["connect", "external"], ["pwdless"], False),
    ],
)
def test_whichever_way_the_first_step_was_made_its_provider_has_to_be_allowed(
    sandbox: Sandbox, allowed: list[str], methods: list[str], denied: bool
) -> None:
    verify(sandbox, *allowed)
    with sandbox.transaction() as db:
        sign_in = steps.start(db, PLAIN, None)
        sign_in.person, sign_in.methods = people.by_email(db, PLAIN), methods
        assert (steps.next_step(db, sign_in, None) is Step.DENIED) == denied


def test_an_unknown_user_name_stays_at_the_provider(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    response = journey.answer(journey.begin(), "nobody")
    assert response.status_code == 200
    assert "No account has this user name." in response.text


@pytest.mark.parametrize(("status", "sentence"), [(None, "No account has the e-mail address"), ("inactive", "is inactive")])
def test_an_address_without_an_account_or_with_an_inactive_one_is_refused(
    journey: Journey, sandbox: Sandbox, status: str | None, sentence: str
) -> None:
    verify(sandbox, "external")
    email = f"nobody@{DOMAIN}" if status is None else PLAIN
    set_account(sandbox, email)
    if status is not None:
        with sandbox.transaction() as db:
            person = people.by_email(db, email)
            assert person is not None
            person.status = Status(status)
    assert sentence in journey.refusal(journey.sign_in(email))


def test_the_first_sign_in_activates_an_account_that_was_not(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    with sandbox.transaction() as db:
        person = people.by_email(db, PLAIN)
        assert person is not None
        person.status = Status.NOT_ACTIVATED
    journey.sign_in()
    assert journey.browser.is_signed_in


def test_a_domain_that_is_no_longer_verified_is_rejected(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    back = journey.answer(journey.begin())
    with sandbox.transaction() as db:
        db.delete(db.scalars(select(EmailDomain)).one())
    assert "is not verified" in journey.refusal(journey.browser.get(back.location))


def test_a_wrong_state_and_a_code_that_was_used_are_refused(journey: Journey, sandbox: Sandbox, platform: Platform) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    back = journey.answer(journey.begin()).location
    assert "does not belong" in journey.refusal(journey.browser.get(back.replace("state=", "state=x")))
    assert "does not belong" in journey.refusal(journey.browser.get(back)), "the first answer used the journey up"
    other = Journey(Visitor.of(platform, sandbox, None, "en"), platform)
    assert "does not belong" in other.refusal(other.browser.get(back))
    own, code = journey.answer(journey.begin()).location, answer_in(journey.answer(journey.begin()))["code"]
    assert "does not belong" in journey.refusal(journey.browser.get(own)), "another journey began meanwhile"
    page = journey.begin()
    state = parse_qs(urlsplit(page).query)["state"][0]
    swapped = urlencode({"code": code, "state": state, "iss": f"{sandbox.base_address}/idp"})
    assert "is not valid" in journey.refusal(journey.browser.get(f"{BACK}?{swapped}"))


def test_a_code_works_once(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    page = journey.begin()
    back = journey.answer(page).location
    journey.browser.get(back)
    assert journey.browser.is_signed_in
    assert len(sessions(sandbox)) == 1
    journey.browser.get(back)
    assert len(sessions(sandbox)) == 1


def test_the_code_of_another_sandbox_is_refused(journey: Journey, sandbox: Sandbox, platform: Platform) -> None:
    creation = Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="other")
    with fresh_sandbox(platform, "other", creation) as neighbour:
        for each in (sandbox, neighbour):
            verify(each, "external")
            set_account(each)
        foreign = Journey(Visitor.of(platform, neighbour, None, "en"), platform)
        code = answer_in(foreign.answer(foreign.begin()))["code"]
    state = parse_qs(urlsplit(journey.begin()).query)["state"][0]
    answer = urlencode({"code": code, "state": state, "iss": f"{sandbox.base_address}/idp"})
    assert "is not valid" in journey.refusal(journey.browser.get(f"{BACK}?{answer}"))


def test_an_answer_of_another_issuer_is_refused(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    back = journey.answer(journey.begin()).location
    assert "is not valid" in journey.refusal(journey.browser.get(back.replace("%2Fidp", "%2Fconnect")))


def test_a_provider_that_is_down_says_so_itself_or_connect_does(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external")
    set_account(sandbox)
    with sandbox.transaction() as db:
        faults.add(db, external.PAGE)
        faults.add(db, external.TOKEN)
    page = journey.begin()
    assert journey.browser.get(page).status_code == 503
    assert "does not answer" in journey.refusal(journey.browser.get(journey.answer(page).location))


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://localhost:9000/callback"}, {"client_id": "web"}, {"client_id": ""}, {"redirect_uri": ""},
    ],
)  # fmt: skip
def test_the_provider_answers_nobody_but_connect(journey: Journey, sandbox: Sandbox, changes: dict[str, str]) -> None:
    verify(sandbox, "external")
    parts = urlsplit(journey.begin())
    sent = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    assert journey.browser.get(f"/idp/authorize?{urlencode(sent)}").status_code == 400


def test_two_factors_that_the_provider_reports_satisfy_a_policy_and_are_told_on(
    platform: Platform, sandbox: Sandbox
) -> None:
    verify(sandbox, "external", require_two_step=True)
    set_account(sandbox, two_factors=True)
    client = client_of(platform, sandbox, "web", None)
    journey = Journey(client.browser, platform)
    sign_in = client.authorize(login_hint=PLAIN).location
    external_address = journey.browser.get(journey.browser.get(journey.browser.get(sign_in).location).location).location
    page = journey.browser.get(external_address)
    assert "form-action 'self' http://localhost:9000;" in page.headers["Content-Security-Policy"]
    callback = journey.browser.get(journey.answer(external_address).location)
    answer = answer_in(journey.browser.get(callback.location))
    identity = claims_in((client.token(code=answer["code"]).json or {})["id_token"])
    assert (identity["idp"], identity["amr"], identity["acr"]) == ("Organisation sign-in", ["external", "mfa"], "3")


def test_without_reported_factors_a_policy_demands_the_second_step_of_connect(journey: Journey, sandbox: Sandbox) -> None:
    verify(sandbox, "external", require_two_step=True)
    set_account(sandbox, ADMINISTRATOR)
    assert (journey.sign_in(ADMINISTRATOR).location or "").endswith("/totp/auth")
    assert not journey.browser.is_signed_in
    journey.browser.type_code(phone_code(sandbox, ADMINISTRATOR))
    assert journey.browser.is_signed_in
    assert [session.methods for session in sessions(sandbox)] == [["external", "otp"]]


def test_an_application_that_allows_nothing_but_the_external_provider_leads_there_at_once(
    platform: Platform, sandbox: Sandbox
) -> None:
    only(sandbox, "external")
    verify(sandbox, "connect", "external")
    set_account(sandbox)
    client = client_of(platform, sandbox, "web")
    journey = Journey(client.browser, platform)
    answer = journey.browser.get(client.authorize().location)
    assert answer.location.partition("?")[0].endswith("/connect/login/external"), "a session by password does not do"
    page = journey.browser.get(answer.location).location
    back = journey.browser.get(journey.answer(page, PLAIN).location)
    code = answer_in(journey.browser.get(back.location))["code"]
    assert claims_in((client.token(code=code).json or {})["id_token"])["idp"] == "Organisation sign-in"


def test_an_unverified_domain_is_rejected_where_an_application_needs_the_external_provider(
    platform: Platform, sandbox: Sandbox
) -> None:
    only(sandbox, "external")
    set_account(sandbox)
    client = client_of(platform, sandbox, "web", None)
    journey = Journey(client.browser, platform)
    page = journey.browser.get(journey.browser.get(client.authorize().location).location).location
    rejected = journey.browser.get(journey.answer(page, PLAIN).location)
    first = journey.refusal(rejected)
    assert "is not verified" in first
    assert "To continue to The web" in first
    typed = journey.browser.begin_sign_in(PLAIN, f"?{urlsplit(rejected.location).query}")
    assert "is not verified" in journey.refusal(journey.browser.get(typed.location or ""))


def test_nothing_is_left_when_the_application_needs_what_the_domain_does_not_allow(
    platform: Platform, sandbox: Sandbox
) -> None:
    only(sandbox, "connect")
    verify(sandbox, "external")
    client = client_of(platform, sandbox, "web", None)
    page = client.browser.get(client.authorize(login_hint=PLAIN).location)
    denied = client.browser.get(client.browser.get(page.location).location)
    assert denied.status_code == 403
    assert "Access denied due to application policy. Please contact your administrator" in denied.text


def test_neither_password_nor_mailed_links_sneak_around_the_policy(journey: Journey, sandbox: Sandbox) -> None:
    password = password_of(sandbox, PLAIN)
    journey.browser.begin_sign_in(PLAIN)
    with sandbox.transaction() as db:
        person = people.by_email(db, PLAIN)
        assert person is not None
        link = links.make(db, person, LinkKind.SIGN_IN)
    page = journey.browser.get("/connect/login/password")
    verify(sandbox, "external")
    form = forms_on(page.text, "/s/openid/connect/login/password")[0]
    typed = journey.browser.client.post(form.action, data={**form.values.to_dict(), "Password": password})
    assert typed.location.endswith("/connect/login/external")
    assert journey.browser.get("/connect/recover").location.endswith("/connect/login/external")
    page_of_link = journey.browser.get(f"/connect/link/{link}")
    button = forms_on(page_of_link.text, f"/s/openid/connect/link/{link}")[0]
    answer = journey.browser.client.post(button.action, data=button.values.to_dict())
    assert answer.location.endswith("/connect/login/denied")
    assert not journey.browser.is_signed_in


def only(sandbox: Sandbox, provider: str) -> None:
    """Let the web application allow one identity provider."""
    with sandbox.transaction() as db:
        registration = Registration(
            client_id="web", name="The web", secret="the-secret", redirect_uris=[CALLBACK], identity_providers=[provider]
        )
        applications.add(db, registration)
