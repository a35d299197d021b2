"""A server, and a worker beside it, as processes of their own: started, asked, killed, started again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

ROOT = Path(__file__).parents[1]
READY, STOPPING, ANSWER = 120.0, 30.0, 60.0
"""Seconds to the first answer, to the end after SIGTERM, and to any answer."""
BETWEEN = 0.05


class Failed(Exception):
    """The platform did not do what is promised; the text says what.

    Args:
        text: what it did.
        seed: the seed that leads there at once, where it is not the campaign's.
    """

    def __init__(self, text: str, seed: int | None = None) -> None:
        super().__init__(text, seed)
        self.text, self.seed = text, seed

    def __str__(self) -> str:
        return self.text


class Unanswered(Exception):
    """The server ended before it answered: what was asked may have been done or not."""


class Served:
    """A data directory with its processes.

    Attributes:
        directory: the data directory.
        server: the server's process, or None.
        worker: a worker's process, or None.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.server: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.port = 0
        self._log = (directory / "soak.log").open("ab")

    def start(self) -> None:
        """Start the server, and wait for its first answer.

        Raises:
            Failed: it did not start.
        """
        self.server = self._run("serve", "--port", str(self.port), "--scenario", "company-no")
        end = time.monotonic() + READY
        while time.monotonic() < end:
            if self.server.poll() is not None:
                raise Failed(f"the server ended with {self.server.returncode} when it was started\n{self.complaints()}")
            self.port = self.port or self._announced_port()
            try:
                if self.port and self.call("GET", "/health")[0] == 200:
                    return
            except Unanswered:
                pass
            time.sleep(BETWEEN)
        raise Failed("the server does not get ready")

    def start_worker(self) -> None:
        """Start a worker beside the server."""
        self.worker = self._run("worker")

    def end(self, process: "subprocess.Popen[bytes] | None", signal: int) -> None:
        """End a process by a signal, and wait until it is gone.

        Raises:
            Failed: it does not end.
        """
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal)
        try:
            process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            raise Failed(f"a process does not end within {STOPPING} seconds after signal {signal}") from None

    def close(self) -> None:
        """Kill what still runs."""
        for process in (self.server, self.worker):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        self._log.close()

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Make a call of the control API.

        Returns:
            Its status, and its answer.

        Raises:
            Unanswered: the server ended meanwhile.
        """
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, f"/_sim{path}", content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except TimeoutError:
            raise Failed(f"{method} {path} is not answered within {ANSWER} seconds") from None
        except (OSError, HTTPException, ValueError) as error:
            raise Unanswered(str(error)) from None
        finally:
            connection.close()

    def complaints(self) -> str:
        """Return the end of what the processes wrote."""
        return (self.directory / "soak.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def _run(self, *arguments: str) -> "subprocess.Popen[bytes]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
        command = [sys.executable, "-m", "simulator", *arguments, "--data-dir", str(self.directory)]
        log: IO[bytes] = self._log
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def _announced_port(self) -> int:
        try:
            url = json.loads((self.directory / "server.json").read_text(encoding="utf-8"))["url"]
            return int(url.rpartition(":")[2])
        except (OSError, ValueError, KeyError):
            return 0


@contextmanager
def served() -> Iterator[Served]:
    """Give a new data directory with a server that answers; nothing of it is left at the end."""
    with TemporaryDirectory(prefix="vnsim-soak-", ignore_cleanup_errors=True) as directory:
        processes = Served(Path(directory))
        try:
            processes.start()
            yield processes
        except Failed as error:
            error.add_note(processes.complaints())
            raise
        finally:
            processes.close()
