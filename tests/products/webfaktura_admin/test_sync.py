"""WebFaktura Admin (sync): registering WebFaktura clients at Visma.net."""

from werkzeug.test import TestResponse

from simulator.sales.models import Opg, ProgramCode
from tests.office import NEIGHBOUR, Office, alerts, paragraphs, press, row, states, value
from tests.reading import read

UPDATE = "Oppdater WebFaktura klient til Visma.net"


def tab(office: Office, key: str) -> str:
    return f"/webfaktura-admin/{office.client(key)}/visma-net"


def tabs(page: TestResponse) -> list[str]:
    return [link.text for list_ in read(page.text).all("ul") if list_["class"] == "tabs" for link in list_.all("a")]


def export(office: Office, key: str) -> None:
    press(office.visitor, f"/business/{office.client(key)}/activate", "Eksporter/oppdater bedrifter")


def test_the_way_of_the_manual_registers_a_client(office: Office) -> None:
    export(office, "blomster")
    page = press(office.visitor, "/webfaktura-admin/new-client", "OK", client=str(office.client("blomster")))
    assert tabs(page) == ["Klient", "VismaNet"]
    before = office.visitor.get(tab(office, "blomster"))
    assert value(before, "firma_id").startswith("10000")
    after = press(office.visitor, tab(office, "blomster"), UPDATE)
    assert alerts(after) == ["WebFaktura klienten er registrert i Visma.net."]
    assert states(after)["Forbindelse med Visma.net"]
    again = press(office.visitor, tab(office, "blomster"), UPDATE)
    assert alerts(again) == ["WebFaktura klienten var allerede registrert i Visma.net. Ingenting ble endret."]
    assert office.journal("webfaktura.") == ["webfaktura.linked"]


def test_clients_with_and_without_visma_net_are_side_by_side(office: Office) -> None:
    page = office.visitor.get("/webfaktura-admin/")
    assert row(page, "1001")[2].startswith("Registrert, Firma id 10000")
    assert row(page, "1002")[2] == "Ikke registrert"


def test_a_client_without_a_firma_id_is_not_registered(office: Office) -> None:
    before = office.visitor.get(tab(office, "blomster"))
    assert value(before, "firma_id") == ""
    after = press(office.visitor, tab(office, "blomster"), UPDATE)
    assert after.status_code == 422
    assert "har ingen Firma ID" in alerts(after)[0]


def test_a_company_of_other_services_wants_the_export_for_webfaktura_and_the_service(office: Office) -> None:
    after = press(office.visitor, tab(office, "snekker"), UPDATE)
    assert "Kjør eksporten for WebFaktura også" in alerts(after)[0]
    export(office, "snekker")
    after = press(office.visitor, tab(office, "snekker"), UPDATE)
    assert "WebFaktura er ikke en tjeneste for Snekker Solheim AS" in alerts(after)[0]


def test_before_version_2_2_there_is_no_tab_and_the_program_says_why(office: Office) -> None:
    page = office.visitor.get(f"/webfaktura-admin/{office.client('gammel')}/")
    assert tabs(page) == ["Klient"]
    answer = office.visitor.get(tab(office, "gammel"))
    assert answer.status_code == 404
    assert states(answer) == {"Denne versjonen har ikke fanen VismaNet.": False}
    assert any("Krever WebFaktura Admin (sync) 2.2 eller nyere. Installert er 2.1." in text for text in paragraphs(answer))
    token = office.visitor.token()
    assert (
        office.visitor.client.post(office.visitor.path(tab(office, "gammel")), data={"csrf_token": token}).status_code == 422
    )
    office.install("gammel", ProgramCode.WEBFAKTURA_ADMIN, "2.2.10")
    assert tabs(office.visitor.get(f"/webfaktura-admin/{office.client('gammel')}/")) == ["Klient", "VismaNet"]


def test_without_the_gateway_nothing_is_registered(office: Office) -> None:
    export(office, "blomster")
    office.set_gateway(Opg.NOT_INSTALLED)
    after = press(office.visitor, tab(office, "blomster"), UPDATE)
    assert after.status_code == 422
    assert "On Premise Gateway er ikke installert." in alerts(after)[0]
    assert office.journal("webfaktura.") == []


def test_a_number_of_somebody_elses_client_is_none(office: Office) -> None:
    answer = press(office.visitor, "/webfaktura-admin/new-client", "OK", client="1")
    assert answer.status_code == 422
    assert press(office.visitor, "/webfaktura-admin/new-client", "OK", client="").status_code == 422
    assert office.as_person(NEIGHBOUR).get("/webfaktura-admin/").status_code == 404
