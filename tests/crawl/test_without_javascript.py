"""The flows of the manuals work in a browser that runs no scripts."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.core.texts import text
from tests.conftest import NOW
from tests.visits import cast, password_of, phone_code, store_of

pytestmark = pytest.mark.browser


@pytest.fixture(params=["accountant-nl"])
def sandbox(platform: Platform, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Return a sandbox that this test may change."""
    name = f"plain-{request.param}"
    store_of(platform).create(name, Creation(scenario=request.param, clock=Clock.frozen(NOW), seed="plain"))
    with store_of(platform).open(name) as opened:
        yield opened
    store_of(platform).delete(name)


@pytest.fixture
def page(browser: Browser, address: str, sandbox: Sandbox) -> Iterator[Page]:
    """Return a window without scripts, signed in with password and code."""
    context = browser.new_context(java_script_enabled=False, accept_downloads=True, locale="en")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    email = cast(sandbox, "administrator").email
    opened.goto(f"{address}/s/{sandbox.name}/")
    opened.fill("#Username", email)
    leave(opened, opened.locator("main form:not(.languages) button[type=submit]"))
    opened.fill("#Password", password_of(sandbox, email))
    leave(opened, opened.locator("main form:not(.languages) button[type=submit]"))
    opened.fill("#AuthCode", phone_code(sandbox, email))
    leave(opened, opened.locator("main form:not(.languages) button[type=submit]"))
    assert opened.url == f"{address}/s/{sandbox.name}/home/"
    yield opened
    context.close()


def leave(page: Page, control: Locator) -> None:
    """Press what leads to another page, and wait until that page is loaded."""
    with page.expect_navigation(wait_until="load"):
        control.click()


def holds(platform: Platform, sandbox: Sandbox, fact: dict[str, object]) -> bool:
    """Return whether a fact holds, as the control API answers."""
    path = f"/_sim/sandboxes/{sandbox.name}/check"
    answer = platform.test_client().post(path, json={"facts": [fact]}, headers={"Host": "localhost"})
    return bool(answer.get_json()[0]["holds"])


def words(page: Page, key: str) -> str:
    """Return a text in the language of the page."""
    language = page.locator("html").get_attribute("lang")
    assert language
    return text(language, key)


def test_a_specification_is_exported(platform: Platform, page: Page, sandbox: Sandbox, tmp_path: Path) -> None:
    leave(page, page.get_by_role("link", name=words(page, "settings.tile"), exact=True))
    leave(page, page.get_by_role("link", name=words(page, "settings.licences"), exact=True))
    row = page.get_by_role("row").filter(has_text="Visma.net AutoInvoice")
    leave(page, row.get_by_role("link", name=words(page, "settings.invoices")))
    leave(page, page.get_by_role("link", name=words(page, "settings.show"), exact=True).first)
    page.get_by_role("button", name=words(page, "settings.export_as")).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=words(page, "settings.excel")).click()
    saved_file = tmp_path / "specification.xlsx"
    download.value.save_as(saved_file)
    sheet = load_workbook(BytesIO(saved_file.read_bytes())).worksheets[0]
    assert sheet[1][0].value == words(page, "settings.specification.type")
    assert sheet.max_row > 2
    assert holds(platform, sandbox, {"event": "invoice.exported"})


def test_a_customer_administrator_is_added(platform: Platform, page: Page, sandbox: Sandbox) -> None:
    email = "sanne.duin@rietkraag.example"
    leave(page, page.get_by_role("link", name=words(page, "admin.tile"), exact=True))
    leave(page, page.get_by_role("main").get_by_role("link", name=words(page, "admin.add_user")))
    page.get_by_label(words(page, "admin.user.email")).fill(email)
    page.get_by_label(words(page, "admin.user.first_name")).fill("Sanne")
    page.get_by_label(words(page, "admin.user.last_name")).fill("Duin")
    page.get_by_label(words(page, "admin.give_access_to")).select_option(index=1)
    page.get_by_label(words(page, "role.customer_administrator"), exact=True).check()
    leave(page, page.get_by_role("button", name=words(page, "admin.save_and_close")))
    assert page.get_by_role("row").filter(has_text=email).count() == 1
    office = "Administratiekantoor De Rietkraag"
    assert holds(platform, sandbox, {"has_role": {"person": email, "role": "Customer administrator", "on": office}})
    assert holds(platform, sandbox, {"mailed": {"to": email, "name": "activation"}})


@pytest.mark.parametrize("sandbox", ["company-no"], indirect=True)
def test_a_company_leaves_elma(platform: Platform, page: Page, sandbox: Sandbox) -> None:
    leave(page, page.get_by_role("link", name=words(page, "autoinvoice.tile"), exact=True))
    leave(page, page.get_by_role("main").get_by_role("button", name="Fjordlys Drift AS"))
    leave(page, page.get_by_role("link", name=words(page, "autoinvoice.settings"), exact=True))
    leave(page, page.get_by_role("link", name=words(page, "autoinvoice.settings.receive"), exact=True))
    page.get_by_label(words(page, "autoinvoice.elma.registered")).uncheck()
    assert holds(platform, sandbox, {"participant": {"number": "310000019", "registered": True}})
    leave(page, page.get_by_role("button", name=words(page, "autoinvoice.elma.update")))
    jobs.run_due(sandbox)
    assert holds(platform, sandbox, {"event": "elma.removed"})
    assert holds(platform, sandbox, {"participant": {"number": "310000019", "registered": False}})
