"""What an idle server holds in memory, beside moto's server."""

import time

from bench import vnsim
from bench.figures import Effort, Figure
from bench.peers import PeerMissing, moto_server
from bench.processes import first_answer, free_port, memory_of, running
from bench.visit import make_sandbox, path_of, signed_in

AIM = 60
AIM_EACH = 1.5
MANY = 200
"""Sandboxes that are made and opened, to see what each of them takes."""
SETTLING = 1.5
"""Seconds after the first answer, so that what a server does in the background when it starts is in the figure."""
PAGES = ("home/", "admin/startpage", "admin/users", "settings/", "settings/licenses")


def measure(_: Effort) -> list[Figure]:
    """Weigh the server after its first answer, after ten pages, and after many sandboxes were made and opened."""
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server:
        time.sleep(SETTLING)
        idle = memory_of(server.process)
        client, url, _ = signed_in(server)
        for path in PAGES * 2:
            answer = client.get(f"{url}/{path}")
            assert answer.status == 200, f"{path}: {answer.status}"
        used = memory_of(server.process)
        for number in range(MANY):
            made = make_sandbox(server, name=f"many-{number}")
            answer = client.get(f"{path_of(made)}/connect/")
            assert answer.status == 200, f"{made['name']}: {answer.status}"
        many = memory_of(server.process)
        client.close()
    if idle is None or used is None or many is None:
        return [Figure("idle memory", None, "MB", note="this system does not tell")]
    each = (many[1] - used[1]) / MANY
    peer, note = _moto()
    beside = "moto_server, idle"
    return [
        Figure(
            "PSS after health", idle[1], "MB", (), beside, peer[1] if peer else None, f"<= {AIM} MB", idle[1] <= AIM, note
        ),
        Figure("RSS after health", idle[0], "MB", (), beside, peer[0] if peer else None, f"<= {AIM} MB", idle[0] <= AIM),
        Figure("PSS after 10 pages", used[1], "MB", (), beside, peer[1] if peer else None, f"<= {AIM} MB", used[1] <= AIM),
        Figure("RSS after 10 pages", used[0], "MB", (), beside, peer[0] if peer else None),
        Figure(f"PSS for each of {MANY} sandboxes", each, "MB", aim=f"<= {AIM_EACH} MB", met=each <= AIM_EACH),
    ]


def _moto() -> tuple[tuple[float, float] | None, str]:
    port = free_port()
    try:
        command = moto_server()
    except PeerMissing as error:
        return None, str(error)
    with running([command, "-H", "127.0.0.1", "-p", str(port)]) as process:
        first_answer(process, port, "/", None)
        time.sleep(SETTLING)
        return memory_of(process), ""
