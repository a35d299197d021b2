"""Nothing reads the machine's clock or dice but the modules that are there for it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {Path("simulator/core/clock.py"), Path("simulator/core/chance.py"), Path("simulator/testing/waiting.py")}

MODULES = {"random", "secrets"}
"""Modules that are dice throughout."""

NAMES = {
    "time": {
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "sleep",
        "localtime",
        "gmtime",
    },
    "uuid": {"uuid1", "uuid4"},
    "os": {"urandom", "getrandom"},
}
METHODS = {"now", "utcnow", "today"}
"""Of ``datetime`` and ``date``."""


def readings(source: str) -> list[tuple[int, str]]:
    """Return where a module reads clock or dice, as (line, what)."""
    reads: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            reads += [(node.lineno, alias.name) for alias in node.names if alias.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            module = node.module or ""
            names = NAMES.get(module, set())
            reads += [
                (node.lineno, f"{module}.{alias.name}") for alias in node.names if module in MODULES or alias.name in names
            ]
        elif isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            last = owner.rpartition(".")[2]
            if node.attr in NAMES.get(owner, set()) or (last in ("datetime", "date") and node.attr in METHODS):
                reads.append((node.lineno, f"{owner}.{node.attr}"))
    return reads


def test_only_modules_for_it_read_the_machines_clock_and_dice() -> None:
    reads = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for package in ("simulator", "seed")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.relative_to(ROOT) not in ALLOWED
        for line, what in readings(path.read_text(encoding="utf-8"))
    ]
    assert not reads, "take clock and chance of the sandbox, or machine_now() and machine_secret():\n" + "\n".join(reads)


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "import time\ntime.sleep(1)",
        "from time import monotonic",
        "import random",
        "from secrets import token_hex",
        "import uuid\nuuid.uuid4()",
        "import os\nos.urandom(8)",
    ],
)
def test_the_guard_catches(source: str) -> None:
    assert readings(source)


@pytest.mark.parametrize(
    "source", ["clock.now()", "db.clock.now()", "from datetime import date", "self.time", "import time"]
)
def test_the_guard_spares(source: str) -> None:
    assert not readings(source)
