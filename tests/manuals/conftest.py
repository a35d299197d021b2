"""A platform inside the test's own process, so that a test can break it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from e2e.engine.walker import Walker
from simulator.app import create_app
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from simulator.settings import Settings
from simulator.testing import Server
from simulator.testing.api import Api
from tests.conftest import BASE_ADDRESS, NOW
from tests.manuals.http_walker import HttpWalker
from tests.visits import make_platform


@pytest.fixture(scope="session")
def http_walker(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> HttpWalker:
    """Return a walker without a browser, on a platform of its own."""
    return HttpWalker(make_platform(tmp_path_factory.mktemp("walked"), templates), BASE_ADDRESS)


class Quiet(WSGIRequestHandler):
    """A handler that writes no log."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Write nothing."""


@pytest.fixture
def walker(browser: Browser, store: Store, tmp_path: Path) -> Iterator[Walker]:
    """Serve a platform on a free port, and return a walker on it that gives up soon."""
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    app = create_app(Settings(data_dir=tmp_path / "data"), store)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    store.base_address = f"http://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,))  # seconds until it notices that it is shut down
    thread.start()
    app.extensions["worker"].start()
    with closing(Server(Api(store.base_address))) as client:
        yield Walker(browser, client, patience=2)
    app.extensions["worker"].stop()
    server.shutdown()
    thread.join()
    server.server_close()
