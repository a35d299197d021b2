"""AutoInvoice's settings for receiving invoices: the company's registration in ELMA."""

import re

import pytest

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR
from simulator.documents.accounts import accounts
from simulator.documents.model.models import State
from simulator.documents.registers import participants
from tests.documents import norway as no
from tests.products.autoinvoice.browser import Browser, Page
from tests.products.autoinvoice.conftest import SignIn

RECEIVE = "/autoinvoice/settings/receive"


def choose(browser: Browser, name: str) -> Page:
    """Choose a company and open its settings for receiving."""
    page = browser.open("/autoinvoice")
    browser.send(page, company=page.buttons[name])
    return browser.open(RECEIVE)


@pytest.mark.parametrize(
    ("language", "settings", "receive", "section", "update"),
    [
        ("nb", "Innstillinger", "Motta fakturaer", "ELMA-registrering", "Oppdater"),
        ("nl", "Instellingen", "Facturen ontvangen", "ELMA-registratie", "Bijwerken"),
        ("sv", "Inställningar", "Ta emot fakturor", "ELMA-registrering", "Uppdatera"),
        ("en", "Settings", "Receive invoices", "ELMA registration", "Update"),
    ],
)
def test_the_links_to_the_tick_box_have_the_words_of_the_manual(
    sign_in: SignIn, language: str, settings: str, receive: str, section: str, update: str
) -> None:
    browser = sign_in("administrator", language)
    start = browser.open("/autoinvoice/start")
    page = browser.open(start.links[settings])
    assert page.heading == settings
    page = browser.open(page.links[receive])
    assert page.heading == receive
    assert f">{section}</h2>" in page.response.text
    assert list(page.buttons) == [update]
    assert page.form.boxes == {"registered": True}


def test_the_tick_changes_nothing_before_update(administrator: Browser, norway: Sandbox) -> None:
    assert administrator.open(RECEIVE).form.boxes == {"registered": True}
    assert administrator.open(RECEIVE).form.boxes == {"registered": True}
    assert no.registration(norway, no.REGISTERED).state is State.ACTIVE
    assert no.journal(norway) == []


def test_a_company_that_unticks_and_updates_leaves_elma(administrator: Browser, norway: Sandbox) -> None:
    page = administrator.send(administrator.open(RECEIVE), registered=None)
    assert (page.status, page.path) == (200, RECEIVE)
    assert "Oppdatert. Fjordlys Drift AS meldes ut av ELMA" in page.text
    jobs.run_due(norway)
    assert "310000019» er ikke registrert" in administrator.open("/elma/?q=310000019").text


def test_a_pending_change_is_shown_until_it_is_completed(administrator: Browser, norway: Sandbox) -> None:
    page = administrator.send(administrator.open(RECEIVE), registered=None)
    assert "er under behandling" in page.text
    assert page.form.boxes == {"registered": False}
    jobs.run_due(norway)
    page = administrator.open(RECEIVE)
    assert "er under behandling" not in page.text
    assert "Fjordlys Drift AS er ikke registrert i ELMA." in page.text


def test_the_message_is_shown_once(administrator: Browser) -> None:
    administrator.send(administrator.open(RECEIVE), registered=None)
    assert "Oppdatert" not in administrator.open(RECEIVE).text


def test_a_company_that_ticks_and_updates_is_registered(administrator: Browser, norway: Sandbox) -> None:
    page = choose(administrator, "Fjordlys Verksted AS")
    assert page.form.boxes == {"registered": False}
    page = administrator.send(page, registered="y")
    assert "Oppdatert. Fjordlys Verksted AS blir registrert i ELMA" in page.text
    jobs.run_due(norway)
    page = administrator.open(RECEIVE)
    assert "har vært registrert i ELMA via AutoInvoice siden 01.03.2022" in page.text
    assert page.form.boxes == {"registered": True}


def test_the_person_who_asked_gets_a_notice_with_a_link_to_the_register(administrator: Browser, norway: Sandbox) -> None:
    administrator.send(administrator.open(RECEIVE), registered=None)
    jobs.run_due(norway)
    bell = administrator.open("/home/notices")
    assert "Fjordlys Drift AS (310000019) er meldt ut av ELMA" in bell.text
    page = Page(
        administrator.client.post(
            f"{administrator.home}/home/notices/read",
            data={"csrf_token": bell.form.fields["csrf_token"], "notice": "1"},
            follow_redirects=True,
        )
    )
    assert page.heading == "Søk i ELMA"


