"""Calls about people: list them, get the code of an authenticator, begin a session without the sign-in pages."""

from simulator.control import answers, schemas
from simulator.control.problems import Problem
from simulator.control.table import call, store
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory import credentials, sign_in_sessions
from simulator.directory.models import Person, Status
from simulator.directory.people import by_email
from simulator.web.calls.fields import text
from simulator.web.sessions import cookie_name, cookie_path, seal


@call("GET", "/sandboxes/{name}/people", query={"after": text(longest=254)}, refusals=(404, 422))
def list_people(name: str, after: str | None) -> list[schemas.Person]:
    """List the people of a sandbox by e-mail address, 200 per page; ``after`` takes the last address of the previous page."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return answers.page_of_people(db, after)


@call("GET", "/sandboxes/{name}/people/{email}/totp", refusals=(404, 409))
def show_code(name: str, email: str) -> schemas.Code:
    """Return an unused code of a person's authenticator."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        person = _person(db, email)
        if person.totp_secret is None:
            raise Problem(409, f"{person.email} has no authenticator.")
        if not credentials.has_phone(db, person):
            raise Problem(409, f"{person.email} has lost the phone that the authenticator is on.")
        code = credentials.next_code(db, person)
        if code is None:
            raise Problem(
                409, "Every code that is good now was used already; set the clock of the sandbox 30 seconds ahead."
            )
        return {"code": code.code, "valid_for": code.valid_for}


@call("POST", "/sandboxes/{name}/people/{email}/session", body={}, refusals=(404, 409))
def begin_session(name: str, email: str) -> schemas.Session:
    """Sign a person in without the sign-in pages, for tests about something else."""
    with store().open(name) as sandbox:
        with sandbox.transaction() as db:
            person = _person(db, email)
            status = person.status_at(db.clock.now())
            if status is not Status.ACTIVE:
                raise Problem(409, f"{person.email} cannot sign in: the account is {status}.")
            session = sign_in_sessions.begin(db, person, ["api"])
            value = seal(db.cookie_key, {"sid": session.id})
            return {"cookie": {"name": cookie_name(name), "value": value, "path": cookie_path(name)}}


def _person(db: Db, email: str) -> Person:
    person = by_email(db, email)
    if person is None:
        raise NotFound("person", email)
    return person
