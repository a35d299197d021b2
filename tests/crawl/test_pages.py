"""Every page that links lead to, in every language, for everybody who may see it: what its source owes its readers."""

from collections.abc import Iterable
from urllib.parse import urlsplit

import pytest

from simulator.core import outbox
from tests.crawl import page_rules
from tests.crawl.conftest import CONTACT
from tests.crawl.site import (
    EVERY_LANGUAGE,
    FILES,
    FIRST_PAGES,
    LIMITED_TO,
    SCENARIOS,
    UNLINKED,
    VISITORS,
    VISITS,
    Kind,
    Seen,
    Site,
)

SANDBOXES = list(SCENARIOS.values())

BEHIND_FORMS = {
    "front_door", "admin.front", "admin.reports", "settings.find_invoice",
    "connect.new_link", "connect.password", "connect.code", "connect.recover",
    "connect.recover_sent", "connect.activate", "connect.reset", "details.sms_code", "autoinvoice.sign",
    "autoinvoice.activate", "autoinvoice.view", "administration.resend",
    "admin.email_domain", "admin.remove_email_domain", "connect.new_password",
    "openid.authorize", "openid.resume", "openid.choose_tenant", "openid.consent", "openid.end_session",
    "connect.external", "connect.external_callback", "connect.denied", "openid.external_authorize",
    "administration.handle_manually", "settings.confirm_transfer", "support.show_request",
    "exercise.bar", "exercise.go_on",
} | {
    f"connect.{page}" for page in (
        "choose_app", "check_number", "emergency", "enroll", "enrolled", "finish", "first_code", "lost_authenticator", "methods",
        "new_emergency_code", "phone_number", "scan", "store_code", "terms", "text", "welcome", "push", "security_key",
        "activate_by_passkey", "confirm_email",
    )
} | {f"details.{page}" for page in ("create_key", "rename_key", "remove_key", "remove_authenticator")}  # fmt: skip
"""What a link alone does not open: pages that lead on at once, and those that tests of forms, of two steps and of keys open."""


WHOLE = ("en",)
"""Languages in which each run reads every page: English, in which the pages were reached; of the others a page of each kind."""


@pytest.mark.parametrize(
    "language",
    [pytest.param(language, marks=() if language in WHOLE else pytest.mark.exhaustive) for language in EVERY_LANGUAGE],
)
@pytest.mark.parametrize(("sandbox", "visitor"), VISITS)
def test_every_page_keeps_the_rules_of_the_house(site: Site, sandbox: str, visitor: str | None, language: str) -> None:
    _check(site, site.pages(sandbox, visitor, language), sandbox, f"{language}, {visitor or 'signed out'}", language)


@pytest.mark.parametrize("language", [language for language in EVERY_LANGUAGE if language not in WHOLE])
@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_every_kind_of_page_keeps_the_rules_of_the_house_in_every_language(site: Site, sandbox: str, language: str) -> None:
    met: set[Kind] = set()
    for visitor in VISITORS[sandbox]:
        paths = [paths[-1] for kind, paths in site.kinds(sandbox, visitor).items() if kind not in met]
        pages = site.open(sandbox, visitor, language, paths)
        _check(site, pages, sandbox, f"{language}, {visitor or 'signed out'}", language)
        met |= set(site.kinds(sandbox, visitor))


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_the_page_behind_the_mailed_link_of_a_transfer_keeps_the_rules_of_the_house(site: Site, language: str) -> None:
    with site.sandbox("contracts") as sandbox, sandbox.reading() as db:
        link = urlsplit(outbox.newest_first(db, to=CONTACT)[0].links[0]).path
    for visitor in (None, "administrator"):
        _check(site, site.open("contracts", visitor, language, [link]), "contracts", f"{language}, {visitor}", language)


def _check(site: Site, pages: Iterable[Seen], sandbox: str, reader: str, language: str) -> None:
    wrong = [
        f"{page.path} ({reader}): {fault}"
        for page in pages
        for fault in (["500"] if page.status == 500 else page_rules.faults(page.html, language, site.data[sandbox]))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("sandbox", "visitor"), VISITS)
def test_every_link_leads_to_a_page(site: Site, sandbox: str, visitor: str | None) -> None:
    typed = {f"/s/{sandbox}/{path}" for path in (*FIRST_PAGES, *LIMITED_TO.get(sandbox, ()), *UNLINKED)}
    wrong = {
        page.path: page.status
        for page in site.pages(sandbox, visitor, "en")
        if page.path not in typed and page.status != 200
    }
    assert not wrong


@pytest.mark.parametrize("sandbox", [sandbox for sandbox in SANDBOXES if sandbox not in LIMITED_TO])
def test_an_address_that_was_typed_answers_with_a_page_that_explains(site: Site, sandbox: str) -> None:
    status = {page.path: page.status for page in site.pages(sandbox, "user", "en")}
    home = f"/s/{sandbox}/"
    assert status[f"{home}home/nothing"] == status[f"{home}mail/999999"] == 404
    assert status[f"{home}settings/"] == status[f"{home}admin/"] == 403
    assert status[f"{home}connect/link/none"] == 200


def test_the_crawl_reaches_every_page_that_can_be_looked_at(site: Site) -> None:
    reached = {
        page.endpoint for sandbox, visitor in VISITS for page in site.pages(sandbox, visitor, "en") if page.status == 200
    }
    looked_at = {
        rule.endpoint
        for rule in site.platform.all_routes()
        if rule.rule.startswith("/s/")
        and "GET" in (rule.methods or ())
        and rule.endpoint not in FILES
        # Programs call it, and no page leads there.
        and not rule.endpoint.startswith(("autoinvoice_api.", "public_api.", "mailpit."))
    }
    assert looked_at - reached == BEHIND_FORMS
