"""The page behind a join link when there is a task, of a class or of the scenario: the case, as whom to act, what to do.

Own choice, all of it. The password of that person is on it, as the trainee's card would say it.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from werkzeug.wrappers import Response

from simulator.classroom.exercises import exercise, words
from simulator.classroom.progress import filled
from simulator.classroom.teaching import Membership, classroom
from simulator.control.lobby_queries import role_names, spoken, title_of
from simulator.control.scenario_tasks import summary_with_task
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person
from simulator.web import i18n
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
    """Return the page, or None when neither the sandbox's class nor its scenario has a task."""
    member = classroom().of_sandbox(visit().sandbox) if visit().in_class else None
    with visit().sandbox.reading() as db:
        if member is not None:
            return _page_of_exercise(db, member)
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


def _page_of_exercise(db: Db, member: Membership) -> Response | None:
    """Return the page of a trainee: in a test, what the customer says and as whom to act."""
    with suppress(NotFound):
        entry = exercise(member.exercise, member.trainee.number)
        title, says, task = (
            words(text, i18n.language(), entry.language) if text is not None else ""
            for text in (entry.title, entry.says, entry.task)
        )
        return page(
            "web/task.html",
            title,
            of=products()["home"],
            says=filled(says, db, entry.person),
            text=filled(task, db, entry.person) if member.class_.mode != "test" and task != title else "",
            role=_role(db, entry.person),
            is_signed_in=visit().actor is not None,
        )
    return None


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
