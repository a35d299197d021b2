"""Servers under measurement: started, waited for, weighed, stopped by their own process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[1]
READY = 60.0
"""Seconds a server may take to its first answer."""
STOPPING = 15.0
LONGEST_COMPLAINT = 4000
BETWEEN = 0.005
"""Seconds between two attempts to reach a server that does not listen yet."""


class NoAnswer(Exception):
    """A server ended, or did not answer in time."""


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str | Path], **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command for the length of the block, without the platform's variables of the person who measures.

    What it complained of is added to an error that leaves the block.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")} | variables
    with TemporaryFile() as complaints:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=complaints
        )
        try:
            yield process
        except Exception as error:
            complaints.seek(0)
            error.add_note(complaints.read().decode(errors="replace")[-LONGEST_COMPLAINT:])
            raise
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def first_answer(process: subprocess.Popen[bytes], port: int, path: str, status: int | None = 200) -> None:
    """Wait until a server gives an answer; the same for every server, so that no one has the better clock.

    Args:
        process: the server; when it ends, waiting does too.
        port: where it will listen on 127.0.0.1.
        path: what to ask for.
        status: the status that counts; any when None.

    Raises:
        NoAnswer: it ended or took too long.
    """
    end = time.monotonic() + READY
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NoAnswer(f"{Path(process.args[0]).name} ended with {process.returncode}")  # type: ignore[arg-type,index]
        answered = _status(port, path)
        if answered is not None and status in (None, answered):
            return
        time.sleep(BETWEEN)
    raise NoAnswer(f"no answer within {READY:.0f} s")


def _status(port: int, path: str) -> int | None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=READY) as connection:
            connection.sendall(request)
            head = connection.recv(64)
    except OSError:
        return None
    parts = head.split(b" ", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else None


def vnsim_command(*arguments: str | Path) -> list[str | Path]:
    """Return a command that a user would type, as this interpreter's environment has it."""
    script = Path(sys.executable).with_name("vnsim")
    start: list[str | Path] = [script] if script.exists() else [sys.executable, "-m", "simulator"]
    return [*start, *arguments]


def serve_command(data_dir: Path, port: int) -> list[str | Path]:
    """Return the command that serves a data directory."""
    return vnsim_command("serve", "--port", str(port), "--data-dir", data_dir)


def memory_of(process: subprocess.Popen[bytes]) -> tuple[float, float] | None:
    """Return resident and proportional memory in MB; None where the system does not tell."""
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in rollup.splitlines()[1:] if line.endswith("kB")}
    return sizes["Rss"], sizes["Pss"]
