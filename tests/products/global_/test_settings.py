"""Visma Global: Visma.net innstillinger, Firmainnstillinger, with the Firma ID."""

from simulator.sales.models import Opg, ProgramCode
from tests.office import Office, alerts, paragraphs, press, states, value
from tests.reading import read

REGISTER = "Registrer/oppdater firmaet i Visma.net"


def page(office: Office, key: str = "global") -> str:
    return f"/global/{office.client(key)}/visma-net-settings"


def test_the_way_of_the_manual_leads_to_the_firma_id(office: Office) -> None:
    overview = read(office.visitor.get(f"/global/{office.client('global')}/").text)
    assert "Verktøy" in [summary.text for summary in overview.all("summary")]
    links = {link.text: link["href"] for link in overview.all("a")}
    settings = office.visitor.get(links["Visma.net innstillinger"])
    assert [legend.text for legend in read(settings.text).all("legend")] == ["Firmainnstillinger"]
    assert value(settings, "firma_id") == ""
    assert any("knappen under" in paragraph for paragraph in paragraphs(settings))


def test_a_client_without_a_firma_id_gets_one_there(office: Office) -> None:
    after = press(office.visitor, page(office), REGISTER)
    assert value(after, "firma_id") in alerts(after)[0]
    assert value(after, "firma_id").startswith("10000")
    assert office.journal("client.") == ["client.exported"]


def test_version_and_gateway_are_checked(office: Office) -> None:
    after = press(office.visitor, page(office, "gammel"), REGISTER)
    assert (after.status_code, states(after)["Visma Global 13.02 eller nyere"]) == (422, False)
    assert "Krever Visma Global 13.02 eller nyere. Installert er 13.01." in alerts(after)[0]
    office.install("gammel", ProgramCode.GLOBAL, "13.02")
    office.set_gateway(Opg.DOWN)
    assert press(office.visitor, page(office, "gammel"), REGISTER).status_code == 422
    office.set_gateway(Opg.CONNECTED)
    assert press(office.visitor, page(office, "gammel"), REGISTER).status_code == 200


def test_receiving_needs_visma_document_center_here_too(office: Office) -> None:
    after = press(office.visitor, f"/global/{office.client('global')}/receiving", "Aktiver")
    assert "Modulen Visma Document Center mangler." in alerts(after)[0]
