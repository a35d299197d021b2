"""Queries of exported files of lists."""

from sqlalchemy import select

from simulator.core import files
from simulator.core.events import Event
from simulator.core.files import StoredFile
from simulator.core.sandbox import Db
from simulator.directory import actors
from simulator.directory.actors import Actor
from simulator.products.admin.list_exports import LISTS
from simulator.products.admin.permissions import MATRIX


def exported_file(db: Db, actor: Actor, file_id: int) -> StoredFile | None:
    """Return the file of a list that the actor exported, or None; it requires the rights still with which it was made."""
    file = files.of_owner(db, file_id, actor.id)
    if file is None or file.customer_id is None:
        return None
    query = select(Event).where(Event.type == "list.exported", Event.data["file"].as_integer() == file_id)
    event = db.scalar(query)
    now = actors.actor_at_customer(db, actor.id, file.customer_id)
    if event is None or now is None:
        return None
    roles = MATRIX[LISTS[event.data["list"]].permission]
    may = now.holds_on_customer(roles) if event.data["whole"] else now.holds(roles, anywhere=True)
    return file if may else None
