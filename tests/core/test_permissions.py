"""Nobody but the user who runs the simulator reads what it stores, whatever the umask is."""

import os
import stat
from pathlib import Path

import pytest

import seed
from simulator.core import copies
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from tests.conftest import BASE_ADDRESS, NOW


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_files_and_directories_are_their_owners_only(tmp_path: Path, templates: Path) -> None:
    umask = os.umask(0)
    try:
        data = tmp_path / "data"
        (data / "sandboxes").mkdir(parents=True)
        store = Store(data, seed.template_for(templates), seed.finish, BASE_ADDRESS)
        store.create("mine", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
        with store.open("mine") as sandbox, sandbox.transaction() as db, sandbox.scratch() as scratch:
            db.record.tags = ["written"]
            db.flush()
            copies.make_snapshot(store, "mine", "saved")
            with store.passing(data) as path:
                copies.export(store, "mine", path)
                paths = [path, scratch, *(data / "sandboxes").rglob("*"), data / "sandboxes"]
                modes = {str(entry.relative_to(data)): stat.S_IMODE(entry.stat().st_mode) for entry in paths}
        store.reset("mine")
        paths = list((data / "sandboxes").rglob("*"))
        modes |= {str(entry.relative_to(data)): stat.S_IMODE(entry.stat().st_mode) for entry in paths}
    finally:
        os.umask(umask)
    assert any(name.endswith("-wal") for name in modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
