"""A class at work: many trainees who each open a page every five seconds, and a trainer whose board follows them.

What scripts of the pages ask for meanwhile is asked for as well: the bar every two seconds, the number at the bell every five, the
board every second and a half. Answers of these count in no figure of pages, but in the errors.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bench import vnsim
from bench.client import Answer, Client
from bench.figures import Effort, Figure, percentile
from bench.visit import add_user, person
from bench.vnsim import Served

TRAINEES, MORE_TRAINEES = 100, 200
AIM = 150
"""Milliseconds, of which 95 in 100 pages need less."""
EXERCISE = "licence-specification"
PAGES = ("/home/", "/admin/users", "/admin/companies", "/admin/reports/invoices", "/mail/")
"""What a trainee opens by turns; a user is added after them."""
PAGE_EVERY, BAR_EVERY, BELL_EVERY, BOARD_EVERY = 5.0, 2.0, 5.0, 1.5
"""Seconds."""
FOLLOWED = re.compile(r'data-(exercise-bar|bell)="([^"]+)"')


@dataclass
class Seen:
    """What came of it.

    Attributes:
        pages: milliseconds of each page.
        board: milliseconds of each answer of the board.
        errors: what went wrong.
    """

    pages: list[float] = field(default_factory=list)
    board: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def measure(effort: Effort) -> list[Figure]:
    """Let one trainee work, then a hundred and two hundred; the load comes from threads of this process, on the same cores."""
    alone = percentile(_work(1, effort.seconds).pages, 95)
    return [_figure(trainees, _work(trainees, effort.seconds), alone) for trainees in (TRAINEES, MORE_TRAINEES)]


def _figure(trainees: int, seen: Seen, alone: float) -> Figure:
    slow = percentile(seen.pages, 95)
    has_aim = trainees == TRAINEES
    errors = f"{len(seen.errors)} errors" + (f" ({seen.errors[0]})" if seen.errors else "")
    middle, board = percentile(seen.pages, 50), percentile(seen.board, 95)
    return Figure(
        f"{trainees} trainees at work, page p95",
        slow,
        "ms",
        seen.pages,
        beside="one trainee",
        peer=alone,
        aim=f"<= {AIM} ms, no error" if has_aim else "",
        met=slow <= AIM and not seen.errors if has_aim else None,
        note=f"p50 {middle:.0f} ms, {len(seen.pages)} pages, {errors}, board p95 {board:.0f} ms",
    )


def _work(trainees: int, seconds: float) -> Seen:
    seen = Seen()
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server:
        entries = [{"name": f"Trainee {number:03}"} for number in range(trainees)]
        order = {"title": "Load", "name": "load", "exercises": [EXERCISE], "trainees": entries}
        class_ = server.api.call("POST", "/classes", order)
        visitors = [_arrive(server, trainee) for trainee in class_["trainees"]]
        client, url = visitors[0]
        for path in PAGES:  # templates are read with the first page
            client.get(url + path)
        begin = time.monotonic() + 1
        end = begin + seconds
        threads = [
            threading.Thread(target=_act, args=(*visitor, begin + PAGE_EVERY * number / trainees, end, seen))
            for number, visitor in enumerate(visitors)
        ]
        threads.append(threading.Thread(target=_follow, args=(server.client(), begin, end, seen)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return seen


def _arrive(server: Served, trainee: Any) -> tuple[Client, str]:
    """Return the browser of a trainee who has opened the link and is signed in, and the path of the sandbox."""
    client, sandbox = server.client(), server.api.call("GET", f"/sandboxes/{trainee['sandbox']}")
    assert client.get(trainee["link"].partition(f":{server.port}")[2]).status == 200
    who = person(sandbox)["email"]
    cookie = server.api.call("POST", f"/sandboxes/{trainee['sandbox']}/people/{who}/session", {})["cookie"]
    client.cookies[cookie["name"]] = cookie["value"]
    return client, f"/s/{trainee['sandbox']}"


def _act(client: Client, url: str, begin: float, end: float, seen: Seen) -> None:
    """Be a trainee at a browser."""
    pages, followed, number = _pages(), dict[str, str](), 0
    due = {"page": begin, "exercise-bar": begin + BAR_EVERY, "bell": begin + BELL_EVERY}
    every = {"page": PAGE_EVERY, "exercise-bar": BAR_EVERY, "bell": BELL_EVERY}
    with closing(client):
        while True:
            what = min(due, key=lambda name: due[name])
            if due[what] > end:
                return
            time.sleep(max(0.0, due[what] - time.monotonic()))
            due[what] += every[what]
            try:
                if what == "page":
                    number += 1
                    answer = _timed(client, url, next(pages), number, seen)
                    followed = {name: unescape(address) for name, address in FOLLOWED.findall(answer.text)}
                elif what in followed:
                    _expect(client.send("GET", followed[what]), 200, 304)
            except Exception as error:
                seen.errors.append(f"{type(error).__name__}: {error}"[:100])
                return


def _timed(client: Client, url: str, path: str | None, number: int, seen: Seen) -> Answer:
    """Open a page, or add a user: three requests, the form, its answer, and the list."""
    at = time.perf_counter()
    answer = client.get(url + path) if path else add_user(client, url, f"colleague.{number}@bench.example")
    seen.pages.append(1000 * (time.perf_counter() - at) / (1 if path else 3))
    _expect(answer, 200)
    return answer


def _follow(client: Client, begin: float, end: float, seen: Seen) -> None:
    """Be the trainer's board."""
    with closing(client):
        due = begin
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            due += BOARD_EVERY
            at = time.perf_counter()
            status = client.send("GET", "/class/load/rows").status
            seen.board.append(1000 * (time.perf_counter() - at))
            if status != 200:
                seen.errors.append(f"board: {status}")


def _pages() -> Iterator[str | None]:
    while True:
        yield from PAGES
        yield None


def _expect(answer: Answer, *statuses: int) -> None:
    assert answer.status in statuses, f"{answer.path}: {answer.status}"
