"""Rules of the lobby: what it shows, what its forms do, and whom it lets in."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import seed
from simulator.app import PRODUCTS, Platform
from simulator.control.guesses import MOST
from simulator.core import progress
from simulator.core.store import Store
from simulator.core.texts import LANGUAGES
from simulator.documents.synthetic import consumption
from tests.conftest import NOW
from tests.control.conftest import TOKEN, Client, client_of

Make = Callable[..., dict[str, Any]]


def token_of(page: str) -> str:
    """Return the CSRF token of a page's forms."""
    result = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert result is not None
    return result[1]


def send(client: Client, page: str, path: str, **fields: str | list[str]) -> Any:
    """Send a form that stands on a page."""
    return client.post(path, data={"csrf_token": token_of(client.get(page).text), **fields})


def test_the_lobby_says_what_this_is_and_shows_the_default_sandbox(client: Client) -> None:
    page = client.get("/")
    text = unescape(page.text)
    assert page.status_code == 200
    assert text.count("<h1") == 1
    assert "not made by or connected with Visma" in text
    administrator = client.get("/_sim/sandboxes/default").json["people"][0]
    code = client.get(f"/_sim/sandboxes/default/people/{administrator['email']}/totp").json["code"]
    for detail in (administrator["email"], administrator["password"], code, "accountant-nl", "frozen"):
        assert detail in text


def test_work_that_takes_long_is_shown_with_how_far_it_is_to_people_and_programs(client: Client) -> None:
    assert "Nothing is being made now." in client.get("/lobby/progress").text
    assert client.get("/_sim/progress").json == []
    with progress.task("scenario", "busy"):
        progress.expect(150)
        progress.step()
        page = client.get("/lobby/progress").text
        assert "Scenario busy is being prepared" in page and "1 of 150" in page
        assert '<meta http-equiv="refresh"' in page
        assert "Scenario busy is being prepared" in client.get("/").text
        (task,) = client.get("/_sim/progress").json
        assert (task["kind"], task["name"], task["done"], task["total"]) == ("scenario", "busy", 1, 150)
    assert client.get("/_sim/progress").json == []


