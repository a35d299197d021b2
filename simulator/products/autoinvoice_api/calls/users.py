"""Calls about the users of a company.

Source: AutoXChange API, ``/v1/company/users``: a user who is new gets an account and a key, one who had an account is added.
Own choice: the key of a user who had an account is not shown again; phone and mail settings are shown, and with the names
changed, only for users whom the company's administrators govern.
"""

from typing import Any, cast

from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.directory import administration, people
from simulator.directory.actors import actor_of
from simulator.directory.models import Company, Person
from simulator.directory.people import Particulars
from simulator.documents.accounts import api_keys, users
from simulator.documents.model.models import Quiet
from simulator.products.autoinvoice_api import answers, schemas
from simulator.products.autoinvoice_api.errors import ApiError, not_found
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields
from simulator.web.calls.table import JsonResponse, json_response

ROLES = {"ADMIN": "admin", "USER": "user"}
_ABOUT: fields.Shape = {
    "last_name": fields.stripped_line(),
    "phone": fields.stripped_line(longest=40),
    "notifications_disabled": fields.flag(),
    "emails_disabled": fields.flag(),
}
NEW: fields.Shape = {
    "email": fields.email(required=True),
    "first_name": fields.stripped_line(required=True),
    **_ABOUT,
    "user_role": fields.choice(*ROLES, note="USER when left out."),
}


@call("POST", "/v1/company/users", "company:write", status=201, body=NEW, changes=True)
def add_user(
    caller: Caller, email: str, first_name: str, user_role: str | None, **about: Any
) -> JsonResponse[schemas.NewUser]:
    """Add a user to the company, with a key when the user is new."""
    with sandbox().transaction() as db:
        company = db.get_one(Company, caller.company.id)
        has_account = people.by_email(db, email) is not None
        particulars = Particulars(
            email=email,
            first_name=first_name,
            last_name=about["last_name"] or "-",
            language=caller.person.language,
            phone=about["phone"],
        )
        person = users.add(db, actor_of(db, caller.person), company, particulars, ROLES[user_role or "USER"])
        if users.governs(db, company, person):
            _keep_quiet(db, person, about)
        user = cast(schemas.NewUser, _user(db, company, person.id))
        if has_account:
            return json_response(user, 200)
        user["api_key"] = api_keys.text_of(db, api_keys.ensure_for(db, person, caller.person.email))
        return json_response(user, 201)


@call("GET", "/v1/company/users/{user_id}", "company:read")
def get_user(caller: Caller, user_id: str) -> schemas.User:
    """Show a user of the company."""
    with sandbox().reading() as db:
        return _user(db, caller.company, _number(user_id))


@call(
    "PATCH",
    "/v1/company/users/{user_id}",
    "company:write",
    status=204,
    body={"first_name": fields.stripped_line(), **_ABOUT},
    changes=True,
)
def patch_user(caller: Caller, user_id: str, first_name: str | None, **about: Any) -> None:
    """Change a user of the company."""
    with sandbox().transaction() as db:
        person = _person(db, caller.company, _number(user_id))
        if not users.governs(db, caller.company, person):
            raise ApiError(
                403,
                "forbidden",
                "The user also works for others, so nobody but the user may change names, phone and wishes about mails.",
                [f"user_id: {person.id}"],
            )
        particulars = Particulars(
            email=person.email,
            first_name=first_name or person.first_name,
            last_name=about["last_name"] or person.last_name,
            language=person.language,
            phone=about["phone"] or person.phone,
        )
        administration.change(db, caller.person.email, person, particulars)
        _keep_quiet(db, person, about)


@call("DELETE", "/v1/company/users/{user_id}", "company:write", status=204, changes=True)
def delete_user(caller: Caller, user_id: str) -> None:
    """Take a user off the company; the account stays."""
    with sandbox().transaction() as db:
        company = db.get_one(Company, caller.company.id)
        person = _person(db, company, _number(user_id))
        users.remove(db, actor_of(db, caller.person), company, person)


@call(
    "POST",
    "/v1/company/users/{user_id}/roles",
    "company:write",
    status=204,
    body={"user_role": fields.choice(*ROLES, required=True)},
    changes=True,
)
def post_user_role(caller: Caller, user_id: str, user_role: str) -> None:
    """Give a user of the company another role."""
    with sandbox().transaction() as db:
        company = db.get_one(Company, caller.company.id)
        person = _person(db, company, _number(user_id))
        users.set_role(db, actor_of(db, caller.person), company, person, ROLES[user_role])


def _number(user_id: str) -> int:
    """Return the id of a user.

    Raises:
        ApiError: 404.
    """
    number = whole_number(user_id)
    if number is None:
        raise not_found("user")
    return number


def _person(db: Db, company: Company, person_id: int) -> Person:
    user = users.user_of(db, company, person_id)
    if user is None:
        raise not_found("user")
    return user[0]


def _user(db: Db, company: Company, person_id: int) -> schemas.User:
    user = users.user_of(db, company, person_id)
    if user is None:
        raise not_found("user")
    person, role = user
    if users.governs(db, company, person):
        return answers.user(person, role.upper(), db.get(Quiet, person_id))
    return answers.user_of_others(person, role.upper())


def _keep_quiet(db: Db, person: Person, about: dict[str, Any]) -> None:
    internal, everything = about["notifications_disabled"], about["emails_disabled"]
    if internal is None and everything is None:
        return
    before = db.get(Quiet, person.id)
    users.be_quiet(
        db,
        actor_of(db, person),
        internal=internal if internal is not None else bool(before and before.internal),
        everything=everything if everything is not None else bool(before and before.everything),
    )
