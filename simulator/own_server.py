"""A server of its own for one command: ephemeral, on a free port, gone with the command."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_READY = re.compile(r"Ready at (http://\S+?)/?$")
STOPPING = 15.0
"""Seconds it may take to stop."""


class CannotStart(Exception):
    """The server did not start; the text says why."""


@contextmanager
def own_server(control_token: str | None = None) -> Iterator[str]:
    """Run a server as long as the block lasts.

    Args:
        control_token: the token that it asks for, as on a network; None for none.

    Returns:
        Its address, without a closing slash.

    Raises:
        CannotStart: it ended before it was ready.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
    command = [sys.executable, "-m", "simulator", "serve", "--ephemeral", "--port", "0"]
    command += ["--control-token", control_token] if control_token else []
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            try:
                process.wait(STOPPING)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        ready = _READY.search(line.strip())
        if ready:
            return ready[1]
    raise CannotStart(f"The server did not start: {' '.join(said)}")
