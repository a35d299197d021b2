"""Users of a company in AutoInvoice."""

import re
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.documents.accounts import api_keys, users
from tests.documents import norway as no
from tests.visits import Visitor

ADMINISTRATOR, USER = "administrator@fjordlys.example", "user@fjordlys.example"
USERS = "/autoinvoice/settings/users"


@pytest.fixture
def visitor(platform: Platform, norway: Sandbox) -> Visitor:
    """Return the browser of the administrator of the three companies, in Dutch."""
    return Visitor.of(platform, norway, ADMINISTRATOR, "nl")


def _id(sandbox: Sandbox, email: str) -> int:
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person.id


def _role(sandbox: Sandbox, email: str, number: str = no.REGISTERED) -> str | None:
    with sandbox.reading() as db:
        user_and_role = users.user_of(db, no.company(db, number), _id(sandbox, email))
        return user_and_role[1] if user_and_role else None


def _add(visitor: Visitor, email: str, **more: Any) -> int:
    form = visitor.form(f"{USERS}/add", "email")
    return visitor.send(form, first_name="Nora", last_name="Ny", email=email, **more).status_code


def test_the_list_shows_the_users_of_this_company_with_their_roles(visitor: Visitor) -> None:
    page = visitor.get(USERS).text
    rows = [re.sub(r"<[^>]*>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]]
    assert [(row[2], row[3]) for row in rows] == [
        (ADMINISTRATOR, "Admin"),
        (USER, "User"),
        ("locked@fjordlys.example", "User"),
    ]


def test_a_new_user_is_mailed_and_finds_the_own_key(platform: Platform, visitor: Visitor, norway: Sandbox) -> None:
    assert _add(visitor, "nora@fjordlys.example", role="user") == 302
    with norway.reading() as db:
        (mail,) = outbox.newest_first(db, to="nora@fjordlys.example")
        person = people.by_email(db, "nora@fjordlys.example")
        assert person is not None
        key = api_keys.of_person(db, person.id)
    assert mail.name == "activation"
    assert key is not None
    assert _role(norway, "nora@fjordlys.example") == "user"
    with norway.transaction() as db:
        person = people.by_email(db, "nora@fjordlys.example")
        assert person is not None
        person.status = "active"
    page = Visitor.of(platform, norway, "nora@fjordlys.example", "nl").get("/autoinvoice/settings").text
    assert "API-sleutel" in page
    with norway.reading() as db:
        assert api_keys.text_of(db, key) in page


def test_a_person_with_an_account_at_the_customer_gets_the_role_and_a_mail(visitor: Visitor, norway: Sandbox) -> None:
    assert _add(visitor, "plain@fjordlys.example", role="admin") == 302
    assert _role(norway, "plain@fjordlys.example") == "admin"
    with norway.reading() as db:
        assert outbox.newest_first(db, to="plain@fjordlys.example")[0].name == "new_rights"


@pytest.mark.parametrize(
    "typed",
    [
        {"email": USER},
        {"email": "nobody"},
        {"email": "n@x.example", "role": "king"},
        {"email": "n@x.example", "first_name": " "},
    ],
)
def test_a_wrong_value_of_a_new_user_is_reported_and_adds_nobody(
    visitor: Visitor, norway: Sandbox, typed: dict[str, Any]
) -> None:
    form = visitor.form(f"{USERS}/add", "email")
    answer = visitor.send(form, **({"first_name": "Nora", "last_name": "Ny"} | typed))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with norway.reading() as db:
        assert people.by_email(db, "n@x.example") is None


def test_a_role_is_changed_and_a_user_removed(visitor: Visitor, norway: Sandbox) -> None:
    path = f"{USERS}/{_id(norway, USER)}"
    assert visitor.send(visitor.form(path, "role"), role="admin").status_code == 302
    assert _role(norway, USER) == "admin"
    assert visitor.send(visitor.form(path, "role"), role="user").status_code == 302
    assert _role(norway, USER) == "user"
    (form,) = (form for form in visitor.forms(path) if form.action.endswith("/remove"))
    assert visitor.send(form).status_code == 302
    assert _role(norway, USER) is None
    assert visitor.get(path).status_code == 404


def test_a_company_keeps_an_administrator(visitor: Visitor, norway: Sandbox) -> None:
    path = f"{USERS}/{_id(norway, ADMINISTRATOR)}"
    assert visitor.send(visitor.form(path, "role"), role="user").status_code == 422
    (form,) = (form for form in visitor.forms(path) if form.action.endswith("/remove"))
    assert visitor.send(form).status_code == 422
    assert _role(norway, ADMINISTRATOR) == "admin"


def test_a_user_of_another_company_is_not_found(visitor: Visitor, norway: Sandbox) -> None:
    other = _id(norway, "plain@fjordlys.example")
    assert visitor.get(f"{USERS}/{other}").status_code == 404
    (form,) = (form for form in visitor.forms(f"{USERS}/{_id(norway, USER)}") if form.action.endswith("/remove"))
    form.buttons = [("", "", form.action.replace(f"/{_id(norway, USER)}/", f"/{other}/"))]
    assert visitor.send(form).status_code == 404
    assert _role(norway, "plain@fjordlys.example", no.UNREGISTERED) == "user"
