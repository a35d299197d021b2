"""The TypeScript package: it is built from today's description, installed as its users install it, and its tests pass."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.engine.browser import find_browser
from tests.foreign import SECONDS, install, node
from tools import typescript

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "clients" / "typescript"

pytestmark = [pytest.mark.exhaustive, pytest.mark.browser]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package, built."""
    folder: Path = tmp_path_factory.mktemp("typescript") / "package"
    installed = install(PACKAGE, tmp_path_factory.mktemp("packages"))
    left_out = shutil.ignore_patterns("node_modules", "dist", "test-results", "openapi.json", "control-api.ts")
    shutil.copytree(PACKAGE, folder, ignore=left_out)
    (folder / "node_modules").symlink_to(installed / "node_modules", target_is_directory=True)
    typescript.build(folder, node())
    return folder


def playwright(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Playwright Test in a folder, with a server of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
    environment |= {"VNSIM_BROWSER": find_browser() or "", "VNSIM_COMMAND": f"{sys.executable} -m simulator"} | more
    environment["PYTHONPATH"] = str(ROOT)
    command = [node()[0], str(folder / "node_modules/@playwright/test/cli.js"), "test", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_its_own_tests_pass_and_are_of_the_types_of_the_description(project: Path) -> None:
    typescript.compile_package(project, node(), "tests/tsconfig.json")
    run = playwright(project)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"\n +1[0-9] passed", run.stdout), run.stdout


def test_a_test_that_failed_leaves_all_that_happened(project: Path) -> None:
    run = playwright(project, "failing", VNSIM_FAILING="1")
    assert run.returncode == 1, run.stdout + run.stderr
    (sandbox,) = (project / "test-results").rglob("sandbox.vnsim")
    assert sandbox.read_bytes().startswith(b"SQLite format 3")
    names = {path.name for path in sandbox.parent.iterdir()}
    assert names == {"sandbox.vnsim", "events.json", "messages.json", "requests.har", "changes.json", "faults.json"}
    har = json.loads((sandbox.parent / "requests.har").read_text(encoding="utf-8"))
    assert any(entry["request"]["url"].endswith("/home/") for entry in har["log"]["entries"])


def test_a_server_that_cannot_be_started_is_said_in_a_sentence(project: Path) -> None:
    run = playwright(project, "sandbox", VNSIM_COMMAND="no-such-program")
    assert run.returncode == 1
    assert "no-such-program cannot be started" in run.stdout + run.stderr


def test_it_works_as_its_page_says_in_an_empty_folder(project: Path, tmp_path: Path) -> None:
    archive = typescript.pack(project, node(), tmp_path)
    shutil.unpack_archive(archive, tmp_path, "gztar")
    modules = tmp_path / "node_modules"
    modules.mkdir()
    (tmp_path / "package").rename(modules / "vnsim")
    for name in ("@playwright", "playwright", "playwright-core"):
        (modules / name).symlink_to(project / "node_modules" / name, target_is_directory=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    page = (PACKAGE / "README.md").read_text(encoding="utf-8")
    for code in re.findall(r"```ts\n(.*?)```", page, re.DOTALL):
        path = tmp_path / code.partition("\n")[0].removeprefix("// ")
        path.parent.mkdir(exist_ok=True)
        launch = 'defineConfig({ use: { launchOptions: { executablePath: process.env["VNSIM_BROWSER"]! } }, '
        path.write_text(code.replace("defineConfig({ ", launch), encoding="utf-8")
    run = playwright(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout
