"""The page behind a join link when the scenario has a task: the case, as whom to act, what to do.

Own choice, all of it. The password of that person is on it, as the trainee's card would say it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from werkzeug.wrappers import Response

from simulator.control.lobby_queries import role_names, spoken, title_of
from simulator.control.scenario_tasks import summary_with_task
from simulator.core.sandbox import Db
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person
from simulator.web.access import products
from simulator.web.addresses import product_address
from simulator.web.pages import page
from simulator.web.visit import visit


@dataclass(frozen=True)
class Role:
    """The person as whom a trainee acts."""

    name: str
    email: str
    password: str | None
    roles: list[str]
    phone: str | None


def task_page() -> Response | None:
    """Return the page, or None when the sandbox's scenario has no task."""
    with visit().sandbox.reading() as db:
        summary = summary_with_task(db)
        if summary is None:
            return None
        return page(
            "web/task.html",
            title_of(summary),
            of=products()["home"],
            text=spoken(summary["task"]["text"]),
            role=_role(db, summary["task"]["person"]),
            is_signed_in=visit().actor is not None,
        )


def _role(db: Db, key: Any) -> Role | None:
    person = db.scalar(select(Person).where(Person.key == key)) if key else None
    if person is None:
        return None
    secrets = db.get(ClearTextSecrets, person.id)
    return Role(
        name=person.name,
        email=person.email,
        password=secrets.password if secrets else None,
        roles=role_names(person),
        phone=f"{product_address('phone')}{person.id}" if credentials.has_phone(db, person) else None,
    )
