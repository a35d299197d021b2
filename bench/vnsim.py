"""The platform under measurement: a server on a data directory of its own, and its control API."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.client import Client
from bench.processes import first_answer, free_port, running, serve_command

HEALTH = "/_sim/health"
SCENARIO = "accountant-nl"


@dataclass
class Served:
    """A server that answers.

    Attributes:
        port: where, on 127.0.0.1.
        process: its process.
        data_dir: its data directory.
    """

    port: int
    process: subprocess.Popen[bytes]
    data_dir: Path

    def client(self) -> Client:
        """Return a browser of its own."""
        return Client(self.port)

    def call(self, client: Client, method: str, path: str, body: Any = None) -> Any:
        """Make a call of the control API.

        Raises:
            AssertionError: it was refused.
        """
        content = None if body is None else json.dumps(body).encode()
        answer = client.send(method, "/_sim" + path, content, "application/json")
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.text[:200]}"
        return json.loads(answer.text) if answer.text else None


@contextmanager
def served(data_dir: Path) -> Iterator[Served]:
    """Serve a data directory for the length of the block."""
    port = free_port()
    with running(serve_command(data_dir, port)) as process:
        first_answer(process, port, HEALTH)
        yield Served(port, process, data_dir)


@contextmanager
def fresh() -> Iterator[Path]:
    """Return a data directory in which nothing but the scenario's ready file is, as it is on every start but the first."""
    with TemporaryDirectory(prefix="vnsim-bench-", ignore_cleanup_errors=True) as directory:
        target = Path(directory) / "data"
        shutil.copytree(template().parent, target / "templates")
        yield target


@cache
def template() -> Path:
    """Return the ready file of the scenario, built by the first start of a server in this run."""
    keep = TemporaryDirectory(prefix="vnsim-bench-template-", ignore_cleanup_errors=True)
    _DIRECTORIES.append(keep)
    with served(Path(keep.name)):
        pass
    (template_file,) = Path(keep.name, "templates").glob("*.sqlite")
    return template_file


_DIRECTORIES: list[TemporaryDirectory[str]] = []
"""Directories that last as long as this run."""
