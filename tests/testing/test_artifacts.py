"""What is left of a test that failed: the page, the sandbox as a file, requests, changes, and what its browser showed."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from e2e.engine.browser import ARGUMENTS, find_browser
from simulator.cli import cli
from simulator.testing import Server, serve
from tests.testing.test_plugin import run

TESTS = """
import pytest

pytestmark = pytest.mark.vnsim(now="2022-03-01T09:00+01:00")

def test_fails(sandbox):
    from urllib.request import urlopen
    urlopen(f"{sandbox.url}/connect/?lang=<x>").close()
    sandbox.faults.add("email.deliver")
    sandbox.call("POST", "/cases", {"requester": "a@b.example", "subject": "Where is <it>?", "text": "Hello"})
    assert sandbox.requests.verify(path="/connect/", status="2xx") == 1
    assert [request["path"] for request in sandbox.requests.all(method="GET")] == ["/connect/"]
    sandbox.requests.verify(path="/home/", person="a@b.example", times=2)

def test_passes(sandbox):
    assert sandbox.diff()["changes"] == sandbox.requests.all() == []
    assert sandbox.diff(sandbox.clock.now())["compared"] == "journal"
"""

IN_BROWSERS = """
import pytest

@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": EXECUTABLE, "args": ARGUMENTS}

def test_sync(sandbox, page):
    sandbox.person("user").sign_in(page)
    assert "Nobody" in page.title()

def test_passes(sandbox, page):
    page.goto(f"{sandbox.base_url}/connect/")
"""

IN_ASYNC_BROWSERS = """
import asyncio
import pytest
from playwright.async_api import async_playwright

@pytest.fixture
def loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()

@pytest.fixture
def page(loop):
    async def begin():
        playwright = await async_playwright().start()
        browser = await playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        return playwright, browser, await browser.new_page()

    async def end(playwright, browser):
        await browser.close()
        await playwright.stop()

    playwright, browser, page = loop.run_until_complete(begin())
    yield page
    loop.run_until_complete(end(playwright, browser))

def test_passes(sandbox, page, loop):
    loop.run_until_complete(page.goto(f"{sandbox.base_url}/connect/"))

def test_async(sandbox, page, loop):
    loop.run_until_complete(sandbox.person("user").sign_in(page))
    assert False
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as own:
        yield own


def test_a_failure_leaves_all_that_happened_and_its_sandbox_opens_again(tmp_path: Path, server: Server) -> None:
    (tmp_path / "test_own.py").write_text(TESTS)
    printed = run(tmp_path, "--junit-xml=junit.xml", "--html=reports/report.html", VNSIM_URL=server.url)
    assert "1 failed, 1 passed" in printed
    assert "near miss: GET /connect/ → 200, but" in printed
    assert "path: '/connect/', not '/home/'" in printed
    (page,) = tmp_path.glob("vnsim-results/test-fails-*/*/index.html")
    folder, text = page.parent, page.read_text()
    assert "New: case 10001 of a@b.example, “Where is &lt;it&gt;?”" in text
    assert "<strong>GET</strong> <code>/connect/?lang=%3Cx%3E</code> → 200" in text
    assert json.loads((folder / "requests.har").read_text())["log"]["entries"][0]["response"]["status"] == 200
    assert json.loads((folder / "requests.json").read_text())[0]["path"] == "/connect/"
    assert any(change["kind"] == "case" for change in json.loads((folder / "diff.json").read_text()))
    (linked,) = ElementTree.parse(tmp_path / "junit.xml").findall(".//property[@name='vnsim']")
    assert str(page.relative_to(tmp_path)) in linked.attrib["value"]
    assert f"../{page.relative_to(tmp_path).as_posix()}" in (tmp_path / "reports/report.html").read_text()

    imported = ["sandbox", "import", str(folder / "sandbox.vnsim"), "--name", "again", "--base-url", server.url]
    result = CliRunner().invoke(cli, imported)
    assert result.exit_code == 0, result.output
    assert server.api.get("/sandboxes/again/cases")[0]["subject"] == "Where is <it>?"


@pytest.mark.browser
@pytest.mark.sampled(1)
@pytest.mark.parametrize(("tests", "options"), [(IN_BROWSERS, ()), (IN_ASYNC_BROWSERS, ("-p", "no:playwright"))])
def test_a_failure_in_a_browser_leaves_its_trace_and_a_picture(
    tmp_path: Path, server: Server, tests: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "test_own.py").write_text(f"EXECUTABLE = {find_browser()!r}\nARGUMENTS = {list(ARGUMENTS)!r}\n{tests}")
    printed = run(tmp_path, *options, VNSIM_URL=server.url)
    assert "1 failed, 1 passed" in printed, printed
    (folder,) = tmp_path.glob("vnsim-results/*")
    assert (folder / "screenshot.png").read_bytes().startswith(b"\x89PNG")
    assert any(entry.endswith("trace.trace") for entry in ZipFile(folder / "trace.zip").namelist())
    assert f"{folder.name}/trace.zip" in printed
    (page,) = folder.glob("*/index.html")
    assert 'src="../screenshot.png"' in page.read_text()
