"""A list page, signed in, beside a bare page with as many rows and columns under the same waitress."""

from bench import vnsim
from bench.figures import Effort, Figure, median
from bench.floor import bare
from bench.load import requests_per_second
from bench.visit import signed_in

AIM = 1 / 3
CONNECTIONS = 2
PEOPLE = 30
REQUESTS = 120
"""In each round."""

PAGES = {"Admin: users": "admin/users", "Settings: invoices": "settings/licenses/autoinvoice/invoices"}


def measure(effort: Effort) -> list[Figure]:
    """Ask for each page in rounds, in turn with the bare one."""
    figures = []
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server, bare() as port:
        client, url, _ = signed_in(server, **{"with": _crowd()})
        for name, page in PAGES.items():
            path = f"{url}/{page}"
            html = client.get(path).text
            rows, columns = size_of(html)
            other = f"/rows?rows={rows}&columns={columns}"
            ours, floor = [], []
            for _ in range(effort.rounds):
                floor.append(requests_per_second(port, other, "", connections=CONNECTIONS, requests=REQUESTS))
                ours.append(
                    requests_per_second(server.port, path, client.cookie, connections=CONNECTIONS, requests=REQUESTS)
                )
            ratio = median(ours) / median(floor)
            note = f"{rows} rows, {len(html) / 1024:.0f} kB"
            figures.append(
                Figure(
                    name, median(ours), "req/s", ours, "bare Flask + Jinja", median(floor), ">= 1/3 x", ratio >= AIM, note
                )
            )
        client.close()
    return figures


def _crowd() -> dict[str, object]:
    """Return people to lay over the scenario, so that the list of users fills its page of 25."""
    people = [
        {
            "email": f"user{number:02}@bench.example",
            "first_name": f"Given {number:02}",
            "last_name": "Benchmark",
            "status": "not_activated",
            "customers": ["office"],
        }
        for number in range(PEOPLE)
    ]
    return {"people": people}


def size_of(html: str) -> tuple[int, int]:
    """Return how many rows and columns a page's table has."""
    body = html.partition("<tbody")[2].partition("</tbody>")[0]
    rows = body.count("<tr")
    return rows, (body.count("<td") + body.count("<th")) // max(rows, 1)
