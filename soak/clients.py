"""Thirty-two clients in two hundred sandboxes at once: every answer is right, and no sandbox notices another."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

from soak.model import Sandbox, play_until_it_ends
from soak.served import Failed, served

CLIENTS, SANDBOXES = 32, 200
READING = 0.5
"""How often a client looks at the list, or at a page of another's sandbox, beside each change."""


def run(seed: int, seconds: float, say: Callable[[str], object], most: int = 10**6) -> None:
    """Let the clients play for some time.

    Raises:
        Failed: an answer is wrong, or a sandbox is not what its client made of it.
    """
    chance, end = Random(seed), time.monotonic() + seconds
    with served() as processes, ThreadPoolExecutor(CLIENTS) as pool:
        sandboxes = [Sandbox(f"s{number}", processes) for number in range(SANDBOXES)]

        def play(own: list[Sandbox], dice: Random) -> int:
            count = 0

            def go_on() -> bool:
                nonlocal count
                count += 1
                if dice.random() < READING:
                    _read(dice)
                return time.monotonic() < end

            play_until_it_ends(own, dice, go_on)
            for sandbox in own:
                sandbox.check()
            return count

        def _read(dice: Random) -> None:
            path = dice.choice(("/sandboxes", f"/sandboxes/{dice.choice(sandboxes).name}", "/health"))
            status, answer = processes.call("GET", path)
            if status not in (200, 404):
                raise Failed(f"GET {path} is answered with {status}: {answer}")
            names = [row["name"] for row in answer] if path == "/sandboxes" else []
            if names != sorted(set(names)):
                raise Failed("the list has a sandbox twice, or out of order")

        playing = [pool.submit(play, sandboxes[number::CLIENTS], Random(chance.random())) for number in range(CLIENTS)]
        count = sum(player.result() for player in playing)
        if processes.server is not None and processes.server.poll() is not None:
            raise Failed(f"the server ended with {processes.server.returncode}")
        acknowledged = sum(sandbox.acknowledged for sandbox in sandboxes)
        say(f"clients: {count} turns of {CLIENTS} clients, {acknowledged} acknowledged changes, no wrong answer")
