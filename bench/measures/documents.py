"""Ten thousand documents, routed and delivered by one worker in a world without delays."""

import json
import subprocess
import sys

from bench.figures import Effort, Figure
from bench.processes import ROOT

WHOLE = 10_000
AIM_TIME, AIM_GROWTH = 150, 20


def measure(effort: Effort) -> list[Figure]:
    """Deliver in a process of its own; a look delivers a tenth."""
    count = WHOLE if effort.walks > 1 else WHOLE // 10
    command = [sys.executable, "-m", "bench.delivering", str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    results = json.loads(done.stdout)
    seconds, aim, note = results["carried"], AIM_TIME * count / WHOLE, f"{count} documents, {results['deliveries']} charges"
    return [
        Figure("deliver documents", seconds, "s", [seconds], aim=f"<= {aim:.0f} s", met=seconds <= aim, note=note),
        Figure("accept them", results["accepted"], "s", [results["accepted"]], note=note),
        Figure(
            "memory while they go", results["growth"], "MB", [results["growth"]], aim=f"<= {AIM_GROWTH} MB",
            met=results["growth"] <= AIM_GROWTH, note="above accepting them",
        ),
    ]  # fmt: skip
