"""Commands of exports through the queue."""

from collections.abc import Mapping
from typing import Any

from simulator.core import events, jobs
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor

EXPORT_LIST = "admin.export_list"
"""The kind of job that exports a list."""

events.declare(list__exported="A list of Admin was exported as a file.")


def export_list(db: Db, actor: Actor, name: str, filters: Mapping[str, Any], language: str, zone: str) -> bool:
    """Queue the export of a list as an Excel file.

    Args:
        db: the transaction.
        actor: owner of the file.
        name: the list, a word of ``list_exports.LISTS``.
        filters: the filters of the list, as JSON.
        language: language of headings, texts and formats.
        zone: time zone of days and times.

    Returns:
        False when an export of this list for this person is queued or running already; nothing is queued then.
    """
    key = f"{EXPORT_LIST}:{name}:{actor.customer_id}:{actor.id}"
    facts: dict[str, Any] = {
        "name": name,
        "person": actor.id,
        "customer": actor.customer_id,
        "language": language,
        "zone": zone,
    }
    return jobs.enqueue(db, EXPORT_LIST, key=key, filters=dict(filters), **facts) is not None
