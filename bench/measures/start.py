"""From the command to the first good answer, with the scenario's ready file built, beside moto's server."""

import time

from bench import vnsim
from bench.figures import Effort, Figure, median
from bench.peers import PeerMissing, moto_server
from bench.processes import first_answer, free_port, running, serve_command

AIM = 1.2


def measure(effort: Effort) -> list[Figure]:
    """Start both in turn, so that whatever else the machine does hits both alike; the first pair warms caches and is left out."""
    ours, peers, note = [], [], ""
    try:
        moto_server()
    except PeerMissing as error:
        note = str(error)
    for _ in range(effort.starts + 1):
        ours.append(_ours())
        if not note:
            peers.append(_moto())
    ours, peers = ours[1:], peers[1:]
    peer = median(peers) if peers else None
    met = median(ours) <= AIM * peer if peer else None
    return [
        Figure("command to first health", median(ours), "ms", ours, "moto_server", peer, f"<= {AIM} x", met, note),
    ]


def _ours() -> float:
    with vnsim.fresh() as data_dir:
        port = free_port()
        begin = time.perf_counter()
        with running(serve_command(data_dir, port)) as process:
            first_answer(process, port, vnsim.HEALTH)
            return (time.perf_counter() - begin) * 1000


def _moto() -> float:
    port = free_port()
    begin = time.perf_counter()
    with running([moto_server(), "-H", "127.0.0.1", "-p", str(port)]) as process:
        first_answer(process, port, "/", None)
        return (time.perf_counter() - begin) * 1000
