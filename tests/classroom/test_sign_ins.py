"""As whom a trainee signs in: the page of an exercise says it, with all that is needed."""

from pathlib import Path

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.classroom import exercises
from simulator.classroom.roster import Entry
from simulator.classroom.sign_ins import SignIn, sign_ins
from simulator.classroom.teaching import classroom
from simulator.core.sandbox import Db
from simulator.directory import credentials, people
from simulator.directory.models import ClearTextSecrets, Person
from tests.classroom.test_exercises import EXERCISES, begin
from tests.visits import Visitor, make_platform, store_of

NOT_BEFORE_THE_EXERCISE = {
    "first-day": {("not_activated", "password")},
    "forgotten-password": {("administrator", "password")},
    "lost-phone": {("user", "code")},
}
"""What is not enough at first, because the exercise is about it."""


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return make_platform(tmp_path_factory.mktemp("sign_ins"), templates)


def missing(db: Db, row: SignIn) -> set[tuple[str | None, str]]:
    """Return what is not enough to sign in as somebody, with the key of the person."""
    person = people.by_email(db, row.email)
    assert person is not None
    wanting = set()
    if row.password is None or not credentials.matches(person.password_hash, row.password):
        wanting.add((person.key, "password"))
    if row.emergency_code is not None:
        assert row.emergency_code == db.get_one(ClearTextSecrets, person.id).emergency_code
    elif person.totp_secret is not None and (row.phone != str(person.id) or not credentials.has_phone(db, person)):
        wanting.add((person.key, "code"))
    return wanting


@pytest.mark.parametrize("id_", list(EXERCISES))
def test_what_is_listed_is_enough_to_sign_in(platform: Platform, id_: str) -> None:
    exercise = exercises.exercise(id_)
    name = begin(platform, exercise)
    with platform.app_context(), store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        rows = sign_ins(db, exercise)
        wanting = {part for row in rows for part in missing(db, row)}
    assert wanting == NOT_BEFORE_THE_EXERCISE.get(id_, set())


def listed(platform: Platform, id_: str) -> list[tuple[str, str | None, bool]]:
    """Return the addresses, passwords and who has a page with a phone."""
    exercise = exercises.exercise(id_)
    name = begin(platform, exercise)
    with platform.app_context(), store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        return [(row.email, row.password, row.phone is not None) for row in sign_ins(db, exercise)]


def test_who_signs_in_beside_the_person_of_the_task_is_listed(platform: Platform) -> None:
    assert listed(platform, "locked-out") == [
        ("support.person@visma-sim.example", "Helpdesk!11", True),
        ("joris@dekade.example", "Kade&Anker7", True),
    ]
    assert listed(platform, "emergency-code") == [("administrator@fjordlys.example", "Fjordlys!11", False)]
    assert listed(platform, "two-step-required")[1:] == [("plain@havbris.example", "Havbris!44", True)]
    assert [email for email, _, _ in listed(platform, "lost-phone")] == [
        "support.person@visma-sim.example",
        "administrator@havblikk.example",
        "ingrid@havblikk.example",
    ]


@pytest.mark.parametrize("mode", ["guided", "practice", "test"])
def test_page_and_bar_say_it_in_every_mode(platform: Platform, mode: str) -> None:
    with platform.app_context():
        class_ = classroom().open("Monday", exercise_ids=["emergency-code"], mode=mode, entries=[Entry("Lisa")])
    sandbox = class_.trainees["lisa"].attempts["emergency-code"].sandbox
    visitor = Visitor(platform.test_client(), f"/s/{sandbox}")
    with store_of(platform).open(sandbox) as opened, opened.reading() as db:
        code = db.scalars(select(ClearTextSecrets.emergency_code).join(Person).where(Person.key == "administrator")).one()
    for part in (visitor.get("/").text.partition("</section>")[2], visitor.get("/exercise/bar").text):
        assert all(text in part for text in ("administrator@fjordlys.example", "Fjordlys!11", str(code)))
    with platform.app_context():
        classroom().remove(class_.name)
