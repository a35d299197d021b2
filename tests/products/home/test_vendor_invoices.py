"""An invoice of the vendor as a PDF, on the page of the invoice in Admin and in Settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.billing.models import Invoice, InvoiceSystem
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.documents.pictures.texts import drawn
from tests.reading import read
from tests.visits import Visitor, make_platform, store_of


@pytest.fixture
def platform(tmp_path: Path, templates: Path) -> Platform:
    """Put a platform together, with the office whose invoices are of both systems."""
    platform = make_platform(tmp_path / "data", templates)
    store_of(platform).create("nl", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    return platform


@pytest.fixture
def office(platform: Platform) -> Iterator[Sandbox]:
    """Return that sandbox."""
    with store_of(platform).open("nl") as sandbox:
        yield sandbox


def page_of(sandbox: Sandbox, system: InvoiceSystem) -> tuple[str, str]:
    """Return number and page of the newest invoice of a system."""
    with sandbox.reading() as db:
        query = select(Invoice).where(Invoice.system == system).order_by(Invoice.invoice_date.desc())
        invoice = db.scalars(query).first()
        assert invoice is not None
        product = invoice.licence.product if invoice.licence is not None else ""
    if system is InvoiceSystem.INV:
        return invoice.number, f"/admin/reports/invoices/{invoice.number}"
    return invoice.number, f"/settings/licenses/{product}/invoices/{invoice.number}"


@pytest.mark.parametrize("system", InvoiceSystem)
@pytest.mark.parametrize(("language", "title", "name"), [("nl", "Factuur", "factuur"), ("sv", "Faktura", "faktura")])
def test_the_page_of_an_invoice_leads_to_its_pdf(
    platform: Platform, office: Sandbox, system: InvoiceSystem, language: str, title: str, name: str
) -> None:
    administrator = Visitor.of(platform, office, "administrator@rietkraag.example", language)
    number, address = page_of(office, system)
    links = [link["href"] for link in read(administrator.get(address).text).all("a") if link.text in ("Pdf", "PDF")]
    assert links == [f"{administrator.home}{address}/pdf"]
    answer = administrator.get(f"{address}/pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"{name}-{number}.pdf" in answer.headers["Content-Disposition"]
    printed = [item.text for item in drawn(answer.data)]
    assert f"{title} {number}" in printed
    assert "Visma Software (simulator) B.V." in printed


def test_a_pdf_is_for_those_who_may_see_the_invoice(platform: Platform, office: Sandbox) -> None:
    user = Visitor.of(platform, office, "user@rietkraag.example", "nl")
    administrator = Visitor.of(platform, office, "administrator@rietkraag.example", "nl")
    for system in InvoiceSystem:
        number, address = page_of(office, system)
        assert user.get(f"{address}/pdf").status_code == 403
        assert administrator.get(f"{address.replace(number, 'INV99999999')}/pdf").status_code == 404
        assert administrator.get(f"{address.replace(number, '79999999')}/pdf").status_code == 404
