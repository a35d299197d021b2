"""Connect's interface for programs: users listed, added, changed, suspended and resumed.

Source: public clients of the Connect Public API: base address ``…/v1.0``, a token of the application itself with scopes
``publicapi:user:…``, ``GET /users`` with ``page`` and ``email``, in which ``%`` stands for anything. Own choice: the shapes, the
other paths, errors as problem documents; a locked account is active here, because the lock is of the address and ends by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from flask import Blueprint, Response, request
from sqlalchemy import exists, func, or_, select

from simulator.core import normal_forms
from simulator.core.clock import iso
from simulator.core.errors import AlreadyExists, NotFound
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES
from simulator.directory import administration, people
from simulator.directory.models import EmergencyCode, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.security_keys.models import SecurityKey
from simulator.products.openid.models import Application
from simulator.products.openid.services import applications, claims, identifiers, keys
from simulator.products.openid.services.keys import TokenKind
from simulator.web.access import by_token, public
from simulator.web.calls.fields import Shape, choice, email, stripped_line, text, whole
from simulator.web.calls.openapi import Instant, Words
from simulator.web.calls.table import Call, View
from simulator.web.problem_documents import Problem, answer, problem_of
from simulator.web.visit import visit

PAGE = 100
STATUSES = {Status.ACTIVE: "active", Status.NOT_ACTIVATED: "pending", Status.INACTIVE: "suspended"}
NEW: Shape = {
    "email": email(required=True),
    "first_name": stripped_line(longest=60, required=True),
    "last_name": stripped_line(longest=60, required=True),
    "locale": choice(*claims.LOCALES.values()),
    "phone": stripped_line(longest=40),
}
CHANGES: Shape = {
    "first_name": stripped_line(longest=60),
    "last_name": stripped_line(longest=60),
    "locale": choice(*claims.LOCALES.values()),
    "phone": stripped_line(longest=40),
}

blueprint = Blueprint("public_api", __name__)


@dataclass(frozen=True)
class ApiCall(Call):
    """A call of the interface; ``scope`` opens it."""

    scope: str = ""


TABLE: list[ApiCall] = []


def call(
    method: str, path: str, scope: str, *, status: int = 200, query: Shape | None = None, body: Shape | None = None
) -> Callable[[View], View]:
    """Make a function a call of the interface; it gets the application first, then what the request says."""

    def register(view: View) -> View:
        entry = ApiCall(view, method, path, status, query or {}, body, scope=f"publicapi:user:{scope}")
        TABLE.append(entry)

        @by_token(entry.scope)
        def respond(**values: Any) -> Response:
            return entry.answer(values, _caller(entry.scope))

        blueprint.add_url_rule(entry.rule, entry.name, respond, methods=[method])
        return view

    return register


class User(TypedDict):
    """A user; ``last_login_at`` is None before the first sign-in."""

    id: str
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    locale: str
    phone: str | None
    status: Annotated[str, Words(STATUSES.values())]
    two_factor_enabled: bool
    created_at: Instant
    last_login_at: Instant | None


class Users(TypedDict):
    """A page of users, by e-mail address; ``total`` counts those of all pages."""

    page: int
    page_size: int
    total: int
    users: list[User]


@call("GET", "/v1.0/users", "read", query={"page": whole(least=1), "email": text(longest=254)})
def list_users(caller: Application, page: int | None, email: str | None) -> Users:
    """List users by e-mail address, 100 per page; in ``email`` a ``%`` stands for any characters."""
    page = page or 1
    with visit().sandbox.reading() as db:
        conditions = []
        if email is not None:
            pattern = normal_forms.email(email).replace("\\", "\\\\").replace("_", "\\_")
            conditions.append(Person.email.like(pattern, escape="\\"))
        total = db.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0
        rows: Sequence[Person] = ()
        if (page - 1) * PAGE < total:
            query = select(Person).where(*conditions).order_by(Person.email).limit(PAGE).offset((page - 1) * PAGE)
            rows = db.scalars(query).all()
        return {"page": page, "page_size": PAGE, "total": total, "users": _described(db, rows)}


@call("GET", "/v1.0/users/{id}", "read")
def show_user(caller: Application, id: str) -> User:
    """Show a user."""
    with visit().sandbox.reading() as db:
        return _described(db, [_person(db, id)])[0]


@call("POST", "/v1.0/users", "create", status=201, body=NEW)
def create_user(
    caller: Application, email: str, first_name: str, last_name: str, locale: str | None, phone: str | None
) -> User:
    """Add an account, which is pending until its owner follows the link of the activation mail."""
    with visit().sandbox.transaction() as db:
        if people.by_email(db, email) is not None:
            raise AlreadyExists("user", normal_forms.email(email))
        language = _language(locale) or "en"
        names = {"first_name": first_name, "last_name": last_name}
        person = people.create(db, Particulars(email=email, language=language, phone=phone, **names))
        people.send_activation(db, person)
        people.record_change(db, person, "user.invited", caller.client_id, name=person.name)
        return _described(db, [person])[0]


@call("PATCH", "/v1.0/users/{id}", "update", body=CHANGES)
def update_user(
    caller: Application, id: str, first_name: str | None, last_name: str | None, locale: str | None, phone: str | None
) -> User:
    """Change the names, the language or the telephone number of a user; what is not sent stays."""
    with visit().sandbox.transaction() as db:
        person = _person(db, id)
        particulars = Particulars(
            email=person.email,
            first_name=first_name or person.first_name,
            last_name=last_name or person.last_name,
            language=_language(locale) or person.language,
            phone=phone or person.phone,
        )
        administration.change(db, caller.client_id, person, particulars)
        return _described(db, [person])[0]


@call("POST", "/v1.0/users/{id}/suspend", "suspend")
def suspend_user(caller: Application, id: str) -> User:
    """Suspend a user, who cannot sign in then and whose sessions end."""
    with visit().sandbox.transaction() as db:
        person = _person(db, id)
        administration.deactivate(db, caller.client_id, person)
        return _described(db, [person])[0]


@call("POST", "/v1.0/users/{id}/resume", "resume")
def resume_user(caller: Application, id: str) -> User:
    """Let a suspended user sign in again."""
    with visit().sandbox.transaction() as db:
        person = _person(db, id)
        administration.reactivate(db, caller.client_id, person)
        return _described(db, [person])[0]


@blueprint.get("/openapi.json")
@public
def openapi() -> dict[str, Any]:
    """Return the description of the interface."""
    from simulator.products.openid.public_api_description import description

    with visit().sandbox.reading() as db:
        return description(TABLE, claims.issuer(db))


@blueprint.errorhandler(Exception)
def _error(error: Exception) -> Response:
    return answer(problem_of(error))


def _caller(scope: str) -> Application:
    """Return the application whose own token opens a call; transactions that write check it once more.

    Raises:
        Problem: 401, or 403 for a token with other scopes.
    """
    sandbox = visit().sandbox
    with sandbox.reading() as db:
        application = _checked(db, scope)

    def check_again(db: Db) -> None:
        _checked(db, scope)

    sandbox.check_before_writing = check_again
    return application


def _checked(db: Db, scope: str) -> Application:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Problem(401, "Send an access token as Bearer.", headers={"WWW-Authenticate": "Bearer"})
    content = keys.claims_of(db, token.strip(), TokenKind.ACCESS)
    application = applications.by_client_id(db, content.get("client_id")) if content is not None else None
    if content is None or application is None or content["iss"] != claims.issuer(db):
        raise _invalid("The token is none of this sandbox.")
    if content["exp"] <= db.clock.now().timestamp():
        raise _invalid("The token has expired.")
    if "sub" in content or scope not in content["scope"]:
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        detail = f"A token of the application itself (client_credentials) with the scope {scope} is needed."
        raise Problem(403, detail, headers={"WWW-Authenticate": challenge})
    return application


def _invalid(detail: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _person(db: Db, id_: str) -> Person:
    number = identifiers.person_id_of(db, normal_forms.uuid(id_))
    person = db.get(Person, number) if number is not None else None
    if person is None:
        raise NotFound("user", id_[:60])
    return person


def _language(locale: str | None) -> str | None:
    return next((language for language in LANGUAGES if claims.LOCALES.get(language, language) == locale), None)


def _described(db: Db, rows: Sequence[Person]) -> list[User]:
    db.flush()
    ids = [person.id for person in rows]
    key = exists().where(SecurityKey.person_id == Person.id, SecurityKey.passkey.is_(False))
    code = exists().where(EmergencyCode.person_id == Person.id)
    query = select(Person.id).where(Person.id.in_(ids), or_(Person.totp_secret.is_not(None), key, code))
    with_two_steps = set(db.scalars(query))
    return [
        {
            "id": identifiers.subject(db, person.id),
            "email": person.email,
            "email_verified": person.status != Status.NOT_ACTIVATED,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "locale": claims.LOCALES.get(person.language, person.language),
            "phone": person.phone,
            "status": STATUSES[Status(person.status)],
            "two_factor_enabled": person.id in with_two_steps,
            "created_at": iso(person.created_at),
            "last_login_at": iso(person.last_signed_in_at) if person.last_signed_in_at is not None else None,
        }
        for person in rows
    ]
