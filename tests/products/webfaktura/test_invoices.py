"""Invoices made in WebFaktura, and what becomes of them at AutoInvoice."""

import pytest
from sqlalchemy import func, select

from simulator.core import faults
from simulator.core.advance import advance
from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.documents.model.models import Document
from simulator.sales.models import Buyer, SalesInvoice
from tests.products.webfaktura.conftest import Visit, client_id
from tests.reading import read
from tests.visits import Form, Visitor

LINE = {"name": "Catering", "quantity": "2", "price": "100,50"}


def new(visitor: Visitor, client: int) -> Form:
    """Open the form of a new invoice."""
    return visitor.form(f"/webfaktura/{client}/invoices/new", "sending")


def make(visitor: Visitor, client: int, **values: str) -> str:
    """Make an invoice and return the page after it."""
    form = new(visitor, client)
    save = len(form.buttons) - 1
    answer = visitor.send(form, save, True, **(LINE | values))
    return answer.text


def rows(visitor: Visitor, client: int) -> list[str]:
    """Return the rows of the archive, newest first."""
    return [row.text for row in read(visitor.get(f"/webfaktura/{client}/invoices").text).all("tr")[1:]]


def documents(sandbox: Sandbox) -> int:
    with sandbox.reading() as db:
        return db.scalar(select(func.count(Document.id))) or 0


def test_an_invoice_is_made_sent_and_followed_to_its_delivery(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    page = make(kari, client, reference="Ordre 7")
    assert "Faktura 3003 er overlevert til AutoInvoice" in page
    assert "251,25" in page
    advance(sandbox, 5 * 86400)
    assert rows(visit("client_user"), client)[0].endswith("Levert")


def test_an_invoice_that_its_maker_handles_never_reaches_autoinvoice(sandbox: Sandbox, visit: Visit) -> None:
    kari, client, before = visit("client_user"), client_id(sandbox), documents(sandbox)
    assert "sendes ikke herfra" in make(kari, client, sending="own")
    assert rows(kari, client)[0].endswith("Sendes ikke herfra")
    assert documents(sandbox) == before


def test_an_invoice_sent_twice_is_one_document(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    with sandbox.reading() as db:
        id_ = db.scalars(select(SalesInvoice.id).where(SalesInvoice.number == "3001")).one()
    form = kari.form(f"/webfaktura/{client}/invoices/{id_}", "sending")
    before = documents(sandbox)
    assert kari.send(form).status_code == 302
    again = visit("client_user").client.post(
        form.action, data={"csrf_token": form.values["csrf_token"], "sending": "automatic"}
    )
    assert again.status_code in (400, 422)
    other = visit("client_user")
    again = other.client.post(form.action, data={"csrf_token": other.token(), "sending": "automatic"})
    assert again.status_code == 422
    assert text("nb", "error.sales.already_sent", number="3001") in again.text
    assert documents(sandbox) == before + 1


def test_what_autoinvoice_does_not_answer_is_kept_and_sent_later_once(sandbox: Sandbox, visit: Visit) -> None:
    kari, client, before = visit("client_user"), client_id(sandbox), documents(sandbox)
    with sandbox.transaction() as db:
        faults.add(db, "sales.send", times=1)
    assert text("nb", "webfaktura.sent.waiting", number="3003") in read(make(kari, client)).text
    assert rows(kari, client)[0].endswith("Venter på AutoInvoice")
    advance(sandbox, 5 * 86400)
    assert rows(visit("client_user"), client)[0].endswith("Levert")
    assert documents(sandbox) == before + 1


def test_a_mail_that_came_back_is_a_red_cross_in_the_archive_and_can_be_sent_again(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    with sandbox.transaction() as db:
        buyer = db.scalars(select(Buyer).where(Buyer.client_id == client, Buyer.number == "2")).one()
        buyer.email = "bounce@lysne-bokhandel.example"
        id_ = buyer.id
    make(kari, client, buyer=str(id_))
    advance(sandbox, 5 * 86400)
    kari = visit("client_user")
    (cross,) = [
        item for item in read(kari.get(f"/webfaktura/{client}/invoices").text).all("span") if item["class"] == "came-back"
    ]
    assert cross.text == "Mislyktes"
    assert cross.all("svg")
    with sandbox.transaction() as db:
        db.get_one(Buyer, id_).email = "post@lysne-bokhandel.example"
        number = db.scalars(select(SalesInvoice.id).where(SalesInvoice.number == "3003")).one()
    page = kari.get(f"/webfaktura/{client}/invoices/{number}")
    assert "bounce@lysne-bokhandel.example" in page.text
    kari.send(kari.form(f"/webfaktura/{client}/invoices/{number}", "sending"))
    advance(sandbox, 5 * 86400)
    assert rows(visit("client_user"), client)[0].endswith("Levert")


def test_a_credit_note_and_a_line_that_gives_something_back(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    assert "Kreditnota 3003" in make(kari, client, kind="credit_note")
    with_return = {"name": ["Catering", "Retur"], "quantity": ["2", "-1"], "price": ["100", "50"], "rate": ["25", "25"]}
    page = make(kari, client, **with_return)  # type: ignore[arg-type]
    assert "187,50" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"quantity": "0"}, "sales.line.zero_quantity"),
        ({"price": "-1"}, "sales.line.negative_price"),
        ({"name": ""}, "sales.line.without_name"),
        ({"quantity": "-2"}, "error.sales.negative_total"),
        ({"name": "", "quantity": "", "price": ""}, "error.sales.no_lines"),
        ({"due_on": "01.01.2020"}, "error.sales.due_before_issue"),
    ],
)
def test_what_makes_no_invoice_is_refused_with_a_sentence_and_nothing_is_lost(
    sandbox: Sandbox, visit: Visit, values: dict[str, str], sentence: str
) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    form = new(kari, client)
    answer = kari.send(form, len(form.buttons) - 1, False, **(LINE | {"reference": "Ordre 7"} | values))
    assert answer.status_code == 422
    assert text("nb", sentence) in read(answer.text).text
    assert 'value="Ordre 7"' in answer.text
    assert len(rows(kari, client)) == 2


