"""Journeys through the sign-in with all methods, each drawn by a seed of its own: nobody gets in without what is demanded."""

import os
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.app import Platform
from soak.served import Failed
from tests.products.connect.journeys import walk
from tests.visits import make_platform

AT_ONCE = 25
"""Journeys that a process walks before it says how they ended."""
FEWEST_INSIDE = 0.2
"""The part of the journeys that gets in at least; with fewer they would prove nothing."""
ENOUGH = 500
"""Journeys after which that part is looked at."""

_platform: Platform | None = None


def run(seed: int, seconds: float, say: Callable[[str], object], most: int = 10**6) -> None:
    """Walk journeys for some time, or so many; the first one has the seed of the campaign, each other the next number.

    Raises:
        Failed: with the seed of a journey that ended where it must not.
    """
    begin, processes = time.monotonic(), os.cpu_count() or 1
    inside = submitted = 0
    with (
        TemporaryDirectory(prefix="vnsim-journeys-") as directory,
        ProcessPoolExecutor(processes, get_context("spawn"), _prepare, (directory,)) as pool,
    ):
        waiting: set[Future[int]] = set()
        while True:
            while submitted < most and len(waiting) < 2 * processes and time.monotonic() - begin < seconds:
                seeds = range(seed + submitted, seed + min(submitted + AT_ONCE, most))
                waiting.add(pool.submit(_walk, seeds))
                submitted += len(seeds)
            if not waiting:
                break
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    inside += future.result()
                except Failed:
                    pool.shutdown(cancel_futures=True)
                    raise
    taken = time.monotonic() - begin
    rate = f"{taken:.0f} s ({submitted / taken:.1f} per second)"
    say(f"journeys: {submitted} from seed {seed} in {rate}, {inside} signed in as demanded")
    if submitted >= ENOUGH and inside < FEWEST_INSIDE * submitted:
        raise Failed(f"only {inside} of {submitted} journeys got in, so they prove nothing")


def _prepare(directory: str) -> None:
    """Put the platform of a process together."""
    global _platform
    own = Path(directory) / str(os.getpid())
    own.mkdir()
    _platform = make_platform(own, Path(directory) / "templates")


def _walk(seeds: Sequence[int]) -> int:
    """Walk journeys; return how many ended signed in."""
    assert _platform is not None
    inside = 0
    for seed in seeds:
        try:
            inside += walk(_platform, seed)
        except Exception:
            raise Failed(f"the journey {seed} failed\n{traceback.format_exc()}", seed) from None
    return inside
