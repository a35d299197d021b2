"""A table cannot change without its version: sandbox files outlive releases."""

import os
from hashlib import sha256
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from simulator.app import Platform
from simulator.core.database import SCHEMA_VERSIONS, Base, schema_versions
from tests.house.golden import RENEW, compare


def ddl(metadata: MetaData) -> list[str]:
    """Return the statements that create all tables and their indexes, a line each."""
    dialect, lines = sqlite.dialect(), []
    for name, table in sorted(metadata.tables.items()):
        lines += ["", f"-- {name}", *map(str.rstrip, str(CreateTable(table).compile(dialect=dialect)).strip().splitlines())]
        lines += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    return lines


def check_version(lines: list[str], path: Path = SCHEMA_VERSIONS) -> int:
    """Return the version of tables; where golden files are renewed, changed ones get the next version.

    Raises:
        AssertionError: the tables are not those of the newest version.
    """
    versions, digest = schema_versions(path), sha256("\n".join(lines).encode()).hexdigest()
    newest = max(versions)
    if versions[newest] == digest:
        return newest
    assert os.environ.get(RENEW), (
        f"The tables are not those of schema version {newest}. `make golden` adds the next version to {path.name}: a sandbox "
        "file of another version is refused with a sentence; one of the same version with other tables breaks its pages."
    )
    with path.open("a", encoding="ascii") as file:
        file.write(f"{newest + 1} {digest}\n")
    return newest + 1


def test_a_changed_table_raises_the_schema_version(platform: Platform) -> None:
    lines = ddl(Base.metadata)
    version = check_version(lines)
    compare("schema.sql", [f"-- schema version {version}", *lines], "Look at what changed in the tables.")


def test_renewing_golden_files_never_leaves_changed_tables_with_the_version_of_others(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = Path(copy(SCHEMA_VERSIONS, tmp_path))
    before = schema_versions(path)
    changed = MetaData()
    Table("added", changed, Column("id", Integer))
    lines = ddl(Base.metadata) + ddl(changed)
    monkeypatch.delenv(RENEW, raising=False)
    with pytest.raises(AssertionError, match="make golden"):
        check_version(lines, path)
    monkeypatch.setenv(RENEW, "1")
    assert check_version(lines, path) == check_version(lines, path) == max(before) + 1
    assert list(schema_versions(path).items())[:-1] == list(before.items())
