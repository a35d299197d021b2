"""AutoInvoice's list of sent invoices with its count, over 200 000 documents: of fifty companies, and all of one."""

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from bench import vnsim
from bench.client import Client
from bench.figures import Effort, Figure, median
from bench.visit import make_sandbox, path_of, person, sign_in, wait_for_a_whole_code

DOCUMENTS, COMPANIES, PARTIES = 200_000, 50, 40
MONTHS = 23
AIM = 60
REQUESTS = 7
"""In each round, one after the other."""

PAGES = {
    "first page": "",
    "a month": "?from={first}&to={last}",
    "last page of many": "?page=9999999",
    "failed only": "?failed=1",
    "by name": "?q=party+3",
    "by amount": "?sort=total",
}
AIMED_AT = ("first page", "a month")


def measure(effort: Effort) -> list[Figure]:
    """Insert documents into the sandbox's file, ask for each page in rounds, and do it again with all of them in one list."""
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server:
        client = server.client()
        sandbox = make_sandbox(server)
        wait_for_a_whole_code()
        sign_in(client, path_of(sandbox), person(sandbox, "user"))
        url = f"{path_of(sandbox)}/autoinvoice/sent"
        assert client.get(url).status == 200
        figures = []
        with sqlite3.connect(_file_of(data_dir, sandbox["name"]), isolation_level=None) as connection:
            company = _insert_documents(connection)
            figures += _pages("fifty companies", url, client, effort)
            connection.execute("UPDATE document SET company_id = ? WHERE number LIKE 'BENCH-%'", (company,))
            figures += _pages("one company", url, client, effort)
        connection.close()
        client.close()
    return figures


def _file_of(data_dir: Path, name: str) -> Path:
    """Return the file of a sandbox."""
    for path in sorted(data_dir.rglob("*.sqlite")):
        if "templates" not in path.parts:
            with sqlite3.connect(path) as connection:
                (sandbox_name,) = connection.execute("SELECT name FROM sandbox").fetchone()
            connection.close()
            if sandbox_name == name:
                return path
    raise FileNotFoundError(f"no file of the sandbox {name} in {data_dir}")


def _insert_documents(connection: sqlite3.Connection) -> int:
    """Write the documents, and return the company whose list is looked at."""
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -131072")
    company: int = connection.execute("SELECT id FROM company WHERE organisation_number = '99999901'").fetchone()[0]
    like = dict(
        zip(
            [row[1] for row in connection.execute("PRAGMA table_info(document)")],
            connection.execute("SELECT * FROM document WHERE company_id = ? LIMIT 1", (company,)).fetchone(),
            strict=True,
        )
    )
    names = [row[1] for row in connection.execute("PRAGMA table_info(party)") if row[1] != "id"]
    connection.execute("BEGIN")
    for number in range(PARTIES):
        values = {"digest": f"bench {number}", "name": f"Party {number}", "folded_name": f"party {number}", "country": "NL"}
        connection.execute(
            f"INSERT INTO party ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [values.get(name) for name in names],
        )
    parties = [row[0] for row in connection.execute("SELECT id FROM party WHERE digest LIKE 'bench %'")]
    del like["id"]
    columns = list(like)
    begin = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=MONTHS * 30)
    step = timedelta(days=MONTHS * 30) / DOCUMENTS

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(DOCUMENTS):
            created = begin + step * number
            at = number % COMPANIES
            row = {
                **like,
                "uuid": str(UUID(int=number, version=4)),
                "company_id": company if at == 0 else 1_000_000 + at,
                "direction": "sent",
                "number": f"BENCH-{number:06}",
                "party_id": parties[number % PARTIES],
                "created_at": created.isoformat(" ", "microseconds"),
                "created_on": created.date().isoformat(),
                "status": "failed" if number % 100 == 0 else "delivered",
                "total": number * 7919 % 10_000_000,
            }
            yield tuple(row.values())

    statement = f"INSERT INTO document ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    connection.executemany(statement, rows())
    connection.execute("COMMIT")
    return company


def _pages(name: str, url: str, client: Client, effort: Effort) -> list[Figure]:
    today = datetime.now(UTC).date()
    days = {"first": (today - timedelta(days=60)).isoformat(), "last": (today - timedelta(days=30)).isoformat()}
    figures = []
    for page, query in PAGES.items():
        address = url + query.format(**days)
        text = client.get(address).text
        rows = text.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")
        total = text.partition('id="found"')[2].partition(">")[2].partition("<")[0].strip()
        assert rows > 0, f"{address}: nothing found"
        took = []
        for _ in range(effort.rounds * REQUESTS):
            begin = time.perf_counter()
            assert client.get(address).status == 200
            took.append((time.perf_counter() - begin) * 1000)
        p50 = median(took)
        aimed = page in AIMED_AT
        figures.append(
            Figure(
                f"documents of {name}: {page}", p50, "ms", took, aim=f"p50 <= {AIM} ms" if aimed else "",
                met=p50 <= AIM if aimed else None, note=f"{rows} rows; {total}",
            )
        )  # fmt: skip
    return figures
