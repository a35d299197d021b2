"""The commands of the page on continuous integration do what the page says, from the wheel in an empty folder."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from simulator.cli import cli
from simulator.own_server import own_server
from tests.docs.test_pages import BASH, EXAMPLES, ROOT, TOKEN, WITH_BASH, blocks

PAGE = "ci"
GITHUB, GITLAB, AZURE = (yaml.load(block, Loader=yaml.BaseLoader) for block in blocks(PAGE, "yaml"))
COMMANDS = {
    "GitHub Actions": [step["run"] for step in GITHUB["jobs"]["tests"]["steps"] if "run" in step],
    "GitLab CI": GITLAB["tests"]["script"],
    "Azure Pipelines": [step["script"] for step in AZURE["steps"] if "script" in step],
}
REPORT = "report.xml"
TESTS = """
def test_passes(sandbox):
    sandbox.check({"person_status": {"person": "user", "status": "active"}})

def test_fails(sandbox):
    sandbox.check({"person_status": {"person": "user", "status": "locked"}})
"""
BROWSER = '[ "$*" = "install --with-deps chromium" ]'
PACKAGES = {"pytest", "pytest-xdist", "pytest-playwright"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from the work tree."""
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (path,) = directory.glob("*.whl")
    return path


@pytest.fixture
def project(wheel: Path, tmp_path: Path) -> Path:
    """Return the folder of somebody's project: the wheel, and nothing of this one."""
    folder = tmp_path / "project"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / wheel.name).symlink_to(wheel)
    return folder


def shell(script: str, folder: Path, **functions: str) -> "subprocess.CompletedProcess[str]":
    """Run commands; what they install goes into a folder beside the project, and packages of others are here already.

    Args:
        script: the commands.
        folder: where.
        functions: bodies of further commands that stand in for those that are not here.
    """
    assert BASH is not None
    site = folder.parent / "site"
    install = (
        f'"$PYTHON" -m pip --disable-pip-version-check install -q --no-index --no-deps --no-compile --target "{site}" "$2"'
    )
    functions = {
        "pip": f'[ "$1" = install ] && {install} && shift 2 && echo "others: $*"',
        "python": '"$PYTHON" "$@"',
        "pytest": '"$PYTHON" -m pytest -p no:cacheprovider "$@"',
        "vnsim": '"$PYTHON" -m simulator "$@"',
    } | functions
    head = "".join(f"{name}() {{ {body}; }}\n" for name, body in functions.items())
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VNSIM_", "PYTEST_"))}
    environment |= {"PYTHON": sys.executable, "PYTHONPATH": str(site)}
    command = [BASH, "-euo", "pipefail", "-c", head + script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_recipes_have_the_same_commands() -> None:
    first, *others = COMMANDS.values()
    assert len(first) == 3
    assert others == [first, first]


@WITH_BASH
@EXAMPLES
@pytest.mark.sampled(1, of="recipes")
def test_the_commands_of_the_recipes_run_and_what_they_keep_is_there(project: Path) -> None:
    (project / "test_own.py").write_text(TESTS)
    done = shell("\n".join(COMMANDS["GitHub Actions"]), project, playwright=BROWSER)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1
    (others,) = re.findall(r"^others: (.*)$", done.stdout, re.MULTILINE)
    assert set(others.split()) == PACKAGES
    upload = next(
        step["with"]["path"] for step in GITHUB["jobs"]["tests"]["steps"] if "upload-artifact" in step.get("uses", "")
    )
    published = next(step["publish"] for step in AZURE["steps"] if "publish" in step)
    assert [upload] == GITLAB["tests"]["artifacts"]["paths"] == [published]
    assert list((project / upload).glob("test-fails-*/*/index.html"))
    reports = next(
        step["inputs"]["testResultsFiles"] for step in AZURE["steps"] if step.get("task") == "PublishTestResults@2"
    )
    assert GITLAB["tests"]["artifacts"]["reports"]["junit"] == reports == REPORT
    assert (project / REPORT).is_file()
    imported = shell("python -c 'import simulator; print(simulator.__file__)'", project).stdout
    assert Path(imported.strip()).is_relative_to(project.parent / "site")


@WITH_BASH
@EXAMPLES
@pytest.mark.sampled(1, of="recipes")
def test_a_server_for_other_languages_is_ready_when_the_tests_begin(project: Path) -> None:
    start, describe = blocks(PAGE, "bash")
    install = COMMANDS["GitHub Actions"][0]
    try:
        done = shell(f"{install}\n{start}\n{describe}", project, npm='curl --fail -sS "$VNSIM_URL/_sim/health"')
    finally:
        about = json.loads((project / "vnsim.json").read_text())
        os.kill(about["pid"], signal.SIGTERM)
    assert f'"pid":{about["pid"]}' in done.stdout.replace(" ", ""), done.stdout + done.stderr
    assert json.loads((project / "openapi.json").read_text())["openapi"].startswith("3.1")


def instructions(name: str) -> list[str]:
    """Return the values of an instruction of the Containerfile."""
    text = (ROOT / "docs" / "examples" / "Containerfile").read_text(encoding="utf-8")
    return re.findall(rf"^{name} (.*)$", text, re.MULTILINE)


@pytest.mark.sampled(1, of="recipes")
def test_the_container_serves_as_nobody_special_and_its_health_check_is_answered() -> None:
    (program, *arguments) = json.loads(instructions("CMD")[0])
    assert program == "vnsim"
    name, command, rest = cli.resolve_command(click.Context(cli), arguments)
    assert name == "serve" and command is not None
    assert command.make_context("serve", rest).params["host"] == "0.0.0.0"
    assert instructions("USER") == ["vnsim"]
    check = json.loads(instructions("HEALTHCHECK")[0].partition("CMD ")[2])
    with own_server(TOKEN) as url:
        question = [sys.executable, "-c", check[2].replace("http://localhost:8000", url)]
        for token, code in ((TOKEN, 0), ("another", 1)):
            environment = os.environ | {"VNSIM_CONTROL_TOKEN": token}
            assert subprocess.run(question, env=environment, capture_output=True, check=False).returncode == code
