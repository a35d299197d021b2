"""The examples of the page for applications do what the page says."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

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
    (block,) = blocks(PAGE, "python")
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
