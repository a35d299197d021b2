"""A form of another site changes nothing: every route that takes a form requires the token of its own page."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core.database import Base
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.documents.synthetic import consumption
from tests.visits import Visitor

VALUES: dict[str, Any] = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "product": "autoinvoice", "number": "71000001", "format": "xlsx", "user_id": 3, "message_id": 1, "person_id": 1,
    "file_id": 1, "company_id": 1, "position": 1, "inv": "INV00010001", "token": "token", "sandbox": "default",
    "participant_id": 1, "access_point_id": 1, "request_id": 1, "endpoint_id": 1, "address": "0192::310000019", "name": "label",
    "participant": "iso6523-actorid-upis::0192:310000019", "document_type": "none", "form": "json",
    "id": "none", "report_id": "none", "rest": "nothing", "direction": "sent", "service": "webfaktura",
    "client": 1, "invoice_id": 1, "invoice": 1, "buyer_id": 1, "buyer": 1, "window": "kvk", "code": "none",
    "contract_number": "60001", "licence_id": 1, "transfer_id": 1, "group_id": 1, "change_id": 1, "case_number": 10001,
    "kind": "user-groups", "key_kind": "passkey", "key_id": 1, "action": "administrator",
    "topic": "register-user-webfaktura", "client_id": "none", "domain_id": 1, "call_uuid": "00000000-0000-4000-8000-000000000000",
    "tag": "none", "class_name": "none", "trainee": "none",
}  # fmt: skip
"""Values for the placeholders of routes."""

EXEMPT = {"control", "autoinvoice_api", "public_api", "mailpit"}
"""Have no forms: the control API refuses pages of other sites by their origin, AutoInvoice's API requires a token, Mailpit's
interface takes JSON only, which pages of other sites cannot send without asking."""

BY_PROTOCOL = {
    "openid.authorize", "openid.authorize_by_form", "openid.end_session", "openid.end_session_by_form", "openid.introspect",
    "connect.external_callback", "openid.external_authorize", "openid.external_key_set", "openid.external_token",
    "openid.external_userinfo",
    "openid.key_set", "openid.resume", "openid.revoke", "openid.token", "openid.userinfo",
}  # fmt: skip
"""OpenID Connect says how these are called: pages of other sites and programs may, and a request with GET issues a code, ends a
session, or is written down for the developer."""

BY_CREDENTIALS = "elma.api_"
"""Prefix of the endpoints of ELMA's API: its calls require JSON and the credentials of an access point."""


def forms_of(platform: Platform) -> Iterator[tuple[str, str]]:
    """Iterate over all routes that take a form, each with one of its addresses."""
    adapter = platform.url_map.bind("localhost")
    for rule in platform.all_routes():
        if rule.endpoint.startswith(BY_CREDENTIALS) or rule.endpoint in BY_PROTOCOL:
            continue
        if "POST" in (rule.methods or ()) and rule.endpoint.partition(".")[0] not in EXEMPT:
            values = {name: VALUES[name] for name in rule.arguments}
            yield rule.endpoint, adapter.build(rule.endpoint, values, method="POST")


def rows(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Return all rows of a sandbox, by table."""
    with sandbox.reading() as db:
        return {name: [tuple(row) for row in db.execute(select(table))] for name, table in Base.metadata.tables.items()}


@pytest.mark.parametrize("token", [None, "", "wrong", "ImFiYyI.aaaa.bbbb"], ids=["none", "empty", "wrong", "forged"])
def test_every_form_without_its_token_is_refused_and_changes_nothing(
    platform: Platform, store: Store, sandbox: Sandbox, administrator: Visitor, token: str | None
) -> None:
    forms = list(forms_of(platform))  # imports every product, and with it every table
    before, names = rows(sandbox), store.names()
    answers = {}
    for endpoint, path in forms:
        data = {"name": "default", "company": "1", "notice": "all", "language": "nb", "Username": "a@b.example"}
        answer = administrator.client.post(path, data=data if token is None else {**data, "csrf_token": token})
        answers[endpoint] = answer.status_code
        assert "Set-Cookie" not in answer.headers or "vnsim_language" not in answer.headers["Set-Cookie"], endpoint
    assert len(answers) > 15
    assert {endpoint: status for endpoint, status in answers.items() if status != 400} == {}
    assert rows(sandbox) == before
    assert store.names() == names
    assert administrator.is_signed_in


def test_a_token_of_another_browser_is_refused(platform: Platform, sandbox: Sandbox, administrator: Visitor) -> None:
    token = Visitor.of(platform, sandbox).token()
    administrator.get("/home/")
    answer = administrator.client.post("/s/default/home/notices/read", data={"notice": "all", "csrf_token": token})
    assert answer.status_code == 400


def test_a_token_of_another_sandbox_is_refused(platform: Platform, store: Store, administrator: Visitor) -> None:
    with store.open("other") as other:
        token = Visitor.of(platform, other).token()
    answer = administrator.client.post("/s/default/home/notices/read", data={"notice": "all", "csrf_token": token})
    assert answer.status_code == 400


def test_a_refused_form_says_how_to_go_on(administrator: Visitor) -> None:
    answer = administrator.client.post("/s/default/admin/users/add", data={"email": "a@b.example"})
    assert answer.status_code == 400
    assert 'href="/s/default/admin/users/add"' in answer.text


def test_no_get_request_changes_anything(sandbox: Sandbox, platform: Platform, administrator: Visitor) -> None:
    consumption.unpack_all(sandbox)  # what is recorded becomes documents with the first reading, whoever reads
    adapter = platform.url_map.bind("localhost")
    before = rows(sandbox)
    for rule in platform.all_routes():
        if "GET" in (rule.methods or ()) and rule.rule.startswith("/s/") and rule.endpoint not in BY_PROTOCOL:
            administrator.client.get(adapter.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments}))
    assert rows(sandbox) == before
