"""Queries of an action on many users: how far it is, and whom it left out and why."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Person
from simulator.products.admin.models import BulkChange
from simulator.products.admin.queries.scope import admin_scope
from simulator.products.admin.queries.users import is_in_scope
from simulator.web.listing import Listing, PageRequest


@dataclass(frozen=True)
class LeftOut:
    """A user who was left out, with the code and the facts of the refusal; without a name when the administrator may not see it."""

    name: str
    email: str
    code: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class BulkPage:
    """The state of an action on many users; ``remaining`` counts those whose turn has not come."""

    action: str
    total: int
    done: int
    remaining: int
    left_out: Listing[LeftOut]


def bulk_page(db: Db, actor: Actor, change_id: int, page_request: PageRequest) -> BulkPage | None:
    """Return the state of an action that the actor began at the customer that is open; None for any other."""
    change = db.get(BulkChange, change_id)
    if change is None or change.person_id != actor.id or change.customer_id != actor.customer_id:
        return None
    left_out = change.progress["left_out"]
    page = page_request.nearest(len(left_out))
    entries = left_out[page.start : page.start + page.size]
    scope = admin_scope(db, actor, "admin.view_users")
    query = select(Person).where(Person.id.in_([id_ for id_, _, _ in entries]), is_in_scope(scope))
    particulars = {person.id: (person.name, person.email) for person in db.scalars(query)}
    rows = [LeftOut(*particulars.get(id_, ("", "")), code, facts) for id_, code, facts in entries]
    listed = Listing(rows, len(left_out), page.number, page.count, page_request)
    return BulkPage(change.action, change.total, change.done, len(change.progress["remaining"]), listed)
