"""The pages of security keys, passkeys, requests on the phone and a new e-mail address, which a link alone does not open."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import people
from simulator.directory.models import ClearTextSecrets, Customer, Person
from simulator.directory.security_keys.models import SecurityKey
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.crawl import page_rules
from tests.crawl.looking import looking
from tests.crawl.site import EVERY_LANGUAGE, Site
from tests.products.connect.enrolling import emergency_code_on, store, type_password
from tests.visits import Visitor, cast, password_of, session_cookie, store_of

KEY_NAME, NEW_EMAIL = "K-17", "new.address@rietkraag.example"
EMERGENCY = "/connect/2fa/emergency-code"


@pytest.fixture
def office(platform: Platform) -> Iterator[Sandbox]:
    """Return a sandbox whose users may change their address, and whose user approves on the phone."""
    store_of(platform).create("keys", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="keys"))
    with store_of(platform).open("keys") as sandbox:
        with sandbox.transaction() as db:
            for customer in db.scalars(select(Customer)):
                customer.may_change_email = True
            db.scalars(select(Person).where(Person.key == "user")).one().push = True
            people.send_activation(db, db.scalars(select(Person).where(Person.key == "not_activated")).one())
        yield sandbox
    store_of(platform).delete("keys")


def signed_in(platform: Platform, sandbox: Sandbox, language: str) -> Iterator[tuple[Visitor, str]]:
    """Walk through My details, and stop at each page."""
    email = cast(sandbox, "user").email
    visitor = Visitor.of(platform, sandbox, email, language)
    proof = {"own_password": password_of(sandbox, email), "name": KEY_NAME}
    for kind in ("key", "passkey"):
        visitor.send(visitor.form(f"/details/keys/add/{kind}", "own_password"), **proof)  # type: ignore[arg-type]
        create = f"/details/keys/create/{kind}"
        yield visitor, create
        form = visitor.form(create, "phone")
        options = {"csrf_token": form.values["csrf_token"], "phone": "1"}
        visitor.client.post(form.action, data=options)
    with sandbox.transaction() as db:
        keys = db.scalars(select(SecurityKey.id)).all()
    yield visitor, "/details/"
    yield visitor, f"/details/keys/{keys[0]}/rename"
    yield visitor, f"/details/keys/{keys[0]}/remove"
    yield visitor, "/details/authenticator/remove"
    yield visitor, "/details/email"
    form = visitor.form("/details/email", "own_password")
    visitor.send(form, own_password=proof["own_password"], email=NEW_EMAIL)
    with sandbox.reading() as db:
        yield visitor, "/s/" + outbox.newest_first(db, to=NEW_EMAIL)[0].links[0].partition("/s/")[2]


def signing_in(platform: Platform, sandbox: Sandbox, language: str) -> Iterator[tuple[Visitor, str]]:
    """Walk through the pages of a sign-in with these methods."""
    email, visitor = cast(sandbox, "user").email, Visitor.of(platform, sandbox, language=language)
    yield visitor, "/connect/login/passkey"
    with sandbox.reading() as db:
        activation = outbox.newest_first(db, to=cast(sandbox, "not_activated").email)[0].links[0]
    yield visitor, "/s/" + activation.partition("/s/")[2] + "/passkey"
    type_password(visitor, sandbox, email)
    yield visitor, "/connect/2fa/push"
    with sandbox.reading() as db:
        person = db.scalars(select(Person).where(Person.key == "user")).one()
        code = db.get_one(ClearTextSecrets, person.id).emergency_code or ""
    phone = f"/phone/{person.id}"
    yield visitor, phone
    form = next(form for form in visitor.forms(phone) if "/push/" in form.action)
    visitor.send(form, number="")
    yield visitor, "/connect/2fa/push"
    yield visitor, "/connect/2fa/methods"
    yield visitor, "/connect/2fa/key"
    visitor.send(visitor.form(EMERGENCY, "EmergencyCode"), EmergencyCode=code)
    emergency_code_on(visitor, f"{EMERGENCY}/new")
    store(visitor, f"{EMERGENCY}/new")
    yield visitor, f"{EMERGENCY}/lost"


def pages(platform: Platform, sandbox: Sandbox, language: str) -> Iterator[tuple[Visitor, str]]:
    """Walk through all of them."""
    yield from signed_in(platform, sandbox, language)
    yield from signing_in(platform, sandbox, language)


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_every_page_about_keys_keeps_the_rules_of_the_house(site: Site, office: Sandbox, language: str) -> None:
    wrong, looked_at = [], 0
    for visitor, path in pages(site.platform, office, language):
        response = visitor.get(path)
        assert response.status_code == 200, path
        with office.reading() as db:
            secrets = [code for message in outbox.after(db) for code in message.codes]
        words = [*site.data["office"], *secrets, KEY_NAME, NEW_EMAIL, office.name, "http://localhost"]
        untranslated = tuple(sorted(words, key=len, reverse=True))
        wrong += [f"{path} ({language}): {fault}" for fault in page_rules.faults(response.text, language, untranslated)]
        looked_at += 1
    assert not wrong, "\n".join(wrong)
    assert looked_at == 16


@pytest.mark.browser
def test_every_page_about_keys_can_be_used_by_everybody(site: Site, office: Sandbox, browser: Browser, address: str) -> None:
    for visitor, path in pages(site.platform, office, "nb"):
        cookie = visitor.client.get_cookie(cookie_name(office.name), path=cookie_path(office.name))
        value = cookie.value if cookie is not None else session_cookie(office, None, "nb")
        with looking(browser, address, "nb", (cookie_name(office.name), value, cookie_path(office.name))) as looker:
            whole = visitor.path(path)
            looker.open(whole)
            looker.look(whole)
