"""A call that waits for the write lock while its key, user or role is taken away changes nothing: every call that changes."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from simulator.core.sandbox import Sandbox
from simulator.directory.models import Grant, Person, Status
from simulator.documents import ubl
from simulator.documents.model.models import Account, ApiKey
from simulator.products.autoinvoice_api.calls import TABLE
from tests.products.autoinvoice_api.conftest import Program, invoice
from tests.waiting import Writes, before_the_write_lock

LETTER = {
    "recipient_name": "X", "recipient_address1": "X 1", "recipient_post_code": "0001", "recipient_post_office": "X",
    "recipient_country": "NO",
}  # fmt: skip
BODIES: dict[str, Any] = {
    "add_user": {"email": "new@nowhere.example", "first_name": "New", "last_name": "User"},
    "delete_notification": None,
    "delete_profile": None,
    "delete_report": None,
    "delete_user": None,
    "patch_invoice_events": {"state": "HANDLED"},
    "patch_settings": {"details": {"email": "new@nowhere.example"}},
    "patch_user": {"first_name": "New"},
    "post_authorization": {"auth_email": "new@nowhere.example", "locale": "NO"},
    "post_invoice": None,
    "post_notification": {
        "destination_type": "WEBHOOK",
        "destination": "http://localhost:9/hook",
        "events": ["DOCUMENTS.INVOICE.SENT"],
    },
    "post_profile": {},
    "post_report": {"reason": ["UNKNOWN_COMPANY"], "contact_email": "new@nowhere.example"},
    "post_user_role": {"user_role": "USER"},
    "reroute_einvoice": {"recipient_eia": "0192:310000019", "recipient_operator": "PEPPOL"},
    "reroute_email": {"recipient_email": "new@nowhere.example"},
    "reroute_print": LETTER,
}
"""Call that changes something → a body that it takes; the things it is about need not exist, because that is looked up later."""

LOSSES = {
    "key": update(ApiKey).values(disabled_at=ApiKey.created_at),
    "account": update(Person).values(status=Status.INACTIVE),
    "role": delete(Grant),
}


def test_every_call_that_changes_something_has_a_body() -> None:
    assert set(BODIES) == {entry.name for entry in TABLE if entry.scopes and entry.method != "GET"}


def set_verified(sandbox: Sandbox, verified: bool) -> None:
    """Let all companies be verified at AutoInvoice, or none."""
    with sandbox.transaction() as db:
        db.execute(update(Account).values(verified=verified))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_call_whose_caller_loses_the_right_while_it_waits_changes_nothing(
    program: Program, sandbox: Sandbox, loss: str
) -> None:
    program.get("/oauth2/current")
    writes = Writes(sandbox)

    def lose() -> None:
        with sandbox.transaction() as db:
            db.execute(LOSSES[loss])
        writes.begin()

    effective = []
    for entry in TABLE:
        if entry.name not in BODIES:
            continue
        path = entry.path.format_map(dict.fromkeys(("id", "report_id"), str(uuid4())) | {"user_id": "1"})
        set_verified(sandbox, entry.name != "post_authorization")
        with before_the_write_lock(lose) as done:
            if entry.name == "post_invoice":
                answer = program.upload(ubl.write(invoice()))
            else:
                answer = program.call(entry.method, path, json=BODIES[entry.name])
        if not done or writes.any or answer.status_code != 401:
            effective.append((entry.name, done, answer.status, answer.text))
        with sandbox.transaction() as db:
            db.execute(update(ApiKey).values(disabled_at=None))
            db.execute(update(Person).values(status=Status.ACTIVE))
        if loss == "role":
            break  # one call is enough where the roles of all people are gone
    writes.close()
    assert effective == []
