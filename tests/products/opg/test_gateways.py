"""The page of On Premise Gateway."""

import pytest

from simulator.sales.models import Opg
from tests.office import NEIGHBOUR, Office, paragraphs, states
from tests.reading import read

SENTENCES = {
    Opg.CONNECTED: "Tilkoblet Visma.net",
    Opg.NOT_INSTALLED: "Ikke installert",
    Opg.INSTALLED: "Installert, ikke tilkoblet",
    Opg.DOWN: "Installert, svarer ikke",
}


@pytest.mark.parametrize("state", Opg)
def test_it_says_its_state_and_what_to_do(office: Office, state: Opg) -> None:
    office.set_gateway(state)
    page = office.visitor.get("/opg/")
    assert states(page) == {SENTENCES[state]: state is Opg.CONNECTED}
    assert any("Visma-forhandler" in paragraph for paragraph in paragraphs(page)) is (state is not Opg.CONNECTED)


def test_everybody_sees_the_gateway_of_the_own_customer(office: Office) -> None:
    office.set_gateway(Opg.DOWN)
    page = office.as_person(NEIGHBOUR).get("/opg/")
    assert states(page) == {"Tilkoblet Visma.net": True}
    assert [heading.text for heading in read(page.text).all("h2")] == ["Nabobyrået AS"]
