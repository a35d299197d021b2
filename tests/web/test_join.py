"""On a network a sandbox opens with its join link only."""

from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.visits import make_platform, store_of


@pytest.fixture
def platform(tmp_path: Path, templates: Path) -> Platform:
    """Put a platform together as on a network, with two sandboxes."""
    platform = make_platform(
        tmp_path / "data", templates, host="0.0.0.0", control_token="t0ken", public_url="https://sim.test"
    )
    for name in ("one", "two"):
        store_of(platform).create(name, Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    return platform


def key_of(platform: Platform, name: str) -> str:
    with store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        return db.record.join_key


def test_without_the_key_no_page_opens(platform: Platform) -> None:
    client = platform.test_client()
    for path in ("elma/", "connect/", "mail/", "phone/", "home/", "nothing"):
        assert client.get(f"/s/one/{path}").status_code == 403


def test_the_join_link_opens_its_sandbox_and_no_other(platform: Platform) -> None:
    client = platform.test_client()
    joined = client.get(f"/s/one/elma/?join={key_of(platform, 'one')}", base_url="https://sim.test")
    assert joined.location == "/s/one/elma/"
    (cookie,) = joined.headers.getlist("Set-Cookie")
    assert all(part in cookie for part in ("Path=/s/one/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age="))
    assert client.get("/s/one/elma/", base_url="https://sim.test").status_code == 200
    assert client.get("/s/two/elma/", base_url="https://sim.test").status_code == 403


@pytest.mark.parametrize("key", ["", "x", "å", "0" * 32])
def test_a_wrong_key_opens_nothing(platform: Platform, key: str) -> None:
    assert platform.test_client().get("/s/one/elma/", query_string={"join": key}).status_code == 403


def test_the_key_stays_after_a_reset(platform: Platform) -> None:
    before = key_of(platform, "one")
    store_of(platform).reset("one")
    assert key_of(platform, "one") == before


def test_mails_carry_the_public_address(platform: Platform) -> None:
    with store_of(platform).open("one") as sandbox, sandbox.reading() as db:
        assert db.address("connect", "x") == "https://sim.test/s/one/connect/x"


def test_the_join_link_keeps_the_rest_of_the_address(platform: Platform) -> None:
    joined = platform.test_client().get(f"/s/one/elma/?join={key_of(platform, 'one')}&q=a+b", base_url="https://sim.test")
    assert joined.location == "/s/one/elma/?q=a+b"
