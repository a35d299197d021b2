"""The client's own company in WebFaktura."""

import pytest

from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.sales import clients
from tests.products.webfaktura.conftest import Visit, client_id
from tests.reading import read


def stored(sandbox: Sandbox, key: str) -> str:
    with sandbox.reading() as db:
        client = clients.by_key(db, key)
        assert client is not None
        return client.organisation_number


@pytest.mark.parametrize("typed", ["310 000 132", "NO 310000132 MVA", "0192:310000132", "\u200b310.000.132 "])
def test_a_number_is_taken_as_people_paste_it_and_a_difference_to_visma_net_is_said(
    sandbox: Sandbox, visit: Visit, typed: str
) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    answer = office.send(
        office.form(f"/webfaktura/{client}/company", "organisation_number"), follow=True, organisation_number=typed
    )
    assert stored(sandbox, "kafe") == "310000132"
    assert "Visma.net har fortsatt 310000124" in answer.text


@pytest.mark.parametrize("typed", ["310000125", "123", "", "999999-0006", "ÅÅÅ"])
def test_a_number_that_fails_its_check_is_refused_and_nothing_is_changed(sandbox: Sandbox, visit: Visit, typed: str) -> None:
    office, client = visit("administrator"), client_id(sandbox, "blomster")
    form = office.form(f"/webfaktura/{client}/company", "organisation_number")
    answer = office.send(form, organisation_number=typed, city="Almevik")
    assert answer.status_code == 422
    assert 'value="Almevik"' in answer.text
    assert stored(sandbox, "blomster") == "310000159"


def test_user_access_reads_and_changes_nothing(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    page = read(kari.get(f"/webfaktura/{client}/company").text)
    assert "310000124" in page.text
    assert not [item for item in page.all("input") if item["name"] == "name"]
    answer = kari.client.post(f"/s/nord/webfaktura/{client}/company", data={"csrf_token": kari.token(), "name": "X"})
    assert answer.status_code == 403


def test_what_is_saved_unchanged_says_so(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    answer = office.send(office.form(f"/webfaktura/{client}/company", "organisation_number"), follow=True)
    assert text("nb", "webfaktura.company.unchanged") in answer.text
