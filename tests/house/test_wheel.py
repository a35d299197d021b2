"""The wheel carries everything that the platform needs to run in an empty folder, and nothing else."""

import subprocess
import sys
import zipfile
from email.parser import Parser
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOVED = {"seed": "simulator/seed", "e2e": "simulator/e2e", "simulator": "simulator"}
"""Folder of the repository → where it is in the wheel."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Return the wheel, built from the work tree."""
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (path,) = directory.glob("*.whl")
    return zipfile.ZipFile(path)


@cache
def tracked() -> tuple[str, ...]:
    """List the files that git keeps."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git work tree")
    return tuple(name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file())


def is_a_test(name: str) -> bool:
    """Return whether a file is for pytest alone."""
    return Path(name).name.startswith(("test_", "conftest"))


def test_every_kept_file_of_the_three_packages_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    expected = set()
    for name in tracked():
        folder, _, rest = name.partition("/")
        if folder in MOVED and not is_a_test(name):
            expected.add(f"{MOVED[folder]}/{rest}")
    assert len(expected) > 300
    assert expected - set(wheel.namelist()) == set()


@pytest.mark.parametrize(
    "needed",
    [
        "simulator/seed/scenarios/accountant-nl.yaml",
        "simulator/seed/scenario.schema.json",
        "simulator/seed/names.toml",
        "simulator/e2e/manuals/licences-specification.yaml",
        "simulator/translations/nb/connect.po",
        "simulator/web/static/platform.css",
        "simulator/web/templates/layout/base.html",
        "simulator/billing/prices.toml",
        "simulator/py.typed",
    ],
)
def test_what_is_read_while_the_platform_runs_is_in_the_wheel(wheel: zipfile.ZipFile, needed: str) -> None:
    assert needed in wheel.namelist()


def test_nothing_else_is_top_level_and_no_test_is_carried(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"simulator"}
    assert [name for name in wheel.namelist() if is_a_test(name)] == []


def test_the_wheel_says_its_command_its_licences_and_what_walking_needs(wheel: zipfile.ZipFile) -> None:
    (folder,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert "vnsim = simulator.__main__:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    metadata = Parser().parsestr(wheel.read(f"{folder}/METADATA").decode())
    needed = metadata.get_all("Requires-Dist") or []
    assert [line for line in needed if line.startswith("playwright")] != []
    assert all("extra ==" in line for line in needed if line.startswith(("playwright", "pytest", "Pillow", "pillow")))
    for licence in metadata.get_all("License-File") or []:
        assert f"{folder}/licenses/{licence}" in wheel.namelist()
