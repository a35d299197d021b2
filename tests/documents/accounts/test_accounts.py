"""Accounts at AutoInvoice: opened with the service, and looked at without a trace."""

from simulator.core.sandbox import Sandbox
from simulator.directory import companies
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Account
from tests.documents import norway as no


def test_a_company_that_gets_the_service_has_an_account_that_is_not_verified(norway: Sandbox) -> None:
    with norway.transaction() as db:
        company = no.add_company(db, "new", "NO", "312003007")
        companies.deactivate_service(db, no.acting(db), company, "autoinvoice")
        db.flush()
        assert db.get(Account, company.id) is None
        companies.activate_service(db, no.acting(db), company, "autoinvoice")
        account = db.get_one(Account, company.id)
        assert (account.verified, account.identity_check) == (False, "none")
        by_uuid = accounts.by_uuid(db, account.uuid)
        assert by_uuid is account


def test_another_service_opens_no_account(norway: Sandbox) -> None:
    with norway.transaction() as db:
        company = no.add_company(db, "new", "NO", "312003007")
        companies.activate_service(db, no.acting(db), company, "expense")
        assert db.get(Account, company.id) is None


def test_looking_at_a_company_without_an_account_throws_no_dice_and_always_shows_the_same(norway: Sandbox) -> None:
    with norway.transaction() as db:
        id_ = no.add_company(db, "new", "NO", "312003007").id
    seen = set()
    for _ in range(2):
        with norway.reading() as db:
            drawn = db.record.drawn
            seen.add(accounts.of(db, no.company(db, "312003007")).uuid)
            assert db.record.drawn == drawn
    with norway.transaction() as db:
        assert db.get(Account, id_) is None
        seen.add(accounts.of(db, no.company(db, "312003007")).uuid)
    assert len(seen) == 1


def test_the_service_keeps_the_settings_of_an_account_that_is_open(norway: Sandbox) -> None:
    with norway.transaction() as db:
        company = no.company(db, no.REGISTERED)
        account = accounts.of(db, company)
        account.print_colour = True
        before = (account.uuid, account.verified)
        companies.deactivate_service(db, no.acting(db), company, "autoinvoice")
        companies.activate_service(db, no.acting(db), company, "autoinvoice")
        assert (account.uuid, account.verified) == before
        assert account.print_colour
