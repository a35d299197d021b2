"""The platform redirects its visitors only within their sandbox, whatever address a link or a form carries."""

from urllib.parse import quote, unquote, urlsplit

import pytest

from simulator.app import Platform
from simulator.core import notices
from simulator.core.sandbox import Sandbox
from tests.visits import Visitor, cast, forms_on, password_of, phone_code

HOME = "/s/default/home/"

TRICKS = [
    "//evil.example",
    "//[",
    "http://[",
    "//[::1",
    "///evil.example",
    "////evil.example/s/default/home/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "http:///evil.example",
    "%2f%2fevil.example",
    "%2F%2Fevil.example",
    "%252f%252fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "%5c%5cevil.example",
    "/%255cevil.example",
    "/s/other/home/",
    "/s/default/../other/home/",
    "/s/default/%2e%2e/other/home/",
    "/s/default/%252e%252e/other/home/",
    "/s/default/..%2fother/home/",
    "/s/default/..",
    "/s/default//evil.example",
    "/s/default/\\evil.example",
    "/s/default/%5c..%5cevil",
    "/s/defaulter/home/",
    "/s/default",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "/s/default/home/\r\nSet-Cookie: a=b",
    "/s/default/home/%0d%0aSet-Cookie:%20a=b",
    "/s/default/home/%250d%250aLocation:%20//evil.example",
    "/s/default/home/\x00",
    "/s/default/home/\x7f",
    "\t//evil.example",
    "//evil.example\\@localhost",
    "//localhost@evil.example",
    "//evil.example/..;/s/default/home/",
    "/",
    "/_sim/sandboxes",
    "?returnUrl=//evil.example",
    "home/",
    "..",
    "",
    "/s/default/home/" + "a" * 3000,
]

GOOD = [HOME, "/s/default/settings/licenses", "/s/default/admin/users?q=a%20b&page=2", "/s/default/home/#top"]


def lands_inside(location: str) -> bool:
    """Return whether a browser that follows an address stays in the sandbox."""
    plain = unquote(unquote(location))
    parts = urlsplit(location)
    climbs = ".." in plain.split("?")[0] or "\\" in plain or "//" in urlsplit(plain).path
    return not parts.netloc and not parts.scheme and location.startswith("/s/default/") and not climbs


def sign_in(visitor: Visitor, sandbox: Sandbox, email: str, target: str) -> str:
    """Sign in with an address to return to, and return the address of the redirect."""
    visitor.begin_sign_in(email, f"?returnUrl={quote(target, safe='')}")
    visitor.type_password(password_of(sandbox, email))
    answer = visitor.type_code(phone_code(sandbox, email))
    assert answer.status_code == 302
    return answer.location


@pytest.mark.parametrize("target", TRICKS)
def test_signing_in_redirects_to_home_for_an_address_elsewhere(
    platform: Platform, sandbox: Sandbox, email: str, target: str
) -> None:
    assert sign_in(Visitor.of(platform, sandbox), sandbox, email, target) == HOME


@pytest.mark.parametrize("target", GOOD)
def test_signing_in_redirects_to_the_address_of_the_visitor(
    platform: Platform, sandbox: Sandbox, email: str, target: str
) -> None:
    assert sign_in(Visitor.of(platform, sandbox), sandbox, email, target) == target


@pytest.mark.parametrize("target", TRICKS)
def test_a_signed_in_visitor_is_redirected_to_home_at_once(administrator: Visitor, target: str) -> None:
    answer = administrator.get(f"/connect/?returnUrl={quote(target, safe='')}")
    assert (answer.status_code, answer.location) == (302, HOME)


@pytest.mark.parametrize("target", TRICKS)
def test_every_form_that_leads_back_stays_in_the_sandbox(administrator: Visitor, target: str) -> None:
    page = administrator.get("/settings/licenses").text
    leading_back = [form for form in forms_on(page, "/s/default/settings/licenses") if "back" in form.fields]
    assert len(leading_back) == 2, "the company switcher and the languages"
    for form in leading_back:
        answer = administrator.send(form, back=target)
        assert answer.status_code == 302
        assert lands_inside(answer.location), answer.location
        assert "Set-Cookie: a=b" not in str(answer.headers)


def test_a_notice_redirects_within_its_sandbox(administrator: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        notices.notify(
            db,
            cast(sandbox, "administrator").id,
            notices.NoticeKind.REGISTRATION_CHANGED,
            text="notice.elma.removed",
            link="/elma/?q=1",
            company="A",
            number="1",
        )
    answer = administrator.send(administrator.form("/home/notices", "notice"))
    assert answer.location == "/s/default/elma/?q=1"


@pytest.mark.parametrize("path", ["/home/", "/admin/users?q=//evil.example", "/settings/licenses/%5cevil/invoices"])
def test_a_page_that_asks_to_sign_in_first_comes_back_to_itself_only(stranger: Visitor, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 302
    assert urlsplit(answer.location).path == "/s/default/connect/"
    assert not urlsplit(answer.location).netloc


@pytest.mark.parametrize("path", ["//evil.example/s/default/", "/s//evil.example/", "/s/default//evil.example/%2e%2e"])
def test_an_odd_path_never_leads_to_another_host(platform: Platform, sandbox: Sandbox, path: str) -> None:
    answer = platform.test_client().get(path)
    target = urlsplit(answer.headers.get("Location", ""))
    assert target.netloc in ("", "localhost")
