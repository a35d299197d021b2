"""The users of a client, and the column in which they become users of Visma.net."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.directory import people
from simulator.directory.models import Status
from tests.products.webfaktura.conftest import Visit, client_id
from tests.reading import read
from tests.visits import Visitor

OLA, MONA, WRONG = "ola@bryggekafeen.example", "mona.vik@nordlys-regnskap.example", "bounce.vikar@bryggekafeen.example"


def row_of(visitor: Visitor, client: int, email: str) -> str:
    """Return what the row of a user says."""
    rows = read(visitor.get(f"/webfaktura/{client}/users").text).all("tr")
    return next(row.text for row in rows if email in row.text.replace("\u200b", ""))


def press(visitor: Visitor, client: int, email: str, name: str) -> str:
    """Press a button in the row of a user, and return the page after it."""
    for form in visitor.forms(f"/webfaktura/{client}/users"):
        row = form.element.above("tr")
        if row is not None and email in row.text.replace("\u200b", "") and name in form.element.text:
            return visitor.send(form, follow=True).text
    raise AssertionError(f"no button {name} for {email}")


def newest_link(sandbox: Sandbox, email: str) -> tuple[str, str]:
    """Return the name and the link of the newest mail to an address."""
    with sandbox.reading() as db:
        mail = db.scalars(select(Message).where(Message.recipient == email).order_by(Message.id.desc())).first()
        assert mail is not None
        return mail.name, "/connect" + mail.links[0].partition("/connect")[2]


ADD = "Legg til brukeren i Visma.net"


def test_a_new_user_goes_through_both_mails_a_password_and_the_terms_once(
    platform: Platform, sandbox: Sandbox, visit: Visit
) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    assert "E-post for aktivering sendt" not in row_of(office, client, OLA)
    page = press(office, client, OLA, ADD)
    assert f"sendt til {OLA}" in page
    assert "Invitert" in row_of(office, client, OLA)
    ola = Visitor.of(platform, sandbox)
    mail, link = newest_link(sandbox, OLA)
    assert mail == "welcome"
    ola.confirm(link)
    assert "Aktivert" in row_of(office, client, OLA)
    mail, link = newest_link(sandbox, OLA)
    assert mail == "create_password"
    too_short = ola.send(ola.form(link, "password"), password="kort", repeated="kort").text
    assert text("nb", "connect.password.rule_length", shortest=8) in read(too_short).text
    ola.send(ola.form(link, "password"), password="Bryggen!77", repeated="Bryggen!77")
    assert "Passord registrert" in row_of(office, client, OLA)
    ola.begin_sign_in(OLA)
    response = ola.go_in(ola.type_password("Bryggen!77"))
    assert ola.is_signed_in, response.location
    assert row_of(office, client, OLA).endswith("Aktiv")
    home = read(ola.get("/home/").text)
    assert "WebFaktura" in [link.text for link in home.all("a") if link["class"] == "tile"]
    assert ola.get("/webfaktura/").location == f"/s/nord/webfaktura/{client}/invoices"


def test_somebody_who_has_an_account_is_linked_and_gets_no_mail(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    assert "Ingen e-post ble sendt" in press(office, client, MONA, ADD)
    assert "Knyttet til en bruker som finnes" in row_of(office, client, MONA)
    with sandbox.reading() as db:
        assert list(outbox.after(db, to=MONA)) == []


def test_the_user_that_only_synchronizes_has_no_button_and_the_reason(sandbox: Sandbox, visit: Visit) -> None:
    row = row_of(visit("administrator"), client_id(sandbox), "synk@nordlys-regnskap.example")
    assert ADD not in row
    assert text("nb", "webfaktura.users.not_needed") in row


def test_a_mail_that_came_back_is_said_at_once_and_in_the_list_until_the_address_is_right(
    sandbox: Sandbox, visit: Visit
) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    assert "kom i retur" in press(office, client, WRONG, ADD)
    assert "E-posten kom i retur" in row_of(office, client, WRONG)
    link = next(
        item["href"] for item in read(office.get(f"/webfaktura/{client}/users").text).all("a") if "Vilde" in item.text
    )
    office.send(office.form(link, "email"), email="vilde@bryggekafeen.example")
    press(office, client, "vilde@bryggekafeen.example", ADD)
    assert row_of(office, client, "vilde@bryggekafeen.example").endswith("Send e-posten på nytt")


def test_the_mail_is_sent_again(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    press(office, client, OLA, ADD)
    assert f"sendt til {OLA} på nytt" in press(office, client, OLA, "Send e-posten på nytt")
    with sandbox.reading() as db:
        assert [mail.name for mail in outbox.after(db, to=OLA)] == ["welcome", "welcome"]


@pytest.mark.parametrize(
    ("client", "sentence"),
    [("blomster", "error.webfaktura.not_exported"), ("snekker", "error.webfaktura.no_service")],
)
def test_a_client_without_visma_net_says_what_to_do_first_in_place_of_buttons(
    sandbox: Sandbox, visit: Visit, client: str, sentence: str
) -> None:
    office, id_ = visit("administrator"), client_id(sandbox, client)
    page = read(office.get(f"/webfaktura/{id_}/users").text).text
    names = {"blomster": "Blomsterhjørnet AS", "snekker": "Snekker Solheim AS"}
    assert text("nb", sentence, client=names[client]) in page
    assert ADD not in page


def _same_address(form: dict[str, str]) -> dict[str, str]:
    return form | {"email": "Kari@Bryggekafeen.example "}


def _no_address(form: dict[str, str]) -> dict[str, str]:
    return form | {"email": "ola@bryggekafeen"}


def _no_name(form: dict[str, str]) -> dict[str, str]:
    return form | {"first_name": " "}


def _no_access(form: dict[str, str]) -> dict[str, str]:
    return form | {"access": "owner"}


@pytest.mark.parametrize("spoil", [_same_address, _no_address, _no_name, _no_access])
def test_a_user_that_cannot_be_is_refused_and_what_was_typed_stays(
    sandbox: Sandbox, visit: Visit, spoil: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    values = spoil({"email": "ny@bryggekafeen.example", "first_name": "Ny", "last_name": "Bruker", "access": "user"})
    answer = office.send(office.form(f"/webfaktura/{client}/users/add", "email"), 0, False, **values)
    assert answer.status_code == 422
    assert read(answer.text).all("h2")[0]["id"] == "error-summary"
    assert 'value="Bruker"' in answer.text


def test_a_user_is_added_and_changed_and_the_second_of_two_editors_sees_it(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    values = {"email": "ny@bryggekafeen.example", "first_name": "Ny", "last_name": "Bruker", "access": "admin"}
    added = office.send(office.form(f"/webfaktura/{client}/users/add", "email"), 0, True, **values)
    assert "Ny Bruker er lagt til" in added.text
    link = next(item["href"] for item in read(added.text).all("a") if item.text == "Ny Bruker")
    first, second = office.form(link, "email"), office.form(link, "email")
    office.send(first, last_name="Nyere")
    answer = office.send(second, last_name="Nyest")
    assert answer.status_code == 422
    assert "er endret i mellomtiden" in answer.text
    assert 'value="Nyere"' in answer.text
    assert office.send(office.form(link, "email"), last_name="Nyest").status_code == 302


def test_the_access_of_a_linked_user_is_changed_in_admin(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    link = next(
        item["href"] for item in read(office.get(f"/webfaktura/{client}/users").text).all("a") if "Kari" in item.text
    )
    answer = office.send(office.form(link, "email"), access="admin")
    assert answer.status_code == 422
    assert "følger rollen i Visma.net" in answer.text


def test_a_deactivated_person_is_refused_with_the_reason(sandbox: Sandbox, visit: Visit) -> None:
    with sandbox.transaction() as db:
        person = people.by_email(db, MONA)
        assert person is not None
        person.status = Status.INACTIVE
    assert "er deaktivert i Visma.net" in press(visit("administrator"), client_id(sandbox), MONA, ADD)


def test_a_button_pressed_in_two_tabs_sends_one_mail(sandbox: Sandbox, visit: Visit) -> None:
    office, client = visit("administrator"), client_id(sandbox)
    forms = [
        form
        for form in office.forms(f"/webfaktura/{client}/users")
        if form.action.endswith("/visma-net")
        and OLA in (form.element.above("tr") or form.element).text.replace("\u200b", "")
    ]
    first = office.send(forms[0])
    second = visit("administrator")
    token = second.token()
    again = second.client.post(forms[0].action, data={"csrf_token": token})
    assert (first.status_code, again.status_code) == (302, 422)
    with sandbox.reading() as db:
        assert [mail.name for mail in outbox.after(db, to=OLA)] == ["welcome"]


def test_a_user_with_user_access_sees_the_list_and_changes_nothing(sandbox: Sandbox, visit: Visit) -> None:
    kari, client = visit("client_user"), client_id(sandbox)
    page = kari.get(f"/webfaktura/{client}/users")
    assert page.status_code == 200
    assert ADD not in page.text
    assert kari.get(f"/webfaktura/{client}/users/add").status_code == 403
    token = kari.token()
    for path in ("visma-net", "send-again"):
        assert kari.client.post(f"/s/nord/webfaktura/{client}/users/1/{path}", data={"csrf_token": token}).status_code == 403


def test_the_list_follows_while_somebody_is_on_the_way(sandbox: Sandbox, visit: Visit) -> None:
    office = visit("administrator")
    at_rest, waiting = (office.get(f"/webfaktura/{client_id(sandbox, key)}/users").text for key in ("blomster", "kafe"))
    assert 'id="webfaktura-users">' in at_rest
    assert 'id="webfaktura-users" data-follow="3">' in waiting
