"""The scenario ``large``: its first sandbox, a copy of it, and pages over ten thousand users beside a bare page of as many rows."""

import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import vnsim
from bench.client import Client
from bench.figures import Effort, Figure, median
from bench.floor import bare
from bench.load import requests_per_second
from bench.measures.list_page import size_of
from bench.processes import ROOT, vnsim_command
from bench.visit import make_sandbox, path_of, person, sign_in, wait_for_a_whole_code

SCENARIO = "large"
AIM_BUILD, AIM_PAGE = 60, 100
REQUESTS = 15
"""In each round, one after the other."""

ROWS = 50
PAGES = {
    "users: 50 of 10 000": f"admin/users?size={ROWS}",
    "users: 50 of 10 000, filtered and sorted": f"admin/users?size={ROWS}&q=an&status=active&sort=email&order=desc",
}


def measure(effort: Effort) -> list[Figure]:
    """Make the sandbox twice, the first time with its ready file, and ask for each page in rounds, in turn with the bare one."""
    figures = []
    with TemporaryDirectory(prefix="vnsim-bench-", ignore_cleanup_errors=True) as directory:
        built = _seconds_to_build(Path(directory))
        note = "vnsim sandbox create; once a day"
        figures.append(
            Figure("large: first sandbox", built, "s", aim=f"<= {AIM_BUILD} s", met=built <= AIM_BUILD, note=note)
        )
        with vnsim.served(Path(directory)) as server, bare() as port:
            client = server.client()
            copied = [_seconds_to_make(server, client)[0] * 1000 for _ in range(effort.rounds)]
            _, sandbox = _seconds_to_make(server, client)
            figures.append(Figure("large: create a sandbox", median(copied), "ms", copied))
            wait_for_a_whole_code()
            sign_in(client, path_of(sandbox), person(sandbox))
            figures += [
                _page(name, f"{path_of(sandbox)}/{page}", client, server.port, port, effort) for name, page in PAGES.items()
            ]
            client.close()
    return figures


def _seconds_to_build(data_dir: Path) -> float:
    """Make a sandbox by the command line, which builds the ready file and has no patience to run out of."""
    command = vnsim_command("sandbox", "create", "--scenario", SCENARIO, "--name", "first", "--data-dir", data_dir)
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def _seconds_to_make(server: vnsim.Served, client: Client) -> tuple[float, Any]:
    begin = time.perf_counter()
    sandbox = make_sandbox(server, client, scenario=SCENARIO)
    return time.perf_counter() - begin, sandbox


def _page(name: str, path: str, client: Client, port: int, bare_port: int, effort: Effort) -> Figure:
    html = client.get(path).text
    rows, columns = size_of(html)
    assert rows == ROWS, f"{path}: {rows} rows"
    other = f"/rows?rows={rows}&columns={columns}"
    ours, floor = [], []
    for _ in range(effort.rounds):
        floor.append(1000 / requests_per_second(bare_port, other, "", connections=1, requests=REQUESTS))
        ours.append(1000 / requests_per_second(port, path, client.cookie, connections=1, requests=REQUESTS))
    note = f"{rows} rows, {len(html) / 1024:.0f} kB"
    met = median(ours) <= AIM_PAGE
    return Figure(name, median(ours), "ms", ours, "bare Flask + Jinja", median(floor), f"<= {AIM_PAGE} ms", met, note)
