"""The examples of the pages for testers, trainers and writers do what the pages say."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from e2e.engine.browser import find_browser
from seed.catalogue import check, list_scenarios
from simulator.control.scenario_tasks import completed
from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.core.texts import catalogue
from simulator.own_server import own_server
from tests.conftest import NOW
from tests.visits import make_platform, store_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
BASH = shutil.which("bash")
WITH_BASH = pytest.mark.skipif(BASH is None or shutil.which("curl") is None, reason="bash and curl are not here")
EXAMPLES = pytest.mark.sampled(3, of="examples of pages")
"""Examples that need a server, a browser or several processes: all of them in a whole run, some in any other."""

SERVED = ("http://localhost:8000", "http://my-computer:8000")
"""Where the pages say that the server is."""


def blocks(page: str, kind: str) -> list[str]:
    """Return the examples of a kind on a page, in their order."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


TOKEN = "choose-a-long-word"


@pytest.fixture(scope="module", params=[None, TOKEN], ids=["without a token", "with a token"])
def server(request: pytest.FixtureRequest) -> Iterator["Served"]:
    """Serve for all examples of this module: once as on one's own machine, once as on a network."""
    with own_server(request.param) as url:
        yield Served(url, {"VNSIM_CONTROL_TOKEN": request.param} if request.param else {})


