"""Server and worker are killed at any moment, and started again: what was acknowledged is there, and nothing is half done."""

import signal
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random
from threading import Event

from soak.model import Sandbox, play_until_it_ends
from soak.served import Failed, Served, served

CALLERS, EACH = 4, 3
LONGEST = 1.5
"""Seconds between two kills at most."""
DUE = "2022-03-31T23:59:58+02:00"
"""Two seconds before the month ends where the scenario plays, and its billing becomes due."""
BILLING = "billing.month"
DONE = 60.0
"""Seconds after a start in which overdue jobs are carried out; a lease would last two minutes."""
ROUNDS_BETWEEN_STOPS = 10


def run(seed: int, seconds: float, say: Callable[[str], object], most: int = 10**6) -> None:
    """Kill for some time, or so often.

    Raises:
        Failed: something is lost, half done or left over.
    """
    chance, end = Random(seed), time.monotonic() + seconds
    kills: dict[str, int] = {}
    with served() as processes:
        sandboxes = [[Sandbox(f"c{caller}-{number}", processes) for number in range(EACH)] for caller in range(CALLERS)]
        billed: list[str] = []
        round_ = 0
        while time.monotonic() < end and sum(kills.values()) < most:
            round_ += 1
            if processes.worker is None or processes.worker.poll() is not None:
                processes.start_worker()
            billed.append(f"month-{round_}")
            what = _disturb(processes, sandboxes, billed[-1], chance)
            kills[what] = kills.get(what, 0) + 1
            for row in sandboxes:
                for sandbox in row:
                    sandbox.check()
            billed = check_billed(processes, billed)
            if round_ % ROUNDS_BETWEEN_STOPS == 0:
                _check_files(processes)
        _check_files(processes)
        acknowledged = sum(sandbox.acknowledged for row in sandboxes for sandbox in row)
        counts = ", ".join(f"{count} x {what}" for what, count in sorted(kills.items()))
        say(f"kills: {sum(kills.values())} ({counts}), {acknowledged} acknowledged changes, nothing lost")


def _disturb(processes: Served, sandboxes: list[list[Sandbox]], billed: str, chance: Random) -> str:
    """Make calls from several threads, and end a process meanwhile; the server answers again at the end."""
    stop = Event()
    what, number = chance.choice(
        (
            ("server -9", signal.SIGKILL),
            ("server -9", signal.SIGKILL),
            ("server TERM", signal.SIGTERM),
            ("worker -9", signal.SIGKILL),
            ("worker TERM", signal.SIGTERM),
        )
    )
    create_before_month_end(processes, billed)
    with ThreadPoolExecutor(CALLERS) as pool:
        chances = [Random(chance.random()) for _ in sandboxes]
        playing = [
            pool.submit(play_until_it_ends, row, own, lambda: not stop.is_set())
            for row, own in zip(sandboxes, chances, strict=True)
        ]
        time.sleep(chance.uniform(0, LONGEST))
        victim = processes.server if what.startswith("server") else processes.worker
        processes.end(victim, number)
        stop.set()
        for player in playing:
            player.result()
    if processes.server is not None and processes.server.poll() is not None:
        processes.start()
    return what


def create_before_month_end(processes: Served, name: str) -> None:
    """Create a sandbox whose month ends in two seconds, and let the server look into its queue."""
    body = {"scenario": "company-no", "name": name, "mode": "running", "now": DUE, "ttl": 3600}
    for method, path, content in (("POST", "/sandboxes", body), ("PUT", f"/sandboxes/{name}/jobs", {"mode": "auto"})):
        status, answer = processes.call(method, path, content)
        if status >= 300:
            raise Failed(f"{method} {path} is answered with {status}: {answer}")


def check_billed(processes: Served, billed: list[str]) -> list[str]:
    """Check that the month of each sandbox is billed once, whoever was killed; returns those whose month is not over yet."""
    end, left = time.monotonic() + DONE, list(billed)
    while left:
        name = left[0]
        status, queue = processes.call("GET", f"/sandboxes/{name}/jobs")
        states = [job["state"] for job in queue["jobs"] if job["kind"] == BILLING] if status == 200 else ["done", "queued"]
        if "failed" in states or states.count("done") > 1:
            raise Failed(f"the month of the sandbox {name} was billed wrongly: {states}")
        if "done" in states:
            processes.call("DELETE", f"/sandboxes/{name}")
            left.pop(0)
        elif time.monotonic() > end:
            raise Failed(f"the month of the sandbox {name} was not billed within {DONE:.0f} seconds: {states}")
        else:
            time.sleep(0.2)
    return left


def _check_files(processes: Served) -> None:
    """Stop all, start and stop again, and check that every file is whole and belongs to somebody."""
    for process in (processes.worker, processes.server):
        processes.end(process, signal.SIGTERM)
    processes.start()
    # What is left over is removed in the background, soon after the start.
    end = time.monotonic() + DONE
    while (left := _left_over(processes)) and time.monotonic() < end:
        time.sleep(0.2)
    if left:
        raise Failed(f"left over: {left}")
    processes.end(processes.server, signal.SIGTERM)
    for path in processes.directory.glob("sandboxes/**/*.sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            result = connection.execute("PRAGMA integrity_check").fetchone()
        if result != ("ok",):
            raise Failed(f"{path.name} is damaged: {result}")
    processes.start()


def _left_over(processes: Served) -> list[str]:
    left = [path.name for path in processes.directory.glob("*.unfinished")]
    for folder in processes.directory.glob("sandboxes/*"):
        pointer = folder / "current"
        current = pointer.read_text(encoding="utf-8") if pointer.exists() else ""
        names = {path.name for path in folder.iterdir()} - {"current", "snapshots"}
        left += [f"{folder.name}/{name}" for name in names if not current or not name.startswith(current)]
        left += [f"{folder.name}/{path.name}" for path in folder.glob("snapshots/*.unfinished*")]
    return left