def test_a_scenario_says_how_far_it_is_while_it_is_built(tmp_path: Path) -> None:
    counts: list[tuple[int, int]] = []
    unpack = consumption.record_all_consumption
    template_for = seed.template_for(tmp_path, prepare=lambda: counts.append((0, 0)))

    def look(*values: Any) -> None:
        (task,) = progress.running()
        counts.append((task.done, task.total))
        unpack(*values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(consumption, "record_all_consumption", look)
        template_for("company-no", NOW)
    assert all(0 < done < total for done, total in counts[1:])
    assert progress.running() == []


@pytest.mark.parametrize("name", ["default", "mine"])
def test_every_link_of_the_lobby_leads_somewhere(client: Client, make: Make, name: str) -> None:
    make(name="mine")
    addresses = set(re.findall(r'href="(/[^"#]*)"', client.get(f"/?name={name}").text))
    # What only programs call has no page to lead to, and a program on the computer is not in every sandbox.
    with_pages = [product for product in PRODUCTS.all if not product.programs and not product.on_computer]
    assert len({address for address in addresses if address.startswith(f"/s/{name}/")}) > len(with_pages)
    for address in addresses:
        assert client.get(unescape(address), buffered=True).status_code in (200, 302), address


def test_a_chosen_sandbox_is_shown_in_full(client: Client, make: Make) -> None:
    make(name="mine", language="sv")
    page = client.get("/?name=mine").text
    assert "http://localhost:8000/s/mine/" in page
    assert "/s/mine/home/" in page
    assert "/s/mine/mail/" in page
    assert "/s/mine/phone/" in page
    assert "/s/mine/developer/applications" in page


def test_a_sandbox_that_is_not_there_is_said_so(client: Client) -> None:
    page = client.get("/?name=nobody")
    assert page.status_code == 404
    assert "nobody" in page.text


def test_a_lobby_without_sandboxes_still_offers_to_make_one(client: Client, store: Store) -> None:
    store.delete("default")
    page = client.get("/")
    assert page.status_code == 200
    assert "/lobby/create" in page.text


def test_a_sandbox_is_made_by_a_form(client: Client, store: Store) -> None:
    answer = send(client, "/", "/lobby/create", scenario="accountant-nl", name="mine", language="nb")
    assert answer.status_code == 302
    assert answer.location == "/?name=mine"
    assert "mine" in client.get(answer.location).text
    assert client.get("/_sim/sandboxes/mine").json["language"] == "nb"


def test_a_sandbox_made_without_a_name_gets_one(client: Client, store: Store) -> None:
    assert send(client, "/", "/lobby/create", scenario="accountant-nl", name="", language="").status_code == 302
    assert len(store.names()) == 2


@pytest.mark.parametrize("name", ["default", "Ab", "-x", "import", "a b", "x" * 50])
def test_a_refused_form_keeps_what_was_typed_and_says_why(client: Client, store: Store, name: str) -> None:
    answer = send(client, "/", "/lobby/create", scenario="accountant-nl", name=name, language="sv")
    assert answer.status_code == 422
    assert f'value="{name}"' in answer.text
    assert 'selected value="sv"' in answer.text
    assert "invalid-feedback" in answer.text
    assert store.names() == ["default"]


def test_a_scenario_that_is_none_is_refused(client: Client) -> None:
    assert send(client, "/", "/lobby/create", scenario="nothing", name="", language="").status_code == 422


@pytest.mark.parametrize("command", ["reset", "delete"])
def test_a_command_asks_for_confirmation_first(client: Client, store: Store, make: Make, command: str) -> None:
    make(name="mine")
    before = store.open("mine").path
    question = f"/lobby/{command}?name=mine"
    page = client.get(question)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert store.open("mine").path == before
    assert send(client, question, f"/lobby/{command}", name="mine").status_code == 302
    assert store.exists("mine") is (command == "reset")
    if command == "reset":
        assert store.open("mine").path != before


@pytest.mark.parametrize("command", ["reset", "delete"])
def test_a_command_on_a_missing_sandbox_is_answered_with_404(client: Client, command: str) -> None:
    assert client.get(f"/lobby/{command}?name=nobody").status_code == 404


@pytest.mark.parametrize("path", ["/lobby/create", "/lobby/reset", "/lobby/delete", "/lobby/language"])
def test_a_form_that_does_not_stand_on_our_page_does_nothing(client: Client, store: Store, path: str) -> None:
    before = store.open("default").path
    answer = client.post(path, data={"name": "default", "scenario": "accountant-nl", "language": "nl"})
    assert answer.status_code == 400
    assert store.names() == ["default"]
    assert store.open("default").path == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_the_lobby_is_chosen_in_the_lobby(client: Client, language: str) -> None:
    assert send(client, "/", "/lobby/language", language=language, name="default").location == "/?name=default"
    for path in ("/", "/lobby/reset?name=default"):
        assert f'<html lang="{language}"' in client.get(path).text


@pytest.mark.parametrize("host", ["rebound.example", "192.168.1.7:8000"])
def test_without_a_token_the_lobby_opens_at_this_machine_only(client: Client, host: str) -> None:
    page = client.get("/", headers={"Host": host})
    assert page.status_code == 403
    assert "Rietkraag" not in page.text


def test_with_a_token_the_lobby_asks_for_it_once(guarded: Platform) -> None:
    client = client_of(guarded)
    assert client.get("/").location == "/lobby/token"
    assert client.get("/lobby/delete?name=default").location == "/lobby/token?name=default"
    assert send(client, "/lobby/token", "/lobby/token", token="wrong").status_code == 422
    assert client.get("/").status_code == 302
    assert send(client, "/lobby/token", "/lobby/token", token=f" {TOKEN} ").location == "/"
    assert client.get("/").status_code == 200


def test_who_comes_to_a_page_outside_may_join_a_class(guarded: Platform) -> None:
    client = client_of(guarded)
    pages = {
        path: client.get(path) for path in ("/lobby/token", "/s/default/connect/", "/s/gone/connect/", "/join/gone/key")
    }
    assert [page.status_code for page in pages.values()] == [200, 403, 404, 404]
    assert all('href="/join"' in page.text for page in pages.values())


def test_links_of_a_lobby_on_a_network_carry_the_key_of_the_sandbox(guarded: Platform) -> None:
    client = client_of(guarded)
    assert client.get("/s/default/connect/").status_code == 403
    send(client, "/lobby/token", "/lobby/token", token=TOKEN)
    inbox = re.search(r'href="(/s/default/mail/[^"]*)"', client.get("/").text)
    assert inbox is not None
    assert client.get(unescape(inbox[1]), follow_redirects=True).status_code == 200


def test_who_guesses_the_token_is_told_to_wait_and_the_right_token_always_opens(guarded: Platform) -> None:
    client = client_of(guarded)
    for _ in range(MOST):
        assert send(client, "/lobby/token", "/lobby/token", token="wrong").status_code == 422
    slowed = send(client, "/lobby/token", "/lobby/token", token="wrong")
    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["Retry-After"]) <= 60
    assert client.get("/").status_code == 302
    assert send(client, "/lobby/token", "/lobby/token", token=TOKEN).location == "/"
    assert client.get("/").status_code == 200


