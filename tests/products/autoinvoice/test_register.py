"""AutoInvoice's own registration: a company with its account, and its first user."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from simulator.app import Platform
from simulator.billing.models import Licence
from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.models import Company, Customer, Status
from simulator.documents.accounts import accounts, api_keys
from tests.documents import norway as no
from tests.visits import Visitor

REGISTER = "/autoinvoice/register"
FILLED: dict[str, Any] = {
    "account_type": "organisation",
    "country": "NO",
    "name": "Ny Bedrift AS",
    "organisation_number": "312 002 205",
    "street": "Storgata 1",
    "postal_code": "0001",
    "city": "Oslo",
    "first_name": "Nils",
    "last_name": "Ny",
    "email": "nils@nybedrift.example",
    "terms": "y",
    "human": "y",
}


def _register(visitor: Visitor, **changed: Any) -> Any:
    return visitor.send(visitor.form(REGISTER, "organisation_number"), **(FILLED | changed))


def _link(sandbox: Sandbox, email: str = "nils@nybedrift.example") -> str:
    with sandbox.reading() as db:
        return urlsplit(outbox.newest_first(db, to=email)[0].links[0]).path


def _number_of_companies(sandbox: Sandbox) -> int:
    with sandbox.reading() as db:
        return db.scalar(select(func.count()).select_from(Company)) or 0


@pytest.fixture
def stranger(platform: Platform, norway: Sandbox) -> Visitor:
    """Return a browser in which nobody is signed in, in Norwegian."""
    return Visitor.of(platform, norway, None, "nb")


def test_a_company_registers_and_its_first_user_chooses_a_password(
    platform: Platform, stranger: Visitor, norway: Sandbox
) -> None:
    assert _register(stranger).status_code == 302
    with norway.reading() as db:
        company = no.company(db, "312002205")
        account = accounts.of(db, company)
        licence = db.scalars(select(Licence).where(Licence.customer_id == company.customer_id)).one()
        assert (licence.product, licence.valid_from) == ("autoinvoice", db.clock.now().date())
        assert company.account_number == company.customer.number == licence.customer_number
        assert not account.verified
    answer = stranger.confirm(_link(norway))
    assert answer.status_code == 302
    path = urlsplit(answer.headers["Location"]).path
    done = stranger.send(stranger.form(path, "password"), password="Nybedrift!11", repeated="Nybedrift!11")
    assert done.status_code == 200
    with norway.reading() as db:
        person = people.by_email(db, "nils@nybedrift.example")
        assert person is not None and person.status == Status.ACTIVE
        assert api_keys.of_person(db, person.id) is not None
    page = Visitor.of(platform, norway, "nils@nybedrift.example", "nb").get("/autoinvoice/settings/company").text
    assert "Ny Bedrift AS" in page
    assert "Dette firmaet er ikke verifisert ennå." in page


def test_the_link_of_the_welcome_mail_works_once_and_for_fifteen_minutes(stranger: Visitor, norway: Sandbox) -> None:
    _register(stranger)
    link = _link(norway)
    assert stranger.get(link).status_code == 200
    assert stranger.confirm(link).status_code == 302
    assert "Denne lenken er ikke lenger gyldig" in stranger.get(link).text
    _register(stranger, organisation_number="312003007", email="two@nybedrift.example")
    _register(stranger, organisation_number="312003015", email="two@nybedrift.example")
    no.pass_time(norway, int(timedelta(minutes=15).total_seconds()))
    with norway.reading() as db:
        sent = outbox.newest_first(db, to="two@nybedrift.example")
    assert sent
    assert "Denne lenken er ikke lenger gyldig" in stranger.get(urlsplit(sent[0].links[0]).path).text


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"organisation_number": "310000018"}, "310000018"),
        ({"country": "NL", "organisation_number": "9999990"}, "9999990"),
        ({"country": "SE", "organisation_number": "999999-0007"}, "9999990007"),
        ({"country": "DK", "organisation_number": "99999013"}, "99999013"),
        ({"country": "FI", "organisation_number": "9999902-7"}, "99999027"),
        ({"country": "XX"}, ""),
        ({"account_type": "private"}, ""),
        ({"name": ""}, ""),
        ({"email": "nobody"}, ""),
        ({"terms": []}, "Godta vilkårene"),
        ({"human": []}, ""),
    ],
)
def test_a_wrong_value_is_reported_at_its_field_and_registers_nobody(
    stranger: Visitor, norway: Sandbox, changed: dict[str, Any], message: str
) -> None:
    before = _number_of_companies(norway)
    answer = _register(stranger, **changed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert message in answer.text
    assert _number_of_companies(norway) == before
    with norway.reading() as db:
        assert people.by_email(db, "nils@nybedrift.example") is None


def test_a_number_that_has_an_account_is_refused_in_the_words_of_the_program(stranger: Visitor, norway: Sandbox) -> None:
    answer = _register(stranger, organisation_number=no.REGISTERED)
    assert answer.status_code == 422
    assert "REGISTRATION FAILED, BID ALREADY TAKEN" in answer.text
    with norway.reading() as db:
        (failure,) = [line for line in events.after(db) if line.type == "autoinvoice.registration_failed"]
    assert (failure.subject, failure.data["message"]) == (no.REGISTERED, "REGISTRATION FAILED, BID ALREADY TAKEN")


def test_a_person_with_an_account_gets_the_company_added_to_it(platform: Platform, norway: Sandbox) -> None:
    visitor = Visitor.of(platform, norway, "administrator@fjordlys.example", "nb")
    form = visitor.form(REGISTER, "organisation_number")
    assert form.values["email"] == "administrator@fjordlys.example"
    visitor.send(form, **{name: value for name, value in FILLED.items() if name not in ("email", "first_name", "last_name")})
    with norway.reading() as db:
        mail = outbox.newest_first(db, to="administrator@fjordlys.example")[0]
    assert mail.name == "autoinvoice_added"
    assert "Ny Bedrift AS" in visitor.get("/autoinvoice/").text


def test_every_registration_is_a_customer_of_its_own(stranger: Visitor, norway: Sandbox) -> None:
    _register(stranger)
    _register(stranger, organisation_number="312003015", name="Annen Bedrift AS")
    with norway.reading() as db:
        numbers = db.scalars(select(Customer.number).where(Customer.name.in_(["Ny Bedrift AS", "Annen Bedrift AS"]))).all()
    assert len(set(numbers)) == 2
