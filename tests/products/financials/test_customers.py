"""Customers (AR303000): *Send to AutoInvoice*, by look-up or by hand."""

from typing import Any

import pytest
from sqlalchemy import select

from simulator.core.sandbox import Sandbox
from simulator.sales.models import Buyer, Delivery
from tests.products.financials.screens import count, messages, rows
from tests.reading import read
from tests.visits import Visitor

LIST = "/financials/ar303000"
NEW = f"{LIST}/new"


def buyer_of(sandbox: Sandbox, number: str) -> Buyer:
    with sandbox.reading() as db:
        return db.scalars(select(Buyer).where(Buyer.number == number)).one()


def add(visitor: Visitor, **values: Any) -> str:
    return visitor.send(visitor.form(NEW, "organisation_number"), follow=True, **values).text


def test_customers_are_listed_with_the_tick_and_their_number_below(visitor: Visitor) -> None:
    html = visitor.get(LIST).text
    assert {number: cells[-1] for number, cells in rows(html).items()} == {
        "10001": "Ja", "10002": "Nee", "10003": "Ja", "10004": "Ja", "10005": "Ja",
    }  # fmt: skip
    assert count(html) == "Gevonden debiteuren: 5"


def test_who_is_in_autoinvoice_is_set_up_by_itself(visitor: Visitor, vlijt: Sandbox) -> None:
    html = add(visitor, name="Molenrade Tweede Kantoor", organisation_number="NL 9999.9912")
    assert messages(html) == [
        "Molenrade Tweede Kantoor is gevonden in AutoInvoice: Naar AutoInvoice verzenden staat nu aan."
    ]
    buyer = buyer_of(vlijt, "10006")
    assert (buyer.organisation_number, buyer.delivery, buyer.receives) == ("99999912", Delivery.AUTOINVOICE, True)


def test_anybody_else_is_ticked_by_hand(visitor: Visitor, vlijt: Sandbox) -> None:
    html = add(visitor, name="Bakker Bart", organisation_number="99999944")
    assert messages(html)[0].startswith("Bakker Bart is niet gevonden in AutoInvoice.")
    buyer = buyer_of(vlijt, "10006")
    assert buyer.delivery == Delivery.MAIL_PROGRAM
    address = f"{LIST}/{buyer.id}/invoicing-settings"
    visitor.send(visitor.form(address, "send_to_autoinvoice"), send_to_autoinvoice="y")
    assert buyer_of(vlijt, "10006").delivery == Delivery.AUTOINVOICE
    form = visitor.form(address, "send_to_autoinvoice")
    form.values.poplist("send_to_autoinvoice")
    visitor.send(form)
    assert buyer_of(vlijt, "10006").delivery == Delivery.MAIL_PROGRAM


def test_the_tick_of_a_person_stays_when_something_else_is_changed(visitor: Visitor, vlijt: Sandbox) -> None:
    buyer = buyer_of(vlijt, "10001")
    form = visitor.form(f"{LIST}/{buyer.id}/invoicing-settings", "send_to_autoinvoice")
    form.values.poplist("send_to_autoinvoice")
    visitor.send(form)
    visitor.send(visitor.form(f"{LIST}/{buyer.id}", "organisation_number"), city="Polderdam")
    assert (buyer_of(vlijt, "10001").city, buyer_of(vlijt, "10001").delivery) == ("Polderdam", Delivery.MAIL_PROGRAM)


def test_looking_up_again_ticks_whoever_is_in_the_registers_by_now(visitor: Visitor, vlijt: Sandbox) -> None:
    buyer = buyer_of(vlijt, "10002")
    address = f"{LIST}/{buyer.id}/invoicing-settings"
    look_up = next(form for form in visitor.forms(address) if form.action.endswith("/look-up"))
    assert messages(visitor.send(look_up, follow=True).text)[0].startswith("Kantine De Poort is niet gevonden")
    with vlijt.transaction() as db:
        db.get_one(Buyer, buyer.id).organisation_number = "99999912"
    assert messages(visitor.send(look_up, follow=True).text)[0].startswith("Kantine De Poort is gevonden")
    assert buyer_of(vlijt, "10002").delivery == Delivery.AUTOINVOICE


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "X", "organisation_number": "1234"}, "organisation_number"),
        ({"name": "X", "email": "geen adres"}, "email"),
        ({"name": "X", "number": "10001"}, "number"),
        ({"name": "  "}, "name"),
        ({"name": "X", "country": "XX"}, "country"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(
    visitor: Visitor, values: dict[str, Any], field: str
) -> None:
    response = visitor.send(visitor.form(NEW, "organisation_number"), **({"city": "Polderdam"} | values))
    assert response.status_code == 422
    controls = {control["name"]: control for control in read(response.text).all("input", "select")}
    assert "Not a valid choice" not in response.text
    assert controls[field]["aria-invalid"] == "true"
    assert controls["city"]["value"] == "Polderdam"


def test_a_customer_who_was_changed_meanwhile_is_not_overwritten(visitor: Visitor, vlijt: Sandbox) -> None:
    address = f"{LIST}/{buyer_of(vlijt, '10001').id}"
    form = visitor.form(address, "organisation_number")
    visitor.send(visitor.form(address, "organisation_number"), city="Eerst")
    response = visitor.send(form, city="Later")
    assert response.status_code == 422
    assert "Er is niets opgeslagen" in response.text
    assert buyer_of(vlijt, "10001").city == "Eerst"


def test_a_customer_of_other_books_has_no_page(visitor: Visitor) -> None:
    for address in (f"{LIST}/99999", f"{LIST}/99999/invoicing-settings"):
        assert visitor.get(address).status_code == 404
