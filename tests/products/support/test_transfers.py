"""A transfer of licences from all ends: the request, the link of the recipient, the desk, and who sees what."""

from collections.abc import Iterator

import pytest

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from tests.products.support.test_cancellations import ADMINISTRATOR, OTHER, USER, administrator, desk, newest_mail, sandbox
from tests.visits import Form, Visitor

__all__ = ["administrator", "desk", "sandbox"]


@pytest.fixture
def link(sandbox: Sandbox, administrator: Visitor) -> Iterator[str]:
    """Request a transfer of twelve users, and return the path of the mailed link."""
    form = administrator.form("/settings/contracts/60102/transfer", "receiver")
    field = next(name for name in form.values if name.startswith("users_"))
    values = {field: "12", "receiver": "800200"}
    answer = administrator.send(form, follow=True, **values)  # type: ignore[arg-type]
    assert "Transfer of contract 60102" in answer.text
    assert "waits for the recipient" in answer.text
    with sandbox.reading() as db:
        mail = next(mail for mail in outbox.newest_first(db, to=OTHER) if mail.name == "transfer_confirm")
        yield "/settings/" + mail.links[0].partition("/settings/")[2]


def plain_form(visitor: Visitor, path: str) -> Form:
    """Return the form of a page that has nothing but a button."""
    return next(form for form in visitor.forms(path) if form.action.endswith(path))


def test_it_is_confirmed_by_the_recipient_and_carried_out_by_the_desk(
    platform: Platform, sandbox: Sandbox, desk: Visitor, administrator: Visitor, link: str
) -> None:
    early = desk.send(plain_form(desk, "/support/cases/10001/actions/transfer"))
    assert (early.status_code, "has not confirmed the transfer yet" in early.text) == (409, True)
    recipient = Visitor.of(platform, sandbox, OTHER, "en")
    assert "The transfer is confirmed." in recipient.send(plain_form(recipient, link), follow=True).text
    assert "Confirmed by administrator@sandlund.example" in administrator.get("/settings/transfers/1").text
    done = desk.send(plain_form(desk, "/support/cases/10001/actions/transfer"), follow=True)
    assert "The licences are transferred" in done.text
    assert "gets the invoices" in newest_mail(sandbox)
    assert "carried out" in recipient.get("/settings/transfers/1").text
    assert "Transfer to Sandlund Handel AS" in administrator.get("/settings/contracts/60102").text


def test_nobody_else_confirms_and_an_altered_link_is_nothing(
    platform: Platform, sandbox: Sandbox, administrator: Visitor, link: str
) -> None:
    signed_out = Visitor.of(platform, sandbox)
    assert "Sign in" in signed_out.get(link).text
    for visitor in (signed_out, administrator, Visitor.of(platform, sandbox, USER, "en")):
        answer = visitor.client.post(f"/s/default{link}", data={"csrf_token": visitor.token()})
        assert (answer.status_code, "can confirm this" in answer.text) == (403, True)
    assert signed_out.get(link[:-1]).status_code == 404
    assert signed_out.get("/settings/transfer/x.y").status_code == 404
    assert Visitor.of(platform, sandbox, USER, "en").get("/settings/transfers/1").status_code == 403


def test_it_is_refused_with_a_reason_or_withdrawn_and_asked_for_once(
    sandbox: Sandbox, desk: Visitor, administrator: Visitor, link: str
) -> None:
    again = administrator.send(administrator.form("/settings/contracts/60102/transfer", "receiver"), receiver="800200")
    assert "has been requested already" in again.text
    refusal = desk.form("/support/cases/10001/actions/refuse_transfer", "reason")
    assert desk.send(refusal, reason="  ").status_code == 422
    desk.send(refusal, reason="<b>Not</b> paid.")
    assert "<b>Not</b> paid." in newest_mail(sandbox, ADMINISTRATOR)
    page = administrator.get("/settings/transfers/1").text
    assert "&lt;b&gt;Not&lt;/b&gt; paid." in page
    form = administrator.form("/settings/contracts/60102/transfer", "receiver")
    field = next(name for name in form.values if name.startswith("users_"))
    for bad in ("33", "-1", "x", "1.5", "9" * 9):
        values = {field: bad, "receiver": "800200"}
        assert administrator.send(form, **values).status_code == 422, bad  # type: ignore[arg-type]
    assert administrator.send(form, receiver="800100").status_code == 422
    assert administrator.send(form, receiver="800200", first_day="2018-03-02").status_code == 422
    assert administrator.send(form, receiver="800200", follow=True).status_code == 200
    withdrawn = administrator.send(plain_form(administrator, "/settings/transfers/2"), follow=True)
    assert "withdrawn" in withdrawn.text
    assert administrator.get("/settings/transfers/99").status_code == 404
