"""The QR code as a phone sees it: pixels of the page in a real browser, read by an independent decoder."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Route

from simulator.core.sandbox import Sandbox
from tests.authenticator import Account
from tests.products.connect.enrolling import ENROLL, done, give_number, key_on, now_of, store, type_password
from tests.visits import Visitor

PLAIN = "plain@rietkraag.example"
PAGE = "/connect/enroll/key"


def photograph(browser: Browser, visitor: Visitor, path: str, width: int) -> tuple[bytes, dict[str, Any]]:
    """Take a picture of a page as this visitor sees it, and measure the image on it."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        with visitor.client.get(f"{parts.path}?{parts.query}") as response:
            route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.data)

    page = browser.new_page(viewport={"width": width, "height": 900})
    try:
        page.route("**/*", answer)
        page.goto("http://localhost" + visitor.path(path), wait_until="load")
        image = page.get_by_role("img", name="QR code for the authenticator app")
        box = image.bounding_box()
        assert box is not None
        wide = page.evaluate("document.documentElement.scrollWidth") > width
        return page.screenshot(), {**box, "overflows": wide}
    finally:
        page.close()


def read_off(picture: bytes) -> list[str]:
    """Return the contents of the QR codes in a picture."""
    with Image.open(BytesIO(picture)) as image:
        codes = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [code.text for code in codes]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_phone_that_scans_the_page_enrols(browser: Browser, visitor: Visitor, sandbox: Sandbox, width: int) -> None:
    type_password(visitor, sandbox, PLAIN)
    visitor.choose(ENROLL, "enable")
    picture, box = photograph(browser, visitor, PAGE, width)
    (address,) = read_off(picture)
    account = Account.scanned(address)
    assert account.name == f"Visma Connect:{PLAIN}"
    assert account.secret == key_on(visitor).secret
    assert box["width"] == box["height"] >= 240
    assert not box["overflows"]
    visitor.send(visitor.form("/connect/enroll/code", "AuthCode"), AuthCode=account.code(now_of(sandbox)))
    give_number(visitor, "")
    store(visitor)
    assert done(visitor).location == "/s/default/home/"


def test_the_picture_is_for_nobody_else(visitor: Visitor, sandbox: Sandbox) -> None:
    type_password(visitor, sandbox, PLAIN)
    visitor.choose(ENROLL, "enable")
    answer = visitor.get("/connect/enroll/qr.svg")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    other = Visitor(visitor.client.application.test_client(), visitor.home)
    assert other.get("/connect/enroll/qr.svg").status_code == 302
