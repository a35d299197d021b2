"""The disk is full for a while, again and again: what is refused has not happened, what is acknowledged is there, jobs catch up."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event

from soak.kills import BILLING, check_billed, create_before_month_end
from soak.model import Sandbox, play_until_it_ends
from soak.served import Failed, served

CALLERS, EACH = 4, 2
ROOMS = (0, 20_000, 100_000, 400_000, 1_500_000)
"""Bytes that no file may grow beyond while there is no room; a new sandbox has about a million."""


def run(seed: int, seconds: float, say: Callable[[str], object], most: int = 10**6) -> None:
    """Fill the disk for some time: by a limit of the operating system on the server's files, which fail as on a full disk.

    Raises:
        Failed: something is lost or half done, or a refusal has another reason.
    """
    try:
        from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
    except ImportError:
        say("disk: this system cannot limit the files of another process; left out")
        return
    chance, end, rounds = Random(seed), time.monotonic() + seconds, 0
    with served() as processes:
        sandboxes = [[Sandbox(f"c{caller}-{number}", processes) for number in range(EACH)] for caller in range(CALLERS)]
        assert processes.server is not None
        while time.monotonic() < end and rounds < most:
            rounds += 1
            stop = Event()
            billed = f"month-{rounds}"
            create_before_month_end(processes, billed)
            with ThreadPoolExecutor(CALLERS) as pool:
                chances = [Random(chance.random()) for _ in sandboxes]
                playing = [
                    pool.submit(play_until_it_ends, row, own, lambda stop=stop: not stop.is_set())  # type: ignore[misc]
                    for row, own in zip(sandboxes, chances, strict=True)
                ]
                for _ in range(3):
                    prlimit(processes.server.pid, RLIMIT_FSIZE, (chance.choice(ROOMS), RLIM_INFINITY))
                    time.sleep(chance.uniform(0.3, 1.5))
                    prlimit(processes.server.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
                    time.sleep(chance.uniform(0, 0.5))
                stop.set()
                for player in playing:
                    player.result()
            for row in sandboxes:
                for sandbox in row:
                    sandbox.check()
            check_billed(processes, [billed])
        if processes.server.poll() is not None:
            raise Failed(f"the server ended with {processes.server.returncode}")
        acknowledged = sum(sandbox.acknowledged for row in sandboxes for sandbox in row)
        say(f"disk: full {3 * rounds} times, {acknowledged} acknowledged changes, {BILLING} caught up each time")
