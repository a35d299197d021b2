"""A process that forks a child for each order; the child runs the due jobs and ends, or is killed by the test.

The modules are loaded once and used once, on a copy, so that fifty children cost no more than their work. Usage:
``runner.py FILE NAME``, then one line on its standard input for each process: ``work``, or ``work <largest file in bytes>``.
It answers with the id of the child, and then with its exit code.
"""

import os
import resource
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from simulator.billing.models import Invoice
from simulator.core import jobs
from simulator.core.database import Binding, forget_file
from simulator.core.processes import Processes
from simulator.core.sandbox import Sandbox
from simulator.directory.actors import actor_of
from simulator.directory.models import Person
from simulator.products.admin import jobs as jobs_of_admin
from simulator.products.admin.services import reports

assert jobs_of_admin, "imported so that its kinds of jobs are there"

ADDRESS = "http://localhost:8000/s/default"


def work(binding: Binding, limit: int | None) -> None:
    """Run the due jobs, like a server that was just started."""
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    sandbox = Sandbox(binding, ADDRESS, processes=Processes(binding.path.parent))
    jobs.run_due(sandbox)


def try_out(binding: Binding) -> None:
    """Export something in a copy, and close it: no process that comes of this one shares an open file with it."""
    with TemporaryDirectory() as directory:
        copied = Binding(Path(shutil.copyfile(binding.path, Path(directory) / "copy.sqlite")), binding.name)
        sandbox = Sandbox(copied, ADDRESS)
        with sandbox.transaction() as db:
            person = db.scalars(select(Person).where(Person.key == "administrator")).one()
            invoice = db.scalars(select(Invoice).where(Invoice.system == "inv")).first()
            assert invoice is not None
            reports.export_invoice(db, actor_of(db, person), invoice, "nl", "Europe/Amsterdam")
        work(copied, None)
        forget_file(copied.path)


def main() -> None:
    """Wait for orders."""
    binding = Binding(Path(sys.argv[1]), sys.argv[2])
    try_out(binding)
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        child = os.fork()
        if child == 0:
            try:
                work(binding, int(words[1]) if len(words) > 1 else None)
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
