"""Rules of sending an activation mail again."""

import pytest

from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.models import Status
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn

RESEND = "Activerings-e-mail opnieuw verzenden"
WAITING = "new@rietkraag.example"


def user_page(browser: Browser, name: str = "Chantal Ooms") -> Page:
    """Open a user's page from the list."""
    return browser.click(browser.open("/admin/users"), name)


def links_to(sandbox: Sandbox, email: str) -> list[str]:
    """Return the links mailed to an address, oldest first."""
    with sandbox.reading() as db:
        return [link for message in outbox.after(db, to=email) for link in message.links]


def test_a_fresh_activation_mail_replaces_the_older_one(administrator: Browser, sign_in: SignIn, sandbox: Sandbox) -> None:
    before = links_to(sandbox, WAITING)
    page = user_page(administrator)
    page = administrator.press(page, RESEND)
    assert page.heading == "Chantal Ooms"
    assert WAITING in page.alerts[0]
    *older, newest = links_to(sandbox, WAITING)
    assert older == before
    visitor = sign_in()
    assert visitor.open(newest).root.all("form")[0].all("input")
    assert [visitor.open(link).heading for link in older] == ["Ongeldige verificatielink"] * len(older)
    with sandbox.reading() as db:
        (line,) = events.after(db, type_="user.activation_resent")
        assert (line.actor, line.subject) == (ADMINISTRATOR, WAITING)


@pytest.mark.parametrize("name", ["Anouk Vermaat", "Dirk Zandstra", "Ilse Kwant"])
def test_it_is_not_offered_for_an_activated_account(administrator: Browser, name: str) -> None:
    assert RESEND not in user_page(administrator, name).text


def test_an_account_activated_meanwhile_gets_no_mail(administrator: Browser, sandbox: Sandbox) -> None:
    page = user_page(administrator)
    before = links_to(sandbox, WAITING)
    with sandbox.transaction() as db:
        person = people.by_email(db, WAITING)
        assert person is not None
        person.status = Status.ACTIVE
    page = administrator.press(page, RESEND)
    assert page.status == 422
    assert "intussen geactiveerd" in page.alerts[0]
    assert links_to(sandbox, WAITING) == before


def test_without_its_token_nothing_is_sent(administrator: Browser, sandbox: Sandbox) -> None:
    page = user_page(administrator)
    before = links_to(sandbox, WAITING)
    assert administrator.send(page, Form(page, RESEND).alter("csrf_token", "x")).status == 400
    assert links_to(sandbox, WAITING) == before


@pytest.mark.parametrize(("email", "status"), [(OUTSIDER, 404), (COMPANY_ADMINISTRATOR, 404), (USER, 403)])
def test_nobody_else_can_have_it_sent(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox, email: str, status: int
) -> None:
    page = user_page(administrator)
    before = links_to(sandbox, WAITING)
    stranger = sign_in(email)
    token = next(e.get("value") for e in stranger.open("/home/").root.all("input") if e.get("name") == "csrf_token")
    assert stranger.send(page, Form(page, RESEND).alter("csrf_token", token)).status == status
    assert links_to(sandbox, WAITING) == before
