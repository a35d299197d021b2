"""Rules of commands that go through a server which refuses a file before it has read all of it, or breaks off."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from simulator.cli import cli
from simulator.settings import SERVER_FILE

PROBLEM = json.dumps({"detail": "It is too large."}).encode()
HEALTH = json.dumps({"pid": 1}).encode()


def answered(status: str, content: bytes) -> bytes:
    """Return an answer as it is sent."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content


@contextmanager
def refusing(answer: bytes) -> Iterator[int]:
    """Listen, say on the first connection that all is well, and give an answer to the head of the second request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for content in (answered("200 OK", HEALTH), answer):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(content)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(30)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (answered("422 Unprocessable Entity", PROBLEM), "It is too large."),
        (answered("413 Content Too Large", b"exceeds max_body"), "The file of a sandbox may have 1073741824 bytes at most"),
        (b"", "The server that runs on the data directory does not answer"),
        (b"HTTP/1.1 2", "The server that runs on the data directory does not answer"),
    ],
)
def test_a_file_that_a_server_refuses_without_reading_it_is_refused_with_a_sentence(
    tmp_path: Path, answer: bytes, sentence: str
) -> None:
    file = tmp_path / "large.sqlite"
    with file.open("wb") as large:
        large.truncate(50_000_000)
    with refusing(answer) as port:
        about = {"url": f"http://127.0.0.1:{port}", "pid": 1, "token_needed": False}
        (tmp_path / SERVER_FILE).write_text(json.dumps(about), encoding="utf-8")
        result = CliRunner().invoke(cli, ["sandbox", "import", str(file), "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr.startswith(f"vnsim: {sentence}")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("answer", [answered("200 OK", b"<!doctype html>"), answered("302 Found", b"")])
def test_something_else_at_the_address_is_called_no_simulator(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        result = CliRunner().invoke(cli, ["sandbox", "list", "--base-url", url])
        thread.join(30)
    assert result.stderr.startswith(f"vnsim: Something else than a simulator answers at {url}")
    assert len(result.stderr.splitlines()) == 1
