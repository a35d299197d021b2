"""Programs after the end of their contract: open until June to close the books, then for reading with a licence, else closed."""

from datetime import date

import pytest

from simulator.billing import contracts
from simulator.billing.contract_days import ContractKind
from simulator.billing.models import InvoiceSystem, Licence
from simulator.sales import clients
from simulator.sales.models import ProgramCode
from tests.office import Office


def end_contract(office: Office, product: str, unit: str, last: date, *, reads: bool = False) -> None:
    """Give the office a yearly contract of a product that has ended on a day, and a licence for reading."""
    with office.sandbox.transaction() as db:
        client = clients.by_key(db, "kafe")
        assert client is not None and client.company is not None
        customer = client.customer
        of_licence = {"customer_id": customer.id, "product": product, "customer_number": customer.number}
        licence = Licence(
            **of_licence, kind="maintenance", quantity=1, valid_from=date(2019, 1, 1), valid_to=last, system="legacy"
        )
        db.add(licence)
        db.flush()
        contract = contracts.sign(db, client.company, ContractKind.YEARLY, date(2019, 1, 1), system=InvoiceSystem.LEGACY)
        contracts.add_order(db, contract, licence, unit, 1, date(2019, 1, 1))
        contract.notice_on, contract.ends_on = date(2019, 9, 1), last
        if reads:
            reading = Licence(**of_licence, kind="maintenance", quantity=1, valid_from=last, system="legacy", read_only=True)
            reading.contract_id = contract.id
            db.add(reading)


def test_the_books_are_closed_until_june_and_then_the_window_says_why_it_is_closed(office: Office) -> None:
    page = f"/business/{office.client('kafe')}/"
    assert office.visitor.get(page).status_code == 200
    end_contract(office, "visma_business", "BUSINESS_ACCOUNTING", date(2021, 12, 31))
    answer = office.visitor.get(page)
    assert (answer.status_code, "30.06.2022" in answer.text) == (200, True), "in March the books are being closed"
    with office.sandbox.transaction() as db:
        db.query(Licence).filter_by(product="visma_business").update({"valid_to": date(2020, 12, 31)})
    closed = office.visitor.get(page)
    assert (closed.status_code, "Kontrakten er avsluttet" in closed.text, "30.06.2021" in closed.text) == (403, True, True)
    assert office.visitor.get(f"{page}invoices").status_code == 403
    assert office.visitor.get("/business/999/invoices").status_code == 404


def test_with_a_licence_for_reading_a_program_is_read_and_changes_nothing(office: Office) -> None:
    client = office.client("kafe")
    form = office.visitor.form(f"/business/{client}/company", "email")
    end_contract(office, "visma_business", "BUSINESS_ACCOUNTING", date(2020, 12, 31), reads=True)
    assert "det som finnes kan du slå opp" in office.visitor.get(f"/business/{client}/company").text
    refused = office.visitor.send(form, email="new@kafe.example")
    assert (refused.status_code, "det som finnes kan du slå opp" in refused.text) == (403, True)
    assert "new@kafe.example" not in office.visitor.get(f"/business/{client}/company").text


@pytest.mark.parametrize(
    ("program", "product", "unit"),
    [(ProgramCode.GLOBAL, "global", "GLOBAL"), (ProgramCode.WEBFAKTURA, "webfaktura", "EXPENSE_USER")],
)
def test_other_programs_close_too(office: Office, program: ProgramCode, product: str, unit: str) -> None:
    office.install("kafe", program, "16.0")
    path = "invoices" if program is ProgramCode.WEBFAKTURA else ""
    page = f"/{program}/{office.client('kafe')}/{path}"
    assert office.visitor.get(page).status_code == 200
    end_contract(office, product, unit, date(2020, 6, 30))
    if product == "webfaktura":
        with office.sandbox.transaction() as db:
            db.query(Licence).filter(Licence.product == product, Licence.valid_to.is_(None)).delete()
    closed = office.visitor.get(page)
    assert (closed.status_code, "Kontrakten er avsluttet" in closed.text) == (403, True)
