"""Calls about invoices."""

from tests.products.autoinvoice_api.conftest import Program, invoice


def test_an_invoice_is_sent_and_known_by_its_id(program: Program) -> None:
    made = program.sent(invoice())
    assert (made["status"], made["number"], made["sum"], made["sum_tax"]) == ("PENDING", "1001", 100.0, 125.0)
    program.run()
    shown = program.get(f"/v1/invoices/{made['id']}")
    assert shown["status"] in ("PENDING", "DELIVERED"), shown
    print(shown)
