"""AutoInvoice's interface fails in its own words when a test orders it: for the person and the company of a token."""

import pytest

from simulator.core import faults
from simulator.core.sandbox import Sandbox
from tests.products.autoinvoice_api.conftest import Program, program_of


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        ("error", 500, "internal_error"),
        ("unavailable", 503, "service_unavailable"),
        ("conflict", 409, "conflict"),
        ("refused", 422, "refused"),
    ],
)
def test_a_call_fails_in_the_words_of_the_interface(
    program: Program, sandbox: Sandbox, outcome: str, status: int, code: str
) -> None:
    with sandbox.transaction() as db:
        faults.add(db, route="GET /autoinvoice/api/v1/companies", outcome=outcome)
    answer = program.call("GET", "/v1/companies")
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert program.call("GET", "/v1/companies").status_code == 200


def test_a_fault_is_for_the_company_of_the_token(program: Program, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        faults.add(db, "http.autoinvoice_api", method="GET", company="310000019", outcome="unavailable", times=None)
    other = program_of(program.platform, "elsewhere")
    assert program.call("GET", "/v1/companies").status_code == 503
    assert other.call("GET", "/v1/companies").status_code == 200


def test_a_fault_is_for_the_person_of_the_token(program: Program, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        faults.add(db, "http.autoinvoice_api", method="GET", person="nobody@fjordlys.example", times=None)
    assert program.call("GET", "/v1/companies").status_code == 200
    with sandbox.reading() as db:
        assert [fault.seen for fault in faults.all_of(db)] == [0]