def test_a_company_of_another_access_point_is_refused_and_told_whom_to_contact(
    administrator: Browser, norway: Sandbox
) -> None:
    page = choose(administrator, "Fjordlys Eiendom AS")
    assert page.form.boxes == {"registered": False}
    page = administrator.send(page, registered="y")
    assert page.status == 422
    assert f"Kontakt {no.OTHER_ACCESS_POINT} først" in page.text
    assert page.form.boxes == {"registered": False}
    jobs.run_due(norway)
    assert not no.registration(norway, no.ELSEWHERE).ours


def test_updating_without_a_tick_cannot_remove_what_another_access_point_registered(
    administrator: Browser, norway: Sandbox
) -> None:
    page = administrator.send(choose(administrator, "Fjordlys Eiendom AS"))
    assert page.status == 422
    assert no.OTHER_ACCESS_POINT in page.text


def test_once_the_other_access_point_removed_it_the_same_tick_succeeds(administrator: Browser, norway: Sandbox) -> None:
    page = choose(administrator, "Fjordlys Eiendom AS")
    assert administrator.send(page, registered="y").status == 422
    with norway.transaction() as db:
        participants.remove_elsewhere(db, no.ELSEWHERE)
    assert administrator.send(page, registered="y").status == 200
    assert no.registration(norway, no.ELSEWHERE).ours


def test_a_form_sent_twice_changes_once(administrator: Browser, norway: Sandbox) -> None:
    page = administrator.open(RECEIVE)
    administrator.send(page, registered=None)
    again = administrator.send(page, registered=None)
    assert "Det var ingenting å oppdatere." in again.text
    assert [type_ for type_, _ in no.journal(norway)] == ["elma.removal_requested"]


def test_a_form_without_a_token_changes_nothing(administrator: Browser, norway: Sandbox) -> None:
    assert administrator.send(administrator.open(RECEIVE), registered=None, csrf_token=None).status == 400
    assert administrator.send(administrator.open(RECEIVE), registered=None, csrf_token="junk").status == 400
    assert no.journal(norway) == []


@pytest.mark.parametrize("junk", ["maybe", "y y", "\N{CHECK MARK}", "x" * 10_000, "<script>", "\x00"])
def test_junk_is_neither_ticked_nor_empty(administrator: Browser, norway: Sandbox, junk: str) -> None:
    page = administrator.send(administrator.open(RECEIVE), registered=junk)
    assert page.status == 422
    assert "Huk av boksen eller la den stå tom" in page.text
    assert no.journal(norway) == []


def test_a_form_shown_for_another_company_of_the_visitor_changes_neither(administrator: Browser, norway: Sandbox) -> None:
    form_page = choose(administrator, "Fjordlys Drift AS")
    choose(administrator, "Fjordlys Verksted AS")
    page = administrator.send(form_page, registered="y")
    assert page.status == 422
    assert "Du har i mellomtiden valgt Fjordlys Verksted AS" in page.text
    assert page.form.boxes == {"registered": False}
    assert no.journal(norway) == []


@pytest.mark.parametrize("company", ["0", "-1", "4711", "one", "9" * 40])
def test_a_company_the_visitor_cannot_choose_is_not_found(administrator: Browser, norway: Sandbox, company: str) -> None:
    page = administrator.send(administrator.open(RECEIVE), registered=None, company=company)
    assert page.status == 404
    assert no.journal(norway) == []


def test_the_settings_of_another_customers_company_are_out_of_reach(sign_in: SignIn, norway: Sandbox) -> None:
    with norway.transaction() as db:
        company = str(no.company(db, no.UNREGISTERED).id)
        user = people.by_email(db, "user@fjordlys.example")
        assert user is not None
        people.grant(db, None, user, AUTOINVOICE_ADMINISTRATOR, company=no.company(db, no.REGISTERED))
    browser = sign_in("user")
    assert browser.send(browser.open(RECEIVE), registered="y", company=company).status == 404
    assert no.registration(norway, no.UNREGISTERED).state is None


