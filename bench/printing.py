"""The table, for people and as JSON."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from bench.figures import Figure

Load = tuple[float, float, float]

HEAD = ("measured", "figure", "min-max", "beside", "", "ratio", "aim", "met", "note")
LEFT = {0, 3, 6, 8}
"""Columns that are set to the left."""


def table(figures: Sequence[Figure], load: Load) -> str:
    """Return the table as text, with the machine above it."""
    rows = [HEAD, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join(
        ["", machine(), _load_sentence(load), "", lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
    )


def machine() -> str:
    """Say on what was measured, and how fast it is at the moment."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("Flask", "SQLAlchemy", "waitress"))
    computer = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    return f"{computer}, {versions}; a fixed loop takes {fixed_loop():.0f} ms"


@cache
def fixed_loop() -> float:
    """Return the milliseconds of processor time that a million additions take, to compare machines and days by; best of three."""
    best = float("inf")
    for _ in range(3):
        begin, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number
        best = min(best, (time.process_time() - begin) * 1000)
    return best


def write_json(path: Path, figures: Sequence[Figure], load: Load) -> None:
    """Write everything that was measured."""
    report = {
        "machine": machine(),
        "load_before": load,
        "figures": [asdict(figure) | {"ratio": figure.ratio} for figure in figures],
    }
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _load_sentence(load: Load) -> str:
    busy = load[0] > (os.cpu_count() or 1) / 4
    warning = "; others work on this machine, so read the ratios rather than the figures" if busy else ""
    return f"Load before: {load[0]:.1f}{warning}."


def _cells(figure: Figure) -> tuple[str, ...]:
    spread = f"{_number(min(figure.spread))}-{_number(max(figure.spread))}" if figure.spread else ""
    return (
        figure.name,
        f"{_number(figure.value)} {figure.unit}" if figure.value is not None else "-",
        spread,
        figure.beside,
        f"{_number(figure.peer)} {figure.unit}" if figure.peer is not None else "-" if figure.beside else "",
        f"{figure.ratio:.2f}" if figure.ratio is not None else "",
        figure.aim,
        {True: "yes", False: "NO", None: ""}[figure.met],
        figure.note,
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.ljust(width) if at in LEFT else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
