"""Invoicing in Visma Administration 2000, from the company settings to the delivery.

Source: "Visma Administration 2000: Så här fakturerar du i ditt program".
"""

from typing import Any

import pytest

from simulator.core import faults
from simulator.documents.model.models import Channel, Status
from tests.products.administration.program import Program, content_of

EINVOICE, EMAIL, LETTER = "einvoice", "email", "letter"


@pytest.mark.parametrize(
    ("number", "channel"), [("101", Channel.PEPPOL), ("102", Channel.EMAIL), ("103", Channel.PRINT), ("105", Channel.PEPPOL)]
)
def test_a_printed_invoice_becomes_a_document_with_the_channel_of_the_utskriftsval(
    program: Program, number: str, channel: Channel
) -> None:
    page = content_of(program.print(number))
    assert f"Faktura {number} är skickad till Visma AutoInvoice." in page
    program.settle()
    assert program.documents() == [(number, channel, Status.DELIVERED)]
    assert "Status Levererad" in program.text(f"invoices/{program.invoice(number).id}/tracking")
    assert "Skickad. Status: Levererad" in program.text(f"invoices/{program.invoice(number).id}")


def test_an_invoice_that_is_printed_twice_is_sent_once(program: Program) -> None:
    stale = program.visitor.form(program.path(f"invoices/{program.invoice('101').id}/print"), "delivery")
    program.print("101")
    again = program.visitor.send(stale, delivery=EMAIL)
    assert again.status_code == 422
    assert "Faktura 101 är redan skickad. Inget skickades en gång till." in content_of(again)
    assert "redan utskriven" in program.text(f"invoices/{program.invoice('101').id}/print")
    program.settle()
    assert program.documents() == [("101", Channel.PEPPOL, Status.DELIVERED)]


def test_with_every_invoice_through_autoinvoice_none_stays_on_the_computer(program: Program) -> None:
    page = content_of(program.send("settings/autoinvoice", "send_all", send_all="y"))
    assert "Inställningarna är sparade." in page
    made = content_of(program.make(("Lagning", "1", "100"), buyer=str(program.buyer("5").id)))
    assert "Faktura 106 är skapad." in made and "E-post via AutoInvoice" in made
    choices = program.text(f"invoices/{program.invoice('106').id}/print")
    assert choices.count("Företaget skickar alla fakturor via Visma AutoInvoice.") == 3
    refused = program.print("106", "printer")
    assert refused.status_code == 422 and program.documents() == []
    program.print("106")
    program.settle()
    assert program.documents() == [("106", Channel.EMAIL, Status.DELIVERED)]


@pytest.mark.parametrize(
    ("delivery", "sentence"),
    [
        ("printer", "Faktura 101 skulle nu ha skrivits ut på din skrivare."),
        ("pdf", "Faktura 101 är sparad som pdf."),
        ("mail_program", "Faktura 101 är skickad till kunden som ett mejl med pdf, utan AutoInvoice."),
    ],
)
def test_what_stays_on_the_computer_says_what_would_happen(program: Program, delivery: str, sentence: str) -> None:
    assert sentence in content_of(program.print("101", delivery))
    assert program.documents() == []
    page = program.text("invoices")
    assert page.count("Ja ") == (0 if delivery == "pdf" else 1)


def test_an_invoice_that_was_saved_as_pdf_can_be_sent_yet_and_one_that_was_mailed_from_here_not(program: Program) -> None:
    program.print("101", "pdf")
    assert "är skickad till Visma AutoInvoice" in content_of(program.print("101", EINVOICE))
    program.print("102", "mail_program")
    assert "redan utskriven" in program.text(f"invoices/{program.invoice('102').id}/print")
    program.settle()
    assert program.documents() == [("101", Channel.PEPPOL, Status.DELIVERED)]


def test_the_pdf_is_saved_at_once_and_can_be_saved_again(program: Program) -> None:
    page = program.print("101", "pdf")
    assert "data-download" in page.text
    assert "data-download" not in program.visitor.get(program.path(f"invoices/{program.invoice('101').id}")).text
    file = program.visitor.get(program.path(f"invoices/{program.invoice('101').id}/pdf"))
    assert file.data.startswith(b"%PDF-") and "101.pdf" in file.headers["Content-Disposition"]


