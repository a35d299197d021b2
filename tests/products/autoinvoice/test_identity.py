"""The identity check: an administrator starts it, and a signatory answers by a mailed link."""

from urllib.parse import urlsplit

import pytest

from simulator.app import Platform
from simulator.core import events, faults, jobs, outbox
from simulator.core.sandbox import Sandbox
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Account
from tests.documents import norway as no
from tests.visits import Visitor, forms_on

ADMINISTRATOR = "administrator@fjordlys.example"
IDENTITY = "/autoinvoice/settings/identity"
SIGNATORY = "styret@fjordlys.example"


@pytest.fixture
def visitor(platform: Platform, norway: Sandbox) -> Visitor:
    """Return the browser of the administrator of a company that is not verified."""
    with norway.transaction() as db:
        account = accounts.of(db, no.company(db, no.REGISTERED))
        account.verified, account.identity_check = False, "none"
    return Visitor.of(platform, norway, ADMINISTRATOR, "nb")


def _account(sandbox: Sandbox) -> Account:
    with sandbox.reading() as db:
        return accounts.of(db, no.company(db, no.REGISTERED))


def _ask(visitor: Visitor, sandbox: Sandbox) -> str:
    """Send a request to sign, and return the path of its link."""
    visitor.send(visitor.form(IDENTITY, "email"), name="Styret Leder", email=SIGNATORY)
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        return urlsplit(outbox.newest_first(db, to=SIGNATORY)[0].links[0]).path


def _journal(sandbox: Sandbox) -> list[str]:
    with sandbox.reading() as db:
        return [line.type for line in events.after(db) if line.type.startswith("autoinvoice.")]


def test_a_company_that_is_not_verified_is_told_on_its_pages(platform: Platform, visitor: Visitor, norway: Sandbox) -> None:
    for path in ("/autoinvoice/settings", "/autoinvoice/settings/sending"):
        page = visitor.get(path).text
        assert "Dette firmaet er ikke verifisert ennå." in page
        assert f'href="/s/norway{IDENTITY}"' in page
    with norway.transaction() as db:
        accounts.open_account(db, no.company(db, no.REGISTERED), verified=True)
    assert "ikke verifisert ennå" not in visitor.get("/autoinvoice/settings").text


def test_a_request_is_pending_until_it_is_mailed(visitor: Visitor, norway: Sandbox) -> None:
    assert visitor.send(visitor.form(IDENTITY, "email"), name="Styret Leder", email="nobody").status_code == 422
    visitor.send(visitor.form(IDENTITY, "email"), name="Styret Leder", email=SIGNATORY)
    assert _account(norway).identity_check == "pending"
    assert "er under arbeid" in visitor.get(IDENTITY).text
    jobs.run_due(norway)
    assert _account(norway).identity_check == "sent"
    assert _journal(norway) == ["autoinvoice.identity_check_started", "autoinvoice.identity_check_sent"]


def test_a_signature_verifies_the_company_and_the_link_works_once(
    platform: Platform, visitor: Visitor, norway: Sandbox
) -> None:
    path = _ask(visitor, norway)
    signatory = Visitor.of(platform, norway)
    page = signatory.get(path).text
    assert "BankID" in page
    (form,) = (form for form in forms_on(page, path) if any(name == "answer" for name, _, _ in form.buttons))
    assert not _account(norway).verified
    answer = signatory.send(form)
    assert answer.status_code == 200
    account = _account(norway)
    assert (account.verified, account.identity_check) == (True, "signed")
    assert _journal(norway)[-1] == "autoinvoice.verified"
    assert signatory.get(path).status_code == 404
    assert signatory.send(form).text == answer.text


def test_a_signatory_who_declines_leaves_the_company_as_it_was(
    platform: Platform, visitor: Visitor, norway: Sandbox
) -> None:
    path = _ask(visitor, norway)
    signatory = Visitor.of(platform, norway, None, "nb")
    signatory.send(signatory.form(path, "answer"), button=1)
    account = _account(norway)
    assert (account.verified, account.identity_check) == (False, "canceled")
    assert "ble avbrutt" in visitor.get(IDENTITY).text


def test_a_fault_can_interrupt_a_confirmation(platform: Platform, visitor: Visitor, norway: Sandbox) -> None:
    with norway.transaction() as db:
        faults.add(db, "identity.sign", company=no.REGISTERED)
    signatory = Visitor.of(platform, norway, None, "nb")
    page = signatory.send(signatory.form(_ask(visitor, norway), "answer")).text
    assert "Bekreftelsen ble avbrutt" in page
    assert _account(norway).identity_check == "canceled"
    path = _ask(visitor, norway)
    signatory.send(signatory.form(path, "answer"))
    assert _account(norway).verified


def test_a_newer_request_replaces_the_one_before(platform: Platform, visitor: Visitor, norway: Sandbox) -> None:
    first = _ask(visitor, norway)
    second = _ask(visitor, norway)
    signatory = Visitor.of(platform, norway)
    assert signatory.get(first).status_code == 404
    assert signatory.get(second).status_code == 200


def test_a_company_that_is_verified_asks_nobody(visitor: Visitor, norway: Sandbox) -> None:
    form = visitor.form(IDENTITY, "email")
    with norway.transaction() as db:
        accounts.open_account(db, no.company(db, no.REGISTERED), verified=True)
    page = visitor.send(form, name="Styret Leder", email=SIGNATORY, follow=True).text
    assert "Firmaet er allerede verifisert" in page
    assert _account(norway).verified
