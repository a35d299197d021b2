"""The pages of two-step verification: setting it up, every way through it, the terms of use.

Their source is read in every language; in a real browser, with axe, in one.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory.models import ClearTextSecrets, Customer, Person
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.crawl import page_rules
from tests.crawl.looking import looking
from tests.crawl.site import EVERY_LANGUAGE, Site
from tests.products.connect.enrolling import (
    ENROLL,
    done,
    emergency_code_on,
    give_number,
    key_on,
    store,
    text_code,
    type_first_code,
    type_password,
)
from tests.visits import Visitor, cast, session_cookie, store_of

NUMBER = "+31699999977"
CHALLENGE, WIZARD = "/connect/2fa", "/connect/enroll"
NEW, LOST = f"{CHALLENGE}/emergency-code/new", f"{CHALLENGE}/emergency-code/lost"


@pytest.fixture
def office(platform: Platform) -> Iterator[Sandbox]:
    """Return a sandbox whose office asks for two steps, with somebody who has not accepted the terms of use."""
    store_of(platform).create("steps", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="steps"))
    with store_of(platform).open("steps") as sandbox:
        with sandbox.transaction() as db:
            db.scalars(select(Customer).where(Customer.key == "office")).one().require_two_step = True
            person = db.scalars(select(Person).where(Person.key == "no_two_step")).one()
            person.terms_accepted_at = None
        yield sandbox
    store_of(platform).delete("steps")


def pages(visitor: Visitor, sandbox: Sandbox, language: str) -> Iterator[tuple[str, list[str]]]:
    """Walk through every page, and stop at each: its path, and the words on it that no language translates."""
    email = cast(sandbox, "no_two_step").email
    type_password(visitor, sandbox, email)
    yield ENROLL, []
    visitor.choose(ENROLL, "enable")
    yield f"{WIZARD}/app", []
    account = key_on(visitor)
    groups = " ".join(account.secret[start : start + 4] for start in range(0, len(account.secret), 4))
    yield f"{WIZARD}/key", [groups]
    yield f"{WIZARD}/code", []
    type_first_code(visitor, sandbox, account)
    yield f"{WIZARD}/phone", []
    give_number(visitor, NUMBER)
    yield f"{WIZARD}/sms", [NUMBER]
    visitor.send(visitor.form(f"{WIZARD}/sms", "AuthCode"), AuthCode=text_code(sandbox, NUMBER))
    yield f"{WIZARD}/emergency-code", [emergency_code_on(visitor)]
    store(visitor)
    yield f"{WIZARD}/done", []
    done(visitor)
    yield "/connect/terms", []
    visitor.choose("/connect/terms", "accept")
    visitor.client.set_cookie(
        cookie_name(sandbox.name), session_cookie(sandbox, None, language), path=cookie_path(sandbox.name)
    )
    type_password(visitor, sandbox, email)
    yield f"{CHALLENGE}/methods", ["77"]
    (form,) = (form for form in visitor.forms(f"{CHALLENGE}/methods") if form.action.endswith("/sms/send"))
    visitor.send(form)
    yield f"{CHALLENGE}/sms", ["77"]
    yield f"{CHALLENGE}/emergency-code", []
    with sandbox.reading() as db:
        person = db.scalars(select(Person).where(Person.key == "no_two_step")).one()
        code = db.get_one(ClearTextSecrets, person.id).emergency_code or ""
    visitor.send(visitor.form(f"{CHALLENGE}/emergency-code", "EmergencyCode"), EmergencyCode=code)
    yield NEW, [emergency_code_on(visitor, NEW)]
    store(visitor, NEW)
    yield LOST, []
    visitor.choose(LOST, "lost")
    yield ENROLL, []


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_every_page_of_two_step_verification_keeps_the_rules_of_the_house(
    site: Site, office: Sandbox, language: str
) -> None:
    visitor = Visitor.of(site.platform, office, language=language)
    wrong, looked_at = [], 0
    for path, words in pages(visitor, office, language):
        untranslated = tuple(sorted([*site.data["office"], *words, office.name], key=len, reverse=True))
        response = visitor.get(path)
        assert response.status_code == 200, path
        wrong += [f"{path} ({language}): {fault}" for fault in page_rules.faults(response.text, language, untranslated)]
        looked_at += 1
    assert not wrong, "\n".join(wrong)
    assert looked_at == 15


@pytest.mark.browser
def test_every_page_of_two_step_verification_can_be_used_by_everybody(
    site: Site, browser: Browser, address: str, office: Sandbox
) -> None:
    visitor = Visitor.of(site.platform, office, language="nl")
    with looking(browser, address, "nl") as looker:
        for path, _ in pages(visitor, office, "nl"):
            cookie = visitor.client.get_cookie(cookie_name(office.name), path=cookie_path(office.name))
            assert cookie is not None
            looker.page.context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": cookie_path(office.name)}]
            )
            looker.open(visitor.path(path))
            assert looker.page.url.endswith(path)
            looker.look(path)
