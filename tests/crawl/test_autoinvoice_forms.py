"""Pages of AutoInvoice behind forms and mailed links: registering, the request to sign, forms that were refused."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.documents.accounts import accounts
from simulator.documents.exchange import links
from simulator.documents.model.models import Direction, Document
from simulator.documents.synthetic import consumption
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.crawl import page_rules
from tests.crawl.looking import NARROW, WIDE, looking
from tests.crawl.site import IN_EVERY_LANGUAGE, Site
from tests.crawl.test_forms import newest_link
from tests.documents import norway as no
from tests.visits import cast, session_cookie, store_of

pytestmark = pytest.mark.browser

SIGNATORY = "styret@fjordlys.example"
TYPED = (
    "Ny Bedrift AS",
    "312002205",
    "Storgata 1",
    "0001",
    "Oslo",
    "Nils",
    "Ny",
    "nils@nybedrift.example",
    "Styret Leder",
    SIGNATORY,
)


@pytest.fixture
def unverified(platform: Platform, language: str) -> Iterator[Sandbox]:
    """Return a sandbox whose company still has to be verified."""
    name = f"signing-{language.lower()}"
    store_of(platform).create(name, Creation(scenario="company-no", clock=Clock.frozen(NOW), seed="forms"))
    with store_of(platform).open(name) as sandbox:
        with sandbox.transaction() as db:
            account = accounts.of(db, no.company(db, no.REGISTERED))
            account.verified, account.identity_check = False, "none"
        yield sandbox
    store_of(platform).delete(name)


@pytest.mark.parametrize("language", IN_EVERY_LANGUAGE)
def test_registering_and_signing_can_be_used_by_everybody(
    site: Site, browser: Browser, address: str, unverified: Sandbox, language: str
) -> None:
    administrator = cast(unverified, "administrator").email
    home = f"/s/{unverified.name}/autoinvoice"
    cookie = (
        cookie_name(unverified.name),
        session_cookie(unverified, administrator, language),
        cookie_path(unverified.name),
    )
    words = tuple(sorted([*site.data["norway"], unverified.name, *TYPED], key=len, reverse=True))
    with looking(browser, address, language, cookie) as looker:
        page = looker.page

        def look(what: str) -> None:
            looker.faults += [
                (fault, f"{what} ({language})") for fault in page_rules.faults(page.content(), language, words)
            ]
            looker.look(what, axe=(WIDE, NARROW))

        for path in ("settings/users/add", "settings/receive/help", "settings/identity"):
            looker.open(f"{home}/{path}")
            looker.press("main .btn-primary")
            look(f"{path} refused")
        page.fill("#name", "Styret Leder")
        page.fill("#email", SIGNATORY)
        looker.press("main .btn-primary")
        look("request is under way")
        jobs.run_due(unverified)
        path = newest_link(unverified, SIGNATORY)
        looker.open(path)
        look("request to sign")
        looker.press("main button[value=confirm]")
        look("signed")
        looker.open(path)
        look("request is no longer open")
        looker.open(f"{home}/register")
        looker.press("main .btn-primary")
        look("registration refused")
        filled = dict(zip(("name", "organisation_number", "street", "postal_code", "city"), TYPED, strict=False))
        for field, value in filled.items():
            page.fill(f"#{field}", value)
        page.select_option("#country", "NO")
        page.check("#terms")
        page.check("#human")
        looker.press("main .btn-primary")
        look("registered")
        assert page.url.endswith("/autoinvoice/registered")


@pytest.mark.parametrize("language", IN_EVERY_LANGUAGE)
def test_a_mailed_document_can_be_opened_by_everybody(
    site: Site, browser: Browser, address: str, unverified: Sandbox, language: str
) -> None:
    home, words = f"/s/{unverified.name}/autoinvoice", (*site.data["norway"], unverified.name)
    consumption.unpack_all(unverified)
    with unverified.reading() as db:
        sent = select(Document).where(Document.direction == Direction.SENT)
        document = db.scalars(sent.order_by(Document.created_at.desc(), Document.id).limit(1)).one()
        token, passcode = links.token_of(db, document), links.passcode_of(db, document)
    cookie = (cookie_name(unverified.name), session_cookie(unverified, None, language), cookie_path(unverified.name))
    with looking(browser, address, language, cookie) as looker:
        page = looker.page

        def look(what: str) -> None:
            looker.faults += [
                (fault, f"{what} ({language})") for fault in page_rules.faults(page.content(), language, words)
            ]
            looker.look(what, axe=(WIDE, NARROW))

        looker.open(f"{home}/view/none")
        look("a link that leads nowhere")
        looker.open(f"{home}/activate/none")
        look("a registration that is over")
        looker.open(f"{home}/view/{token}")
        look("the passcode is asked for")
        looker.press("main .btn-primary")
        look("no passcode")
        page.fill("#passcode", passcode)
        looker.press("main .btn-primary")
        look("the document")
        looker.press("main button[value=accept]")
        look("the document was accepted")
        assert page.locator("main .alert-success").count() == 1
