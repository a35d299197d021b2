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


def test_the_key_leaves_the_address_of_a_page_also_when_the_cookie_is_there(platform: Platform) -> None:
    client, key = platform.test_client(), key_of(platform, "one")
    for path in (f"elma/?join={key}&q=1", f"~{key}/elma/?q=1", f"elma/?q=1&join={key}", "elma/?join=old&q=1"):
        answer = client.get(f"/s/one/{path}", base_url="https://sim.test")
        assert (answer.status_code, answer.location) == (302, "/s/one/elma/?q=1"), path
    joined = client.get(f"/s/one/home/?join={key}", base_url="https://sim.test", follow_redirects=True)
    assert key not in joined.request.url + joined.text


@pytest.mark.parametrize("form", ["segment", "query", "header", "basic", "cookie"])
def test_each_form_of_the_key_opens_pages_and_programs_alike(platform: Platform, form: str) -> None:
    key, other = key_of(platform, "one"), key_of(platform, "two")
    for path in (
        "elma/",
        "autoinvoice/api/swagger_doc",
        "smp/iso6523-actorid-upis::0192:310000019",
    ):
        assert _open(platform, path, form, key) == 200, path
        assert _open(platform, path, form, other) == 403, path


def _open(platform: Platform, path: str, form: str, key: str) -> int:
    client = platform.test_client()
    if form == "cookie":
        client.set_cookie("vnsim_join_one", key, domain="sim.test", path="/s/one/")
    path = f"~{key}/{path}" if form == "segment" else path
    return client.get(
        f"/s/one/{path}",
        base_url="https://sim.test",
        query_string={"join": key} if form == "query" else None,
        headers={"X-Vnsim-Join": key} if form == "header" else None,
        auth=("anybody", key) if form == "basic" else None,
        follow_redirects=True,
    ).status_code


def test_a_program_is_refused_with_a_sentence_that_says_how_it_gets_in(platform: Platform) -> None:
    answer = platform.test_client().post("/s/one/autoinvoice/api/oauth2/token", data={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert "X-Vnsim-Join" in answer.get_json()["detail"]


def test_addresses_for_programs_carry_the_key(platform: Platform) -> None:
    client, headers = platform.test_client(), {"Authorization": "Bearer t0ken"}
    base = f"https://sim.test/s/one/~{key_of(platform, 'one')}"
    assert client.get("/_sim/sandboxes/one", headers=headers).get_json()["join_base"] == base
    for area in ("autoinvoice", "elma"):
        assert client.get(f"/_sim/sandboxes/one/{area}", headers=headers).get_json()["base_url"] == f"{base}/{area}/api"
    group = client.get(f"{base}/smp/iso6523-actorid-upis::0192:310000019", base_url="https://sim.test")
    assert f'href="{base}/smp/' in group.text


def test_on_this_machine_a_key_in_the_address_does_no_harm(tmp_path: Path, templates: Path) -> None:
    platform = make_platform(tmp_path / "data", templates)
    store_of(platform).create("one", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    client = platform.test_client()
    assert client.get("/s/one/elma/?join=x").location == "/s/one/elma/"
    assert client.get("/s/one/~x/autoinvoice/api/swagger_doc").status_code == 200
    described = client.get("/_sim/sandboxes/one/autoinvoice").get_json()
    assert described["base_url"] == "http://localhost:8000/s/one/autoinvoice/api"
