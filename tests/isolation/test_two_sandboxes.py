"""Two sandboxes never see each other's messages, events, files, cookies or clock."""

from datetime import timedelta
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.isolation.using import use
from tests.visits import Visitor, cast, session_cookie

JSON = {"Host": "localhost"}


def ask(platform: Platform, path: str) -> Any:
    """Ask the control API about a sandbox."""
    answer = platform.test_client().get(f"/_sim/sandboxes/{path}", headers=JSON)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize("what", ["messages", "events", "jobs", "people", "clock"])
def test_what_happens_in_one_is_told_of_that_one_only(platform: Platform, store: Store, what: str) -> None:
    before = ask(platform, f"quiet/{what}")
    with store.open("used") as sandbox:
        use(platform, sandbox)
        with sandbox.transaction() as db:
            db.record.clock = Clock.frozen(NOW + timedelta(days=400))
    assert ask(platform, f"quiet/{what}") == before
    assert ask(platform, f"used/{what}") != before


def test_an_inbox_shows_the_mails_of_its_own_sandbox_only(platform: Platform, store: Store) -> None:
    with store.open("quiet") as quiet, store.open("used") as used:
        before = Visitor.of(platform, quiet).get("/mail/").text.count("<tr>")
        use(platform, used)
        assert Visitor.of(platform, quiet).get("/mail/").text.count("<tr>") == before
        assert Visitor.of(platform, used).get("/mail/").text.count("<tr>") > before


def test_a_browser_that_is_signed_in_to_one_is_a_stranger_in_the_other(platform: Platform, store: Store) -> None:
    with store.open("used") as used:
        visitor = Visitor.of(platform, used, cast(used, "administrator").email)
    assert visitor.is_signed_in
    assert visitor.client.get("/s/quiet/home/").status_code == 302


def test_a_browser_can_be_signed_in_to_two_as_two_people(platform: Platform, store: Store) -> None:
    with store.open("used") as used, store.open("quiet") as quiet:
        visitor = Visitor.of(platform, used, cast(used, "administrator").email, "en")
        value = session_cookie(quiet, cast(quiet, "user").email, "en")
    visitor.client.set_cookie(cookie_name("quiet"), value, path=cookie_path("quiet"))
    assert "Astrid" in visitor.client.get("/s/used/home/").text
    assert "Birk" in visitor.client.get("/s/quiet/home/").text


def test_a_clock_that_is_set_in_one_stands_where_it_was_in_the_other(platform: Platform, store: Store) -> None:
    answer = platform.test_client().put("/_sim/sandboxes/used/clock", json={"now": "2030-01-01T00:00:00Z"}, headers=JSON)
    assert answer.status_code == 200
    assert ask(platform, "used/clock")["now"].startswith("2030-01-01")
    assert ask(platform, "quiet/clock")["now"] == "2022-03-01T08:00:00+00:00"


def test_the_same_seed_and_commands_draw_the_same_identifiers_and_another_seed_does_not(
    platform: Platform, store: Store
) -> None:
    store.create("third", Creation(scenario="company-no", clock=Clock.frozen(NOW), seed="another"))
    tokens, identifiers = {}, {}
    prepared = {identifier for identifier, _, _ in mailed(platform, "third")}
    for name in ("used", "quiet", "third"):
        with store.open(name) as sandbox:
            use(platform, sandbox)
        tokens[name] = {token for *_, token in mailed(platform, name)}
        identifiers[name] = [identifier for identifier, *_ in mailed(platform, name)]
    assert len(identifiers["used"]) > len(prepared) + 1
    assert identifiers["used"] == identifiers["quiet"]
    assert set(identifiers["used"]) & set(identifiers["third"]) == prepared
    assert not tokens["used"] & tokens["quiet"]


def mailed(platform: Platform, name: str) -> list[tuple[str, str, str]]:
    """Return ``(identifier, seal, token)`` of each link with a token that a sandbox mailed."""
    tokens = [link.rpartition("/")[2] for mail in ask(platform, f"{name}/messages") for link in mail["links"]]
    return [(*token.split("."), token) for token in tokens if "." in token]
