"""Signing in with password and code over HTTP, beside the same number of requests to a bare application."""

import time

from bench import vnsim
from bench.client import Client
from bench.figures import Effort, Figure, median
from bench.floor import bare
from bench.visit import make_sandbox, path_of, person, sign_in, wait_for_a_whole_code
from bench.vnsim import Served

AIM = 60


def measure(effort: Effort) -> list[Figure]:
    """Sign in to one fresh sandbox after the other, in turn with the floor."""
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server, bare() as port:
        floor_client = Client(port)
        ours, floor, requests = [], [], 0
        for _ in range(effort.operations + 1):
            taken, requests = _ours(server)
            ours.append(taken)
            floor.append(_floor(floor_client, requests))
        floor_client.close()
    ours, floor = ours[1:], floor[1:]
    return [
        Figure(
            "sign in with password and code",
            median(ours),
            "ms",
            ours,
            f"{requests} bare Flask requests",
            median(floor),
            f"<= {AIM} ms",
            median(ours) <= AIM,
            f"{requests} requests",
        )
    ]


def _ours(server: Served) -> tuple[float, int]:
    client = server.client()
    sandbox = make_sandbox(server)
    wait_for_a_whole_code()
    client.sent = 0
    begin = time.perf_counter()
    sign_in(client, path_of(sandbox), person(sandbox))
    taken = (time.perf_counter() - begin) * 1000
    client.close()
    return taken, client.sent


def _floor(client: Client, requests: int) -> float:
    begin = time.perf_counter()
    for _ in range(requests):
        client.send("GET", "/")
    return (time.perf_counter() - begin) * 1000