def test_a_user_sees_the_own_settings_and_none_of_the_company(sign_in: SignIn) -> None:
    browser = sign_in("user")
    assert "Autoinvoice administrator" in browser.open("/autoinvoice").text
    page = browser.open("/autoinvoice/settings")
    assert page.status == 200
    assert "Personlige innstillinger" in page.links
    assert "Motta fakturaer" not in page.links
    refused = browser.open(RECEIVE)
    assert refused.status == 403
    assert "Astrid Solvang" in refused.text


def test_a_user_cannot_send_the_form_either(sign_in: SignIn, administrator: Browser, norway: Sandbox) -> None:
    form = administrator.open(RECEIVE)
    browser = sign_in("user")
    assert (
        browser.send(form, registered=None, csrf_token=browser.open("/home/notices").form.fields["csrf_token"]).status == 403
    )
    assert no.journal(norway) == []


def test_a_visitor_who_is_not_signed_in_sees_no_settings(platform: Platform, norway: Sandbox) -> None:
    assert Browser(platform, norway).open(RECEIVE).path == "/connect/"


def test_a_company_outside_norway_has_a_switch_of_its_own_for_elma(administrator: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        dutch = no.add_company(db, "dutch", "NL", "99999901")
        accounts.open_account(db, dutch, verified=True)
        person = people.by_email(db, "administrator@fjordlys.example")
        assert person is not None
        people.grant(db, None, person, AUTOINVOICE_ADMINISTRATOR, company=dutch)
    form_page = administrator.open(RECEIVE)
    page = choose(administrator, "Company dutch")
    assert "ELMA er det norske registeret. Company dutch er ikke et norsk firma" in page.text
    assert page.form.boxes == {"receives": True}
    page = administrator.send(form_page, registered="y", company=None)
    assert page.status == 422
    assert "Ingenting er endret: ELMA er det norske registeret" in page.text


NOT_VERIFIED = "Identiteten til dette firmaet er ikke kontrollert ennå. Fullfør identitetskontrollen først"


def test_a_company_that_is_not_verified_cannot_tick_and_reads_why(administrator: Browser, norway: Sandbox) -> None:
    page = choose(administrator, "Fjordlys Nybygg AS")
    assert page.form.boxes == {"registered": False}
    assert re.search(r'<input[^>]*\bdisabled\b[^>]*name="registered"', page.response.text)
    assert NOT_VERIFIED in page.text
    page = administrator.send(page, registered="y")
    assert page.status == 422
    assert page.text.count(NOT_VERIFIED) == 3, "in the summary, at the field, and below it"
    jobs.run_due(norway)
    assert no.registration(norway, "310000086").state is None


def test_a_company_abroad_that_is_not_verified_cannot_turn_receiving_on(administrator: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        company = no.company(db, no.REGISTERED)
        company.country, company.organisation_number = "SE", "5590000015"
        account = accounts.of(db, company)
        account.verified, account.receives = False, False
    page = administrator.open(RECEIVE)
    assert re.search(r'<input[^>]*\bdisabled\b[^>]*name="receives"', page.response.text)
    sent = {"csrf_token": page.form.fields["csrf_token"], "receives": "y"}
    answer = Page(administrator.client.post(f"{administrator.home}{RECEIVE}/network", data=sent))
    assert answer.status == 422
    assert answer.text.count(NOT_VERIFIED) == 3, "in the summary, at the field, and below it"
    with norway.reading() as db:
        assert not accounts.of(db, no.company(db, "5590000015")).receives


def test_a_company_that_is_not_verified_cannot_activate_its_scan_account(administrator: Browser, norway: Sandbox) -> None:
    choose(administrator, "Fjordlys Nybygg AS")
    page = administrator.open("/autoinvoice/settings/scan")
    assert re.search(r'<input[^>]*\bdisabled\b[^>]*name="accepted"', page.response.text)
    sent = {"csrf_token": page.form.fields["csrf_token"], "accepted": "y"}
    answer = Page(administrator.client.post(f"{administrator.home}/autoinvoice/settings/scan/activate", data=sent))
    assert answer.status == 422
    assert answer.text.count(NOT_VERIFIED) == 2
    with norway.reading() as db:
        assert accounts.of(db, no.company(db, "310000086")).scan_active_from is None


def test_the_page_says_where_the_manual_lets_a_reader_write_for_help(administrator: Browser) -> None:
    assert (
        "Aktiveringsteamet hjelper den som skriver til kundesenteret@visma.com (simulert)."
        in administrator.open(RECEIVE).text
    )
