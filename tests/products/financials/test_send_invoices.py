"""Send invoices (AR508000): processing, and what goes wrong."""

import pytest
from sqlalchemy import func, select

from simulator.core import faults
from simulator.core.advance import advance
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES, text
from simulator.documents.model.models import Account, Channel, Document
from simulator.sales.models import Buyer, SalesInvoice
from tests.products.financials.conftest import SignIn
from tests.products.financials.screens import SEND, count, element, ids, messages, process, rows, statuses
from tests.reading import read
from tests.visits import Visitor

POLL = f"{SEND}?action=poll"
EMAIL = f"{SEND}?action=email"


def settle(sandbox: Sandbox, seconds: int = 3600) -> None:
    advance(sandbox, seconds)


def documents(sandbox: Sandbox) -> int:
    """Return how many documents AutoInvoice has of invoices of the books."""
    with sandbox.reading() as db:
        query = select(func.count(Document.id)).join(SalesInvoice, SalesInvoice.document_id == Document.id)
        return db.scalars(query).one()


def test_what_is_to_be_sent_through_autoinvoice_is_listed_with_its_number_below(visitor: Visitor) -> None:
    html = visitor.get(SEND).text
    assert list(rows(html)) == ["2006", "2005", "2004", "2003", "2001"]
    assert count(html) == "Gevonden facturen: 5"
    assert list(rows(visitor.get(EMAIL).text)) == ["2002"]


def test_ticked_invoices_are_sent_and_their_status_follows_the_document(
    visitor: Visitor, vlijt: Sandbox, sign_in: SignIn
) -> None:
    html = process(visitor, "2001", "2004").text
    assert messages(html) == ["Naar AutoInvoice verzonden facturen: 2."]
    assert list(rows(html)) == ["2006", "2005", "2003"]
    assert statuses(visitor, POLL) == dict.fromkeys(("2004", "2001"), "Naar AutoInvoice verzonden, wacht op verwerking")
    settle(vlijt)
    by_number = statuses(visitor, POLL)
    assert by_number == {"2004": "Verzonden (Intern (AutoInvoice))", "2001": by_number["2001"]}
    assert by_number["2001"].startswith("Verzonden (")
    settle(vlijt, 2 * 86400)
    visitor = sign_in()
    assert "2001" not in visitor.get(POLL).text
    assert set(statuses(visitor, f"{POLL}&closed=1")) == {"2001", "2004"}


def test_an_open_list_keeps_up_cell_by_cell_so_that_ticks_stay(visitor: Visitor) -> None:
    process(visitor, "2001")
    html = visitor.get(POLL).text
    (cell,) = (item for item in read(html).all("td") if item["data-follow"])
    assert cell["id"].startswith("status-")


def test_all_are_processed_each_in_the_form_that_autoinvoice_finds(
    visitor: Visitor, vlijt: Sandbox, sign_in: SignIn
) -> None:
    html = process(visitor, command="process_all").text
    assert messages(html) == ["Naar AutoInvoice verzonden facturen: 5."]
    settle(vlijt, 4 * 86400)
    visitor = sign_in()
    with vlijt.reading() as db:
        query = select(SalesInvoice.number, Document.channel).join(Document, SalesInvoice.document_id == Document.id)
        channels = {number: channel for number, channel in db.execute(query)}
    assert channels["2003"] == Channel.PRINT
    assert channels["2004"] == Channel.INTERNAL
    assert "2006" in visitor.get(SEND).text, "nobody knows where it is to go: it failed, and can be sent again"
    assert "Fout" in statuses(visitor, SEND)["2006"]
    assert messages(process(visitor, command="process_all", address=EMAIL).text) == ["Per e-mail verzonden facturen: 1."]
    assert messages(process(visitor, command="process_all", address=EMAIL).text) == ["Er is niets te verwerken."]


def test_processing_twice_sends_once_and_says_so(visitor: Visitor, vlijt: Sandbox) -> None:
    boxes, form = ids(visitor), visitor.form(SEND, "command")
    visitor.send(form, invoice=[boxes["2001"], boxes["2001"]])
    html = visitor.send(form, follow=True, invoice=[boxes["2001"]]).text
    assert messages(html)[-1] == text("nl", "error.sales.already_sent", number="2001")
    settle(vlijt)
    assert documents(vlijt) == 1


@pytest.mark.parametrize("command", ["process", "view"])
def test_nothing_ticked_is_said(visitor: Visitor, vlijt: Sandbox, command: str) -> None:
    (message,) = messages(process(visitor, command=command).text)
    assert message.startswith("Er is niets aangevinkt")
    assert documents(vlijt) == 0


def test_view_document_opens_the_ticked_invoice(visitor: Visitor) -> None:
    page = process(visitor, "2004", command="view")
    assert read(page.text).all("h2")[0].text == "Factuur 2004"


