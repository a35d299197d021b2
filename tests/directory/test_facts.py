"""What can be asked about people."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import simulator.directory.facts  # noqa: F401 - makes the facts known
from simulator.core import facts, notices
from simulator.core.errors import BadInput
from simulator.core.facts import Finding
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.directory import lockout, people, sign_in_sessions
from tests.documents.norway import create

ADMINISTRATOR = "administrator@fjordlys.example"


@pytest.fixture
def norway(store: Store) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the scenario ``company-no``."""
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, **fact: Any) -> Finding:
    """Ask one fact."""
    with sandbox.reading() as db:
        return facts.check(db, [fact])[0]


@pytest.mark.parametrize("person", ["administrator", ADMINISTRATOR, "Administrator@Fjordlys.example"])
@pytest.mark.parametrize("role", ["Customer administrator", "customer_administrator"])
def test_people_and_roles_are_known_by_either_name(norway: Sandbox, person: str, role: str) -> None:
    assert ask(norway, has_role={"person": person, "role": role}).holds


@pytest.mark.parametrize("on", ["Fjordlys Drift AS", "registered", "310000019"])
def test_a_role_on_a_company_is_asked_by_name_key_or_number(norway: Sandbox, on: str) -> None:
    assert ask(norway, has_role={"person": "user", "role": "Autoinvoice user", "on": on}).holds
    assert not ask(norway, has_role={"person": "user", "role": "Autoinvoice administrator", "on": on}).holds


def test_a_role_on_one_company_is_none_on_another(norway: Sandbox) -> None:
    assert not ask(norway, has_role={"person": "user", "role": "Autoinvoice user", "on": "Fjordlys Verksted AS"}).holds


@pytest.mark.parametrize("on", ["Fjordlys Gruppen AS", "fjordlys", "200300", "Fjordlys Verksted AS"])
def test_a_role_on_a_customer_is_asked_by_the_customer_or_one_of_its_companies(norway: Sandbox, on: str) -> None:
    assert ask(norway, has_role={"person": "administrator", "role": "Customer administrator", "on": on}).holds


def test_found_are_all_roles_of_the_person(norway: Sandbox) -> None:
    finding = ask(norway, has_role={"person": "user", "role": "Customer administrator"})
    assert (finding.holds, finding.actual) == (False, [{"role": "Autoinvoice user", "on": "Fjordlys Drift AS"}])


def test_nobody_has_a_role_before_being_added(norway: Sandbox) -> None:
    finding = ask(norway, has_role={"person": "new@elsewhere.example", "role": "Customer administrator"})
    assert (finding.holds, finding.actual) == (False, None)


@pytest.mark.parametrize(
    ("person", "status"),
    [("administrator", "active"), ("not_activated", "not_activated"), ("locked", "locked")],
)
def test_an_account_has_one_status(norway: Sandbox, person: str, status: str) -> None:
    assert ask(norway, person_status={"person": person, "status": status}).holds
    other = ask(norway, person_status={"person": person, "status": "inactive"})
    assert (other.holds, other.actual) == (False, status)


def test_an_account_is_locked_until_its_time_has_come(norway: Sandbox) -> None:
    with norway.transaction() as db:
        lockout.lock(db, ADMINISTRATOR, db.clock.now() + timedelta(minutes=30))
    assert ask(norway, person_status={"person": "administrator", "status": "locked"}).holds
    with norway.transaction() as db:
        lockout.lock(db, ADMINISTRATOR, db.clock.now())
    assert ask(norway, person_status={"person": "administrator", "status": "active"}).holds


def test_an_address_that_nobody_has_has_no_status(norway: Sandbox) -> None:
    finding = ask(norway, person_status={"person": "new@elsewhere.example", "status": "active"})
    assert (finding.holds, finding.actual) == (False, None)


def test_a_person_is_signed_in_from_signing_in_to_signing_out(norway: Sandbox) -> None:
    assert not ask(norway, signed_in="administrator").holds
    with norway.transaction() as db:
        person = people.by_email(db, ADMINISTRATOR)
        assert person is not None
        session_id = sign_in_sessions.begin(db, person, ["pwd"]).id
    finding = ask(norway, signed_in={"person": "administrator"})
    assert (finding.holds, finding.actual) == (True, 1)
    with norway.transaction() as db:
        sign_in_sessions.end(db, session_id)
    assert not ask(norway, signed_in="administrator").holds


@pytest.mark.parametrize(
    ("fact", "where"),
    [
        ({"has_role": {"person": "administrator"}}, "facts.0.has_role.role"),
        ({"has_role": {"person": "administrator", "role": "Boss"}}, "facts.0.has_role.role"),
        ({"has_role": {"person": "ghost", "role": "Customer administrator"}}, "facts.0.has_role.person"),
        (
            {"has_role": {"person": "user", "role": "Autoinvoice user", "on": "Fjordlys Gruppen AS"}},
            "facts.0.has_role.on",
        ),
        ({"has_role": {"person": "user", "role": "Customer administrator", "on": "Nobody"}}, "facts.0.has_role.on"),
        ({"person_status": {"person": "administrator", "status": "asleep"}}, "facts.0.person_status.status"),
        ({"person_status": {"person": "ghost", "status": "active"}}, "facts.0.person_status.person"),
        ({"signed_in": {"person": "ghost"}}, "facts.0.signed_in.person"),
        ({"signed_in": True}, "facts.0.signed_in"),
    ],
)
def test_what_is_not_understood_is_told_with_its_path(norway: Sandbox, fact: Any, where: str) -> None:
    with pytest.raises(BadInput) as error:
        ask(norway, **fact)
    assert [path for path, _ in error.value.problems] == [where]


def test_the_bell_is_asked_for_a_notice(norway: Sandbox) -> None:
    with norway.transaction() as db:
        person = people.by_email(db, ADMINISTRATOR)
        assert person is not None
        notices.notify(db, person.id, NoticeKind.EXPORT_READY, name="A", link="/home/")
    assert ask(
        norway, notice={"person": "administrator", "kind": "export_ready", "unread": True, "data": {"name": "A"}}
    ).holds
    other = ask(norway, notice={"person": ADMINISTRATOR, "kind": "invoice_made"})
    assert (other.holds, other.actual["kind"]) == (False, "export_ready")
    assert ask(norway, notice={"person": "user", "kind": "export_ready"}).actual is None
    for wrong in ({"person": "administrator"}, {"person": "administrator", "kind": "nonsense"}):
        with pytest.raises(BadInput):
            ask(norway, notice=wrong)
