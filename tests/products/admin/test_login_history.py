"""Rules of the login history: who signed in and out, of the users that an administrator sees."""

from datetime import timedelta

from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.directory import lockout, sign_in_sessions
from simulator.directory.people import by_email
from tests.conftest import NOW
from tests.products.admin.browser import Browser
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn

PATH = "/admin/reports/login-history"


def rows(browser: Browser, query: str = "") -> list[list[str]]:
    """Return name, address and result of the lines of the list."""
    return [[name, email, result] for name, email, _, _, result, _ in all_columns(browser, query)]


def all_columns(browser: Browser, query: str = "") -> list[list[str]]:
    """Return the lines of the list, without their time."""
    page = browser.open(PATH + query)
    assert page.status == 200
    return [[cell.text for cell in row.all("td")][1:] for row in page.root.all("tr")[1:]]


def visit_of(sandbox: Sandbox, email: str) -> None:
    """Let somebody fail once, sign in, and sign out."""
    with sandbox.transaction() as db:
        person = by_email(db, email)
        assert person is not None
        lockout.attempt(db, email, "password", lambda: False)
        session = sign_in_sessions.begin(db, person, ["pwd"])
        db.flush()
        sign_in_sessions.end(db, session.id)


def test_the_newest_is_first_and_people_of_another_customer_are_not_there(administrator: Browser, sandbox: Sandbox) -> None:
    for email in (OUTSIDER, USER):
        visit_of(sandbox, email)
    listed = rows(administrator)
    assert listed[:3] == [["Bram Teunisse", USER, result] for result in ("Uitgelogd", "Ingelogd", "Mislukt")]
    assert OUTSIDER not in [email for _, email, _ in listed]
    # Those who signed in before the sandbox was created are there with their last time, if it is not too long ago.
    assert ["Gerda Nijholt", COMPANY_ADMINISTRATOR, "Ingelogd"] in listed
    assert "former@rietkraag.example" not in [email for _, email, _ in listed]
    assert "former@rietkraag.example" in [email for _, email, _ in rows(administrator, "?from=2021-01-01")]


def test_a_company_administrator_sees_the_users_of_the_own_companies_only(sign_in: SignIn, sandbox: Sandbox) -> None:
    visit_of(sandbox, USER)
    assert {email for _, email, _ in rows(sign_in(COMPANY_ADMINISTRATOR))} == {COMPANY_ADMINISTRATOR}


def test_the_list_is_filtered_by_user_result_and_day(administrator: Browser, sandbox: Sandbox) -> None:
    visit_of(sandbox, USER)
    assert rows(administrator, f"?q=teunisse&result=failed&from={NOW.date()}&to={NOW.date()}") == [
        ["Bram Teunisse", USER, "Mislukt"]
    ]
    assert rows(administrator, "?q=teunisse&to=2021-12-31&from=2021-12-01") == []
    assert "31-02-2022" in administrator.open(f"{PATH}?from=31-02-2022").text


def test_a_session_that_ran_out_is_told_apart(sign_in: SignIn, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = by_email(db, USER)
        assert person is not None
        sign_in_sessions.begin(db, person, ["pwd"])
        db.record.clock = Clock.frozen(NOW + timedelta(hours=11))
    again = sign_in(ADMINISTRATOR)
    assert ["Bram Teunisse", USER, "Sessie verlopen"] in rows(again)
