"""The change log on the pages of a user and of the roles."""

from simulator.app import Platform
from simulator.core.sandbox import Sandbox
from simulator.directory.people import by_email
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, USER
from tests.reading import read
from tests.visits import Visitor


def id_of(sandbox: Sandbox, email: str) -> int:
    with sandbox.reading() as db:
        person = by_email(db, email)
        assert person is not None
        return person.id


def rows(page: str) -> list[list[str]]:
    return [[cell.text for cell in row.all("td")] for row in read(page).all("tr")[1:]]


def test_a_user_has_the_own_changes_and_the_roles_have_theirs(platform: Platform, sandbox: Sandbox) -> None:
    office = Visitor.of(platform, sandbox, ADMINISTRATOR, "en")
    user, other = id_of(sandbox, USER), id_of(sandbox, COMPANY_ADMINISTRATOR)
    for person in (user, other):
        form = next(form for form in office.forms(f"/admin/users/{person}/deactivate") if form.action.endswith("deactivate"))
        assert office.send(form).status_code == 302
    address = f"/admin/users/{user}/change-log"
    assert address in office.get(f"/admin/users/{user}").text
    own = office.get(address).text
    assert [(row[2], USER in row[3]) for row in rows(own)] == [("User deactivated", True)]
    assert len(rows(office.get("/admin/change-log").text)) == 2
    assert "/admin/roles/change-log" in office.get("/admin/roles").text
    assert rows(office.get("/admin/roles/change-log").text) == []
    export = next(form for form in office.forms(address) if form.action.endswith("/export"))
    assert office.send(export).location == f"/s/default{address}"


def test_the_log_of_a_user_whom_one_does_not_see_is_not_there(platform: Platform, sandbox: Sandbox) -> None:
    address = f"/admin/users/{id_of(sandbox, USER)}/change-log"
    outsider = Visitor.of(platform, sandbox, OUTSIDER, "en")
    assert outsider.get(address).status_code == 404
    data = {"csrf_token": outsider.token(), "user": str(id_of(sandbox, USER))}
    assert outsider.client.post("/s/default/admin/change-log/export", data=data).status_code == 404
    assert outsider.client.post("/s/default/admin/change-log/export", data=data | {"user": "x"}).status_code == 404
    company_administrator = Visitor.of(platform, sandbox, COMPANY_ADMINISTRATOR, "en")
    assert company_administrator.get(address).status_code == 403
    assert company_administrator.get("/admin/roles/change-log").status_code == 403
    assert address not in company_administrator.get(f"/admin/users/{id_of(sandbox, COMPANY_ADMINISTRATOR)}").text
