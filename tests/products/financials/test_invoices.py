"""Sales invoices (AR301000): read and sent, with a status that follows the document."""

import pytest
from sqlalchemy import select

from simulator.core.advance import advance
from simulator.core.sandbox import Sandbox
from simulator.sales.models import Delivery, SalesInvoice
from tests.products.financials.conftest import SignIn
from tests.products.financials.screens import count, element, facts, messages, rows
from tests.reading import read
from tests.visits import Visitor

LIST = "/financials/ar301000"


def invoice_of(sandbox: Sandbox, number: str) -> SalesInvoice:
    with sandbox.reading() as db:
        return db.scalars(select(SalesInvoice).where(SalesInvoice.number == number)).one()


def send(visitor: Visitor, address: str) -> list[str]:
    form = next(form for form in visitor.forms(address) if form.action.endswith("/send"))
    return messages(visitor.send(form, follow=True).text)


def test_invoices_are_listed_with_their_number_below(visitor: Visitor) -> None:
    html = visitor.get(LIST).text
    assert list(rows(html)) == ["2006", "2005", "2004", "2003", "2002", "2001"]
    assert rows(html)["2005"][1] == "Creditnota"
    assert count(html) == "Gevonden facturen: 6"


def test_an_invoice_shows_its_lines_and_sums(visitor: Visitor, vlijt: Sandbox) -> None:
    text = read(visitor.get(f"{LIST}/{invoice_of(vlijt, '2001').id}").text).text
    for words in ("Verpakkingsmateriaal", "500,00", "105,00", "EUR 605,00", "Niet verzonden"):
        assert words in text


def test_the_box_and_the_status_follow_the_document_on_the_open_page(visitor: Visitor, vlijt: Sandbox) -> None:
    address = f"{LIST}/{invoice_of(vlijt, '2001').id}"
    assert send(visitor, address) == ["Naar AutoInvoice verzonden facturen: 1."]
    html = visitor.get(address).text
    assert facts(html)["Naar AutoInvoice verzonden"] == "Ja"
    assert element(html, "invoice-head")["data-follow"]
    advance(vlijt, 3600)
    html = visitor.get(address).text
    assert facts(html)["Status"].startswith("Verzonden (")
    assert not element(html, "invoice-head")["data-follow"]
    assert not [form for form in visitor.forms(address) if form.action.endswith("/send")]


def test_an_invoice_inherits_the_tick_and_is_mailed_without_it(visitor: Visitor, vlijt: Sandbox) -> None:
    address = f"{LIST}/{invoice_of(vlijt, '2001').id}"
    form = visitor.form(f"{address}/invoice-address", "send_to_autoinvoice")
    assert form.values["send_to_autoinvoice"]
    form.values.poplist("send_to_autoinvoice")
    visitor.send(form)
    assert invoice_of(vlijt, "2001").delivery == Delivery.MAIL_PROGRAM
    assert send(visitor, address) == ["Per e-mail verzonden facturen: 1."]
    assert facts(visitor.get(address).text)["Naar AutoInvoice verzonden"] == "Nee"


def test_the_tick_of_an_invoice_that_was_sent_stays(visitor: Visitor, vlijt: Sandbox) -> None:
    address = f"{LIST}/{invoice_of(vlijt, '2001').id}"
    form = visitor.form(f"{address}/invoice-address", "send_to_autoinvoice")
    form.values.poplist("send_to_autoinvoice")
    send(visitor, address)
    response = visitor.send(form)
    assert response.status_code == 422
    assert invoice_of(vlijt, "2001").delivery == Delivery.AUTOINVOICE
    assert "disabled" in read(visitor.get(f"{address}/invoice-address").text).all("fieldset")[0].attributes


def test_a_failed_invoice_can_be_sent_again_once_its_customer_has_an_address(visitor: Visitor, vlijt: Sandbox) -> None:
    invoice = invoice_of(vlijt, "2006")
    address = f"{LIST}/{invoice.id}"
    send(visitor, address)
    advance(vlijt, 3600)
    assert facts(visitor.get(address).text)["Status"].startswith("Fout")
    customer = visitor.form(f"/financials/ar303000/{invoice.buyer_id}", "organisation_number")
    visitor.send(customer, email="vandam@loonwerk.example")
    send(visitor, address)
    advance(vlijt, 3600)
    assert facts(visitor.get(address).text)["Status"].startswith("Verzonden (E-mail)")


def test_an_invoice_of_other_books_has_no_page(visitor: Visitor) -> None:
    for address in (f"{LIST}/99999", f"{LIST}/99999/invoice-address", f"{LIST}/{10**30}"):
        assert visitor.get(address).status_code == 404


@pytest.mark.parametrize("screen", ["ar303000", "ar303000/new", "ar301000", "ar508000"])
def test_a_company_without_books_is_told_so_and_has_autoinvoice_all_the_same(
    visitor: Visitor, vlijt: Sandbox, screen: str
) -> None:
    with vlijt.transaction() as db:
        for invoice in db.scalars(select(SalesInvoice)):
            for program in invoice.client.programs:
                if program.program == "financials":
                    db.delete(program)
            break
    page = visitor.get(f"/financials/{screen}")
    assert page.status_code == 200
    assert "Groothandel De Vlijt B.V. houdt in deze simulator geen boeken bij in Financials" in page.text
    assert "Gevonden facturen:" in visitor.get("/financials/autoinvoice/sent").text


def test_somebody_without_a_role_in_financials_opens_none_of_it(sign_in: SignIn) -> None:
    visitor = sign_in("beheer@buurman.example")
    assert visitor.get("/financials/").status_code == 403
    assert "Financials" not in [link.text for link in read(visitor.get("/home/").text).all("a")]
