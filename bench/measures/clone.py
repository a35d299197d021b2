"""From a clone to all tests green, as somebody new would do it."""

import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Effort, Figure
from bench.processes import ROOT

LIMIT = 3600
"""Seconds after which it is given up."""


def measure(_: Effort) -> list[Figure]:
    """Clone what is committed into an empty place with an empty home, and run ``make test``."""
    with TemporaryDirectory(prefix="vnsim-bench-clone-", ignore_cleanup_errors=True) as directory:
        home, clone = Path(directory) / "home", Path(directory) / "clone"
        home.mkdir()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("VNSIM_", "PYTHON"))}
        environment |= {"HOME": str(home)}
        environment.pop("VIRTUAL_ENV", None)
        begin = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True, env=environment)
        tested = subprocess.run(
            ["make", "test"], cwd=clone, env=environment, timeout=LIMIT, check=False, capture_output=True
        )
        taken = (time.perf_counter() - begin) / 60
    if tested.returncode:
        last = tested.stdout.decode(errors="replace").strip().splitlines()[-1:]
        return [Figure("clone to all tests green", taken, "min", note=f"not green: {''.join(last)}", failed=True)]
    return [Figure("clone to all tests green", taken, "min")]
