"""The export of an invoice of a hundred thousand lines, beside writing as many cells with nothing but the library."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.figures import Effort, Figure, median
from bench.processes import ROOT

AIM_TIME, AIM_MEMORY = 1.3, 60
ROUNDS = 3


def measure(effort: Effort) -> list[Figure]:
    """Export in a process of its own, in turn with the library."""
    ours, floor = [], []
    with TemporaryDirectory(prefix="vnsim-bench-export-") as directory:
        path = _sandbox(Path(directory))
        for _ in range(min(ROUNDS, effort.walks)):
            ours.append(_run("ours", path))
            floor.append(_run("library", path))
    seconds, bottom = ([run["seconds"] for run in runs] for runs in (ours, floor))
    memory, least = ([run["megabytes"] for run in runs] for runs in (ours, floor))
    ratio, note = median(seconds) / median(bottom), f"{ours[0]['lines']} lines, {ours[0]['size'] / 1e6:.1f} MB"
    beside = "XlsxWriter alone"
    return [
        Figure(
            "export an invoice", median(seconds), "s", seconds, beside, median(bottom), f"<= {AIM_TIME} x", ratio <= AIM_TIME, note
        ),
        Figure(
            "memory of that above idle", median(memory), "MB", memory, beside, median(least), f"<= {AIM_MEMORY} MB",
            median(memory) <= AIM_MEMORY,
        ),
    ]  # fmt: skip


def _sandbox(directory: Path) -> Path:
    """Make a sandbox of the large scenario; returns its file."""
    import seed
    from simulator.core.clock import Clock
    from simulator.core.database import forget_file
    from simulator.core.store import Creation, Store

    store = Store(directory, seed.template_for(directory / "templates"), seed.finish, "http://localhost:8000")
    store.create("default", Creation(scenario="large", clock=Clock.live()))
    with store.open("default") as sandbox:
        forget_file(sandbox.path)
        return sandbox.path


def _run(how: str, path: Path) -> Any:
    command = [sys.executable, "-m", "bench.exporting", how, str(path), "default"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)
