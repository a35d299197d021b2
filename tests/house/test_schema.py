"""A table cannot change without its version: sandbox files outlive releases."""

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from simulator.app import Platform
from simulator.core.database import SCHEMA_VERSION, Base
from tests.house.golden import compare


def test_a_changed_table_raises_the_schema_version(platform: Platform) -> None:
    dialect = sqlite.dialect()
    lines = [f"-- schema version {SCHEMA_VERSION}"]
    for name, table in sorted(Base.metadata.tables.items()):
        lines += [
            "",
            f"-- {name}",
            *(line.rstrip() for line in str(CreateTable(table).compile(dialect=dialect)).strip().splitlines()),
        ]
        lines += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    compare(
        "schema.sql",
        lines,
        "Raise SCHEMA_VERSION in simulator/core/database.py with every change of a table: a sandbox file of another version "
        "is refused with a sentence, one of the same version with other tables breaks its pages.",
    )
