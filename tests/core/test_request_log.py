"""Rules of the file in which requests are written down, and of what is left out of them."""

from pathlib import Path
from threading import Thread

import pytest

from simulator.core import redaction, request_log
from simulator.core.request_log import BEFORE, ENDING, append, forget, requests


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "0123.sqlite"


def numbers(path: Path) -> list[tuple[int, int]]:
    """Return id and number of each request."""
    return [(request["id"], request["number"]) for request in requests(path)]


def test_requests_are_numbered_from_one(path: Path) -> None:
    assert requests(path) == []
    for number in range(3):
        append(path, {"number": number, "text": "ø\n"})
    assert numbers(path) == [(1, 0), (2, 1), (3, 2)]
    assert requests(path)[0]["text"] == "ø\n"


def test_half_a_line_is_skipped_and_harms_no_other(path: Path) -> None:
    append(path, {"number": 0})
    with Path(f"{path}{ENDING}").open("ab") as file:
        file.write(b'\n{"number": 1, "te')
    assert numbers(path) == [(1, 0)]
    append(path, {"number": 2})
    assert numbers(path) == [(1, 0), (3, 2)]


def test_the_oldest_requests_go_and_ids_go_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "FULL", 1000)
    for number in range(200):
        append(path, {"number": number, "text": "x" * 80})
    stored = numbers(path)
    assert 5 < len(stored) < 25
    assert stored[-1] == (200, 199)
    assert all(id_ == number + 1 for id_, number in stored)
    assert sum(Path(f"{path}{ending}").stat().st_size for ending in (ENDING, BEFORE)) < 2500


def test_after_forgetting_ids_go_on(path: Path) -> None:
    append(path, {"number": 0})
    append(path, {"number": 1})
    forget(path)
    assert requests(path) == []
    append(path, {"number": 2})
    assert numbers(path) == [(3, 2)]
    forget(path)
    forget(path)
    append(path, {"number": 3})
    assert numbers(path) == [(4, 3)]


def test_of_a_long_request_the_body_is_left_out(path: Path) -> None:
    append(path, {"number": 0, "body": {"text": "x" * request_log.LONGEST}, "answer": None})
    assert requests(path) == [{"id": 1, "number": 0, "body": None, "answer": None}]


def test_threads_lose_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "FULL", 4000)

    def append_fifty(start: int) -> None:
        for step in range(50):
            append(path, {"number": start + step})

    threads = [Thread(target=append_fifty, args=(start,)) for start in (0, 50, 100, 150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = numbers(path)
    assert [id_ for id_, _ in stored] == list(range(201 - len(stored), 201))
    assert len({number for _, number in stored}) == len(stored)


def test_without_a_folder_there_is_no_request_and_no_error(tmp_path: Path) -> None:
    append(tmp_path / "gone" / "0123.sqlite", {"number": 0})


SEAL = "x." + "Abcdefgh_jklmnop-rstuv"


@pytest.mark.parametrize(
    ("name", "value", "visible"),
    [
        ("Password", "geheim", "(6)"),
        ("own_password", "geheim", "(6)"),
        ("client-secret", "abc", "(3)"),
        ("totpSecret", "abc", "(3)"),
        ("csrf_token", "abcd", "(4)"),
        ("AuthCode", "123456", "(6)"),
        ("postal_code", "0151", "0151"),
        ("email", "a@b.example", "a@b.example"),
        ("to", SEAL, "(24)"),
        ("to", f"/s/x/connect/activate/{SEAL}?code=12&state=a%20b", "/s/x/connect/activate/(24)?code=(2)&state=a%20b"),
        ("text", "a eyJhbGciOi.eyJzdWIi.c2ln b", "a (24) b"),
        ("text", "http://localhost/s/one/~0123456789abcdef/home/", "http://localhost/s/one/~/home/"),
        ("text", "Why? a=b is wrong", "Why? a=b is wrong"),
        ("text", "x" * 301, "x" * 300 + "…"),
    ],
)
def test_values_that_open_something_are_replaced(name: str, value: str, visible: str) -> None:
    assert redaction.visible(name, value) == visible


def test_secrets_of_json_are_replaced_at_any_depth() -> None:
    value = {"users": [{"apiKey": "abc", "name": "A"}], "refresh_token": 12345, "password": None, "tokens": ["abc"]}
    assert redaction.visible_json(value) == {
        "users": [{"apiKey": "(3)", "name": "A"}],
        "refresh_token": "(5)",
        "password": None,
        "tokens": ["abc"],
    }
