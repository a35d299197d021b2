"""Odd input on the pages of two-step verification is answered by a page, and helps nobody to go on."""

import pytest

from simulator.core.sandbox import Sandbox
from simulator.directory import people
from tests.products.connect.enrolling import ENROLL, give_number, key_on, type_first_code, type_password
from tests.security.test_forms import BAD, faults_of
from tests.visits import Visitor

PLAIN, USER = "plain@rietkraag.example", "user@rietkraag.example"


def try_everything(visitor: Visitor, path: str, what: str) -> list[str]:
    """Type one odd text into every field of a page's forms, and return the faults of the answers."""
    wrong = []
    for form in visitor.forms(path):
        if form.action.endswith(("/language", "/send")):
            continue
        for name in (name for name in form.fields if name not in ("Stored", "choice")):
            answer = visitor.client.post(form.action, data=form.values.to_dict() | {name: BAD[what]})
            wrong += [f"{path}, {name}: {fault}" for fault in faults_of(answer, BAD[what])]
            if answer.status_code not in (200, 302, 400):
                wrong.append(f"{path}, {name}: status {answer.status_code}")
    return wrong


@pytest.mark.parametrize("what", [what for what in BAD if what != "a lone surrogate"])
def test_odd_input_is_answered_with_a_page_and_helps_nobody(visitor: Visitor, sandbox: Sandbox, what: str) -> None:
    type_password(visitor, sandbox, PLAIN)
    visitor.choose(ENROLL, "enable")
    wrong = try_everything(visitor, "/connect/enroll/code", what)
    type_first_code(visitor, sandbox, key_on(visitor))
    if what not in ("nothing", "blanks"):
        wrong += try_everything(visitor, "/connect/enroll/phone", what)
    give_number(visitor, "+31699999977")
    if what not in ("nothing", "blanks"):
        wrong += try_everything(visitor, "/connect/enroll/sms", what)
    other = Visitor(visitor.client.application.test_client(), visitor.home)
    type_password(other, sandbox, USER)
    for path in ("totp/auth", "2fa/emergency-code"):
        wrong += try_everything(other, f"/connect/{path}", what)
    assert not wrong
    assert not visitor.is_signed_in
    assert not other.is_signed_in
    with sandbox.reading() as db:
        person = people.by_email(db, PLAIN)
        assert person is not None
        assert (person.totp_secret, person.sms_number) == (None, None)
