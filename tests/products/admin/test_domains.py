"""Pages of the customer's e-mail domains."""

import pytest
from sqlalchemy import select

from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory import sign_in_sessions
from simulator.directory.email_domains import domains
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.models import Customer, Grant
from simulator.directory.people import by_email
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, USER, SignIn

DOMAINS = "/admin/domains"
NAME = "rietkraag.example"


def add(browser: Browser, name: str) -> Page:
    """Add a domain and return the next page."""
    page = browser.open("/admin/domains/add")
    return browser.send(page, Form(page, "Volgende").fill("E-maildomein", name))


def set_record(sandbox: Sandbox, *, right: bool) -> None:
    """Set the record of the domain in the simulated DNS."""
    with sandbox.transaction() as db:
        domain = db.scalars(select(EmailDomain).where(EmailDomain.domain == NAME)).one()
        domains.set_dns_texts(db, NAME, [domains.record_of(domain) if right else "v=spf1 -all"])


def test_a_domain_is_added_proven_by_its_record_and_gets_a_policy(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.click(administrator.open(DOMAINS), "Domein toevoegen")
    page = administrator.send(page, Form(page, "Volgende").fill("E-maildomein", "@Rietkraag.Example"))
    assert page.heading == NAME
    assert "visma-connect-domain-verification=" in page.text
    assert "heeft geen TXT-record" in administrator.press(page, "Verifiëren").alerts[0]
    set_record(sandbox, right=False)
    assert "bevat iets anders: v=spf1 -all" in administrator.press(page, "Verifiëren").alerts[0]
    set_record(sandbox, right=True)
    page = administrator.press(page, "Verifiëren")
    assert page.alerts == ["rietkraag.example is geverifieerd."]
    form = Form(page, "Opslaan").check("Tweestapsverificatie verplichten voor iedereen in het domein")
    page = administrator.send(page, form.alter("password_rules", "long-15"))
    assert page.alerts == ["Het beleid van het domein is opgeslagen."]
    assert "Lang: 15 tekens" in administrator.open(DOMAINS).text
    log = administrator.open("/admin/change-log").text
    assert "Beleid van een e-maildomein gewijzigd" in log
    assert "Wachtwoordregels: Lang: 15 tekens, van welke soort ook" in log
    page = administrator.click(page, "Domein verwijderen")
    assert administrator.press(page, "Domein verwijderen").alerts == ["rietkraag.example is verwijderd."]
    assert "nog geen domein" in administrator.open(DOMAINS).text


def test_the_record_is_created_in_the_simulated_dns_beside_others(administrator: Browser, sandbox: Sandbox) -> None:
    page = add(administrator, NAME)
    set_record(sandbox, right=False)
    page = administrator.press(page, "Record aanmaken in de gesimuleerde DNS")
    assert page.alerts == ["De gesimuleerde DNS heeft nu de record van rietkraag.example."]
    assert "De gesimuleerde DNS heeft dit record." in page.text
    assert administrator.press(page, "Verifiëren").alerts == ["rietkraag.example is geverifieerd."]
    with sandbox.reading() as db:
        assert "v=spf1 -all" in domains.dns_texts(db, NAME)


def test_a_refused_name_is_shown_again_with_the_reason(administrator: Browser, sandbox: Sandbox) -> None:
    page = add(administrator, "geen domein")
    assert page.status == 422
    assert "Vul een domein in" in page.text
    add(administrator, NAME)
    assert "is al toegevoegd" in add(administrator, NAME).text


def test_the_domain_of_another_customer_is_refused_and_its_pages_are_not_found(
    administrator: Browser, sandbox: Sandbox
) -> None:
    with sandbox.transaction() as db:
        neighbour = Customer(key="another", number="100911", name="Buurman", country="NL")
        domain = EmailDomain(customer=neighbour, domain=NAME, token="x", added_at=db.clock.now(), verified_at=db.clock.now())
        db.add(domain)
        db.flush()
        domain_id = domain.id
    assert "is van een andere klant" in add(administrator, NAME).text
    for path in ("", "/remove"):
        assert administrator.open(f"{DOMAINS}/{domain_id}{path}").status == 404
    token = Form(administrator.open("/admin/domains/add"), "Volgende").values["csrf_token"]
    for path in ("verify", "policy", "remove"):
        data = {"csrf_token": token, "password_rules": "long-15"}
        address = f"{administrator.home}{DOMAINS}/{domain_id}/{path}"
        assert administrator.client.post(address, data=data).status_code == 404
    with sandbox.reading() as db:
        assert db.get_one(EmailDomain, domain_id).password_rules == "default-8"


def test_a_policy_with_unknown_rules_or_of_an_unverified_domain_is_refused(administrator: Browser, sandbox: Sandbox) -> None:
    page = add(administrator, NAME)
    token = Form(page, "Verifiëren").values["csrf_token"]
    with sandbox.reading() as db:
        domain_id = db.scalars(select(EmailDomain.id)).one()
    for rules in ("long-15", "no-such-rules", ""):
        data = {"csrf_token": token, "password_rules": rules}
        address = f"{administrator.home}{DOMAINS}/{domain_id}/policy"
        assert administrator.client.post(address, data=data).status_code == 422


def test_a_business_contact_reads_and_a_company_administrator_does_not(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    add(administrator, NAME)
    assert sign_in(COMPANY_ADMINISTRATOR).open(DOMAINS).status == 403
    with sandbox.transaction() as db:
        person = by_email(db, USER)
        assert person is not None
        office = db.scalars(select(Customer).where(Customer.key == "office")).one()
        db.add(Grant(person_id=person.id, role="business_contact", customer_id=office.id))
        domain_id = db.scalars(select(EmailDomain.id)).one()
    browser = sign_in(USER)
    page = browser.open(f"{DOMAINS}/{domain_id}")
    assert page.status == 200
    assert "Verifiëren" not in page.text
    assert browser.open("/admin/domains/add").status == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_every_language(administrator: Browser, sign_in: SignIn, language: str) -> None:
    add(administrator, NAME)
    page = sign_in(ADMINISTRATOR, language).open(DOMAINS)
    assert page.status == 200
    assert page.root.all("html")[0].get("lang") == language


def test_the_policy_says_which_identity_providers_are_allowed_and_at_least_one_is(
    administrator: Browser, sandbox: Sandbox
) -> None:
    add(administrator, NAME)
    set_record(sandbox, right=True)
    with sandbox.reading() as db:
        address = f"{DOMAINS}/{db.scalars(select(EmailDomain.id)).one()}"
    page = administrator.press(administrator.open(address), "Verifiëren")
    connect, external = "Connect (wachtwoord of passkey)", "Eigen inlog van de organisatie"
    none = administrator.send(page, Form(page, "Opslaan").uncheck(connect))
    assert "Sta minstens één identiteitsprovider toe." in none.text
    page = administrator.send(page, Form(page, "Opslaan").uncheck(connect).check(external))
    assert page.alerts == ["Het beleid van het domein is opgeslagen."]
    log = administrator.open("/admin/change-log").text
    assert f"Toegestane identiteitsproviders: {connect}" in log
    assert f"Toegestane identiteitsproviders: {external}" in log
    with sandbox.reading() as db:
        assert db.scalars(select(EmailDomain.identity_providers)).one() == ["external"]


def test_the_login_history_says_who_signed_in_with_the_provider_of_the_organisation(
    administrator: Browser, sandbox: Sandbox
) -> None:
    with sandbox.transaction() as db:
        person = by_email(db, USER)
        assert person is not None
        sign_in_sessions.begin(db, person, ["external"])
    text = administrator.open("/admin/reports/login-history").text
    assert text.count("Ingelogd, met de inlog van de organisatie") == 1
