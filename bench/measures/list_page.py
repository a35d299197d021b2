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

INVOICES = 30
"""In the books of the company."""

PAGES = {
    "Admin: users": "admin/users",
    "Settings: invoices": "settings/licenses/autoinvoice/invoices",
    "Financials: sent invoices": "financials/autoinvoice/sent",
    "Financials: sales invoices": "financials/ar301000",
}


def measure(effort: Effort) -> list[Figure]:
    """Ask for each page in rounds, in turn with the bare one."""
    figures = []
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server, bare() as port:
        client, url, _ = signed_in(server, **{"with": _overlay()})
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


def _overlay() -> dict[str, object]:
    """Return what to lay over the scenario, so that each list fills its page of 25: users, and the books of a company."""
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
    administrator = {
        "key": "administrator",
        "company": "transport",
        "grants": [
            {"role": "Customer administrator", "on": "office"},
            {"role": "Financials User", "on": "transport"},
        ],
    }
    books = {
        "company": "transport",
        "programs": [{"program": "financials", "version": "9.0"}],
        "buyers": [{"number": "1", "name": "Benchmark B.V.", "email": "bench@bench.example"}],
        "invoices": [
            {
                "number": f"{1000 + number}",
                "buyer": "1",
                "program": "financials",
                "lines": [{"name": "Work", "quantity": 2, "price": 50}],
            }
            for number in range(INVOICES)
        ],
    }
    return {"people": [administrator, *people], "clients": [books]}


def size_of(html: str) -> tuple[int, int]:
    """Return how many rows and columns a page's table has."""
    body = html.partition("<tbody")[2].partition("</tbody>")[0]
    rows = body.count("<tr")
    return rows, (body.count("<td") + body.count("<th")) // max(rows, 1)
