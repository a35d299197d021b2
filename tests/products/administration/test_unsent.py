"""The list of what AutoInvoice has not sent: sending again, handling manually, and its filters."""

import pytest

from simulator.documents.model.models import Channel, Status
from tests.crawl import page_rules
from tests.products.administration.program import Program, content_of


@pytest.fixture
def failed(program: Program) -> Program:
    """Return the program after the mail of an invoice came back."""
    program.print("104")
    program.settle()
    return program


def test_what_failed_has_its_reason_and_a_red_mark(failed: Program) -> None:
    text = failed.text("unsent")
    assert (
        "Misslyckades 104 Faktura Norrviks Åkeri AB 2022-02-27 Mejlet till bounce.faktura@norrvik.example kom tillbaka"
        in text
    )
    assert "1 av fakturorna kunde inte skickas eller levereras." in failed.text("")


def test_it_is_sent_again_with_the_address_that_was_corrected_and_stays_one_document(failed: Program) -> None:
    failed.send(f"customers/{failed.buyer('4').id}", "email", email="faktura@norrvik.example")
    failed.print("104", page="resend")
    failed.settle()
    assert failed.documents() == [("104", Channel.EMAIL, Status.DELIVERED)]
    again = failed.visitor.get(failed.path(f"invoices/{failed.invoice('104').id}/resend"))
    assert "så den skickas inte igen" in content_of(again)


def test_it_is_not_sent_again_by_a_way_that_does_not_go_through_autoinvoice(failed: Program) -> None:
    refused = failed.print("104", "printer", page="resend")
    assert refused.status_code == 422
    assert "Välj ett utskriftsval via AutoInvoice." in content_of(refused)


def test_handled_manually_it_says_how_and_offers_nothing_more(failed: Program) -> None:
    page = content_of(failed.send(f"invoices/{failed.invoice('104').id}/manual", "remark", remark="Lämnad i receptionen"))
    assert "Faktura 104 hanteras manuellt." in page and "Lämnad i receptionen" in page
    assert "Hanteras manuellt 104" in failed.text("unsent?status=manual")
    refused = failed.send(f"invoices/{failed.invoice('104').id}/manual", "remark", remark="igen")
    assert refused.status_code == 422 and "Inget gick fel med faktura 104" in content_of(refused)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("status=failed", 1),
        ("status=pending", 0),
        ("status=nothing", 1),
        ("type=credit_note", 0),
        ("type=invoice&from=2022-02-27&to=2022-02-27", 1),
        ("from=2022-02-28", 0),
        ("from=30.02.2022", 1),
        ("page=99&size=25&status=%00", 1),
    ],
)
def test_the_list_is_limited_by_day_status_and_type(failed: Program, query: str, count: int) -> None:
    response = failed.visitor.get(failed.path(f"unsent?{query}"))
    assert f"Antal fakturor: {count}" in response.text
    assert [fault for fault in page_rules.faults(response.text, "sv", ())] == []


@pytest.mark.parametrize("page", ["resend", "manual", "tracking", "print"])
def test_pages_of_a_failed_invoice_keep_the_rules_of_the_house(failed: Program, page: str) -> None:
    response = failed.visitor.get(failed.path(f"invoices/{failed.invoice('104').id}/{page}"))
    assert response.status_code == 200 and page_rules.faults(response.text, "sv", ()) == []