@dataclass(frozen=True)
class Served:
    """A running server, and what the environment of an example says besides its address."""

    url: str
    environment: dict[str, str]

    def shell(self, script: str, directory: Path) -> str:
        """Run an example against this server."""
        return shell(script, directory, self.url, **self.environment)

    def pytest(self, directory: Path, **more: str) -> str:
        """Run the tests of a page against this server; return what is printed."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
        environment |= {"VNSIM_BASE_URL": self.url} | self.environment | more
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
        run = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout
        return run.stdout


def shell(script: str, directory: Path, server: str = "", **more: str) -> str:
    """Run an example as it stands, but for where the server is; returns what it printed."""
    assert BASH is not None
    for address in SERVED:
        script = script.replace(address, server)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
    environment |= {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "VNSIM_BROWSER": find_browser() or ""} | more
    command = [BASH, "-euo", "pipefail", "-c", 'vnsim() { "$PYTHON" -m simulator "$@"; }\n' + script]
    run = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{script}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@WITH_BASH
@EXAMPLES
def test_the_calls_of_the_testers_page_answer(server: Served, tmp_path: Path) -> None:
    _, define, create, code, rest = blocks("for-testers", "bash")
    made = json.loads(server.shell(define + create, tmp_path))
    assert made["url"] == f"{server.url}/s/mine"
    assert re.fullmatch(r"\d{6}", json.loads(server.shell(define + code, tmp_path))["code"])
    said = server.shell(define + rest, tmp_path)
    assert '"holds": true' in said
    assert '"type": "user.signed_in"' in said
    assert "connect/activate" in said


@pytest.mark.browser
@EXAMPLES
def test_the_tests_of_the_testers_page_pass(server: Served, tmp_path: Path) -> None:
    for block in blocks("for-testers", "python"):
        name = re.match(r"# (\w+\.py)\n", block)
        assert name is not None, block
        (tmp_path / name[1]).write_text(block, encoding="utf-8")
    browser = find_browser()
    printed = server.pytest(tmp_path, **({"CHROMIUM": browser} if browser else {}))
    assert "17 passed" in printed


@WITH_BASH
@EXAMPLES
def test_the_calls_of_the_integrators_page_answer(server: Served, tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "examples" / "invoice.xml", tmp_path)
    define, keys, sending = blocks("for-integrators", "bash")
    credentials = json.loads(server.shell(define + keys, tmp_path))
    assert re.fullmatch(rf"{server.url}/s/trade(/~\w+)?/autoinvoice/api", credentials["base_url"])
    sent, delivered = (json.loads(line) for line in server.shell(define + sending, tmp_path).splitlines())
    assert (sent["id"], sent["status"]) == ("4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11", "PENDING")
    assert (delivered["id"], delivered["status"]) == (sent["id"], "DELIVERED")


@EXAMPLES
def test_the_tests_of_the_integrators_page_pass(server: Served, tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "examples" / "invoice.xml", tmp_path)
    (block,) = blocks("for-integrators", "python")
    (tmp_path / "test_invoices.py").write_text(block, encoding="utf-8")
    assert "1 passed" in server.pytest(tmp_path)


@WITH_BASH
@pytest.mark.browser
@pytest.mark.exhaustive
def test_the_first_manual_of_the_writers_page_walks_and_can_fail(tmp_path: Path) -> None:
    (manual,) = blocks("for-writers", "yaml")
    (tmp_path / "my-first.yaml").write_text(manual, encoding="utf-8")
    walk, broken, _ = blocks("for-writers", "bash")
    assert "4 walked, 0 failed" in shell(walk, tmp_path)
    assert (tmp_path / "pictures" / "my-first" / "sv" / "step-02.png").is_file()
    assert "step 2" in shell(broken, tmp_path)


@WITH_BASH
@pytest.mark.browser
@EXAMPLES
def test_the_first_manual_of_the_writers_page_walks_and_can_fail_on_a_running_server(server: Served, tmp_path: Path) -> None:
    (manual,) = blocks("for-writers", "yaml")
    (tmp_path / "my-first.yaml").write_text(manual, encoding="utf-8")
    _, broken, walk = blocks("for-writers", "bash")
    assert "1 walked, 0 failed" in server.shell(walk, tmp_path)
    assert "step 2" in server.shell(f"export VNSIM_BASE_URL={SERVED[0]}\n{broken}", tmp_path)


@WITH_BASH
@EXAMPLES
def test_the_commands_of_the_trainers_page_open_and_check_a_class(tmp_path: Path) -> None:
    data_dir, token = tmp_path / "var", TOKEN
    opening, moving, solved, other_facts, checking = blocks("for-trainers", "bash")
    command = [sys.executable, "-m", "simulator", "serve", "--port", "0", "--scenario", "case-lost-phone"]
    command += ["--data-dir", str(data_dir), "--control-token", token]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = next(match for line in process.stdout if (match := re.match(r"Ready at (http://\S+?)/", line)))
            lines = shell(opening, tmp_path, ready[1]).splitlines()
            assert [line.partition("\t")[0] for line in lines] == ["lisa", "omar", "tess"]
            assert all("/?join=" in line for line in lines)
            assert "T" in shell(moving, tmp_path, ready[1], VNSIM_CONTROL_TOKEN=token)
            for question, number in ((solved, 4), (other_facts, 2)):
                answers = shell(f"! {question.strip()}", tmp_path, ready[1], VNSIM_CONTROL_TOKEN=token)
                assert answers.count("NO") >= 3
                assert len(answers.splitlines()) == 3 * number
            prepared = "vnsim class open drilled --tag drill --scenario case-lost-phone > opened\n"
            said = shell(f"{prepared}! {checking.strip()}", tmp_path, ready[1], VNSIM_CONTROL_TOKEN=token).splitlines()
            assert [line.split("\t")[1] for line in said] == ["NO", "NO", "NO"]
        finally:
            process.terminate()


TRAINERS = (ROOT / "docs" / "for-trainers.md").read_text(encoding="utf-8")
CASES = [completed(entry) for entry in list_scenarios() if entry["name"].startswith("case-")]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_no_case_is_solved_before_anybody_did_anything(case: dict[str, Any], tmp_path: Path, templates: Path) -> None:
    platform = make_platform(tmp_path / "data", templates)
    store_of(platform).create("case", Creation(scenario=case["name"], clock=Clock.frozen(NOW)))
    answer = platform.test_client().post("/_sim/sandboxes/case/check", json={})
    assert answer.status_code == 200, answer.text
    assert [finding["holds"] for finding in answer.get_json()] == [False] * len(case["solved"])
    assert case["solved"]
    assert case["task"]["person"]


def test_the_trainers_page_has_every_case() -> None:
    cases = {case["name"] for case in CASES}
    assert set(re.findall(r"^\| `(case-[\w-]+)` \| [A-Za-z]", TRAINERS, re.MULTILINE)) == cases


def test_the_case_of_the_trainers_page_is_right(tmp_path: Path) -> None:
    (smallest,) = (block for block in blocks("scenario-format", "yaml") if block.startswith("name: small"))
    (addition,) = blocks("for-trainers", "yaml")
    (tmp_path / "small.yaml").write_text(smallest + addition, encoding="utf-8")
    assert check(tmp_path / "small.yaml") == []


@WITH_BASH
@EXAMPLES
def test_the_first_scenario_of_the_page_about_scenarios_makes_a_sandbox(tmp_path: Path) -> None:
    (smallest,) = (block for block in blocks("scenario-format", "yaml") if block.startswith("name: small"))
    (tmp_path / "small.yaml").write_text(smallest, encoding="utf-8")
    (commands,) = blocks("scenario-format", "bash")
    assert re.search(r"^small.yaml: right\n\S+\thttp://", shell(commands, tmp_path))


Command = tuple[dict[str, str], list[list[str]]]
"""What an example sets in the environment, and the words of each of its commands."""


def in_bash(block: str) -> Command:
    """Read the example of bash."""
    lines = [shlex.split(line) for line in block.replace("\\\n", " ").splitlines() if line.strip()]
    exported = [word for line in lines if line[0] == "export" for word in line[1:]]
    return dict(word.split("=", 1) for word in exported), [line for line in lines if line[0] != "export"]


def in_powershell(block: str) -> Command:
    """Read the example of PowerShell: words without quotes, or between double quotes without anything to be replaced."""
    assert not re.search(r"[`;&|(){}@]|\$(?!env:\w+ = )", block)
    variables = dict(re.findall(r'^\$env:(\w+) = "([^"]*)"$', block, re.MULTILINE))
    return variables, [_words(line) for line in block.splitlines() if line.startswith("vnsim")]


def in_command_prompt(block: str) -> Command:
    """Read the example of the command prompt: words without quotes, or between double quotes."""
    assert not re.search(r"[%^&|<>']", block)
    variables = dict(re.findall(r"^set (\w+)=(\S+)$", block, re.MULTILINE))
    return variables, [_words(line) for line in block.splitlines() if line.startswith("vnsim")]


def _words(line: str) -> list[str]:
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', line)]


SHELLS = {"powershell": in_powershell, "bat": in_command_prompt}


@pytest.mark.parametrize("kind", SHELLS)
@pytest.mark.parametrize("page", ["for-testers", "for-trainers", "for-writers"])
def test_the_commands_for_other_shells_are_those_for_bash(page: str, kind: str) -> None:
    examples = [in_bash(block) for block in blocks(page, "bash") if "curl" not in block and "sed " not in block]
    others = [
        SHELLS[kind](block) for block in blocks(page, kind) if "Invoke-RestMethod" not in block and "curl" not in block
    ]
    assert others
    assert [example for example in others if example not in examples] == []


@pytest.mark.parametrize("page", ["for-trainers", "for-writers"])
def test_commands_without_an_example_for_another_shell_are_the_same_in_every_shell(page: str) -> None:
    other = [SHELLS["powershell"](block) for block in blocks(page, "powershell")]
    for block in blocks(page, "bash"):
        if in_bash(block) not in other and "sed " not in block:
            assert not re.search(r"['$`\\;&|!]|^export ", block, re.MULTILINE), block
            assert [_words(line) for line in block.splitlines()] == in_bash(block)[1]


@pytest.mark.parametrize("block", blocks("for-testers", "powershell")[-1:])
def test_the_calls_for_powershell_are_answered(block: str, tmp_path: Path, templates: Path) -> None:
    client = make_platform(tmp_path / "data", templates).test_client()
    calls = re.findall(
        r"""^Invoke-RestMethod "?(\S+?)"? @sim(?: -Method (\w+))?(?: -Body '([^']*)')?$""", block, re.MULTILINE
    )
    assert len(calls) == block.count("Invoke-RestMethod") > 3
    (address,) = re.findall(r'^\$api = "http://localhost:8000(\S+)"$', block, re.MULTILINE)
    for path, method, body in calls:
        answer = client.open(
            path.replace("$api", address),
            method=(method or "GET").upper(),
            data=body or None,
            content_type="application/json",
        )
        assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"docs/{page.name}" not in readme] == []


def test_the_drill_names_every_page_on_the_way_in_by_its_own_words() -> None:
    drill = TRAINERS.partition("## The lost-phone drill")[2]
    texts = catalogue("en")
    spoken = set(re.findall(r"\*\*([^*\n]+)\*\*", drill)) - {"user", "supporter", "new", "Ingrid Nygård"}
    assert spoken - set(texts.values()) == set()
    walked = drill.partition("### 3.")[2].partition("### 4.")[0]
    keys = (
        "two_step.by_emergency_code", "emergency.question", "emergency.lost", "enroll.choose_title", "enroll.other_app",
        "enroll.phone_title", "enroll.done_title", "enroll.done",
    )  # fmt: skip
    places = [walked.find(texts[f"connect.{key}"]) for key in keys]
    assert -1 not in places
    assert places == sorted(places)
