"""The served description holds: whatever it allows is answered as it says, whatever it forbids is refused."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.products.autoinvoice_api.calls import TABLE
from simulator.web.calls.reading import FORM
from tests.conftest import NOW
from tests.products.autoinvoice_api.conftest import Program, invoice, program_of
from tests.visits import make_platform, store_of

EXAMPLES = 3
"""Of each call; the same ones each time."""

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, negative_data_rejection,
]  # fmt: skip


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Program:
    """Return a program of a platform of this module."""
    platform = make_platform(tmp_path_factory.mktemp("described"), templates)
    store_of(platform).create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    made = program_of(platform, "registered")
    made.get("/oauth2/current")
    return made


@pytest.fixture(scope="module")
def described(program: Program) -> Any:
    """Return what the interface says of itself."""
    return schemathesis.openapi.from_wsgi("/s/default/autoinvoice/api/swagger_doc", closing(program.platform))


def closing(platform: Platform) -> Any:
    """Return the application as a server runs it: the answer is taken whole, and closed."""

    def ask(environ: dict[str, Any], start: Any) -> list[bytes]:
        answer = platform(environ, start)
        try:
            return list(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()

    return ask


def ask_all(program: Program, operation: Any, mode: GenerationMode) -> None:
    """Ask a call for what the description allows, or forbids."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {program.token}"}, checks=CHECKS)

    ask()


@pytest.mark.parametrize("call", [call.name for call in TABLE])
def test_what_is_allowed_is_answered_as_described(program: Program, described: Any, call: str) -> None:
    ask_all(program, described.find_operation_by_id(call), GenerationMode.POSITIVE)


@pytest.mark.parametrize("call", [call.name for call in TABLE if (call.body or call.query) and call.takes != FORM])
def test_what_is_forbidden_is_refused(program: Program, described: Any, call: str) -> None:
    ask_all(program, described.find_operation_by_id(call), GenerationMode.NEGATIVE)


def test_every_call_is_described_with_the_scopes_that_open_it(program: Program) -> None:
    content = program.get("/swagger_doc")
    listed = {(method.upper(), path) for path, methods in content["paths"].items() for method in methods}
    assert listed == {(call.method, call.path) for call in TABLE}
    scopes = content["components"]["securitySchemes"]["token"]["flows"]["clientCredentials"]["scopes"]
    used_scopes = {scope for call in TABLE for scope in call.scopes if scope}
    assert used_scopes <= set(scopes)
    assert content["servers"] == [{"url": "http://localhost:8000/s/default/autoinvoice/api"}]


def test_the_billing_part_describes_itself(program: Program) -> None:
    content = program.get("/api/billing/v2/swagger_yml")
    assert list(content["paths"]) == ["/api/billing/v2/reports/billing_company_transactions"]


def test_an_answer_with_every_field_is_as_described(program: Program, described: Any) -> None:
    made = program.sent(invoice("7777"))
    program.run()
    for name, path in (("get_invoice", f"/v1/invoices/{made['id']}"), ("get_settings", "/v1/company/settings")):
        operation = described.find_operation_by_id(name)
        parameters = {"id": made["id"]} if "{id}" in operation.path else {}
        case = operation.Case(path_parameters=parameters)
        answer = case.call(headers={"Authorization": f"Bearer {program.token}"})
        assert answer.status_code == 200, path
        case.validate_response(answer, checks=CHECKS[:4])
