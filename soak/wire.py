"""Hostile clients: whatever they do, pages are served to the others, hardly slower than before, and the server forgets them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random

from soak.hostile import ATTACKS
from soak.served import ROOT, Failed, Served, served

PAGE = "/s/default/connect/"
PAGES = 60
"""Pages, one after the other, that the 95th percentile is taken of."""
SLOWER, SLACK = 3.0, 0.05
"""How many times as long as before a page may take in the 95th percentile while the server is attacked, and seconds besides."""
LONGEST = 10.0
MOST_FILES = 2600


def run(seed: int, seconds: float, say: Callable[[str], object], most: int = 10**6) -> None:
    """Attack a server in one way after the other, and visit it meanwhile.

    Raises:
        Failed: a page was not served, or took too long; the server complained, or keeps files of clients that are gone.
    """
    chance, end, attacks = Random(seed), time.monotonic() + seconds, 0
    with served() as processes:
        _visit(processes.port)
        kinds: list[str] = []
        while attacks < min(most, len(ATTACKS)) or (time.monotonic() < end and attacks < most):
            kinds = kinds or chance.sample(sorted(ATTACKS), len(ATTACKS))
            kind, attacks = kinds.pop(), attacks + 1
            before, files = _visit(processes.port), _open_files(processes)
            with _attacking(kind, chance.randrange(10**9), processes.port):
                during, files_during = _visit(processes.port), _open_files(processes)
            say(
                f"{kind}: a page took {before * 1000:.0f} ms before and {during * 1000:.0f} ms meanwhile (95th percentile), "
                f"the server has {files_during} files open"
            )
            if during > before * SLOWER + SLACK:
                raise Failed(f"{kind}: a page takes {during / before:.1f} times as long")
            if files_during > MOST_FILES:
                raise Failed(f"{kind}: the server has {files_during} files open")
            _wait_for_files(processes, files + 40)
            if "Traceback" in processes.complaints() or "exception" in processes.complaints():
                raise Failed(f"{kind}: the server complained")


@contextmanager
def _attacking(kind: str, seed: int, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "soak.hostile", kind, str(seed), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            if not process.stdout.readline():
                raise Failed(f"{kind}: the attack did not begin")
            yield
        finally:
            process.kill()


def _visit(port: int) -> float:
    """Visit a page many times, each over a connection of its own.

    Returns:
        The 95th percentile of the seconds that it took.

    Raises:
        Failed: it was not served.
    """
    durations = []
    for _ in range(PAGES):
        begin = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
        try:
            connection.request("GET", PAGE, headers={"Host": "localhost"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise Failed(f"a page is answered with {answer.status}")
        except (OSError, HTTPException) as error:
            raise Failed(f"a page is not served: {error!r}") from None
        finally:
            connection.close()
        durations.append(time.monotonic() - begin)
    return sorted(durations)[int(PAGES * 0.95)]


def _open_files(processes: Served) -> int:
    """Return how many files the server has open; zero where the system does not tell."""
    assert processes.server is not None
    with suppress(OSError):
        return len(list(Path(f"/proc/{processes.server.pid}/fd").iterdir()))
    return 0


def _wait_for_files(processes: Served, most: int) -> None:
    """Wait until the server has let go of the clients that are gone.

    Raises:
        Failed: it has not.
    """
    end = time.monotonic() + LONGEST
    while _open_files(processes) > most:
        if time.monotonic() > end:
            raise Failed(f"the server still has {_open_files(processes)} files open")
        time.sleep(0.05)