def test_what_autoinvoice_does_not_answer_is_kept_shown_and_sent_later_once(visitor: Visitor, vlijt: Sandbox) -> None:
    with vlijt.transaction() as db:
        faults.add(db, "sales.send", times=1)
    (message,) = messages(process(visitor, "2001").text)
    assert message.startswith("AutoInvoice antwoordt niet. Bewaarde facturen: 1.")
    assert statuses(visitor, SEND)["2001"].startswith("AutoInvoice antwoordt niet")
    assert "2001" not in ids(visitor), "it needs nobody any more"
    settle(vlijt)
    assert documents(vlijt) == 1
    assert statuses(visitor, POLL)["2001"].startswith("Verzonden")


def test_an_unticked_invoice_is_mailed_with_its_picture(visitor: Visitor, vlijt: Sandbox) -> None:
    process(visitor, "2002", address=EMAIL)
    with vlijt.reading() as db:
        (mail,) = db.scalars(select(Message).where(Message.recipient == "inkoop@depoort.example"))
        assert [file.name for file in mail.attachments] == ["2002.pdf"]
    assert documents(vlijt) == 0
    assert list(rows(visitor.get("/financials/ar301000").text)["2002"])[-1] == "Per e-mail verzonden"


def test_a_customer_without_an_address_is_named_and_the_others_are_sent(visitor: Visitor, vlijt: Sandbox) -> None:
    with vlijt.transaction() as db:
        for buyer in db.scalars(select(Buyer).where(Buyer.number == "10002")):
            buyer.email = None
    assert messages(process(visitor, "2002", address=EMAIL).text) == [
        text("nl", "error.sales.no_email", name="Kantine De Poort")
    ]
    assert list(rows(visitor.get(EMAIL).text)) == ["2002"]


def test_a_mail_that_comes_back_is_said(visitor: Visitor, vlijt: Sandbox) -> None:
    with vlijt.transaction() as db:
        for buyer in db.scalars(select(Buyer).where(Buyer.number == "10002")):
            buyer.email = "bounce@depoort.example"
    assert text("nl", "ui.mail_came_back", email="bounce@depoort.example") in messages(
        process(visitor, "2002", address=EMAIL).text
    )


def test_a_company_that_is_not_verified_sends_nothing_and_reads_why(visitor: Visitor, vlijt: Sandbox) -> None:
    with vlijt.transaction() as db:
        for account in db.scalars(select(Account)):
            account.verified = False
    reason = text("nl", "error.documents.not_verified")
    assert messages(process(visitor, "2001").text) == [reason]
    assert statuses(visitor, SEND)["2001"] == f"Fout{reason}"
    assert documents(vlijt) == 0


def test_days_of_creation_narrow_the_list_both_days_included(visitor: Visitor) -> None:
    assert count(visitor.get(f"{SEND}?start=1-3-22&end=1-3-22").text) == "Gevonden facturen: 5"
    assert count(visitor.get(f"{SEND}?start=2-3-22").text) == "Gevonden facturen: 0"
    assert count(visitor.get(f"{SEND}?end=28-2-22").text) == "Gevonden facturen: 0"


def test_days_that_are_none_list_nothing_so_that_nothing_is_processed_by_mistake(visitor: Visitor) -> None:
    html = visitor.get(f"{SEND}?start=32-1-22").text
    assert "32-1-22" in element(html, "start-problem").text
    assert 'name="command"' not in html
    assert "De eerste dag ligt na de laatste" in visitor.get(f"{SEND}?start=2-2-22&end=1-2-22").text


def test_a_day_that_is_none_is_no_reason_to_process_more_than_was_listed(visitor: Visitor, vlijt: Sandbox) -> None:
    form = visitor.form(SEND, "command")
    html = visitor.send(
        form, [value for _, value, _ in form.buttons].index("process_all"), follow=True, start="gisteren"
    ).text
    assert "gisteren" in element(html, "start-problem").text
    assert documents(vlijt) == 0


def test_polling_says_of_how_many_and_changes_nothing(visitor: Visitor, vlijt: Sandbox) -> None:
    process(visitor, "2001")
    assert messages(process(visitor, "2001", address=POLL).text) == ["Facturen waarvan de status is opgevraagd: 1."]
    assert documents(vlijt) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ["print", "mark"])
def test_actions_that_are_not_simulated_say_so(sign_in: SignIn, language: str, action: str) -> None:
    html = sign_in(language=language).get(f"{SEND}?action={action}").text
    assert text(language, "not_simulated") in html
    assert 'name="command"' not in html


def test_invoices_of_another_company_are_not_processed(visitor: Visitor, sign_in: SignIn, vlijt: Sandbox) -> None:
    form = visitor.form(SEND, "command")
    assert visitor.send(form, invoice=["99999"]).status_code == 404
    assert visitor.send(form, invoice=["none", "-1"], follow=True).status_code == 200
    assert documents(vlijt) == 0
