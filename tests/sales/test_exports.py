"""Exporting clients to the platform, and registering them as WebFaktura clients there."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from simulator.core import events
from simulator.core.clock import Clock
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import companies, people
from simulator.directory.actors import Actor, actor_of
from simulator.directory.models import Company, Customer
from simulator.sales import clients, exports, installations, webfaktura
from simulator.sales.exports import Exported
from simulator.sales.models import Client, InstalledProgram, Opg, ProgramCode
from tests.conftest import NOW

ADMINISTRATOR = "administrator@nordlys-regnskap.example"
WEBFAKTURA = "webfaktura"


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    store.create("no", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW)))
    with store.open("no") as opened:
        yield opened


def client_of(db: Db, key: str) -> Client:
    client = clients.by_key(db, key)
    assert client is not None
    return client


def program_of(db: Db, key: str, program: ProgramCode) -> InstalledProgram:
    return next(installed for installed in client_of(db, key).programs if installed.program == program)


def actor(db: Db) -> Actor:
    person = people.by_email(db, ADMINISTRATOR)
    assert person is not None
    return actor_of(db, person)


def export(db: Db, key: str, service: str = WEBFAKTURA, program: ProgramCode = ProgramCode.BUSINESS) -> Exported:
    return exports.export(db, actor(db), program_of(db, key, program), service)


def set_gateway(db: Db, state: Opg) -> None:
    installations.set_state(db, client_of(db, "kafe").customer, opg=state)


def test_an_export_makes_a_company_with_the_service_and_a_firma_id(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        exported = export(db, "blomster")
        client, company = client_of(db, "blomster"), exported.company
        assert client.company is company
        assert (exported.is_new, exported.lacks_service, exported.lacks_users) == (True, False, True)
        assert (company.name, company.organisation_number, company.customer_id) == (
            client.name,
            client.organisation_number,
            client.customer_id,
        )
        assert companies.services_of(db, company) == [WEBFAKTURA]
        assert exports.is_exported_for(db, client, WEBFAKTURA)
        types = [event.type for event in events.after(db)]
        assert types[-3:] == ["company.added", "company.service_activated", "client.exported"]


def test_a_company_that_was_there_is_updated_and_gets_the_service_in_admin(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        client = client_of(db, "snekker")
        client.city = "Vikebygd"
        exported = export(db, "snekker")
        assert (exported.is_new, exported.lacks_service, exported.lacks_users) == (False, True, True)
        assert exported.company.city == "Vikebygd"
        assert companies.services_of(db, exported.company) == ["autoinvoice"]
        assert exports.is_exported_for(db, client, WEBFAKTURA)


def test_exporting_again_changes_nothing_and_makes_no_second_company(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        first = export(db, "blomster").company
        version = first.version
        again = export(db, "blomster")
        assert again.company is first
        assert not again.is_new
        assert first.version == version
        assert exports.firma_id(first) == exports.firma_id(again.company)


def test_visma_global_exports_too(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        assert export(db, "global", program=ProgramCode.GLOBAL).is_new


@pytest.mark.parametrize("state", [state for state in Opg if state is not Opg.CONNECTED])
def test_without_a_connected_gateway_nothing_is_exported(sandbox: Sandbox, state: Opg) -> None:
    with sandbox.transaction() as db:
        set_gateway(db, state)
        with pytest.raises(RuleViolation, match=rf"^sales\.gateway_{state}$"):
            export(db, "blomster")
        assert client_of(db, "blomster").company_id is None


@pytest.mark.parametrize(
    ("program", "too_old", "new_enough"),
    [
        (ProgramCode.BUSINESS, "11.9", "12"),
        (ProgramCode.GLOBAL, "13.01", "13.02"),
    ],
)
def test_programs_that_are_too_old_export_nothing(
    sandbox: Sandbox, program: ProgramCode, too_old: str, new_enough: str
) -> None:
    with sandbox.transaction() as db:
        client = client_of(db, "blomster")
        clients.install(db, client, program, version=too_old)
        with pytest.raises(RuleViolation, match=r"^sales\.version_too_old$"):
            export(db, "blomster", program=program)
        clients.install(db, client, program, version=new_enough)
        assert export(db, "blomster", program=program).is_new


def test_without_the_licence_of_webfaktura_only_other_services_are_exported(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        client_of(db, "blomster").customer_id = db.scalars(select(Customer.id).where(Customer.key == "nabo")).one()
        db.flush()
        db.expire_all()
        with pytest.raises(RuleViolation, match=r"^billing\.licence_missing$"):
            export(db, "blomster")
        assert export(db, "blomster", "autoinvoice").is_new


def test_a_number_that_fails_its_check_is_not_exported(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        client_of(db, "blomster").organisation_number = "310000018"
        with pytest.raises(RuleViolation, match=r"^directory\.bad_organisation_number$"):
            export(db, "blomster")


def test_a_number_of_another_customer_or_client_is_not_exported(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        client_of(db, "blomster").organisation_number = "310000140"
        with pytest.raises(RuleViolation, match=r"^sales\.company_of_other_customer$"):
            export(db, "blomster")
        client_of(db, "blomster").organisation_number = "310000124"
        with pytest.raises(RuleViolation, match=r"^sales\.company_of_other_client$"):
            export(db, "blomster")


def test_a_deactivated_or_terminated_company_is_not_updated(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = export(db, "blomster").company
        companies.deactivate(db, actor(db), company)
        with pytest.raises(RuleViolation, match=r"^directory\.company_deactivated$"):
            export(db, "blomster")
        companies.terminate(db, actor(db), company)
        with pytest.raises(RuleViolation, match=r"^directory\.company_terminated$"):
            export(db, "blomster")


def test_a_deleted_company_is_made_again(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = export(db, "blomster").company
        companies.deactivate_service(db, actor(db), company, WEBFAKTURA)
        companies.remove(db, actor(db), company)
        again = export(db, "blomster")
        assert again.is_new
        assert again.company is not company


def test_the_number_of_an_exported_client_is_corrected_by_the_next_export(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = export(db, "blomster").company
        client_of(db, "blomster").organisation_number = "310000302"
        again = export(db, "blomster")
        assert again.company is company
        assert company.organisation_number == "310000302"


def test_the_administrator_opens_a_client_whose_company_is_not_active(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = db.get_one(Company, client_of(db, "kafe").company_id)
        companies.deactivate(db, actor(db), company)
        assert clients.client(db, actor(db), ProgramCode.BUSINESS, client_of(db, "kafe").id)


def register(db: Db, key: str) -> bool:
    return webfaktura.register(db, program_of(db, key, ProgramCode.WEBFAKTURA_ADMIN), actor=ADMINISTRATOR)


def test_clients_with_and_without_the_platform_are_side_by_side(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        linked = {key: webfaktura.is_linked(db, client_of(db, key)) for key in ("kafe", "snekker", "blomster")}
        assert linked == {"kafe": True, "snekker": False, "blomster": False}


def test_a_client_is_registered_once_it_is_exported(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        with pytest.raises(RuleViolation, match=r"^sales\.no_firma_id$"):
            register(db, "blomster")
        export(db, "blomster")
        assert register(db, "blomster")
        assert webfaktura.is_linked(db, client_of(db, "blomster"))
        assert not register(db, "blomster")
        assert [event.type for event in events.after(db)].count("webfaktura.linked") == 1


def test_a_company_of_other_services_wants_the_export_and_the_service_first(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        with pytest.raises(RuleViolation, match=r"^sales\.not_exported_for_service$"):
            register(db, "snekker")
        company = export(db, "snekker").company
        with pytest.raises(RuleViolation, match=r"^sales\.service_inactive$"):
            register(db, "snekker")
        companies.activate_service(db, actor(db), company, WEBFAKTURA)
        assert register(db, "snekker")


def test_an_old_sync_and_a_gateway_that_is_down_register_nothing(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        export(db, "blomster")
        clients.install(db, client_of(db, "blomster"), ProgramCode.WEBFAKTURA_ADMIN, version="2.1")
        with pytest.raises(RuleViolation, match=r"^sales\.version_too_old$"):
            register(db, "blomster")
        clients.install(db, client_of(db, "blomster"), ProgramCode.WEBFAKTURA_ADMIN, version="2.2.10")
        set_gateway(db, Opg.DOWN)
        with pytest.raises(RuleViolation, match=r"^sales\.gateway_down$"):
            register(db, "blomster")


def test_a_client_is_registered_no_longer_when_its_company_is_another(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = db.get_one(Company, client_of(db, "kafe").company_id)
        companies.deactivate(db, actor(db), company)
        assert not webfaktura.is_linked(db, client_of(db, "kafe"))
