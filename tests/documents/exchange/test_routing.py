"""How a document goes: as an e-invoice, else by e-mail, else as a letter, and what changes that."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core import events, jobs
from simulator.core.notices import Notice
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import CompanyService, CompanyStatus
from simulator.documents.accounts import accounts
from simulator.documents.exchange import receiving, resending
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model.models import Document
from simulator.documents.model.parties import Named
from simulator.documents.registers import access_points, participants, receivers
from simulator.documents.registers.participants import deregister
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.travel import HOUSE, INSIDE, OUTSIDE, UNKNOWN, send


@pytest.fixture
def sandbox(norway: Sandbox) -> Sandbox:
    """Return a sandbox whose companies are verified and whose outside world takes no time."""
    travel.prepare(norway)
    return norway


def whole_journal(sandbox: Sandbox) -> list[tuple[str, str | None]]:
    """Return types and actors of all events."""
    with sandbox.reading() as db:
        return [(line.type, line.actor) for line in events.after(db)]


def two_addresses(sandbox: Sandbox) -> Named:
    """Return an organisation with two addresses, that is named by none of them."""
    with sandbox.transaction() as db:
        travel.register(db, "0192", "317000006", "Tofjord Nord AS", "317000006")
        travel.register(db, "0088", "7999999000012", "Tofjord Sør AS", "317000006")
    return Named(name="Tofjord AS", country="NO", organisation_number="317000006", email="post@tofjord.example")


def test_a_company_in_elma_through_autoinvoice_is_reached_inside(sandbox: Sandbox) -> None:
    sent_document = send(sandbox, INSIDE)
    assert (sent_document.status, sent_document.channel, sent_document.unit) == ("delivered", "internal", "INTERNAL")


def test_a_receiver_at_another_access_point_is_reached_through_peppol(sandbox: Sandbox) -> None:
    sent_document = send(sandbox, OUTSIDE)
    assert (sent_document.status, sent_document.channel, sent_document.unit) == ("delivered", "peppol", "EINVOICE")


def test_a_company_here_that_another_access_point_registered_is_outside(sandbox: Sandbox) -> None:
    buyer = replace(OUTSIDE, name="Fjordlys Eiendom AS", organisation_number=no.ELSEWHERE, identifier=no.ELSEWHERE)
    assert send(sandbox, buyer).channel == "peppol"
    assert travel.inbox(sandbox, no.ELSEWHERE) == []


def unverified(db: Db) -> None:
    accounts.of(db, no.company(db, no.REGISTERED)).verified = False


def deactivated(db: Db) -> None:
    no.company(db, no.REGISTERED).status = CompanyStatus.DEACTIVATED


def without_service(db: Db) -> None:
    db.delete(db.get_one(CompanyService, (no.company(db, no.REGISTERED).id, "autoinvoice")))


def renumbered(db: Db) -> None:
    no.company(db, no.REGISTERED).organisation_number = "310900133"


CANNOT_RECEIVE = [unverified, deactivated, without_service, renumbered]
"""What makes a company that AutoInvoice has in ELMA unable to see what is sent to it."""


@pytest.mark.parametrize("change", CANNOT_RECEIVE)
def test_nothing_is_delivered_to_a_company_here_that_cannot_see_it(sandbox: Sandbox, change: Callable[[Db], None]) -> None:
    with sandbox.transaction() as db:
        change(db)
    assert send(sandbox, replace(INSIDE, email="post@drift.example"), number="1").channel == "email"
    assert send(sandbox, INSIDE, number="2").status == "failed"
    forced = RoutingPreferences(address=f"0192:{no.REGISTERED}", operator="PEPPOL")
    assert send(sandbox, INSIDE, number="3", preferences=forced).status == "failed"
    assert "document.received" not in [line for line, _ in whole_journal(sandbox)]


@pytest.mark.parametrize("change", CANNOT_RECEIVE[:3])
def test_a_supplier_outside_mails_a_company_that_cannot_receive(sandbox: Sandbox, change: Callable[[Db], None]) -> None:
    with sandbox.transaction() as db:
        change(db)
    document = travel.content(sandbox, replace(INSIDE, email="post@drift.example"))
    with sandbox.transaction() as db:
        arrived = receiving.from_outside(db, seller=UNKNOWN, company_number=no.REGISTERED, country="NO", content=document)
    assert (arrived.by, arrived.document) == ("email", None)


def test_an_organisation_outside_that_autoinvoice_registered_is_reached_through_peppol(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        participants.enter(db, "316006604", "Ukjent AS", access_points.ours(db))
    assert send(sandbox, UNKNOWN).channel == "peppol"


def test_an_organisation_number_alone_is_looked_up(sandbox: Sandbox) -> None:
    assert send(sandbox, replace(OUTSIDE, scheme=None, identifier=None)).channel == "peppol"


def test_an_address_alone_is_looked_up(sandbox: Sandbox) -> None:
    assert send(sandbox, replace(OUTSIDE, organisation_number=None)).channel == "peppol"


def test_who_is_found_nowhere_gets_an_email(sandbox: Sandbox) -> None:
    sent_document = send(sandbox, replace(UNKNOWN, email="post@ukjent.example"))
    assert (sent_document.status, sent_document.channel, sent_document.unit) == ("delivered", "email", "EMAIL")


def test_who_has_no_email_gets_a_letter(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_enabled=True)
    sent_document = send(sandbox, replace(UNKNOWN, **HOUSE))
    assert (sent_document.status, sent_document.channel, sent_document.unit) == ("delivered", "print", "PRINT_PRIORITY")


def test_who_gets_no_email_by_the_settings_gets_a_letter(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_enabled=True, email_enabled=False)
    assert send(sandbox, replace(UNKNOWN, email="post@ukjent.example", **HOUSE)).channel == "print"


@pytest.mark.parametrize("missing", ["street", "postal_code", "city"])
def test_no_letter_goes_to_half_an_address(sandbox: Sandbox, missing: str) -> None:
    travel.change(sandbox, print_enabled=True)
    half: dict[str, Any] = {**HOUSE, missing: None}
    sent_document = send(sandbox, Named(name="Noen", country="NO", **half))
    assert (sent_document.status, sent_document.error) == ("failed", "not_enough_information")


def test_who_takes_only_credit_notes_gets_no_einvoice(sandbox: Sandbox) -> None:
    sent_document = send(sandbox, replace(travel.CREDIT_NOTES_ONLY, email="post@viken.example"))
    assert sent_document.channel == "email"
    assert send(sandbox, travel.CREDIT_NOTES_ONLY, number="1002").error == "wrong_type"


def test_a_company_that_left_elma_gets_no_einvoice_from_anybody(sandbox: Sandbox) -> None:
    no.ask_and_wait(sandbox, deregister, no.REGISTERED)
    sent_document = send(sandbox, replace(INSIDE, email="faktura@fjordlys-drift.example"))
    assert (sent_document.channel, travel.inbox(sandbox)) == ("email", [])


@pytest.mark.parametrize("receives", [True, False])
def test_a_company_abroad_receives_inside_while_its_settings_say_so(sandbox: Sandbox, receives: bool) -> None:
    with sandbox.transaction() as db:
        company = no.add_company(db, "kade", "NL", "99999903")
        account = accounts.open_account(db, company, verified=True)
        account.receives = receives
    buyer = Named(name="Kade", country="NL", scheme="0106", identifier="99999903", email="post@kade.example")
    assert send(sandbox, buyer).channel == ("internal" if receives else "email")
    assert send(
        sandbox, replace(buyer, scheme=None, identifier=None, organisation_number="99999903"), number="2"
    ).channel == ("internal" if receives else "email")


def test_a_company_abroad_without_the_service_receives_nothing_inside(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = no.add_company(db, "kade", "NL", "99999903")
        accounts.open_account(db, company, verified=True)
        db.delete(db.get_one(CompanyService, (company.id, "autoinvoice")))
    buyer = Named(name="Kade", country="NL", scheme="0106", identifier="99999903", email="post@kade.example")
    assert send(sandbox, buyer).channel == "email"


def test_address_and_operator_together_leave_no_other_way(sandbox: Sandbox) -> None:
    buyer = replace(UNKNOWN, email="post@ukjent.example")
    sent_document = send(sandbox, buyer, preferences=RoutingPreferences(address="0192:316006604", operator="PEPPOL"))
    assert (sent_document.status, sent_document.error, sent_document.channel) == ("failed", "no_route", None)
    assert [mail.recipient for mail in travel.mails(sandbox, "document_failed")] == [travel.PERSON]


def test_an_operator_that_is_named_with_an_address_gets_the_document(sandbox: Sandbox) -> None:
    buyer = Named(name="Järvi Oy", country="FI", scheme="0216", identifier="003799999028", operator="simposti")
    sent_document = send(sandbox, buyer)
    assert (sent_document.status, sent_document.channel, sent_document.unit) == ("delivered", "operator", "EINVOICE")


def test_peppol_can_be_forced_to_a_company_here_and_arrives(sandbox: Sandbox) -> None:
    sent_document = send(sandbox, INSIDE, preferences=RoutingPreferences(operator="PEPPOL"))
    assert (sent_document.channel, sent_document.unit) == ("peppol", "EINVOICE")
    (received,) = travel.inbox(sandbox)
    assert (received.channel, received.origin) == ("peppol", "external")


def test_an_operator_that_is_nobody_is_ignored(sandbox: Sandbox) -> None:
    assert send(sandbox, OUTSIDE, preferences=RoutingPreferences(operator="NOBODY")).channel == "peppol"
    assert send(sandbox, replace(UNKNOWN, email="a@b.example", operator="NOBODY"), number="2").channel == "email"


def test_what_is_said_beside_the_document_wins(sandbox: Sandbox) -> None:
    assert send(sandbox, OUTSIDE, preferences=RoutingPreferences(address="0192:310000019")).channel == "internal"
    buyer = replace(UNKNOWN, email="old@ukjent.example")
    send(sandbox, buyer, number="2", preferences=RoutingPreferences(email="new@ukjent.example"))
    assert [mail.recipient for mail in travel.mails(sandbox, "document_embedded")] == ["new@ukjent.example"]


def test_routes_can_be_turned_off(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_enabled=True)
    buyer = replace(OUTSIDE, email="faktura@skogvang.example", **HOUSE)
    assert send(sandbox, buyer, preferences=RoutingPreferences(disabled=("einvoice",))).channel == "email"
    assert (
        send(sandbox, buyer, number="2", preferences=RoutingPreferences(disabled=("einvoice", "email"))).channel == "print"
    )
    sent_document = send(sandbox, buyer, number="3", preferences=RoutingPreferences(disabled=("einvoice", "email", "print")))
    assert (sent_document.status, sent_document.error) == ("failed", "not_enough_information")


def test_routes_can_be_put_in_another_order(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_enabled=True)
    buyer = replace(OUTSIDE, email="faktura@skogvang.example", **HOUSE)
    assert send(sandbox, buyer, preferences=RoutingPreferences(order=("print", "einvoice"))).channel == "print"
    assert (
        send(
            sandbox, replace(buyer, street=None), number="2", preferences=RoutingPreferences(order=("print", "email"))
        ).channel
        == "email"
    )


def test_an_email_address_as_electronic_address_is_an_email(sandbox: Sandbox) -> None:
    assert send(sandbox, Named(name="Kari", country="NO", scheme="EM", identifier="kari@privat.example")).channel == "email"


def test_of_several_addresses_the_one_given_is_taken(sandbox: Sandbox) -> None:
    buyer = replace(two_addresses(sandbox), scheme="0088", identifier="7999999000012")
    assert send(sandbox, buyer).channel == "peppol"


def test_of_several_addresses_the_one_of_that_name_is_taken(sandbox: Sandbox) -> None:
    buyer = replace(two_addresses(sandbox), name="tofjord NORD as")
    sent_document = send(sandbox, buyer)
    assert sent_document.channel == "peppol"
    assert [line["address"] for line in travel.journal_data(sandbox, "document.sent")] == ["0192:317000006"]


def test_several_addresses_without_a_match_give_way_to_the_next_route(sandbox: Sandbox) -> None:
    assert send(sandbox, two_addresses(sandbox)).channel == "email"


def test_several_addresses_hold_the_document_when_the_setting_is_on(sandbox: Sandbox) -> None:
    travel.change(sandbox, hold_multiple=True)
    id_ = travel.accept(sandbox, two_addresses(sandbox))
    jobs.run_due(sandbox)
    assert travel.seen(sandbox, id_).status == "on_hold"
    assert [mail.recipient for mail in travel.mails(sandbox, "document_on_hold")] == [travel.PERSON]
    with sandbox.reading() as db:
        assert len(db.scalars(select(Notice).where(Notice.text == "notice.document.on_hold")).all()) >= 2
        choices = resending.choices(db, db.get_one(Document, id_))
    assert [receiver.address for receiver in choices] == ["0192:317000006", "0088:7999999000012"]
    with sandbox.transaction() as db:
        resending.choose(db, travel.PERSON, db.get_one(Document, id_), "0088:7999999000012")
    jobs.run_due(sandbox)
    assert travel.seen(sandbox, id_).status == "delivered"
    assert [line["address"] for line in travel.journal_data(sandbox, "document.sent")] == ["0088:7999999000012"]


def test_receivers_are_found_by_name_too(sandbox: Sandbox) -> None:
    two_addresses(sandbox)
    with sandbox.reading() as db:
        assert [receiver.address for receiver in receivers.find(db, name="TOFJORD")] == [
            "0192:317000006",
            "0088:7999999000012",
        ]
        assert receivers.find(db) == []
