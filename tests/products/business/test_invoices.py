"""Visma Business: its invoices on their way through AutoInvoice, and receiving."""

from simulator.core import faults
from simulator.core.advance import advance
from simulator.sales import books, clients, submission
from simulator.sales.models import Module, ProgramCode
from tests.office import Office, alerts, paragraphs, press, row, states

SEND, AGAIN = "Send til AutoInvoice", "Send på nytt"


def invoices(office: Office, key: str = "kafe") -> str:
    return f"/business/{office.client(key)}/invoices"


def address_of(office: Office, number: str, key: str = "kafe") -> str:
    with office.sandbox.reading() as db:
        client = clients.by_key(db, key)
        assert client is not None
        (invoice,) = [invoice for invoice in books.invoices(db, client) if invoice.number == number]
        return f"{invoices(office, key)}/{invoice.id}"


def status(office: Office, number: str, key: str = "kafe") -> str:
    return row(office.visitor.get(invoices(office, key)), number)[-1]


def test_an_invoice_goes_through_the_statuses_of_the_program(office: Office) -> None:
    assert status(office, "3002") == "0 Ikke satt"
    press(office.visitor, address_of(office, "3002"), SEND)
    assert status(office, "3002") == "2 Avventer"
    advance(office.sandbox, 3600)
    assert status(office, "3002") == "1 Overført"


def test_an_invoice_is_sent_once(office: Office) -> None:
    form = next(form for form in office.visitor.forms(address_of(office, "3002")) if form.action.endswith("/send"))
    office.visitor.send(form, follow=True)
    again = office.visitor.send(form, follow=True)
    assert alerts(again) == ["Faktura 3002 er allerede sendt. Ingenting ble sendt en gang til."]
    assert office.journal("sales_invoice.sent") == ["sales_invoice.sent"]


def test_an_invoice_that_autoinvoice_does_not_answer_for_has_failed_and_is_sent_again_once(office: Office) -> None:
    with office.sandbox.transaction() as db:
        faults.add(db, "sales.send", times=2)
    after = press(office.visitor, address_of(office, "3002"), SEND)
    assert status(office, "3002") == "3 Feil i overførsel"
    assert any("AutoInvoice svarer ikke." in paragraph for paragraph in paragraphs(after))
    press(office.visitor, address_of(office, "3002"), AGAIN)
    assert status(office, "3002") == "3 Feil i overførsel"
    press(office.visitor, address_of(office, "3002"), AGAIN)
    advance(office.sandbox, 3600)
    assert status(office, "3002") == "1 Overført"
    assert office.journal("sales_invoice.sent") == ["sales_invoice.sent"]


def test_an_invoice_that_failed_is_set_to_be_handled_without_autoinvoice(office: Office) -> None:
    with office.sandbox.transaction() as db:
        faults.add(db, "sales.send", times=9)
    press(office.visitor, address_of(office, "3002"), SEND)
    after = press(office.visitor, address_of(office, "3002"), "Sett status 4 Kan ikke overføres", remark="Levert for hånd")
    assert status(office, "3002") == "4 Kan ikke overføres"
    assert any("Levert for hånd" in paragraph for paragraph in paragraphs(after))
    advance(office.sandbox, 2 * int(submission.AGAIN.total_seconds()))
    assert status(office, "3002") == "4 Kan ikke overføres"


def test_a_client_that_is_not_at_the_platform_sends_nothing(office: Office) -> None:
    page = office.visitor.get(f"/business/{office.client('blomster')}/invoices")
    assert "Klienten har ingen fakturaer." in paragraphs(page)


def test_the_invoice_of_another_client_is_as_none(office: Office) -> None:
    number = address_of(office, "4001", "snekker").rpartition("/")[2]
    assert office.visitor.get(f"{invoices(office)}/{number}").status_code == 404


def receiving(office: Office, key: str) -> str:
    return f"/business/{office.client(key)}/receiving"


def test_without_visma_document_center_receiving_is_not_activated(office: Office) -> None:
    before = office.visitor.get(receiving(office, "snekker"))
    assert states(before)["Visma Document Center"] is False
    after = press(office.visitor, receiving(office, "snekker"), "Aktiver")
    assert after.status_code == 422
    assert "Modulen Visma Document Center mangler." in alerts(after)[0]
    assert office.journal("elma.") == []


def test_with_visma_document_center_receiving_is_activated_from_the_program(office: Office) -> None:
    office.install("snekker", ProgramCode.BUSINESS, "16.0", Module.DOCUMENT_CENTER)
    press(office.visitor, receiving(office, "snekker"), "Aktiver")
    advance(office.sandbox, 3600)
    assert all(states(office.visitor.get(receiving(office, "snekker"))).values())
    after = press(office.visitor, receiving(office, "snekker"), "Aktiver")
    assert alerts(after) == ["Mottak var allerede aktivert. Ingenting ble endret."]


def test_a_client_that_is_not_at_the_platform_cannot_receive(office: Office) -> None:
    office.install("blomster", ProgramCode.BUSINESS, "16.0", Module.DOCUMENT_CENTER)
    after = press(office.visitor, receiving(office, "blomster"), "Aktiver")
    assert "har ingen Firma ID" in alerts(after)[0]


def test_an_invoice_is_made_and_sent(office: Office) -> None:
    page = f"{invoices(office)}/new"
    assert press(office.visitor, page, "Lagre", name="Catering", quantity="0", price="90").status_code == 422
    made = press(office.visitor, page, "Lagre", name="Catering", quantity="2", price="90,50")
    assert made.status_code == 200
    assert status(office, "3003") == "0 Ikke satt"
    press(office.visitor, address_of(office, "3003"), SEND)
    advance(office.sandbox, 3600)
    assert status(office, "3003") == "1 Overført"


def test_a_client_without_customers_makes_no_invoice(office: Office) -> None:
    page = office.visitor.get(f"{invoices(office, 'blomster')}/new")
    assert paragraphs(page) == ["Klienten har ingen kunder i regnskapet, så det er ingen å fakturere."]
