"""How much of the suite a run does.

Three extents: ``sample`` (the default, what ``make test`` runs), ``all`` (``make test-all``), and ``rest``: what ``all`` adds.

- A test marked ``exhaustive`` is left out of ``sample``.
- A test marked ``sampled(n)`` runs with *n* of its parameter sets in ``sample``; with all of them in ``all``.
- A test marked ``repeated`` runs in ``sample`` only: another test of ``all`` does the same and more.
- Of the tests marked ``sampled(n, of="examples")`` together, *n* run in ``sample``.

Which ones are drawn is decided by the hash of the commit, so that in time each has its turn. The header of a run names it,
and ``--sample`` repeats it.
"""

import subprocess
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

import pytest

SAMPLE, ALL, REST = "sample", "all", "rest"
NO_COMMIT = "no-commit"
"""What a sample is drawn by where there is no commit: in an archive without its history."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that choose the extent and the sample."""
    group = parser.getgroup("extent", "how much of the suite to run")
    group.addoption(
        "--extent",
        choices=(SAMPLE, ALL, REST),
        default=SAMPLE,
        help="sample: what make test runs (default); all: what make test-all runs; rest: what all has besides sample",
    )
    group.addoption("--sample", metavar="WORD", default=None, help="draw the sample by this word instead of the commit")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the word that the sample is drawn by, before workers are started: they get the options as they are then."""
    config.addinivalue_line("markers", "exhaustive: only make test-all runs it; make test has a smaller test beside it")
    config.addinivalue_line(
        "markers",
        "sampled(n, of=None): make test runs n of its parameter sets, or n of the tests with the same of; make test-all runs all",
    )
    config.addinivalue_line(
        "markers", "repeated: only make test runs it; in make test-all another test does the same and more"
    )
    config.option.sample = config.option.sample or _commit(config.rootpath)


def pytest_report_header(config: pytest.Config) -> str:
    """Name the extent, and how to repeat the sample."""
    extent, sample = config.option.extent, config.option.sample
    return f"extent: {extent}" + ("" if extent == ALL else f", sample drawn by --sample={sample}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not belong to the extent of this run."""
    extent = config.option.extent
    left_out = exhaustive(items, config.option.sample)
    if extent == SAMPLE:
        chosen = [item for item in items if item not in left_out]
    else:
        chosen = [item for item in items if (extent == ALL or item in left_out) and not item.get_closest_marker("repeated")]
    config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
    items[:] = chosen


def exhaustive(items: list[pytest.Item], sample: str) -> set[pytest.Item]:
    """Return the tests that only a whole run carries out."""
    left_out = {item for item in items if item.get_closest_marker("exhaustive")}
    drawn_from: dict[str, list[pytest.Item]] = defaultdict(list)
    numbers: dict[str, int] = {}
    for item in items:
        mark = item.get_closest_marker("sampled")
        if mark is not None and item not in left_out:
            name = mark.kwargs.get("of") or item.nodeid.partition("[")[0]
            drawn_from[name].append(item)
            numbers[name] = mark.args[0]
    for name, tests in drawn_from.items():
        tests.sort(key=lambda item: rank(sample, item.nodeid))
        left_out.update(tests[numbers[name] :])
    return left_out


def rank(*words: str) -> int:
    """Return a number that depends on the words alone, the same on every machine and in every process."""
    return int.from_bytes(sha256("\n".join(words).encode()).digest()[:8])


def _commit(directory: Path) -> str:
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    except OSError:
        return NO_COMMIT
    return done.stdout.strip() if done.returncode == 0 else NO_COMMIT
