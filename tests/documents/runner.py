"""A process that carries documents, to be killed: each time it is told to, it splits, and the new half works and ends.

Usage: ``runner.py FILE NAME``, then one line on its standard input for each process. It answers with the number of the process, and
with how that one ended.
"""

import os
import sys
from pathlib import Path

import simulator.documents.exchange.sending  # noqa: F401 - makes the jobs known
from simulator.core import jobs
from simulator.core.database import Binding
from simulator.core.processes import Processes
from simulator.core.sandbox import Sandbox


def work(binding: Binding) -> None:
    """Carry out what is due, as a server that was just started does."""
    sandbox = Sandbox(binding, "http://localhost:8000/s/norway", processes=Processes(binding.path.parent))
    jobs.run_due(sandbox)


def main() -> None:
    """Wait for orders."""
    binding = Binding(Path(sys.argv[1]), sys.argv[2])
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(binding)
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
