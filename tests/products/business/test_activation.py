"""Visma Business: Aktiver Visma.net, and the export of the company."""

import pytest

from simulator.core.texts import text
from simulator.directory import companies
from simulator.sales import clients
from simulator.sales.models import Opg, ProgramCode
from tests.office import NEIGHBOUR, OFFICE_USER, Office, alerts, paragraphs, press, row, states, value
from tests.reading import read

EXPORT = "Eksporter/oppdater bedrifter"
CONNECTION = "Forbindelse med Visma.net"


def page(office: Office, key: str) -> str:
    return f"/business/{office.client(key)}/activate"


def test_the_way_of_the_manual_leads_there_by_menu_and_ribbon(office: Office) -> None:
    overview = read(office.visitor.get(f"/business/{office.client('blomster')}/").text)
    links = {link.text: link["href"] for link in overview.all("a")}
    assert "Administrasjon" in [summary.text for summary in overview.all("summary")]
    company = office.visitor.get(links["Bedriftsinformasjon"])
    (group,) = [group for group in read(company.text).all("div") if group["role"] == "group"]
    assert group.text == "Aktiver Visma.net Behandling"
    assert office.visitor.get(group.all("a")[0]["href"]).status_code == 200


def test_an_export_says_in_the_middle_that_the_company_is_updated_and_gives_a_firma_id(office: Office) -> None:
    before = office.visitor.get(page(office, "blomster"))
    assert states(before)[CONNECTION]
    assert row(before, "WebFaktura") == ["WebFaktura", "Aldri", "–", "–"]
    after = press(office.visitor, page(office, "blomster"), EXPORT)
    assert alerts(after)[0].startswith("Firmaet Blomsterhjørnet AS er oppdatert i Visma.net. Firma ID: 10000")
    assert "WebFaktura" in alerts(after)[1]
    assert row(after, "WebFaktura")[1] == "01.03.2022 09:00"
    assert row(after, "WebFaktura")[3].startswith("Knytt byråbrukeren til firmaet.")
    assert office.journal("client.") == ["client.exported"]


def test_a_company_that_was_there_wants_its_user_and_its_service_in_admin(office: Office) -> None:
    after = press(office.visitor, page(office, "snekker"), EXPORT)
    assert "Knytt byråbrukeren til firmaet i Visma.net Admin, og legg til WebFaktura som tjeneste der." in alerts(after)[1]
    left = row(after, "WebFaktura")[3]
    assert left.startswith("Legg til tjenesten. Knytt byråbrukeren til firmaet.")
    with office.sandbox.transaction() as db:
        client = clients.by_key(db, "snekker")
        assert client is not None
        assert client.company is not None
        assert companies.services_of(db, client.company) == ["autoinvoice"]


@pytest.mark.parametrize("state", [state for state in Opg if state is not Opg.CONNECTED])
def test_without_the_gateway_there_is_a_cross_and_no_export(office: Office, state: Opg) -> None:
    office.set_gateway(state)
    before = office.visitor.get(page(office, "blomster"))
    assert not states(before)[CONNECTION]
    assert any("Visma-forhandler" in paragraph for paragraph in paragraphs(before))
    after = press(office.visitor, page(office, "blomster"), EXPORT)
    assert after.status_code == 422
    assert "On Premise Gateway" in alerts(after)[0]
    assert office.journal("client.") == []
    office.set_gateway(Opg.CONNECTED)
    assert states(office.visitor.get(page(office, "blomster")))[CONNECTION]


def test_a_program_that_is_too_old_exports_nothing(office: Office) -> None:
    after = press(office.visitor, page(office, "gammel"), EXPORT)
    assert (after.status_code, states(after)["Visma Business 12 eller nyere"]) == (422, False)
    assert "Krever Visma Business 12 eller nyere. Installert er 11.0." in alerts(after)[0]
    office.install("gammel", ProgramCode.BUSINESS, "12")
    assert press(office.visitor, page(office, "gammel"), EXPORT).status_code == 200


def test_the_export_for_another_service_is_no_export_for_webfaktura(office: Office) -> None:
    after = press(office.visitor, page(office, "blomster"), EXPORT, service="autoinvoice")
    assert row(after, "WebFaktura")[1] == "Aldri"
    assert row(after, "Visma.net AutoInvoice")[1] == "01.03.2022 09:00"


def test_a_service_that_is_none_is_refused(office: Office) -> None:
    after = press(office.visitor, page(office, "blomster"), EXPORT, service="payroll")
    assert after.status_code == 422
    assert office.journal("client.") == []


def test_without_a_licence_the_page_says_where_it_is_registered(office: Office) -> None:
    neighbour = office.as_person(NEIGHBOUR)
    start = neighbour.get("/business/", follow_redirects=True)
    address = start.request.path.removeprefix("/s/no") + "activate"
    before = neighbour.get(address)
    assert states(before) == {CONNECTION: True, "Visma Business 12 eller nyere": True, "Lisens på WebFaktura": False}
    after = press(neighbour, address, EXPORT)
    assert after.status_code == 422
    assert "Nabobyrået AS mangler lisens på WebFaktura Visma.net." in alerts(after)[0]


def test_company_information_is_changed_and_the_next_export_carries_it(office: Office) -> None:
    address = f"/business/{office.client('snekker')}/company"
    after = press(office.visitor, address, "Lagre", city="Vikebygd", organisation_number="NO 310 000 132 MVA")
    assert value(after, "city") == "Vikebygd"
    assert value(after, "organisation_number") == "310000132"
    press(office.visitor, page(office, "snekker"), EXPORT)
    with office.sandbox.reading() as db:
        client = clients.by_key(db, "snekker")
        assert client is not None
        assert client.company is not None
        assert client.company.city == "Vikebygd"


def test_a_number_that_fails_its_check_is_refused_at_its_field(office: Office) -> None:
    address = f"/business/{office.client('blomster')}/company"
    after = press(office.visitor, address, "Lagre", organisation_number="310000158", city="Vikebygd")
    assert after.status_code == 422
    assert "310000158" in alerts(after)[0]
    assert value(after, "city") == "Vikebygd"
    assert office.journal("client.") == []


def test_the_number_of_another_customers_company_is_refused_without_its_name(office: Office) -> None:
    press(office.visitor, f"/business/{office.client('blomster')}/company", "Lagre", organisation_number="310000140")
    after = press(office.visitor, page(office, "blomster"), EXPORT)
    assert after.status_code == 422
    assert "310000140 er registrert hos en annen Visma.net-kunde" in alerts(after)[0]
    assert "Nabobyrået" not in after.text


def test_a_client_is_opened_by_those_who_may_and_by_nobody_else(office: Office) -> None:
    user = office.as_person(OFFICE_USER)
    assert user.get("/business/").location == f"/s/no/business/{office.client('kafe')}/"
    for visitor, key in ((user, "blomster"), (office.as_person(NEIGHBOUR), "kafe")):
        assert visitor.get(f"/business/{office.client(key)}/").status_code == 404
    assert office.visitor.get("/business/9223372036854775808/").status_code == 404
    names = [link.text for link in read(office.visitor.get("/business/").text).all("main")[0].all("a")]
    assert names == ["Bryggekafeen AS", "Snekker Solheim AS", "Blomsterhjørnet AS", "Gammelt Verksted AS"]


def test_what_is_beyond_the_manual_says_so(office: Office) -> None:
    for name in ("account", "activation_of_clients", "customers"):
        answer = office.visitor.get(f"/business/{office.client('kafe')}/{name}")
        assert text("nb", "not_simulated") in answer.text
