"""A table cannot change without its version: sandbox files outlive releases."""

from hashlib import sha256

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from simulator.app import Platform
from simulator.core.database import SCHEMA_VERSION, SCHEMA_VERSIONS, Base
from tests.house.golden import RENEW, compare


def ddl(metadata: MetaData) -> list[str]:
    """Return the statements that create all tables and their indexes, a line each."""
    dialect, lines = sqlite.dialect(), []
    for name, table in sorted(metadata.tables.items()):
        lines += ["", f"-- {name}", *map(str.rstrip, str(CreateTable(table).compile(dialect=dialect)).strip().splitlines())]
        lines += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    return lines


def check_version(version: int, lines: list[str]) -> None:
    """Refuse tables that differ from those which the version stands for."""
    digest = sha256("\n".join(lines).encode()).hexdigest()
    assert SCHEMA_VERSIONS[version] == digest, (
        f"The tables are not those of schema version {version}. Add to SCHEMA_VERSIONS in simulator/core/database.py:\n"
        f'    {version + 1}: "{digest}",\n'
        "A sandbox file of another version is refused with a sentence; one of the same version with other tables breaks its pages."
    )


def test_a_changed_table_raises_the_schema_version(platform: Platform) -> None:
    lines = ddl(Base.metadata)
    check_version(SCHEMA_VERSION, lines)
    compare("schema.sql", [f"-- schema version {SCHEMA_VERSION}", *lines], "Look at what changed in the tables.")


def test_renewing_golden_files_does_not_hide_a_table_changed_without_its_version(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RENEW, "1")
    changed = MetaData()
    Table("added", changed, Column("id", Integer))
    with pytest.raises(AssertionError, match="Add to SCHEMA_VERSIONS"):
        check_version(SCHEMA_VERSION, ddl(Base.metadata) + ddl(changed))
