"""The call that says whether the platform is ready: apart from the others, because it is answered before they are imported."""

import os
from typing import Literal, TypedDict

from flask import Response, current_app
from sqlalchemy import column, select, table

from simulator import __version__
from simulator.control.table import Calls, store
from simulator.core.database import Unreadable
from simulator.core.errors import NotFound
from simulator.settings import DEFAULT
from simulator.web.problem_documents import Problem, answer, problem_of

blueprint = Calls("health", __name__)


class Health(TypedDict):
    """The platform is ready; ``pid`` is the server's process."""

    status: Literal["ok"]
    version: str
    pid: int


@blueprint.call("GET", "/health", refusals=(503,))
def health() -> Health:
    """Report that the platform is ready: its sandbox ``default`` exists and people can sign in to it."""
    # Checked until it first succeeds: deleting the sandbox later does not make a server unhealthy.
    if not current_app.extensions.get("control.ready"):
        try:
            ready = _somebody_can_sign_in()
        except NotFound:
            ready = False
        except Unreadable as error:
            raise Problem(503, str(error)) from None
        if not ready:
            why = f"The sandbox {DEFAULT!r} is not there yet."
            raise Problem(503, why, headers={"Retry-After": "1"})
        current_app.extensions["control.ready"] = True
    return {"status": "ok", "version": __version__, "pid": os.getpid()}


def _somebody_can_sign_in() -> bool:
    """Return whether the sandbox ``default`` opens and holds an active person with a password.

    Names the columns instead of importing the mapped class, which would delay the first answer.
    """
    people = table("person", column("id"), column("status"), column("password_hash")).c
    query = select(people.id).where(people.status == "active", people.password_hash.is_not(None)).limit(1)
    with store().open(DEFAULT) as sandbox, sandbox.reading() as db:
        return db.execute(query).first() is not None


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return answer(problem_of(error))
