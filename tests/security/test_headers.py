"""Every answer carries the headers that keep a page to itself."""

import re

import pytest

from simulator.app import Platform
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from tests.security.test_csrf import VALUES
from tests.visits import Visitor

FILES = ("static", "mail.html_part", "admin.invoice_pdf", "settings.invoice_pdf")
"""What answers with a file instead of a page."""


def policy(header: str) -> dict[str, list[str]]:
    """Read a Content-Security-Policy."""
    parts = [part.split() for part in header.split(";")]
    return {part[0]: part[1:] for part in parts if part}


def test_every_page_keeps_scripts_frames_and_forms_to_itself(
    platform: Platform, store: Store, administrator: Visitor
) -> None:
    adapter = platform.url_map.bind("localhost")
    wrong = []
    for rule in platform.all_routes():
        if "GET" not in (rule.methods or ()) or rule.endpoint in FILES:
            continue
        if not set(rule.arguments) <= set(VALUES) or rule.rule.startswith("/_sim"):
            continue
        for visitor in (administrator, Visitor(platform.test_client(), "")):
            headers = visitor.client.get(
                adapter.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
            ).headers
            rules = policy(headers.get("Content-Security-Policy", ""))
            good = (
                rules.get("default-src") == ["'self'"]
                and "script-src" not in rules
                and "style-src" not in rules
                and rules.get("img-src") == ["'self'", "data:"]
                and rules.get("object-src") == rules.get("base-uri") == rules.get("frame-ancestors") == ["'none'"]
                and rules.get("form-action") == ["'self'"]
                and headers.get("X-Content-Type-Options") == "nosniff"
                and headers.get("Referrer-Policy") == "same-origin"
                and headers.get("Cache-Control") == "no-store"
            )
            wrong += [] if good else [f"{rule.rule}: {dict(headers)}"]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/s/nowhere/home/", "/s/default/nowhere", "/_sim/nowhere", "/static/nowhere.css"]
)
def test_an_error_keeps_to_itself_as_well(platform: Platform, store: Store, path: str) -> None:
    answer = platform.test_client().get(path)
    assert answer.status_code == 404
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_refused_form_and_a_wrong_method_keep_to_themselves(administrator: Visitor) -> None:
    for answer in (administrator.client.post("/s/default/home/company"), administrator.client.put("/s/default/home/")):
        assert answer.status_code in (400, 405)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(stranger: Visitor) -> None:
    answer = stranger.get("/mail/1/html")
    rules = policy(answer.headers["Content-Security-Policy"])
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert rules["frame-ancestors"] == ["'self'"]
    assert "allow-scripts" not in rules["sandbox"]
    assert "allow-same-origin" not in rules["sandbox"]
    assert "allow-forms" not in rules["sandbox"]
    assert set(rules) == {"sandbox", "default-src", "style-src", "img-src", "base-uri", "form-action", "frame-ancestors"}
    (frame,) = re.findall(r"<iframe [^>]+>", stranger.get("/mail/1").text)
    assert re.search(r'sandbox="([^"]*)"', frame), frame
    assert "allow-scripts" not in frame
    assert "allow-same-origin" not in frame


def test_a_mail_as_a_file_is_downloaded_and_not_shown(stranger: Visitor) -> None:
    answer = stranger.get("/mail/1/raw")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.mimetype == "message/rfc822"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_specification_is_downloaded_and_not_shown(administrator: Visitor, sandbox: Sandbox) -> None:
    page = administrator.get("/settings/licenses/autoinvoice/invoices").text
    path = re.findall(r'href="(/s/default/settings/licenses/autoinvoice/invoices/\d+)"', page)[0]
    form = next(form for form in administrator.forms(path) if "/export/" in form.buttons[0][2])
    for button in range(len(form.buttons)):
        answer = administrator.send(form, button)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_says_what_serves_it(stranger: Visitor) -> None:
    assert "X-Powered-By" not in stranger.get("/elma/").headers


def test_every_405_names_the_methods_that_work(platform: Platform, store: Store, administrator: Visitor) -> None:
    adapter = platform.url_map.bind("localhost")
    methods: dict[str, set[str]] = {}
    for rule in platform.all_routes():
        if set(rule.arguments) <= set(VALUES) and not rule.endpoint.endswith(".elsewhere"):
            address = adapter.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
            methods.setdefault(address, set()).update(rule.methods or ())
    wrong = []
    for address, allowed in methods.items():
        for method in {"DELETE", "PUT"} - allowed:
            answer = administrator.client.open(address, method=method)
            named = set(answer.headers.get("Allow", "").split(", "))
            if answer.status_code == 405 and not named | {"OPTIONS"} >= allowed:
                wrong.append(f"{method} {address}: {answer.headers.get('Allow')} {allowed}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/", "GET, HEAD"),
        ("PUT", "/s/default/elma/", "GET, HEAD"),
        ("POST", "/static/style.css", "GET, HEAD"),
        ("DELETE", "/s/default/autoinvoice/api/v1/invoices", "GET, HEAD, POST"),
    ],
)
def test_a_405_names_the_methods_that_work(
    platform: Platform, store: Store, administrator: Visitor, method: str, path: str, allowed: str
) -> None:
    answer = administrator.client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) - {"OPTIONS"} == set(allowed.split(", "))
