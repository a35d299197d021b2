"""The change log says how accounts sign in: which keys and second steps came and went, by whom and by which product."""

import json

import pytest

from simulator.app import Platform
from simulator.core.sandbox import Db, Sandbox
from simulator.directory import emergency_codes, people, two_step
from simulator.directory.models import Membership, Person
from simulator.directory.security_keys import ceremonies, keys, phone_keys
from simulator.directory.security_keys.models import SecurityKey
from tests.products.admin.conftest import ADMINISTRATOR, OUTSIDER, USER
from tests.products.admin.test_change_log_tabs import rows
from tests.visits import Visitor


def account(db: Db, email: str = USER) -> Person:
    person = people.by_email(db, email)
    assert person is not None
    return person


def add_key(db: Db) -> SecurityKey:
    """Register a key of the phone."""
    options = ceremonies.creation_options(db, account(db), "session", passkey=False) | {"excludeCredentials": []}
    response = json.dumps(phone_keys.create(db, account(db), options))
    key = ceremonies.register(db, account(db), "session", response, name="Blue", passkey=False)
    assert isinstance(key, SecurityKey)
    return key


def logged(visitor: Visitor) -> list[list[str]]:
    """Return what the customer's change log says of sign-ins, oldest first: who, what, whom, before and after."""
    return [row[1:] for row in reversed(rows(visitor.get("/admin/change-log").text)) if USER in row[3]]


@pytest.mark.parametrize("is_shared", [False, True])
def test_each_customer_of_a_person_reads_what_became_of_keys_and_second_steps(
    platform: Platform, sandbox: Sandbox, is_shared: bool
) -> None:
    with sandbox.transaction() as db:
        name, subject = account(db).name, f"{account(db).name} ({USER})"
        if is_shared:
            (other,) = people.customers_of(db, account(db, OUTSIDER).id)
            db.add(Membership(person_id=account(db).id, customer_id=other))
            db.flush()
        key_id = add_key(db).id
    visitor = Visitor.of(platform, sandbox, USER, "en")
    path = f"/details/keys/{key_id}/rename"
    assert visitor.send(visitor.form(path, "name"), name="Red").status_code == 302
    with sandbox.transaction() as db:
        key = keys.of_person(db, account(db), key_id)
        assert key is not None
        two_step.lose(db, account(db), authenticator=True, lost_keys=[key])
        emergency_codes.use(db, account(db), emergency_codes.issue(db, account(db)))
        emergency_codes.grant_right(db, account(db), ["b.example", "a.example"], ADMINISTRATOR)
        two_step.disable(db, account(db), USER)
    office = Visitor.of(platform, sandbox, ADMINISTRATOR, "en")
    outside = Visitor.of(platform, sandbox, OUTSIDER, "en")
    lines = logged(office)
    assert [(row[1], row[2], row[3], row[4]) for row in lines] == [
        ("Security key or passkey added", subject, "", "Blue"),
        ("Security key or passkey renamed (My details)", subject, "Name: Blue", "Name: Red"),
        ("Authenticator reported as lost", subject, "", ""),
        ("Security key or passkey reported as lost", subject, "Red", ""),
        ("Security key or passkey removed", subject, "Red", ""),
        ("Emergency code used", subject, "", ""),
        ("Right to generate emergency codes changed", subject, "", "a.example, b.example"),
        ("Two-step verification turned off", subject, "", ""),
    ]
    assert [name in row[0] for row in lines] == [True] * 6 + [False, True]
    # Who works at another customer is nobody's business, and cannot be searched for.
    granted = lines[6]
    elsewhere = [["An administrator of another customer", *granted[1:]] if row is granted else row for row in lines]
    assert logged(outside) == (elsewhere if is_shared else [])
    search = f"/admin/change-log?q={ADMINISTRATOR}"
    assert [row[2] for row in rows(office.get(search).text) if USER in row[3]] == [
        "Right to generate emergency codes changed"
    ]
    assert [row for row in rows(outside.get(search).text) if USER in row[3]] == []


def test_a_code_that_the_desk_or_an_administrator_generates_says_by_which_product(
    platform: Platform, sandbox: Sandbox
) -> None:
    with sandbox.transaction() as db:
        emergency_codes.grant_right(db, account(db, ADMINISTRATOR), [USER.partition("@")[2]], None)
    for product in ("admin", "support"):
        sandbox.door = product
        with sandbox.transaction() as db:
            emergency_codes.generate(db, account(db, ADMINISTRATOR), account(db))
    office = Visitor.of(platform, sandbox, ADMINISTRATOR, "en")
    assert [row[1] for row in logged(office)] == [
        "Emergency code generated (Visma.net Admin)", "Emergency code generated (Support desk)",
    ]  # fmt: skip
