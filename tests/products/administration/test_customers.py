"""The customer register: what the program notices of organisation numbers, Utskriftsval, and changes in two tabs."""

from typing import Any

import pytest

from tests.products.administration.program import Program, content_of

NUMBER = "9999980080"


@pytest.mark.parametrize(
    "typed",
    ["999998-0080", " 999998 0080 ", "SE999998008001", "SE 999998-0080", "169999980080", "0007:9999980080", "9999980080"],
)
def test_a_number_is_understood_as_people_paste_it(program: Program, typed: str) -> None:
    address = program.path("customers/look-up")
    answer = program.visitor.get(address, query_string={"organisation_number": typed, "country": "SE"})
    assert "Kan ta emot e-faktura: Kvarnby Catering AB, via Sydvind Accesspunkt." in answer.text
    page = content_of(program.send(f"customers/{program.buyer('2').id}", "organisation_number", organisation_number=typed))
    assert "Kunden är sparad och kan ta emot e-faktura. Se fliken Utskriftsval." in page
    assert program.buyer("2").organisation_number == NUMBER


@pytest.mark.parametrize("typed", ["999998-0081", "SE", "12345", "abc", "9999980080" * 4, "310000019"])
def test_a_number_that_fails_its_check_gets_a_sentence_and_nothing_is_saved(program: Program, typed: str) -> None:
    before = program.buyer("1").organisation_number
    refused = program.send(f"customers/{program.buyer('1').id}", "organisation_number", organisation_number=typed, name="Ny")
    assert refused.status_code == 422
    assert "är inget organisationsnummer i det här landet." in content_of(refused)
    assert 'value="Ny"' in refused.text
    assert (program.buyer("1").organisation_number, program.buyer("1").name) == (before, "Kvarnby Catering AB")


def test_without_a_script_a_button_says_what_the_program_notices_and_saves_nothing(program: Program) -> None:
    form = program.visitor.form(program.path(f"customers/{program.buyer('1').id}"), "organisation_number")
    at = next(at for at, (_, value, _) in enumerate(form.buttons) if value == "look_up")
    page = program.visitor.send(form, at, organisation_number="999998-0098", name="Ny")
    assert page.status_code == 200
    assert "9999980098 finns inte i något register" in content_of(page) and 'value="Ny"' in page.text
    assert program.buyer("1").name == "Kvarnby Catering AB"


def test_the_number_decides_whether_the_e_invoice_can_be_chosen(program: Program) -> None:
    receiver, other = (
        program.visitor.get(program.path(f"customers/{program.buyer(number).id}/delivery")).text for number in "12"
    )
    assert 'value="einvoice" checked>' in receiver
    assert 'value="einvoice" disabled' in other and "Inget register visar att Björkhagens Skola" in other


def test_all_six_values_are_there_possible_or_with_the_reason(program: Program) -> None:
    page = program.text(f"customers/{program.buyer('5').id}/delivery")
    labels = ("Skrivare", "Pdf", "E-post", "Elektroniskt via AutoInvoice", "Brev via AutoInvoice", "E-post via AutoInvoice")
    assert [label for label in labels if label not in page] == []
    assert "Ateljé Vinden har ingen fullständig postadress." in page


@pytest.mark.parametrize("delivery", ["einvoice", "letter", "autoinvoice", "nothing", ""])
def test_a_value_that_is_not_possible_is_refused_however_it_is_sent(program: Program, delivery: str) -> None:
    page = f"customers/{program.buyer('5').id}/delivery"
    answer = program.send(page, "delivery", delivery=delivery)
    assert answer.status_code == 422 and program.buyer("5").delivery == "printer"


def test_a_value_is_saved_and_the_next_invoice_has_it(program: Program) -> None:
    program.send(f"customers/{program.buyer('1').id}/delivery", "delivery", delivery="email")
    assert program.buyer("1").delivery == "email"
    assert "E-post via AutoInvoice" in content_of(program.make(("Lagning", "1", "10")))


@pytest.mark.parametrize("tab", ["", "/delivery"])
def test_of_two_tabs_the_second_is_refused_and_keeps_what_was_typed(program: Program, tab: str) -> None:
    stale = program.visitor.form(program.path(f"customers/{program.buyer('1').id}{tab}"), "delivery" if tab else "name")
    program.send(f"customers/{program.buyer('1').id}", "email", email="ny@kvarnby.example")
    values: dict[str, Any] = {"delivery": "pdf"} if tab else {"city": "Kvarnby"}
    refused = program.visitor.send(stale, **values)
    assert refused.status_code == 422
    assert "Kvarnby Catering AB har ändrats sedan den här sidan öppnades." in content_of(refused)
    assert (program.buyer("1").email, program.buyer("1").city) == ("ny@kvarnby.example", None)
    if not tab:
        assert 'value="Kvarnby"' in refused.text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"number": "2"}, "Numret 2 tillhör en annan kund"),
        ({"name": " "}, "Namn:"),
        ({"email": "ingen adress"}, "ingen e-postadress"),
        ({"country": "XX"}, "Land:"),
    ],
)
def test_a_customer_that_is_wrong_is_refused(program: Program, values: dict[str, str], sentence: str) -> None:
    typed: dict[str, Any] = {"name": "Ny Kund AB"} | values
    refused = program.send("customers/new", "organisation_number", **typed)
    assert refused.status_code == 422 and sentence in content_of(refused)


def test_a_customer_is_added_with_the_next_number(program: Program) -> None:
    page = content_of(program.send("customers/new", "organisation_number", name="Ny Kund AB", email="NY@kund.example"))
    assert "Kunden är sparad." in page
    assert (program.buyer("6").name, program.buyer("6").email) == ("Ny Kund AB", "ny@kund.example")
