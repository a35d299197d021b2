"""No browser that is signed in, half-way or remembered goes along in a copy of a sandbox."""

import sqlite3
from contextlib import closing
from pathlib import Path

from simulator.core.store import Store
from simulator.directory.models import Person
from simulator.directory.signing_in import devices, enrolment, pending_sign_ins, text_codes
from tests.control.conftest import Client
from tests.control.test_copies import AT, exported, keep


def test_no_browser_is_half_way_or_remembered_after_a_restore_or_in_an_export(
    client: Client, store: Store, tmp_path: Path
) -> None:
    with store.open("default") as sandbox, sandbox.transaction() as db:
        person = db.get_one(Person, 1)
        devices.remember(db, person)
        halfway = pending_sign_ins.start(db, person.email, None)
        halfway.person = person
        enrolment.begin(db, person, halfway.id)
        text_codes.send(db, halfway.id, "sign_in", "+31699999901", "en")
    keep(client)
    path = tmp_path / "file.sqlite"
    path.write_bytes(exported(client))
    client.post(f"{AT}/reset", json={"snapshot": "before"})
    with store.open("default") as sandbox:
        for file in (path, sandbox.path):
            with closing(sqlite3.connect(file)) as connection:
                for table in ("remembered_device", "sign_in", "enrolment", "text_code"):
                    assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
