"""Making and resetting sandboxes over HTTP, beside the copying of the file that it is made of."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from bench import vnsim
from bench.client import Client
from bench.figures import Effort, Figure, median
from bench.visit import make_sandbox, path_of, person, sign_in, wait_for_a_whole_code, write_first
from bench.vnsim import Served

AIM_CREATE = 8
AIM_RESET = 5
AIM_LIST = 0.2
LISTED = 100
"""Sandboxes in the list at least; only two dozen files are kept open."""
FLOOR = "copyfile + sqlite3.connect"


def measure(effort: Effort) -> list[Figure]:
    """Make and reset in turn with the floor."""
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server:
        client = server.client()
        make_sandbox(server, name="again")
        server.api.call("POST", "/sandboxes/again/reset", {})
        create, reset, floor = [], [], []
        for number in range(effort.operations):
            create.append(_timed(lambda: make_sandbox(server)))
            reset.append(_timed(lambda: server.api.call("POST", "/sandboxes/again/reset", {})))
            copy = data_dir / f"floor-{number}.sqlite"
            floor.append(_timed(lambda copy=copy: _copy(copy)))  # type: ignore[misc]
        listing = _list(server, client, effort)
        client.close()
        first = [_to_first_write(server) for _ in range(effort.operations // 2)]
    bottom = median(floor)
    return [
        Figure(
            "create a sandbox",
            median(create),
            "ms",
            create,
            FLOOR,
            bottom,
            f"<= {AIM_CREATE} ms",
            median(create) <= AIM_CREATE,
        ),
        Figure(
            "reset a sandbox", median(reset), "ms", reset, FLOOR, bottom, f"<= {AIM_RESET} ms", median(reset) <= AIM_RESET
        ),
        Figure("create, sign in, first write", median(first), "ms", first, FLOOR, bottom),
        Figure(
            "list sandboxes, each",
            median(listing),
            "ms",
            listing,
            aim=f"<= {AIM_LIST} ms",
            met=median(listing) <= AIM_LIST,
        ),
    ]


def _list(server: Served, client: Client, effort: Effort) -> list[float]:
    """List at least a hundred sandboxes in turn, beginning with new ones; returns milliseconds for each of them."""
    for _ in range(LISTED - effort.operations):
        make_sandbox(server)
    count = len(server.api.call("GET", "/sandboxes"))
    return [_timed(lambda: client.get("/_sim/sandboxes")) / count for _ in range(effort.operations)]


def _timed(operation: Callable[[], object]) -> float:
    begin = time.perf_counter()
    operation()
    return (time.perf_counter() - begin) * 1000


def _copy(target: Path) -> None:
    shutil.copyfile(vnsim.template(), target)
    connection = sqlite3.connect(target)
    connection.execute("SELECT count(*) FROM person").fetchone()
    connection.close()


def _to_first_write(server: Served) -> float:
    wait_for_a_whole_code()
    client = Client(server.port)

    def create_and_write() -> None:
        sandbox = make_sandbox(server)
        sign_in(client, path_of(sandbox), person(sandbox))
        write_first(client, path_of(sandbox))

    taken = _timed(create_and_write)
    client.close()
    return taken
