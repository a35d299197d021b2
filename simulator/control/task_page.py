"""The page behind a join link when there is a task, of a class or of the scenario: the case, as whom to act, what to do.

Own choice, all of it. The passwords of those people are on it, as the trainee's card would say them.
"""

from contextlib import suppress

from werkzeug.wrappers import Response

from simulator.classroom.exercises import exercise, of_scenario, words
from simulator.classroom.progress import filled
from simulator.classroom.sign_ins import of_person, sign_ins
from simulator.classroom.teaching import Membership, classroom
from simulator.control.lobby_queries import spoken, title_of
from simulator.control.scenario_tasks import summary_with_task
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.web import i18n
from simulator.web.access import products
from simulator.web.pages import page
from simulator.web.visit import visit


def task_page() -> Response | None:
    """Return the page, or None when neither the sandbox's class nor its scenario has a task."""
    member = classroom().of_sandbox(visit().sandbox) if visit().in_class else None
    with visit().sandbox.reading() as db:
        if member is not None:
            return _page_of_exercise(db, member)
        summary = summary_with_task(db)
        if summary is None:
            return None
        entry = of_scenario(db.record.scenario) if db.record.scenario_text is None else None
        return page(
            "web/task.html",
            title_of(summary),
            of=products()["home"],
            text=spoken(summary["task"]["text"]),
            sign_ins=sign_ins(db, entry) if entry is not None else of_person(db, summary["task"]["person"]),
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
            sign_ins=sign_ins(db, entry),
            is_signed_in=visit().actor is not None,
        )
    return None
