"""Who opens which client in WebFaktura."""

import pytest

from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.directory import companies
from simulator.directory.actors import actor_of
from simulator.sales import clients
from tests.products.webfaktura.conftest import Visit, client_id
from tests.reading import read
from tests.visits import Visitor, cast


def tiles(visitor: Visitor) -> list[str]:
    return [link.text for link in read(visitor.get("/home/").text).all("a") if link["class"] == "tile"]


def test_the_office_sees_clients_with_and_without_visma_net_beside_each_other(sandbox: Sandbox, visit: Visit) -> None:
    office = visit("administrator")
    assert "WebFaktura" in tiles(office)
    rows = [row.text for row in read(office.get("/webfaktura/").text).all("tr")[1:]]
    assert [row.split()[0] for row in rows] == ["1001", "1002", "1003", "1004", "1005"]
    assert ["Ikke registrert" in row for row in rows] == [False, True, True, True, True]
    for key in ("kafe", "snekker", "blomster", "gammel"):
        assert office.get(f"/webfaktura/{client_id(sandbox, key)}/users").status_code == 200


def test_a_user_of_the_client_goes_straight_to_it_and_to_no_other(sandbox: Sandbox, visit: Visit) -> None:
    kari = visit("client_user")
    assert "WebFaktura" in tiles(kari)
    assert kari.get("/webfaktura/").location == f"/s/nord/webfaktura/{client_id(sandbox)}/invoices"
    assert kari.get(f"/webfaktura/{client_id(sandbox, 'snekker')}/users").status_code == 404
    assert kari.get(f"/webfaktura/{client_id(sandbox, 'blomster')}/users").status_code == 404


def test_a_company_without_a_role_in_webfaktura_on_it_says_who_gives_one(sandbox: Sandbox, visit: Visit) -> None:
    with sandbox.transaction() as db:
        client = clients.by_key(db, "kafe")
        assert client is not None
        assert client.company is not None
        administrator = actor_of(db, cast(sandbox, "administrator"))
        companies.deactivate_service(db, administrator, client.company, "webfaktura")
    kari = visit("client_user")
    assert "WebFaktura" not in tiles(kari)
    answer = kari.get(f"/webfaktura/{client_id(sandbox)}/users")
    assert answer.status_code == 403
    assert "Sigrid Dahlen" in answer.text
    assert read(kari.get("/webfaktura/?all=1").text).all("p")[-1].text


@pytest.mark.parametrize("path", ["users", "users/add", "users/1"])
def test_a_client_of_another_customer_is_none(sandbox: Sandbox, visit: Visit, path: str) -> None:
    elsewhere = visit("elsewhere")
    assert elsewhere.get(f"/webfaktura/{client_id(sandbox)}/{path}").status_code == 404
    assert elsewhere.get("/webfaktura/").location == f"/s/nord/webfaktura/{client_id(sandbox, 'nabo')}/invoices"
    token = elsewhere.token()
    answer = elsewhere.client.post(f"/s/nord/webfaktura/{client_id(sandbox)}/users/1/visma-net", data={"csrf_token": token})
    assert answer.status_code == 404
    assert elsewhere.get("/webfaktura/9223372036854775808/users").status_code == 404


def test_a_visitor_without_a_client_is_told_how_to_get_one(sandbox: Sandbox, visit: Visit) -> None:
    colleague = visit("colleague")
    assert "WebFaktura" not in tiles(colleague)
    assert text("nb", "role.webfaktura_user") in colleague.get("/webfaktura/?all=1").text


@pytest.mark.parametrize("address", ["business/", "business/{}/", "webfaktura-admin/", "webfaktura-admin/{}/", "opg/"])
def test_a_client_reads_why_a_program_of_the_office_is_closed(sandbox: Sandbox, visit: Visit, address: str) -> None:
    answer = visit("client_user").get("/" + address.format(client_id(sandbox)))
    assert answer.status_code == 403
    assert read(answer.text).all("h1")[0].text == text("nb", "problem.office_program.title")
    assert "Sigrid Dahlen" in answer.text


def test_home_offers_a_client_no_program_of_the_office(visit: Visit) -> None:
    assert text("nb", "webfaktura.name") in tiles(visit("client_user"))
    assert {text("nb", "business.name"), text("nb", "webfaktura_admin.name")}.isdisjoint(tiles(visit("client_user")))
