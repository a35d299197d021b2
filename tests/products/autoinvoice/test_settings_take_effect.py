"""Settings made on AutoInvoice's pages apply to the next document."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.sandbox import Sandbox
from simulator.documents.model.parties import Named
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.travel import HOUSE, INSIDE, UNKNOWN
from tests.visits import Visitor

SETTINGS = "/autoinvoice/settings"
BY_EMAIL = replace(UNKNOWN, email="post@ukjent.example")


@pytest.fixture
def visitor(platform: Platform, norway: Sandbox) -> Visitor:
    """Return the browser of the administrator of the company that sends."""
    travel.prepare(norway)
    visitor = Visitor.of(platform, norway, travel.PERSON, "nb")
    with norway.reading() as db:
        company = str(no.company(db, travel.SENDER).id)
    visitor.send(visitor.form("/autoinvoice/", "company"), company=company)
    return visitor


def _set(visitor: Visitor, path: str, **values: Any) -> None:
    form = visitor.form(f"{SETTINGS}/{path}", next(iter(values)))
    assert visitor.send(form, **values).status_code == 302


def test_stopping_duplicates_stops_a_number_that_went_within_a_week(visitor: Visitor, norway: Sandbox) -> None:
    _set(visitor, "sending", stop_duplicates="y")
    assert travel.send(norway, BY_EMAIL, number="55").status == "delivered"
    assert travel.send(norway, BY_EMAIL, number="55").error == "duplicate"
    _set(visitor, "sending", stop_duplicates=[])
    assert travel.send(norway, BY_EMAIL, number="55").status == "delivered"


def test_holding_holds_a_document_with_several_possible_recipients(visitor: Visitor, norway: Sandbox) -> None:
    with norway.transaction() as db:
        travel.register(db, "0192", "317000006", "Tofjord Nord AS", "317000006")
        travel.register(db, "0088", "7999999000012", "Tofjord Sør AS", "317000006")
    several = Named(name="Tofjord AS", country="NO", organisation_number="317000006", email="post@tofjord.example")
    _set(visitor, "sending", hold_multiple=[])
    assert travel.send(norway, several, number="1").channel == "email"
    _set(visitor, "sending", hold_multiple="y")
    assert travel.send(norway, several, number="2").status == "on_hold"


def test_without_email_and_print_a_document_fails(visitor: Visitor, norway: Sandbox) -> None:
    assert travel.send(norway, BY_EMAIL, number="1").channel == "email"
    _set(visitor, "sending/email", email_enabled=[])
    _set(visitor, "sending/print", print_enabled=[])
    assert travel.send(norway, BY_EMAIL, number="2").status == "failed"


def test_the_print_service_sends_letters_once_it_is_turned_on(visitor: Visitor, norway: Sandbox) -> None:
    _set(visitor, "sending/print", print_enabled=[])
    receiver = replace(UNKNOWN, **HOUSE)
    assert travel.send(norway, receiver, number="1").error == "print_not_enabled"
    _set(visitor, "sending/print", print_enabled="y", print_prices_accepted="y")
    document = travel.send(norway, receiver, number="2")
    assert (document.status, document.channel) == ("delivered", "print")


def test_a_user_who_turned_mails_off_gets_none_about_incoming_invoices(visitor: Visitor, norway: Sandbox) -> None:
    travel.change(norway, no.REGISTERED, notify_received=True, notify_received_to=travel.PERSON)
    travel.send(norway, INSIDE, number="1")
    assert [mail.recipient for mail in travel.mails(norway, "document_received")] == [travel.PERSON]
    _set(visitor, "details", internal="y")
    travel.send(norway, INSIDE, number="2")
    jobs.run_due(norway)
    assert len(travel.mails(norway, "document_received")) == 1
