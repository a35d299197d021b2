"""Registering a client's company at AutoInvoice from WebFaktura."""

from collections.abc import Iterator

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.core.texts import text
from simulator.directory import people
from simulator.documents.accounts import api_keys
from simulator.documents.model.models import Account
from tests.conftest import NOW
from tests.products.webfaktura.conftest import Visit, client_id
from tests.reading import read
from tests.visits import Visitor, store_of

OFFICE_USER = "byraabruker@nordlys-regnskap.example"


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return a sandbox in which the company of a client does not use AutoInvoice."""
    store = store_of(platform)
    overlay = {"companies": [{"key": "kafe", "services": ["webfaktura"]}]}
    store.create("nord", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW), overlay=overlay))
    with store.open("nord") as opened:
        yield opened
    store.delete("nord")


def register(visitor: Visitor, client: int, **values: str) -> tuple[int, str]:
    """Send the form, and return the status and what the page says."""
    answer = visitor.send(visitor.form(f"/webfaktura/{client}/einvoice", "terms"), 0, False, **values)
    return answer.status_code, read(answer.text).text if answer.status_code == 422 else ""


def key_of(sandbox: Sandbox, email: str) -> str:
    with sandbox.transaction() as db:
        person = people.by_email(db, email)
        assert person is not None
        return api_keys.text_of(db, api_keys.ensure_for(db, person))


def test_the_company_is_registered_once_the_terms_are_accepted(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    assert register(office, client)[0] == 422
    assert register(office, client, terms="y")[0] == 302
    with sandbox.transaction() as db:
        db.query(Account).update({"verified": False})
    page = read(office.get(f"/webfaktura/{client}/einvoice").text).text
    assert text("nb", "webfaktura.einvoice.active", name="Bryggekafeen AS") in page
    assert text("nb", "webfaktura.einvoice.not_verified") in page


def test_an_existing_user_is_named_with_the_own_key(sandbox: Sandbox, visit: Visit) -> None:
    office, client, key = visit("administrator"), client_id(sandbox), key_of(sandbox, OFFICE_USER)
    existing = {"terms": "y", "user": "existing", "user_name": OFFICE_USER}
    wrong = text("nb", "error.webfaktura.wrong_api_key")
    for values in ({"api_key": ""}, {"api_key": "x"}, {"api_key": key, "user_name": "kari@bryggekafeen.example"}):
        status, page = register(office, client, **existing | values)
        assert status == 422
        assert wrong in page
    assert register(office, client, **existing, api_key=f" {key.upper()} ")[0] == 302


def test_a_client_that_is_no_company_cannot_be_registered(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox, "blomster")
    page = office.get(f"/webfaktura/{client}/einvoice")
    assert text("nb", "error.sales.not_exported", client="Blomsterhjørnet AS") in page.text
    assert "Registrer firma" not in page.text


def test_user_access_registers_nothing(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    assert "Registrer firma" not in kari.get(f"/webfaktura/{client}/einvoice").text
    answer = kari.client.post(
        f"/s/nord/webfaktura/{client}/einvoice", data={"csrf_token": kari.token(), "terms": "y", "user": "new"}
    )
    assert answer.status_code == 403


def test_what_is_beyond_says_so(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    page = office.get(f"/webfaktura/{client}/einvoice/settings")
    assert text("nb", "not_simulated") in page.text
