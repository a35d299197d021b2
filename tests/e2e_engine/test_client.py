"""Rules of how the walker reaches a server."""

import pytest

from e2e.engine.client import ControlClient, PlatformError
from tests.e2e_engine.fake_platform import FakePlatform

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment name a proxy at which nobody answers."""
    monkeypatch.setenv("http_proxy", NOBODY)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_server_on_this_machine_is_reached_past_the_proxy(platform: FakePlatform) -> None:
    assert ControlClient(platform.base_url).health()["status"] == "ok"


@pytest.mark.usefixtures("behind_a_proxy")
def test_another_server_is_reached_through_it() -> None:
    with pytest.raises(PlatformError, match="does not answer"):
        ControlClient("http://simulator.example:8000").health()