def test_numbers_are_read_as_people_write_them(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    assert "2 500,00" in make(kari, client, quantity="2", price="1 000").replace("\xa0", " ")
    form = new(kari, client)
    answer = kari.send(form, len(form.buttons) - 1, False, **(LINE | {"price": "ti kroner"}))
    assert answer.status_code == 422
    assert "«ti kroner» er ikke et tall" in answer.text


def test_more_lines_keep_what_was_typed(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    form = new(kari, client)
    more = next(at for at, (_, value, _) in enumerate(form.buttons) if value == "more")
    answer = kari.send(form, more, False, **LINE)
    assert answer.status_code == 200
    assert 'value="Catering"' in answer.text
    assert 'id="name-6"' in answer.text


def test_a_client_without_visma_net_makes_invoices_and_cannot_send_them(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox, "blomster")
    assert text("nb", "webfaktura.customers.none") in office.get(f"/webfaktura/{client}/invoices/new").text
    with sandbox.transaction() as db:
        db.add(Buyer(client_id=client, number="1", name="Lysne", country="NO", delivery="autoinvoice"))
    page = make(office, client)
    assert text("nb", "webfaktura.sent.local", number="1001") in page
    form = new(office, client)
    answer = office.send(form, len(form.buttons) - 1, False, **(LINE | {"sending": "automatic"}))
    assert answer.status_code == 422
    assert text("nb", "error.sales.not_exported", client="Blomsterhjørnet AS") in answer.text
    assert len(rows(office, client)) == 1


def test_an_invoice_of_another_client_is_none(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    with sandbox.reading() as db:
        other = db.scalars(select(SalesInvoice.id).where(SalesInvoice.number == "4001")).one()
    assert office.get(f"/webfaktura/{client}/invoices/{other}").status_code == 404
    answer = office.client.post(f"/s/nord/webfaktura/{client}/invoices/{other}/send", data={"csrf_token": office.token()})
    assert answer.status_code == 404
