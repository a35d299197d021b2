"""A one-time emergency code for a user without any means of signing in: by an administrator with the right, or by the desk."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import emergency_codes, people
from simulator.directory.lockout import FAILURES
from simulator.directory.models import ClearTextSecrets, Grant, Person, Status
from tests.conftest import NOW
from tests.reading import read
from tests.visits import Visitor, cast, password_of, store_of

USER = "user@rietkraag.example"


@pytest.fixture
def entitled(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of an administrator who has the right for the office's domain."""
    return Visitor.of(platform, sandbox, cast(sandbox, "second_administrator").email, "en")


def address(sandbox: Sandbox, key: str = "user", product: str = "admin/users") -> str:
    """Return the address of the page that generates a code for a person."""
    return f"/{product}/{cast(sandbox, key).id}/emergency-code"


def ask(visitor: Visitor, sandbox: Sandbox, path: str, by: str = "second_administrator", **values: Any) -> TestResponse:
    """Type the own password and ask for a code."""
    form = visitor.form(path, "own_password")
    return visitor.send(form, **{"own_password": password_of(sandbox, cast(sandbox, by).email), **values})


def displayed_code(response: TestResponse) -> str | None:
    """Return the code on a page, or None."""
    return next((element.text for element in read(response.text) if element["id"] == "emergency-code"), None)


