"""Tokens: who gets one, what it opens, and when it no longer does."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import administration, companies
from simulator.directory.actors import actor_of
from simulator.directory.models import Company, Grant, Person, Status
from simulator.documents.accounts import accounts, api_keys
from simulator.documents.model.models import Account, KeyKind
from simulator.products.autoinvoice_api.calls import TABLE
from simulator.products.autoinvoice_api.models import ApiToken
from tests.conftest import NOW
from tests.products.autoinvoice_api.conftest import Program, program_of, programs_of
from tests.visits import store_of


def test_a_token_is_given_to_a_form_to_json_and_to_an_encoded_form(program: Program) -> None:
    client, path = program.platform.test_client(), program.path("/oauth2/token")
    fields = {"grant_type": "client_credentials", **program.keys}
    kinds: list[dict[str, Any]] = [
        {"json": fields}, {"data": fields}, {"data": fields, "content_type": "multipart/form-data"},
    ]  # fmt: skip
    for kind in kinds:
        answer = client.post(path, **kind)
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["token_type"] == "bearer"
        assert answer.get_json()["expires_in"] == 3600


def test_without_a_scope_a_token_is_for_the_default_ones(program: Program) -> None:
    program.scope = None
    granted = program.ask_token().get_json()["scope"].split()
    assert granted == ["company:read", "document:receive", "document:send", "lookup", "company:write"]


def test_a_scope_that_there_is_none_of_is_refused(program: Program) -> None:
    answer = program.ask_token(scope="invoice:send everything")
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "invalid_scope"
    assert "everything" in answer.get_json()["details"][0]


def test_a_token_is_kept_as_a_digest_only(program: Program, sandbox: Sandbox) -> None:
    token = program.ask_token().get_json()["access_token"]
    with sandbox.reading() as db:
        stored = db.scalars(select(ApiToken)).all()
    assert stored
    assert all(token not in str(vars(item)) for item in stored)


def test_a_token_lasts_an_hour_on_the_sandboxs_clock(program: Program, sandbox: Sandbox) -> None:
    program.get("/status/authenticated")
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(minutes=59))
    assert program.get("/status/authenticated")["expires_at"] == "2022-03-01T09:00:00Z"
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(minutes=60))
    answer = program.call("GET", "/status/authenticated")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_expired")


@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "vendor_api_key"])
def test_a_wrong_key_gets_no_token(program: Program, wrong: str) -> None:
    answer = program.ask_token(**{wrong: "00000000-0000-4000-8000-000000000000"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "invalid_client")


def test_a_key_of_one_company_gets_no_token_for_another(platform: Platform) -> None:
    user, other = program_of(platform, "registered", "USER"), program_of(platform, "supplier")
    assert user.ask_token(client_id=other.keys["client_id"]).status_code == 401


def test_a_partners_scope_needs_a_vendors_key(program: Program) -> None:
    fields = {"grant_type": "client_credentials", **program.keys, "scope": "billing:reports"}
    del fields["vendor_api_key"]
    answer = program.platform.test_client().post(program.path("/oauth2/token"), data=fields)
    assert answer.status_code == 401
    assert "vendor" in answer.get_json()["details"][0]


def test_a_token_of_another_sandbox_opens_nothing(platform: Platform) -> None:
    store_of(platform).create("other", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    there = program_of(platform, "registered", name="other")
    there.get("/v1/companies")
    here = program_of(platform, "registered", token=there.token)
    assert here.call("GET", "/v1/companies").status_code == 401


def test_a_token_opens_one_company_only(platform: Platform) -> None:
    owner, other = program_of(platform, "registered"), program_of(platform, "supplier")
    invoices = owner.get("/v1/invoices", direction="SENT")
    assert invoices
    for path in ("", "/actions", "/files/source"):
        answer = other.call("GET", f"/v1/invoices/{invoices[0]['id']}{path}")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def person_of(db: Any, program: Program) -> Person:
    """Return the person whose key a program has."""
    key = api_keys.by_text(db, KeyKind.USER, program.keys["client_secret"])
    assert key is not None and key.person_id is not None
    result: Person = db.get_one(Person, key.person_id)
    return result


def lose_the_role(db: Any, program: Program) -> None:
    """Take the roles of the user on all companies."""
    person = person_of(db, program)
    for grant in db.scalars(select(Grant).where(Grant.person_id == person.id, Grant.company_id.is_not(None))).all():
        administration.take(db, "test@example.test", person, grant)


def deactivate_the_user(db: Any, program: Program) -> None:
    """Keep the user from signing in."""
    person_of(db, program).status = Status.INACTIVE


def disable_the_key(db: Any, program: Program) -> None:
    """Make another key for the user."""
    api_keys.make_for(db, person_of(db, program))


def disable_the_vendor(db: Any, program: Program) -> None:
    """Disable the vendor's key."""
    key = api_keys.by_text(db, KeyKind.VENDOR, program.keys["vendor_api_key"])
    assert key is not None
    api_keys.disable(db, key)


