"""The client for tests against a running server: sandboxes, people, messages, time, and what it says when something is wrong."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.testing import NoServer, Refused, Sandbox, Server, serve
from simulator.testing.api import Api
from tests.testing.foreign_server import answering

NOW = "2022-03-01T09:00+01:00"
NEW = "new@rietkraag.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Give a server of its own, as a program without pytest does."""
    with serve() as own:
        yield own


@pytest.fixture
def sandbox(server: Server) -> Iterator[Sandbox]:
    with server.sandbox(now=NOW) as made:
        yield made


def test_people_are_named_by_key_or_address(sandbox: Sandbox) -> None:
    administrator = sandbox.person("administrator")
    assert (administrator.email, administrator.password) == ("administrator@rietkraag.example", "Rietkraag!11")
    assert len(administrator.code()) == 6
    assert sandbox.person(NEW).key == sandbox.person("not_activated").key
    with pytest.raises(LookupError, match=r"no person 'boss' in .*; there are administrator, "):
        sandbox.person("boss")


def test_facts_that_do_not_hold_say_what_is(sandbox: Sandbox) -> None:
    sandbox.check({"person_status": {"person": "user", "status": "active"}})
    with pytest.raises(AssertionError, match=r"1 of 2 facts do not hold(.|\n)*'locked'(.|\n)*but: active"):
        sandbox.check(
            {"person_status": {"person": "user", "status": "active"}},
            {"person_status": {"person": "user", "status": "locked"}},
        )


def test_a_message_is_waited_for_and_a_missing_one_lists_what_came(sandbox: Sandbox) -> None:
    message = sandbox.inbox.wait(to=NEW, subject="activeer")
    assert message.links[0].startswith(f"{sandbox.url}/connect/activate/")
    with pytest.raises(AssertionError, match=rf"No mail to {NEW} with 'invoice'(.|\n)*mail to {NEW}: Activeer"):
        sandbox.inbox.wait(to=NEW, subject="invoice", seconds=1)


def test_the_clock_moves_and_is_set(sandbox: Sandbox) -> None:
    assert sandbox.clock.now() == datetime(2022, 3, 1, 8, tzinfo=UTC)
    sandbox.clock.advance(hours=25, minutes=1)
    assert sandbox.clock.now() == datetime(2022, 3, 2, 9, 1, tzinfo=UTC)
    sandbox.clock.set("2022-03-01T00:00+00:00")
    assert sandbox.clock.now() == datetime(2022, 3, 1, tzinfo=UTC)


def test_jobs_faults_snapshots_and_tokens(server: Server) -> None:
    application = {"client_id": "shop", "redirect_uris": ["http://localhost:9/cb"], "scopes": ["openid", "email"]}
    with server.sandbox("company-no", now=NOW, with_={"applications": [application]}) as sandbox:
        sandbox.jobs.hold()
        assert sandbox.jobs.run() == []
        sandbox.faults.add("email.deliver", outcome="bounce", nth=2)
        assert [fault["nth"] for fault in sandbox.faults.all()] == [2]
        sandbox.snapshot("before")
        sandbox.faults.clear()
        assert sandbox.faults.all() == []
        sandbox.reset("before")
        assert "id_token" in sandbox.person("administrator").token("shop", amr=["pwd", "otp"])
        assert sandbox.journal.all(type="openid.tokens_issued")
        assert sandbox.export()


def test_what_is_wrong_is_named_with_its_place(server: Server) -> None:
    with pytest.raises(Refused, match="There is no scenario named 'nothing'") as unknown:
        server.create("nothing")
    assert (unknown.value.status, unknown.value.errors[0][0]) == (422, "scenario")
    with pytest.raises(Refused, match=r"with\.people\.0\.status"):
        server.create(with_={"people": [{"key": "user", "status": "lost"}]})


def test_each_thread_has_a_connection_of_its_own(server: Server) -> None:
    names: list[str] = []

    def create() -> None:
        with server.sandbox() as made:
            names.append(made.name)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 4


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (200, b"<html>", "Something else than a simulator answers"),
        (404, b"<html>", "gave 404"),
        (200, json.dumps({"version": "99.0"}).encode(), "is release 99.0, and this client"),
    ],
)
def test_something_else_that_answers_is_named(status: int, answer: bytes, message: str) -> None:
    with answering(answer, status) as url, pytest.raises(NoServer, match=message), serve(url):
        pass


@pytest.mark.parametrize("url", ["http://localhost:1", "localhost:8000", "ftp://localhost"])
def test_an_address_without_a_server_is_named(url: str) -> None:
    with pytest.raises(NoServer, match=url), serve(url):
        pass


def test_a_server_that_cannot_be_started_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NoServer, match="did not start"), serve():
        pass


def test_the_own_server_is_gone_after_the_block() -> None:
    with serve() as server:
        port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match=r"."):
        socket.create_connection(("127.0.0.1", port), 1)


@pytest.mark.browser
@pytest.mark.parametrize("through", ["cookie", "pages"])
def test_a_person_signs_in_in_a_page(sandbox: Sandbox, browser: Any, through: Any) -> None:
    page = browser.new_page()
    sandbox.person("administrator").sign_in(page, through=through, to="/details/")
    assert page.url.endswith("/details/")
    assert "Anouk Vermaat" in page.inner_text("main")
    page.context.close()


@pytest.mark.browser
def test_a_person_signs_in_in_a_page_of_the_async_interface(sandbox: Sandbox) -> None:
    from playwright.async_api import async_playwright

    from e2e.engine.browser import ARGUMENTS, find_browser

    async def sign_in() -> str:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
            page = await browser.new_page()
            await sandbox.person("administrator").sign_in(page, through="pages")
            title = await page.title()
            await browser.close()
            return str(title)

    # In a thread, because the sync interface of other tests has a loop in this one.
    titles: list[str] = []
    thread = threading.Thread(target=lambda: titles.append(asyncio.run(sign_in())))
    thread.start()
    thread.join()
    assert titles[0].startswith("Visma Home")


NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment name a proxy at which nobody answers."""
    monkeypatch.setenv("http_proxy", NOBODY)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_server_on_this_machine_is_reached_past_the_proxy(server: Server) -> None:
    with closing(Api(server.url)) as api:
        assert api.get("/health")["status"] == "ok"


@pytest.mark.usefixtures("behind_a_proxy")
def test_another_server_is_reached_through_it() -> None:
    with pytest.raises(NoServer, match=r"No simulator answers at http://simulator.example:8000: Connection refused"):
        Api("http://simulator.example:8000").get("/health")


def test_a_proxy_gets_whole_addresses_and_what_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[Any] = []
    with answering(b"[]", requests=requests) as url:
        monkeypatch.setenv("http_proxy", url.replace("//", "//user:pass%20word@"))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with closing(Api("http://simulator.example:8000")) as api:
            assert api.get("/sandboxes") == []
    ((path, headers),) = requests
    assert path == "http://simulator.example:8000/_sim/sandboxes"
    assert headers["Proxy-Authorization"] == "Basic dXNlcjpwYXNzIHdvcmQ="


def test_a_phone_answers_sign_ins_that_wait(server: Server) -> None:
    with server.sandbox("two-step-no", now=NOW) as sandbox:
        phone = sandbox.person("administrator").phone
        assert len(phone.code()) == 6
        for answer in (phone.number, phone.approve, phone.deny):
            with pytest.raises(Refused) as refusal:
                answer()
            assert refusal.value.status == 409