def test_another_token_ends_what_the_old_one_opened(guarded: Platform) -> None:
    from dataclasses import replace

    client = client_of(guarded)
    send(client, "/lobby/token", "/lobby/token", token=TOKEN)
    guarded.extensions["settings"] = replace(guarded.extensions["settings"], control_token="another")
    assert client.get("/").location == "/lobby/token"


def mark_of(page: str) -> str:
    """Return the bar that says that this is a simulator."""
    result = re.search(r'<p class="simulator-mark".*?</p>', page, re.DOTALL)
    assert result is not None
    return result[0]


def test_the_mark_leads_to_the_sandbox_itself_and_to_the_lobby_where_that_is_open(client: Client, guarded: Platform) -> None:
    links = re.findall(r'href="([^"]+)"', mark_of(client.get("/s/default/connect/").text))
    assert links == ["/s/default/", "/s/default/mail/", "/s/default/phone/", "/?name=default"]
    elsewhere = client.get("/s/default/connect/", headers={"X-Forwarded-For": "10.0.0.9"})
    assert 'href="/?name' not in mark_of(elsewhere.text)
    trainee = client_of(guarded)
    with guarded.extensions["store"].open("default") as sandbox, sandbox.reading() as db:
        key = db.record.join_key
    page = trainee.get(f"/s/default/connect/?join={key}", follow_redirects=True).text
    assert re.findall(r'href="([^"]+)"', mark_of(page)) == links[:3]


def test_whoever_came_to_the_token_from_a_sandbox_gets_back_to_it(guarded: Platform) -> None:
    client = client_of(guarded)
    location = client.get("/?name=default").location
    assert location == "/lobby/token?name=default"
    assert 'href="/s/default/"' in client.get(location).text
    assert send(client, location, location, token=TOKEN).location == "/?name=default"
    stranger = client_of(guarded)
    assert stranger.get("/?name=/evil.example").location == "/lobby/token"
    assert "evil" not in stranger.get("/lobby/token?name=/evil.example").text


def test_the_lobby_calls_scenarios_and_clocks_by_the_reader_s_words(client: Client, make: Make) -> None:
    make(name="mine", scenario="case-lost-phone", mode="live", now=None)
    titles = {
        scenario["name"]: {"en": scenario["title"], **scenario["titles"]} for scenario in client.get("/_sim/scenarios").json
    }
    assert {scenario.keys() == set(LANGUAGES) for scenario in titles.values()} == {True}
    for language, clock in zip(LANGUAGES, ("real time", "echte tijd", "virkelig tid", "verklig tid"), strict=True):
        client.set_cookie("vnsim_language", language, path="/")
        page = unescape(client.get("/?name=mine").text)
        choices = re.search(r"<select[^>]*scenario.*?</select>", page, re.DOTALL)
        assert choices is not None
        assert all(f"{by_language[language]} ({name})" in choices[0] for name, by_language in titles.items())
        assert f">{titles['case-lost-phone'][language]} (<code>case-lost-phone</code>)</td>" in page
        assert f"({clock})" in page