def stop_the_service(db: Any, program: Program) -> None:
    """Deactivate AutoInvoice on the company."""
    account = accounts.by_uuid(db, program.keys["client_id"])
    assert account is not None
    companies.deactivate_service(db, actor_of(db, person_of(db, program)), account.company, accounts.SERVICE)


@pytest.mark.parametrize(
    "revoke",
    [lose_the_role, deactivate_the_user, disable_the_key, disable_the_vendor, stop_the_service],
    ids=lambda revoke: revoke.__name__,
)
def test_a_token_opens_nothing_any_more_once_one_of_its_conditions_is_gone(
    program: Program, sandbox: Sandbox, revoke: Any
) -> None:
    program.get("/v1/companies")
    with sandbox.transaction() as db:
        revoke(db, program)
    answer = program.call("GET", "/v1/companies")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nothing", "Basic YTpi", "bearer " + "x" * 5000])
def test_every_call_that_needs_a_token_is_closed_without_a_good_one(program: Program, authorization: str) -> None:
    client = program.platform.test_client()
    answers = {
        call.name: client.open(
            program.path(call.path.replace("{", "").replace("}", "")),
            method=call.method,
            headers={"Authorization": authorization},
        )
        for call in TABLE
        if call.scopes
    }
    assert len(answers) > 40
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}
    assert all(answer.get_json()["code"] == "invalid_token" for answer in answers.values())


def test_every_call_is_closed_to_a_token_for_something_else(program: Program) -> None:
    program.scope = "validate"
    for call in TABLE:
        if call.scopes and call.scopes != ("",):
            answer = program.call(call.method, call.path.replace("{", "").replace("}", ""))
            assert (answer.status_code, answer.get_json()["code"]) == (401, "insufficient_scope"), call.name


def test_what_changes_the_company_is_for_its_administrators(platform: Platform) -> None:
    user = program_of(platform, "registered", "USER")
    closed = [call for call in TABLE if call.changes]
    assert len(closed) > 8
    for call in closed:
        answer = user.call(call.method, call.path.replace("{", "").replace("}", ""))
        assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized"), call.name


def test_a_company_that_is_not_verified_neither_sends_nor_receives(platform: Platform) -> None:
    program = program_of(platform, "unverified")
    assert program.get("/v1/company/authorization")["company_state"] == "UNVERIFIED"
    for method, path in (("GET", "/v1/invoices"), ("GET", "/v1/invoices/none"), ("POST", "/v1/company/profiles")):
        answer = program.call(method, path, **({"json": {}} if method == "POST" else {}))
        assert (answer.status_code, answer.get_json()["message"]) == (401, "Unauthorized"), path
    from tests.products.autoinvoice_api.conftest import invoice

    assert program.upload(invoice()).get_json()["message"] == "Unauthorized"


def test_who_calls_is_told(program: Program) -> None:
    content = program.get("/oauth2/current")
    assert content["company"]["bid"] == "310000019"
    assert content["user"]["email"].endswith(".example")


def test_the_control_api_tells_what_a_program_gets_in_with(platform: Platform, sandbox: Sandbox) -> None:
    content = programs_of(platform)
    assert content == programs_of(platform)
    with sandbox.reading() as db:
        uuids = set(db.scalars(select(Account.uuid).join(Company, Company.id == Account.company_id)))
    assert {item["client_id"] for item in content["companies"]} <= uuids
    assert content["base_url"] == "http://localhost:8000/s/default/autoinvoice/api"
    assert platform.test_client().get("/_sim/sandboxes/nowhere/autoinvoice").status_code == 404
