"""The platform under measurement: a server on a data directory of its own, and its control API."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.client import Client
from bench.processes import first_answer, free_port, running, serve_command
from simulator.testing.api import Api

HEALTH = "/_sim/health"
SCENARIO = "accountant-nl"


@dataclass
class Served:
    """A server that answers.

    Attributes:
        port: where, on 127.0.0.1.
        process: its process.
        data_dir: its data directory.
        api: its control API.
    """

    port: int
    process: subprocess.Popen[bytes]
    data_dir: Path
    api: Api

    def client(self) -> Client:
        """Return a browser of its own."""
        return Client(self.port)


@contextmanager
def served(data_dir: Path) -> Iterator[Served]:
    """Serve a data directory for the length of the block."""
    port = free_port()
    with running(serve_command(data_dir, port)) as process:
        first_answer(process, port, HEALTH)
        with closing(Api(f"http://localhost:{port}")) as api:
            yield Served(port, process, data_dir, api)


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
