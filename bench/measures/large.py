"""The scenario ``large``: its first sandbox, a copy of it, and pages over many rows beside a bare page of as many rows."""

import sqlite3
import subprocess
import time
from contextlib import closing
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
AIM_BUILD, AIM_PAGE, AIM_RISE = 60, 80, 60
REQUESTS = 15
"""In each round, one after the other."""

ROWS = 50
PAGES = {
    "users: 50 of 10 000": f"admin/users?size={ROWS}",
    "users: 50 of 10 000, filtered and sorted": f"admin/users?size={ROWS}&q=an&status=active&sort=email&order=desc",
    "login history: 50 of 100 000": f"admin/reports/login-history?size={ROWS}",
    "login history: 50 of 100 000, filtered": f"admin/reports/login-history?size={ROWS}&result=failed&application=admin&q=an",
}
EXPORT = "memory of that above before"
GRID = "role grid: one user, 500 companies"
ENTRIES = 100_000
"""Lines of the login history, of all users in turn, a minute apart."""


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
            file = next(Path(directory, "sandboxes", sandbox["name"]).glob("*.sqlite"))
            user = _fill(file)
            client.close()
            client = server.client()
            wait_for_a_whole_code()
            sign_in(client, path_of(sandbox), person(sandbox))
            figures += [
                _page(name, f"{path_of(sandbox)}/{page}", client, server.port, port, effort) for name, page in PAGES.items()
            ]
            figures.append(
                _page(GRID, f"{path_of(sandbox)}/admin/users/{user}", client, server.port, port, effort, rows=None)
            )
            client.close()
            figures += _export(server, path_of(sandbox), client.cookies, file)
    return figures


def _export(server: vnsim.Served, url: str, cookies: dict[str, str], file: Path) -> list[Figure]:
    """Export ten thousand users with twenty roles each, and see how far the memory of the server rises meanwhile."""
    with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
        connection.execute(
            'INSERT INTO "grant" (person_id, role, company_id, direct) '
            "SELECT person_id, 'expense_user', c.id, 1 FROM membership, (SELECT id FROM company ORDER BY id LIMIT 20) AS c"
        )
    client = server.client()
    client.cookies = cookies
    token = client.get(f"{url}/admin/users").token
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return [Figure(EXPORT, None, "MB", note="this system does not tell")]
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5", encoding="ascii")
    before, begin = _megabytes(status, "VmRSS"), time.perf_counter()
    client.post(f"{url}/admin/users/export", token)
    while not server.api.call("GET", f"/sandboxes/{url.rpartition('/')[2]}/events?type=list.exported"):
        time.sleep(0.2)
    taken, rise = time.perf_counter() - begin, _megabytes(status, "VmHWM") - before
    client.close()
    return [
        Figure("users export: 10 000 x 20 roles", taken, "s"),
        Figure(EXPORT, rise, "MB", aim=f"<= {AIM_RISE} MB", met=rise <= AIM_RISE),
    ]


def _megabytes(status: Path, name: str) -> float:
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def _fill(path: Path) -> int:
    """Write a long login history, and give one user a role on every company; returns that user."""
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        (user,) = connection.execute("SELECT max(person_id) FROM membership").fetchone()
        connection.execute(
            "WITH RECURSIVE entry(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM entry WHERE n + 1 < ?) "
            "INSERT INTO login_entry (customer_id, person_id, at, result, application) "
            "SELECT m.customer_id, m.person_id, strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '-' || (n / 3) || ' minutes'), "
            "CASE n % 3 WHEN 0 THEN 'failed' ELSE 'signed_in' END, CASE n % 2 WHEN 0 THEN 'admin' ELSE 'home' END "
            "FROM entry JOIN (SELECT *, row_number() OVER () - 1 AS at_row, count(*) OVER () AS members FROM membership) AS m "
            "ON m.at_row = n % m.members",
            (ENTRIES,),
        )
        connection.execute(
            "INSERT INTO \"grant\" (person_id, role, company_id, direct) SELECT ?, 'autoinvoice_user', id, 1 FROM company "
            'WHERE id NOT IN (SELECT company_id FROM "grant" WHERE person_id = ? AND company_id IS NOT NULL)',
            (user, user),
        )
    return int(user)


def _seconds_to_build(data_dir: Path) -> float:
    """Make a sandbox by the command line, which builds the ready file and has no patience to run out of."""
    command = vnsim_command("sandbox", "create", "--scenario", SCENARIO, "--name", "first", "--data-dir", data_dir)
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def _seconds_to_make(server: vnsim.Served, client: Client) -> tuple[float, Any]:
    begin = time.perf_counter()
    sandbox = make_sandbox(server, scenario=SCENARIO)
    return time.perf_counter() - begin, sandbox


def _page(
    name: str, path: str, client: Client, port: int, bare_port: int, effort: Effort, rows: int | None = ROWS
) -> Figure:
    """Ask for a page, in turn with a bare one; ``rows`` is how many it must have, None for as many as its paging shows."""
    html = client.get(path).text
    listed, columns = size_of(html)
    assert listed == (rows or listed), f"{path}: {listed} rows"
    rows = listed
    other = f"/rows?rows={rows}&columns={columns}"
    ours, floor = [], []
    for _ in range(effort.rounds):
        floor.append(1000 / requests_per_second(bare_port, other, "", connections=1, requests=REQUESTS))
        ours.append(1000 / requests_per_second(port, path, client.cookie, connections=1, requests=REQUESTS))
    note = f"{rows} rows, {len(html) / 1024:.0f} kB"
    met = median(ours) <= AIM_PAGE
    return Figure(name, median(ours), "ms", ours, "bare Flask + Jinja", median(floor), f"<= {AIM_PAGE} ms", met, note)