def unused_code(sandbox: Sandbox, email: str = USER) -> str | None:
    """Return a person's unused code."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return db.get_one(ClearTextSecrets, person.id).emergency_code


def works(sandbox: Sandbox, code: str | None) -> bool:
    """Use a code up as the user."""
    with sandbox.transaction() as db:
        person = people.by_email(db, USER)
        assert person is not None
        assert code is not None
        return emergency_codes.use(db, person, code)


def refusals(sandbox: Sandbox) -> list[tuple[str | None, str | None, Any]]:
    """Return the refusals in the journal: administrator, user, reason."""
    with sandbox.reading() as db:
        refused = events.after(db, type_="emergency_code.refused")
    return [(line.actor, line.subject, line.data["reason"]) for line in refused]


def change(sandbox: Sandbox, key: str, **values: Any) -> None:
    """Change something about a person."""
    with sandbox.transaction() as db:
        person = db.get_one(Person, cast(sandbox, key).id)
        for name, value in values.items():
            setattr(person, name, value)


def test_the_code_is_displayed_once_after_the_own_password_and_the_user_gets_a_mail_without_it(
    entitled: Visitor, sandbox: Sandbox
) -> None:
    old = unused_code(sandbox)
    user_page = read(entitled.get(f"/admin/users/{cast(sandbox, 'user').id}").text)
    (link,) = (anchor["href"] for anchor in user_page.all("a") if anchor.text == "Generate one-time emergency code")
    code = displayed_code(ask(entitled, sandbox, link))
    assert code == unused_code(sandbox) != old
    assert code is not None and len(code) == 24
    with sandbox.reading() as db:
        (mail,) = outbox.newest_first(db, to=USER)
        (line,) = events.after(db, type_="emergency_code.generated")
    assert mail.name == "emergency_code_generated"
    assert "Faisal Brandsma" in mail.text
    assert code not in mail.text
    assert (line.actor, line.subject) == (cast(sandbox, "second_administrator").email, USER)
    assert line.data == {"domain": "rietkraag.example", "door": "admin"}
    assert code not in entitled.get(link).text


def test_a_generated_code_replaces_the_unused_one_works_once_and_lives_a_day(
    platform: Platform, entitled: Visitor, sandbox: Sandbox
) -> None:
    old = unused_code(sandbox)
    first = displayed_code(ask(entitled, sandbox, address(sandbox)))
    second = displayed_code(ask(entitled, sandbox, address(sandbox)))
    assert not works(sandbox, old)
    assert not works(sandbox, first)
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(hours=23, minutes=59))
    assert works(sandbox, second)
    assert not works(sandbox, second)
    next_day = Visitor.of(platform, sandbox, cast(sandbox, "second_administrator").email, "en")
    third = displayed_code(ask(next_day, sandbox, address(sandbox)))
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(hours=47, minutes=59))
    assert not works(sandbox, third)


def test_a_form_that_is_sent_twice_does_not_show_two_codes(entitled: Visitor, sandbox: Sandbox) -> None:
    form = entitled.form(address(sandbox), "own_password")
    own = password_of(sandbox, cast(sandbox, "second_administrator").email)
    code = displayed_code(entitled.send(form, own_password=own))
    again = entitled.send(form, own_password=own)
    assert (again.status_code, displayed_code(again), unused_code(sandbox)) == (422, None, code)
    assert "has just changed" in again.text
    assert displayed_code(ask(entitled, sandbox, address(sandbox))) not in (None, code)


def test_a_wrong_password_is_refused_counted_and_recorded(entitled: Visitor, sandbox: Sandbox) -> None:
    old, generator = unused_code(sandbox), cast(sandbox, "second_administrator").email
    for _ in range(FAILURES):
        answer = ask(entitled, sandbox, address(sandbox), own_password="Wrong!pass1")
        assert answer.status_code == 422
    assert "your address is locked" in answer.text
    assert "your address is locked" in ask(entitled, sandbox, address(sandbox)).text
    assert unused_code(sandbox) == old
    assert refusals(sandbox) == [(generator, USER, "password")] * (FAILURES - 1) + [(generator, USER, "locked")] * 2


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no_right", "You do not have the right"),
        ("domain", "You are not authorised for this e-mail domain."),
        ("sub_domain", "You are not authorised for this e-mail domain."),
        ("inactive", "The account is not active"),
        ("no_two_step", "Two-step verification is off"),
        ("own", "Nobody can generate a code for their own account."),
    ],
)
def test_a_refused_administrator_sees_the_reason_and_gets_no_code_by_other_means(
    entitled: Visitor, sandbox: Sandbox, reason: str, words: str
) -> None:
    form = entitled.form(address(sandbox), "own_password")
    path = address(sandbox)
    email = USER
    if reason == "no_right":
        change(sandbox, "second_administrator", may_generate_codes=False)
    elif reason == "domain":
        email = "user@korenveld.example"
        change(sandbox, "user", email=email)
    elif reason == "sub_domain":
        email = "user@north.rietkraag.example"
        change(sandbox, "user", email=email)
    elif reason == "inactive":
        change(sandbox, "user", status=Status.INACTIVE)
    elif reason == "no_two_step":
        path, email = address(sandbox, "no_two_step"), "plain@rietkraag.example"
    else:
        path, email = address(sandbox, "second_administrator"), "administrator2@rietkraag.example"
    old = unused_code(sandbox, email)
    page = entitled.get(path).text
    assert words in page
    assert "own_password" not in page
    assert ("Download the form" in page) == (reason in ("no_right", "domain", "sub_domain"))
    token = form.values["csrf_token"]
    own = password_of(sandbox, "administrator2@rietkraag.example")
    answer = entitled.client.post(f"/s/default{path}", data={"csrf_token": token, "own_password": own, "seen": "0"})
    assert (answer.status_code, displayed_code(answer)) == (422, None)
    assert words in answer.text
    assert unused_code(sandbox, email) == old
    recorded_reason = "domain" if reason == "sub_domain" else reason
    assert refusals(sandbox) == [("administrator2@rietkraag.example", email, recorded_reason)]


def test_another_customers_administrator_cannot_even_see_the_person(
    platform: Platform, entitled: Visitor, sandbox: Sandbox
) -> None:
    neighbour: dict[str, Any] = {
        "customers": [{"key": "neighbour", "number": "100900", "name": "Buurman Beheer"}],
        "people": [
            {
                "email": "owner@buurman.example", "first_name": "Olaf", "last_name": "Buurman", "password": "Buurman!11",
                "code_domains": ["rietkraag.example"], "grants": [{"role": "Customer administrator", "on": "neighbour"}],
            }
        ],
    }  # fmt: skip
    store = store_of(platform)
    store.create("street", Creation(scenario="accountant-nl", language="en", clock=Clock.frozen(NOW), overlay=neighbour))
    try:
        with store.open("street") as street:
            outsider = Visitor.of(platform, street, "owner@buurman.example", "en")
            path = address(street)
            token = outsider.form("/details/edit", "phone").values["csrf_token"]
            data = {"csrf_token": token, "own_password": "Buurman!11", "seen": "0"}
            assert outsider.get(path).status_code == 404
            assert outsider.get(f"{path}/form").status_code == 404
            assert outsider.client.post(f"/s/street{path}", data=data).status_code == 404
            assert not refusals(street)
    finally:
        store.delete("street")


def test_a_user_without_administration_role_cannot_open_it(user: Visitor, sandbox: Sandbox) -> None:
    for path in (address(sandbox), f"{address(sandbox)}/form"):
        assert user.get(path).status_code == 403


def test_an_administrator_whose_role_is_taken_away_meanwhile_generates_nothing(entitled: Visitor, sandbox: Sandbox) -> None:
    form = entitled.form(address(sandbox), "own_password")
    own, old = password_of(sandbox, "administrator2@rietkraag.example"), unused_code(sandbox)
    with sandbox.transaction() as db:
        db.execute(delete(Grant).where(Grant.person_id == cast(sandbox, "second_administrator").id))
    assert entitled.send(form, own_password=own).status_code == 403
    assert unused_code(sandbox) == old


def test_the_form_names_the_administrator_and_the_domains(administrator: Visitor, sandbox: Sandbox) -> None:
    answer = administrator.get(f"{address(sandbox)}/form")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for words in ("Anouk Vermaat", "administrator@rietkraag.example", "De Rietkraag (100200)", "rietkraag.example"):
        assert words in answer.text


def test_the_desk_generates_a_code_for_anybody_with_the_own_password(desk: Visitor, sandbox: Sandbox) -> None:
    path = address(sandbox, product="support/people")
    assert ask(desk, sandbox, path, "support", own_password="Wrong!pass1").status_code == 422
    code = displayed_code(ask(desk, sandbox, path, "support"))
    assert code == unused_code(sandbox)
    page = desk.get(f"/support/people/{cast(sandbox, 'user').id}").text
    for words in (
        "Emergency code generated: rietkraag.example",
        "Generation of an emergency code refused",
        "02/03/2022 09:00",
    ):
        assert words in page
    assert code is not None and code not in page
    assert works(sandbox, code)


@pytest.mark.parametrize("key", ["support", "no_two_step", "not_activated"])
def test_the_desk_too_has_nothing_to_generate_for_some(desk: Visitor, sandbox: Sandbox, key: str) -> None:
    assert "own_password" not in desk.get(address(sandbox, key, "support/people")).text


def test_two_browsers_at_once_get_one_code(platform: Platform, entitled: Visitor, sandbox: Sandbox) -> None:
    """Both forms were opened before either was sent, as when two administrators help the same user."""
    second = Visitor.of(platform, sandbox, cast(sandbox, "support").email, "en")
    theirs = second.form(address(sandbox, product="support/people"), "own_password")
    code = displayed_code(ask(entitled, sandbox, address(sandbox)))
    answer = second.send(theirs, own_password=password_of(sandbox, cast(sandbox, "support").email))
    assert (displayed_code(answer), unused_code(sandbox)) == (None, code)
