"""The request to move a company to another customer: its form, the desk's decision, and who may touch it."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.events import Event
from simulator.core.sandbox import Sandbox
from simulator.directory.models import Company, Customer
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER
from tests.visits import Visitor

SUPPORT = "support.person@visma-sim.example"
RECEIVER = "100900"
VALUES: dict[str, Any] = {
    "customer_number": RECEIVER,
    "reason": "Sold",
    "confirmer_name": "Olaf",
    "confirmer_email": OUTSIDER,
}


@pytest.fixture
def office(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of the administrator whose company is to be moved."""
    return Visitor.of(platform, sandbox, ADMINISTRATOR, "en")


@pytest.fixture
def desk(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of the vendor's staff."""
    return Visitor.of(platform, sandbox, SUPPORT, "en")


def path_of(sandbox: Sandbox, key: str = "silent") -> str:
    """Return the address of a company's page."""
    with sandbox.reading() as db:
        return f"/admin/companies/{db.scalars(select(Company.id).where(Company.key == key)).one()}"


def send(office: Visitor, path: str, **values: Any) -> TestResponse:
    return office.send(office.form(f"{path}/move", "customer_number"), follow=True, **(VALUES | values))


def press(visitor: Visitor, page: str, ending: str) -> TestResponse:
    form = next(form for form in visitor.forms(page) if form.action.endswith(ending))
    return visitor.send(form, follow=True)


def changes(sandbox: Sandbox) -> list[str]:
    with sandbox.reading() as db:
        return list(
            db.scalars(select(Event.type).where(Event.type.startswith("company_move."), Event.customer_id.is_not(None)))
        )


def test_the_desk_carries_out_what_was_requested(sandbox: Sandbox, office: Visitor, desk: Visitor) -> None:
    path = path_of(sandbox)
    answer = send(office, path)
    assert "Its case has the number 10001" in answer.text
    assert "waits for the customer centre" in answer.text
    assert "has been requested already" in office.get(f"{path}/move").text
    form = desk.form("/support/cases/10001/actions/move_company", "customer_number")
    assert form.values["customer_number"] == RECEIVER
    desk.send(form, confirmed="y", follow=True)
    with sandbox.reading() as db:
        company = db.scalars(select(Company).where(Company.key == "silent")).one()
        assert company.customer.number == RECEIVER
    assert office.get(path).status_code == 404


def test_a_refusal_says_why_and_a_request_can_be_withdrawn(sandbox: Sandbox, office: Visitor, desk: Visitor) -> None:
    path = path_of(sandbox)
    send(office, path)
    refusal = desk.form("/support/cases/10001/actions/refuse_move", "reason")
    assert desk.send(refusal, reason=" ").status_code == 422
    desk.send(refusal, reason="<b>Not</b> confirmed.")
    assert "&lt;b&gt;Not&lt;/b&gt; confirmed." in office.get(path).text
    with sandbox.reading() as db:
        assert "<b>Not</b> confirmed." in outbox.newest_first(db, to=ADMINISTRATOR, kind="mail", limit=1)[0].text
    assert desk.send(refusal, reason="Again").status_code == 409
    send(office, path)
    assert "Withdrawn" in press(office, path, "/move/withdraw").text
    assert "closed" in desk.get("/support/cases/10002").text.lower()
    assert changes(sandbox) == [f"company_move.{event}" for event in ("requested", "refused", "requested", "withdrawn")]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"customer_number": "999999"}, 422),
        ({"customer_number": "100200"}, 422),
        ({"customer_number": " "}, 422),
        ({"reason": ""}, 422),
        ({"reason": "x" * 501}, 422),
        ({"confirmer_email": "nobody"}, 422),
        ({"confirmer_name": ""}, 422),
    ],
)
def test_a_request_that_cannot_be_is_refused_at_its_field(
    sandbox: Sandbox, office: Visitor, values: dict[str, str], status: int
) -> None:
    if values.get("customer_number") == "100200":
        with sandbox.reading() as db:
            values = {"customer_number": db.scalars(select(Customer.number).where(Customer.key == "office")).one()}
    answer = send(office, path_of(sandbox), **values)
    assert answer.status_code == status
    assert "error-summary" in answer.text


def test_nobody_else_requests_it_or_withdraws_it(platform: Platform, sandbox: Sandbox, office: Visitor) -> None:
    path = path_of(sandbox)
    form = office.form(f"{path}/move", "customer_number")
    send(office, path)
    assert office.send(form, follow=True, **VALUES).status_code == 422
    for email, status in ((OUTSIDER, 404), (COMPANY_ADMINISTRATOR, 403)):
        other = Visitor.of(platform, sandbox, email, "en")
        assert other.get(f"{path}/move").status_code == status
        for end in ("move", "move/withdraw"):
            data = {"csrf_token": other.token(), **VALUES}
            assert other.client.post(f"/s/default{path}/{end}", data=data).status_code in (status, 302)
    assert changes(sandbox) == ["company_move.requested"]
