"""What no committed file says, and how long a source file may be."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 600
SOURCES = {".py", ".html", ".js"}

# Put together from halves, so that this file does not name what it looks for.
REGISTRIES = tuple(
    f"{name}.{end}"
    for name, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("debian", "org"),
        ("debian", "net"),
        ("crates", "io"),
    )
)
# Only where a path begins: an address of the product Home, say, has something before its first slash.
START = r"(?<![\w.~>)}\]/-])"
MACHINE_PATHS = (
    START + "/work" + r"/\w",
    START + "/root" + r"/[\w.]",
    START + "/home" + r"/[\w.-]+/[\w.]",
    START + "/Users" + r"/[\w.-]+/[\w.]",
    r"\b[A-Za-z]:\\{1,2}" + r"Users\b",
)
WORDS = re.compile("|".join([r"\b" + re.escape(name) + r"\b" for name in REGISTRIES] + list(MACHINE_PATHS)))


@cache
def tracked() -> tuple[Path, ...]:
    """List the files that git keeps, without those that others wrote (vendored with licence and version)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git work tree")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    paths = [ROOT / name for name in names if "vendor" not in Path(name).parts]
    return tuple(path for path in paths if path.is_file())


def text_of(path: Path) -> str:
    """Read a file; a picture or a font has no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_package_registry_or_a_path_of_a_developers_machine() -> None:
    matches = [
        f"{path.relative_to(ROOT)}:{number}: {hit.group()}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        for hit in WORDS.finditer(line)
    ]
    assert not matches, "names a registry or a machine's path:\n" + "\n".join(matches)


def test_no_source_file_is_too_long_to_keep_in_mind() -> None:
    lengths = {path: len(text_of(path).splitlines()) for path in tracked() if path.suffix in SOURCES}
    matches = [f"{path.relative_to(ROOT)}: {length} lines" for path, length in lengths.items() if length > MOST_LINES]
    assert not matches, f"longer than {MOST_LINES} lines, split by noun:\n" + "\n".join(matches)


@pytest.mark.parametrize(
    "line",
    [
        "https://" + REGISTRIES[0] + "/simple",
        "deb.cdn." + REGISTRIES[5],
        "see /work" + "/main",
        '"/root' + '/.cache"',
        "cd /home" + "/eva/project",
        "(/Users" + "/eva/project)",
        r"C:\Use" + r"rs\eva",
        r"'C:\\Use" + r"rs\\eva'",
    ],
)
def test_the_guard_catches(line: str) -> None:
    assert WORDS.search(line)


@pytest.mark.parametrize(
    "line",
    [
        "/s/<sandbox>/home/licences/all",
        "http://localhost:8080/home/apps/all",
        "{{ base }}/home/apps/all",
        "a package of Debian, from npm or from the Python registry",
        "network" + "/root" + "/certificates",
    ],
)
def test_the_guard_spares(line: str) -> None:
    assert not WORDS.search(line)