@pytest.mark.parametrize("lines", [[], [("", "", "")]])
def test_an_invoice_without_lines_is_refused(program: Program, lines: list[tuple[str, str, str]]) -> None:
    refused = program.make(*lines)
    assert refused.status_code == 422
    assert "En faktura behöver minst en rad." in content_of(refused)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("Lagning", "0", "10"), "Rad 2: Antalet får inte vara 0."),
        (("Lagning", "1", "-10"), "Rad 2: Priset får inte vara negativt."),
        (("Lagning", "en", "10"), "Rad 2: Antal: “en” är inget tal."),
        (("Lagning", "1", ""), "Rad 2: Pris per styck: “” är inget tal."),
        (("", "1", "10"), "Rad 2: Skriv en benämning."),
        (("x" * 201, "1", "10"), "Rad 2:"),
        (("Lag\x07ning", "1", "10"), "Rad 2:"),
        (("Lagning", "-3", "10"), "Raderna blir tillsammans mindre än 0."),
        (("Lagning", "9999999", "9999999"), "Rad 2 behöver"),
        (("Lagning", "0,00001", "10"), "Rad 2 behöver"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_nothing_that_was_typed_is_lost(
    program: Program, line: tuple[str, str, str], sentence: str
) -> None:
    before = program.numbers()
    refused = program.make(("Slipning", "2,5", "10"), line, reference="Åsa")
    assert refused.status_code == 422
    assert sentence in content_of(refused)
    assert 'value="Slipning"' in refused.text and 'value="2,5"' in refused.text and 'value="Åsa"' in refused.text
    assert program.numbers() == before


def test_a_negative_line_gives_something_back_and_numbers_are_read_as_swedes_write_them(program: Program) -> None:
    page = content_of(program.make(("Lagning", "2", "1 240,50"), ("Avdrag", "-1", "100")))
    assert "Summa exkl. moms 2 381,00 SEK" in page
    assert program.numbers()[0] == "106"


def test_a_credit_note_is_made_and_sent(program: Program) -> None:
    assert "Kreditfaktura 106" in content_of(program.make(("Avdrag", "1", "100"), kind="credit_note"))
    program.print("106")
    program.settle()
    assert program.documents() == [("106", Channel.PEPPOL, Status.DELIVERED)]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"issued_on": "31.02.2022"}, "31.02.2022"),
        ({"due_on": "i morgon"}, "i morgon"),
        ({"due_on": "2022-02-01"}, "Förfallodagen är före fakturadatumet."),
        ({"buyer": "99999"}, "Kund"),
        ({"buyer": "-1"}, "Kund"),
        ({"kind": "quote"}, "Dokumenttyp"),
        ({"issued_on": "9999-12-31"}, "9999-12-31"),
        ({"issued_on": "0001-01-01"}, "0001-01-01"),
    ],
)
def test_a_head_that_is_wrong_is_refused_with_a_sentence(program: Program, values: dict[str, str], sentence: str) -> None:
    refused = program.make(("Lagning", "1", "10"), **values)
    assert refused.status_code == 422 and sentence in content_of(refused)
    assert program.numbers()[0] == "105"


def test_more_lines_keep_what_was_typed(program: Program) -> None:
    form = program.visitor.form(program.path("invoices/new"), "issued_on")
    at = next(at for at, (_, value, _) in enumerate(form.buttons) if value == "more")
    lines: dict[str, Any] = {"name": ["a"] * 200, "quantity": ["1"] * 200, "price": ["1"] * 200, "rate": ["12"] * 200}
    page = program.visitor.send(form, at, **lines)
    assert page.status_code == 200 and page.text.count('value="a"') == 200
    refused = program.make(*[("a", "1", "1")] * 201)
    assert refused.status_code == 422 and "högst 200 rader" in content_of(refused)


def test_what_autoinvoice_does_not_answer_is_kept_shown_and_sent_later_once(program: Program) -> None:
    with program.sandbox.transaction() as db:
        faults.add(db, "sales.send", times=2)
    page = program.print("101")
    assert "Visma AutoInvoice svarar inte. Faktura 101 är sparad" in content_of(page)
    assert 'data-follow="' in page.text
    assert "Väntar på AutoInvoice" in program.text("unsent?status=pending")
    program.settle()
    assert program.documents() == [("101", Channel.PEPPOL, Status.DELIVERED)]
    assert "Antal försök 3" in program.text(f"invoices/{program.invoice('101').id}/tracking")
    assert "Antal fakturor: 0" in program.visitor.get(program.path("unsent")).text
