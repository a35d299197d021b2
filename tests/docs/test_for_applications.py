"""The examples of the page for applications do what the page says."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from simulator.own_server import own_server
from tests.docs.test_pages import EXAMPLES, TOKEN, WITH_BASH, blocks, shell
from tests.foreign import RemotePerson, install, node

PAGE = "for-applications"
PACKAGES = Path(__file__).resolve().parents[1] / "products" / "openid" / "foreign"
SHOP = "http://localhost:3000"
PERSON = "administrator@rietkraag.example"


@pytest.fixture(scope="module", params=[None, TOKEN], ids=["without a token", "with a token"])
def person(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemotePerson]:
    """Serve, once as on one's own machine and once as on a network; declare the application as the page does."""
    with own_server(request.param) as url:
        more = {"VNSIM_CONTROL_TOKEN": request.param} if request.param else {}
        made = json.loads(shell(blocks(PAGE, "bash")[0], tmp_path_factory.mktemp("declared"), url, **more))
        cast = next(entry for entry in made["people"] if entry["email"] == PERSON)
        home = made["join_base"] if request.param else made["url"]
        yield RemotePerson(url, made["name"], cast, token=request.param, home=home)


@EXAMPLES
@WITH_BASH
def test_the_application_in_python_greets_the_user(person: RemotePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    block = blocks(PAGE, "python")[0]
    monkeypatch.setenv("ISSUER", person.issuer)
    shop: dict[str, Any] = {"__name__": "shop"}
    exec(compile(block, "shop.py", "exec"), shop)
    browser = shop["app"].test_client()
    sent = browser.get("/login", base_url=SHOP)
    assert browser.get(person.sign_in(sent.location), base_url=SHOP).location == "/"
    assert browser.get("/", base_url=SHOP).text == f"Hello {person.name}"


@EXAMPLES
@WITH_BASH
def test_the_application_for_node_greets_the_user(person: RemotePerson, tmp_path_factory: pytest.TempPathFactory) -> None:
    packages = install(PACKAGES, tmp_path_factory.mktemp("connect-clients"))
    (block,) = blocks(PAGE, "javascript")
    (packages / "shop.mjs").write_text(block, encoding="utf-8")
    environment = {"ISSUER": person.issuer, "PORT": "0"}
    with subprocess.Popen(
        [node()[0], "shop.mjs"], cwd=packages, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = re.fullmatch(r"listening on (\d+)\n", process.stdout.readline())
            assert ready is not None
            here = f"http://localhost:{ready[1]}"
            callback = person.sign_in(f"{here}/")
            assert callback.startswith(f"{SHOP}/callback?")
            with urlopen(callback.replace(SHOP, here)) as answer:
                greeting = answer.read().decode()
        finally:
            process.terminate()
    assert re.fullmatch(rf"Hello {person.name} \({PERSON}\), signed in by pwd(, | and )?.*", greeting)


@EXAMPLES
@WITH_BASH
def test_there_are_tokens_without_a_browser(person: RemotePerson, tmp_path: Path) -> None:
    from tests.products.openid.conftest import claims_in

    more = {"VNSIM_CONTROL_TOKEN": person.token} if person.token else {}
    answer = json.loads(shell(blocks(PAGE, "bash")[1], tmp_path, person.server, **more))
    claims = claims_in(answer["id_token"])
    assert (claims["email"], claims["amr"], claims["iss"]) == (PERSON, ["pwd", "otp"], person.issuer)


@EXAMPLES
@WITH_BASH
@pytest.mark.parametrize("person", [None], indirect=True)
def test_the_receiver_of_webhooks_takes_what_is_signed(person: RemotePerson, tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / f"{PAGE}.md").read_text(encoding="utf-8")
    printed: list[str] = []
    arrived = Event()

    def write(*words: str) -> None:
        printed.append(" ".join(words))
        arrived.set()

    hook: dict[str, Any] = {"__name__": "hook", "print": write}
    exec(compile(blocks(PAGE, "python")[1], "hook.py", "exec"), hook)
    signature = hook["signature_of"]('{"id": "1", "name": "Åse"}'.encode()).decode()
    assert f"it is `{signature}`" in page.replace("\n", " ")
    with hook["ThreadingHTTPServer"](("localhost", 0), hook["Hook"]) as receiver:
        Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        here = f"http://localhost:{receiver.server_port}"
        shell(blocks(PAGE, "bash")[2].replace("http://localhost:9000", here), tmp_path, person.server)
        callback = f"{SHOP}/callback"
        parameters = f"client_id=shop&response_type=code&scope=openid&state=s&redirect_uri={callback}"
        assert person.sign_in(f"{person.issuer}/authorize?{parameters}").startswith(callback)
        assert arrived.wait(30)
        with pytest.raises(HTTPError, match="401"):
            urlopen(Request(here, b"{}", {"X-VWD-Signature-V1": signature}))
        receiver.shutdown()
    assert printed == [f"client_application_authorized {PERSON}"]
