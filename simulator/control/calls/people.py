"""Calls about people: list them, use their phones, begin a session without the sign-in pages."""

from typing import Any, cast

from simulator.control import answers, key_schemas, schemas
from simulator.control.table import Calls, store
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory import credentials, sign_in_sessions
from simulator.directory.models import Person, Status
from simulator.directory.people import by_email
from simulator.directory.security_keys import phone_keys
from simulator.directory.security_keys.phone_keys import KeyFault
from simulator.directory.signing_in import push
from simulator.directory.signing_in.models import PushRequest
from simulator.web.calls.fields import choice, mapping, text
from simulator.web.problem_documents import Problem
from simulator.web.sessions import cookie_name, cookie_path, seal

blueprint = Calls("people", __name__)

CREATE_KEY = {
    "options": mapping(required=True),
    "fault": choice(KeyFault.OTHER_ORIGIN.value, KeyFault.NO_USER_VERIFICATION.value),
}
GET_KEY = {"options": mapping(required=True), "fault": choice(*(fault.value for fault in KeyFault))}
PUSH = {"answer": choice("approve", "deny", required=True)}


@blueprint.call("GET", "/sandboxes/{name}/people", query={"after": text(longest=254)}, refusals=(404, 422))
def list_people(name: str, after: str | None) -> list[schemas.Person]:
    """List the people of a sandbox by e-mail address, 200 per page; ``after`` takes the last address of the previous page."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return answers.page_of_people(db, after)


@blueprint.call("GET", "/sandboxes/{name}/people/{email}/totp", refusals=(404, 409))
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


@blueprint.call("POST", "/sandboxes/{name}/people/{email}/session", body={}, refusals=(404, 409))
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


@blueprint.call("POST", "/sandboxes/{name}/people/{email}/security-key/create", body=CREATE_KEY, refusals=(404, 409, 422))
def create_security_key(name: str, email: str, options: dict[str, Any], fault: str | None) -> key_schemas.NewCredential:
    """Create a credential on the security key of a person's phone, as a browser would post it.

    ``options`` are those that a page got, such as the answer of ``/connect/…/options``: ``PublicKeyCredentialCreationOptionsJSON``.
    """
    with store().open(name) as sandbox, sandbox.transaction() as db:
        person = _person(db, email)
        try:
            return cast(
                key_schemas.NewCredential, phone_keys.create(db, person, options, KeyFault(fault) if fault else None)
            )
        except phone_keys.NoSuchKey as refusal:
            raise Problem(409, str(refusal)) from None


@blueprint.call("POST", "/sandboxes/{name}/people/{email}/security-key/get", body=GET_KEY, refusals=(404, 409, 422))
def get_security_key(name: str, email: str, options: dict[str, Any], fault: str | None) -> key_schemas.Assertion:
    """Sign with the security key of a person's phone, as a browser would post it.

    ``options`` are those that a page got: ``PublicKeyCredentialRequestOptionsJSON``.
    """
    with store().open(name) as sandbox, sandbox.transaction() as db:
        person = _person(db, email)
        try:
            return cast(key_schemas.Assertion, phone_keys.get(db, person, options, KeyFault(fault) if fault else None))
        except phone_keys.NoSuchKey as refusal:
            raise Problem(409, str(refusal)) from None


@blueprint.call("GET", "/sandboxes/{name}/people/{email}/push", refusals=(404, 409))
def show_push(name: str, email: str) -> key_schemas.PushRequest:
    """Return the newest request on a person's phone: the number on the page of the sign-in, and those to choose from."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        request = _waiting(db, _person(db, email))
        return {"number": request.number, "choices": request.choices}


@blueprint.call("POST", "/sandboxes/{name}/people/{email}/push", body=PUSH, refusals=(404, 409, 422))
def answer_push(name: str, email: str, answer: str) -> key_schemas.PushAnswer:
    """Approve or deny the newest request on a person's phone to approve a sign-in."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        request = _waiting(db, _person(db, email))
        return {"state": push.answer(db, request, request.number if answer == "approve" else None).value}


def _waiting(db: Db, person: Person) -> PushRequest:
    if not credentials.has_phone(db, person):
        raise Problem(409, f"{person.email} has no phone that the authenticator is on.")
    requests = push.waiting(db, person)
    if not requests:
        raise Problem(409, f"Nobody asks {person.email} to approve a sign-in now; a request waits for 60 seconds.")
    return requests[-1]


def _person(db: Db, email: str) -> Person:
    person = by_email(db, email)
    if person is None:
        raise NotFound("person", email)
    return person
