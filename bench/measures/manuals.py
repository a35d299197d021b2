"""Every manual, each of its variants, in four languages, as ``make test`` walks them: one server, one browser."""

import re
import subprocess
import time

from bench.figures import Effort, Figure
from bench.processes import ROOT, vnsim_command

COMMAND = "vnsim manual walk --language all"


def measure(_: Effort) -> list[Figure]:
    """Run the command once; what it walked is counted by itself."""
    command = vnsim_command(*COMMAND.split()[1:])
    begin = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - begin
    lines = ended.stdout.strip().splitlines() or ended.stderr.strip().splitlines() or [""]
    steps = sum(int(count) for count in re.findall(r": (\d+) steps$", ended.stdout, re.MULTILINE))
    note = f"{COMMAND}: {lines[-1]}, {steps} steps"
    return [Figure("all manuals, four languages", taken, "s", note=note, failed=ended.returncode != 0)]
