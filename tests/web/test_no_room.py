"""Rules of pages and calls on a full disk that is noticed past the database."""

import errno

import pytest

from simulator.app import create_app
from simulator.core.store import Store
from simulator.settings import Settings


@pytest.mark.parametrize("path", ["/", "/_sim/sandboxes"])
def test_want_of_room_is_said_wherever_it_is_noticed(store: Store, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    client = create_app(Settings(data_dir=store.directory), store).test_client()

    def full() -> list[str]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "names", full)
    assert client.get(path).status_code == 507


def test_a_secret_that_is_damaged_is_made_anew(store: Store) -> None:
    (store.directory / "secret").write_bytes(b"\xff\xfe\x00")
    create_app(Settings(data_dir=store.directory), store)
    assert len((store.directory / "secret").read_text(encoding="utf-8")) == 64
