"""Rules of services that need a licence: WebFaktura is activated on a company with one, and not without."""

from datetime import date

from sqlalchemy import select

from simulator.billing.models import InvoiceSystem, Licence
from simulator.core.sandbox import Sandbox
from simulator.directory.models import Customer
from tests.products.admin.browser import Browser, Page
from tests.products.admin.conftest import COMPANY_ADMINISTRATOR, SignIn
from tests.products.admin.test_companies import journal, services_page, state_of, switch

COMPANY = "Zeilmakerij Zonder Diensten"
MISSING = (
    "Administratiekantoor De Rietkraag heeft geen licentie van WebFaktura Visma.net. "
    "Een Customer administrator registreert haar in Settings, Licenties."
)


def licence(sandbox: Sandbox, valid_from: date, valid_to: date | None = None) -> None:
    """Give the office a licence of WebFaktura."""
    with sandbox.transaction() as db:
        office = db.scalars(select(Customer).where(Customer.key == "office")).one()
        db.add(
            Licence(
                customer_id=office.id,
                product="webfaktura",
                customer_number=office.number,
                kind="subscription",
                quantity=1,
                valid_from=valid_from,
                valid_to=valid_to,
                system=InvoiceSystem.LEGACY,
            )
        )


def can_switch(page: Page, service: str) -> bool:
    """Return whether the button of a service can be pressed."""
    (button,) = [button for button in page.root.all("button") if button.get("value") == service]
    return "disabled" not in button.attributes


def test_without_a_licence_the_page_says_why_and_where_to_register_it(administrator: Browser, sandbox: Sandbox) -> None:
    page = services_page(administrator, COMPANY)
    assert state_of(page, "WebFaktura")[0] == f"Niet actief {MISSING} Licentie registreren"
    assert not can_switch(page, "webfaktura")
    assert can_switch(page, "expense")
    assert administrator.click(page, "Licentie registreren", "main").heading == "Licentie registreren"
    page = switch(administrator, page, "webfaktura")
    assert (page.status, page.alerts) == (422, [MISSING])
    assert journal(sandbox, "company.") == []


def test_with_a_licence_it_is_activated(administrator: Browser, sandbox: Sandbox) -> None:
    licence(sandbox, date(2022, 3, 1))
    page = services_page(administrator, COMPANY)
    assert state_of(page, "WebFaktura") == ["Niet actief", "0"]
    page = switch(administrator, page, "webfaktura")
    assert state_of(page, "WebFaktura") == ["Actief", "0"]


def test_a_licence_that_has_ended_leaves_the_service_where_it_is(administrator: Browser, sandbox: Sandbox) -> None:
    licence(sandbox, date(2021, 3, 1), date(2022, 3, 1))
    page = switch(administrator, services_page(administrator, COMPANY), "webfaktura")
    assert state_of(page, "WebFaktura") == ["Actief", "0"]
    with sandbox.transaction() as db:
        db.scalars(select(Licence).where(Licence.product == "webfaktura")).one().valid_to = date(2022, 2, 28)
    page = services_page(administrator, COMPANY)
    status = state_of(page, "WebFaktura")[0]
    assert status.startswith("Actief De licentie van WebFaktura Visma.net") and "eindigde op 28-2-22" in status
    page = switch(administrator, page, "webfaktura")
    assert state_of(page, "WebFaktura")[0].startswith("Niet actief")
    page = switch(administrator, page, "webfaktura")
    assert page.status == 422 and "eindigde op 28-2-22" in page.alerts[0]


def test_who_cannot_register_reads_who_can(sign_in: SignIn) -> None:
    page = services_page(sign_in(COMPANY_ADMINISTRATOR), "Boekhandel De Ezelsoor")
    assert state_of(page, "WebFaktura")[0] == f"Niet actief {MISSING}"
