"""Clients: who may open which, versions, and organisation numbers as people write them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select

from simulator.core.clock import Clock
from simulator.core.errors import NoAccess, NotFound, RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.actors import Actor, actor_of
from simulator.directory.models import CompanyService, Person
from simulator.sales import books, clients
from simulator.sales.models import InstalledProgram, ProgramCode
from tests.conftest import NOW


@pytest.fixture
def norway(store: Store) -> Iterator[Sandbox]:
    store.create("no", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW)))
    with store.open("no") as opened:
        yield opened


def actor(db: Db, key: str) -> Actor:
    return actor_of(db, db.scalars(select(Person).where(Person.key == key)).one())


def numbers(db: Db, key: str, program: ProgramCode) -> list[str]:
    return [installed.client.number for installed in clients.clients(db, actor(db, key), program)]


def test_an_administrator_opens_every_client_of_the_own_customer_and_a_user_those_of_the_own_companies(
    norway: Sandbox,
) -> None:
    with norway.reading() as db:
        assert numbers(db, "administrator", ProgramCode.BUSINESS) == ["1001", "1002", "1003", "1005"]
        assert numbers(db, "user", ProgramCode.BUSINESS) == ["1001"]
        assert numbers(db, "elsewhere", ProgramCode.BUSINESS) == ["500210-01"]
        assert clients.programs(db, actor(db, "user")) == {"business", "webfaktura", "webfaktura-admin"}


def test_a_client_of_somebody_else_is_as_one_that_does_not_exist(norway: Sandbox) -> None:
    with norway.reading() as db:
        own = clients.clients(db, actor(db, "administrator"), ProgramCode.BUSINESS)[0].client
        assert clients.client(db, actor(db, "administrator"), ProgramCode.BUSINESS, own.id).client is own
        for key, client_id in (("elsewhere", own.id), ("administrator", 9999)):
            with pytest.raises(NotFound):
                clients.client(db, actor(db, key), ProgramCode.BUSINESS, client_id)
        with pytest.raises(NotFound):
            clients.client(db, actor(db, "administrator"), ProgramCode.ACCOUNTVIEW, own.id)


def test_programs_of_the_office_are_closed_to_people_of_the_client(norway: Sandbox) -> None:
    with norway.reading() as db:
        kari = actor(db, "client_user")
        assert clients.programs(db, kari) == {"webfaktura"}
        cafe = clients.clients(db, kari, ProgramCode.WEBFAKTURA)[0].client
        for program in (ProgramCode.BUSINESS, ProgramCode.WEBFAKTURA_ADMIN):
            assert numbers(db, "client_user", program) == []
            with pytest.raises(NoAccess):
                clients.client(db, kari, program, cafe.id)
            with pytest.raises(NoAccess):
                clients.refuse_program(db, kari, program)
        clients.refuse_program(db, kari, ProgramCode.GLOBAL)


def test_a_role_in_a_service_that_is_not_active_opens_no_client(norway: Sandbox) -> None:
    with norway.transaction() as db:
        cafe = clients.clients(db, actor(db, "client_user"), ProgramCode.WEBFAKTURA)[0].client
        db.execute(delete(CompanyService).where(CompanyService.company_id == cafe.company_id))
        assert numbers(db, "client_user", ProgramCode.WEBFAKTURA) == []


@pytest.mark.parametrize(
    ("version", "least", "enough"),
    [
        ("12", "12", True),
        ("12.0", "12", True),
        ("11.9", "12", False),
        ("13.02", "13.02", True),
        ("13.2", "13.02", True),
        ("13.01", "13.02", False),
        ("13.10", "13.02", True),
        ("2.2.14", "2.2", True),
        ("2.1", "2.2", False),
        ("9.6a", "9.6", True),
    ],
)
def test_versions_are_compared_part_by_part(version: str, least: str, enough: bool) -> None:
    assert clients.has_version(InstalledProgram(version=version), least) is enough


@pytest.mark.parametrize(
    ("country", "typed", "number"),
    [
        ("NO", " 310 000 019 ", "310000019"),
        ("NO", "NO310000019MVA", "310000019"),
        ("NO", "310.000.019 mva", "310000019"),
        ("NO", "0192:310000019", "310000019"),
        ("SE", "999999-0006", "9999990006"),
        ("SE", "SE999999000601", "9999990006"),
        ("SE", "16 999999 0006", "9999990006"),
        ("NL", "KvK 99999901", None),
        ("NL", "99 99 99 01", "99999901"),
        ("NO", "310000018", None),
        ("SE", "999999-0007", None),
        ("NL", "9999990", None),
        ("NO", "", None),
    ],
)
def test_organisation_numbers_are_read_as_people_paste_them(country: str, typed: str, number: str | None) -> None:
    if number is None:
        with pytest.raises(RuleViolation, match=r"^sales\.bad_number$"):
            books.organisation_number(country, typed)
    else:
        assert books.organisation_number(country, typed) == number
