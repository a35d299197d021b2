"""Another process that works in a data directory, for tests that need no real one."""

from simulator.core.database import Binding
from simulator.core.processes import Processes
from simulator.core.sandbox import Sandbox


def opened_elsewhere(sandbox: Sandbox) -> Sandbox:
    """Return a sandbox as another process has it open; that process ends with the returned object."""
    processes = Processes(sandbox.path.parents[2])
    return Sandbox(Binding(sandbox.path, sandbox.name), sandbox.base_address, processes=processes)
