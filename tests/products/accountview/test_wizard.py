"""The wizard *Visma-diensten activeren*, as its manual tells it, and what may go wrong on its four steps."""

import pytest

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.directory import people
from simulator.directory.models import Grant
from simulator.products.accountview import wizard
from simulator.products.accountview.models import WizardRun
from simulator.sales.models import Acs, InstalledProgram
from tests.products.accountview.conftest import set_acs
from tests.products.accountview.program import NAME, Page, Program
from tests.visits import Visitor, cast, store_of

NEW = "beheer@vlijt.example"


def administrators(sandbox: Sandbox) -> set[str]:
    """Return the addresses of the Customer administrators of the wholesaler."""
    with sandbox.reading() as db:
        grants = db.query(Grant).filter_by(role="customer_administrator").all()
        return {grant.person.email for grant in grants if grant.customer is not None and grant.customer.number == "100000"}


def mails_to(sandbox: Sandbox, email: str) -> list[str]:
    """Return which mails arrived at an address, newest first."""
    with sandbox.reading() as db:
        return [mail.name for mail in outbox.newest_first(db, to=email)]


def test_the_wizard_makes_an_administrator_who_is_mailed_once_and_stays(program: Program, sandbox: Sandbox) -> None:
    assert administrators(sandbox) == set()
    headings = [program.open("activate").heading, program.press("next", services="y").heading]
    licence = program.open("activate")
    grey = {field["id"]: field["value"] for field in licence.root.all("input") if "disabled" in field.attributes}
    headings += [program.press("next").heading, program.press("next").heading]
    assert headings == ["Welkom", "Licentie", "Communicatie", "Beheerder"]
    assert grey["customer_number"] == "100000"
    page = program.create(NEW)
    assert page.status == 200 and NEW in page.alerts[0]
    assert program.press("cancel").alerts == [text("nl", "accountview.wizard.left_with_administrator", email=NEW)]
    assert administrators(sandbox) == {NEW}
    assert mails_to(sandbox, NEW) == ["activation"]
    with sandbox.reading() as db:
        (line,) = events.after(db, type_="accountview.administrator_made")
        assert (line.actor, line.subject, line.data["customer"]) == ("boekhouding@vlijt.example", NEW, "100000")


def test_the_steps_of_the_wizard_have_the_buttons_of_the_manual(program: Program) -> None:
    def buttons() -> list[str]:
        page = program.open("activate")
        box = next(element for element in page.root if element["class"] == "dialog-buttons")
        return [button.text for button in box.all("button")]

    assert buttons() == ["Volgende", "Annuleren"]
    program.press("next", services="y")
    assert buttons() == ["Vorige", "Volgende", "Annuleren"]
    program.press("next")
    program.press("next")
    assert buttons() == ["Vorige", "Aanmaken", "Annuleren"]


def test_the_option_of_the_first_step_has_to_be_ticked_where_it_is(program: Program) -> None:
    page = program.press("next")
    assert (page.status, page.heading) == (422, "Welkom")
    assert text("nl", "error.accountview.nothing_chosen") in page.html
    page = program.of("ADM2").open("activate")
    assert text("nl", "accountview.wizard.services") not in page.html.replace(text("nl", "accountview.wizard.no_option"), "")
    assert program.of("ADM2").press("next").heading == "Licentie"


def test_licence_data_are_checked_and_then_stored(program: Program, sandbox: Sandbox) -> None:
    rental = program.of("ADM2")
    rental.press("next")
    with sandbox.reading() as db:
        installed = db.get_one(InstalledProgram, (rental.client, "accountview"))
        key = wizard.licence_key(db, installed.client.customer)
    assert key in rental.open("licence").html
    for number, typed, terms, problem in (
        ("100000", key, None, "error.accountview.terms_missing"),
        ("", "", "y", "form.required"),
        ("100010", key, "y", "error.accountview.unknown_customer_number"),
        ("100000", "0000-0000-0000", "y", "error.accountview.wrong_key"),
    ):
        values = {"customer_number": number, "licence_key": typed} | ({"terms": terms} if terms else {})
        page = rental.press("next", None, **values)
        assert page.status == 422
        assert text("nl", problem, number=number) in page.html
    page = rental.press("next", customer_number=" 100 000 ", licence_key=key.replace("-", " "), terms="y")
    assert page.heading == "Communicatie"
    with sandbox.reading() as db:
        assert db.get_one(InstalledProgram, (rental.client, "accountview")).licensed
        assert len(events.after(db, type_="accountview.licensed")) == 1


@pytest.mark.parametrize(("state", "problem"), [(Acs.OFF, "acs_off"), (Acs.WRONG_SERVER, "acs_wrong_server")])
def test_without_the_acs_the_third_step_is_the_last(program: Program, sandbox: Sandbox, state: Acs, problem: str) -> None:
    set_acs(sandbox, state)
    program.press("next", services="y")
    page = program.press("next")
    sentence = text("nl", f"error.accountview.{problem}", server="AVSERVER")
    assert [(good, sentence in line) for good, line in page.states] == [(False, True)]
    (forward,) = (button for button in page.root.all("button") if button.text == "Volgende")
    assert "disabled" in forward.attributes
    questions = next(link for link in page.root.all("a") if link.text == "Veelgestelde vragen" and "#" in link["href"])
    assert questions["href"].endswith("#acs")
    page = program.press("next")
    assert (page.status, page.heading) == (422, "Communicatie")
    set_acs(sandbox, Acs.RUNNING)
    assert program.open("activate").states[0][0]
    assert program.press("next").heading == "Beheerder"
    set_acs(sandbox, state)
    page = program.create(NEW)
    assert page.status == 422 and sentence in page.html
    assert administrators(sandbox) == set()


def test_the_step_that_waits_for_the_acs_keeps_up_with_it(program: Program) -> None:
    program.press("next", services="y")
    followed = [element["id"] for element in program.press("next").root if element["data-follow"]]
    assert followed == ["wizard-step"]


@pytest.mark.parametrize("email", ["", "beheer", "beheer@", "a@b.example;c@d.example", "x" * 260 + "@vlijt.example"])
def test_an_invalid_address_makes_nobody(program: Program, sandbox: Sandbox, email: str) -> None:
    program.go_to_the_last_step()
    page = program.create(email)
    assert (page.status, page.heading) == (422, "Beheerder")
    assert administrators(sandbox) == set()


def test_nobody_is_made_administrator_twice(program: Program, sandbox: Sandbox) -> None:
    program.go_to_the_last_step()
    program.create(NEW)
    page = program.create(f" {NEW.upper()} ")
    assert page.status == 422
    facts = {"email": NEW, "customer": "Groothandel De Vlijt B.V."}
    assert text("nl", "error.accountview.not_activated_yet", **facts) in page.html
    assert mails_to(sandbox, NEW) == ["activation"]
    user = cast(sandbox, "user").email
    program.create(user)
    assert text("nl", "error.accountview.already_administrator", **facts | {"email": user}) in program.create(user).html


def test_somebody_whom_another_customer_has_keeps_the_account_and_is_told(program: Program, sandbox: Sandbox) -> None:
    elsewhere = cast(sandbox, "elsewhere").email
    program.go_to_the_last_step()
    page = program.create(elsewhere)
    facts = {"email": elsewhere, "customer": "Groothandel De Vlijt B.V."}
    assert page.alerts == [text("nl", "accountview.wizard.made_elsewhere", **facts)]
    assert administrators(sandbox) == {elsewhere}
    assert mails_to(sandbox, elsewhere)[0] == "new_rights"
    with sandbox.reading() as db:
        person = people.by_email(db, elsewhere)
        assert person is not None and person.first_name == "Joost"


def test_a_user_of_the_customer_gets_the_role(program: Program, sandbox: Sandbox) -> None:
    user = cast(sandbox, "user").email
    program.go_to_the_last_step()
    page = program.create(user)
    assert page.alerts == [text("nl", "accountview.wizard.made_member", email=user, customer="Groothandel De Vlijt B.V.")]
    assert administrators(sandbox) == {user}
    assert mails_to(sandbox, user)[0] == "new_rights"


def test_a_mail_that_comes_back_is_said_on_the_step(program: Program, sandbox: Sandbox) -> None:
    address = "bounce.beheer@vlijt.example"
    program.go_to_the_last_step()
    page = program.create(address)
    facts = {"email": address, "customer": "Groothandel De Vlijt B.V."}
    assert page.alerts == [text("nl", "accountview.wizard.mail_came_back", **facts)]
    assert mails_to(sandbox, address) == []
    assert program.create(NEW).status == 200
    assert administrators(sandbox) == {address, NEW}


def test_a_wizard_that_was_left_goes_on_where_it_was_with_what_was_typed(program: Program) -> None:
    program.go_to_the_last_step()
    program.press("previous", email="half@vlijt", first_name="Half")
    again = program.open("activate")
    assert again.heading == "Communicatie"
    assert again.alerts == [text("nl", "accountview.wizard.taken_up", step="Communicatie")]
    assert "Communicatie" in program.open().html
    page = program.press("next")
    assert (page.wizard.values["email"], page.wizard.values["first_name"], page.alerts) == ("half@vlijt", "Half", [])
    assert program.press("cancel").alerts == [text("nl", "accountview.wizard.left")]
    assert program.open("activate").heading == "Welkom"


def test_another_window_of_the_wizard_does_not_repeat_a_step(program: Program, sandbox: Sandbox) -> None:
    program.go_to_the_last_step()
    first, second = program.open("activate"), program.open("activate")
    program.press("previous", first)
    page = program.create(NEW, second)
    assert page.heading == "Communicatie"
    assert page.alerts == [text("nl", "accountview.wizard.moved", step="Communicatie")]
    assert administrators(sandbox) == set()
    assert program.press("next").wizard.values["email"] == NEW
    program.press("cancel")
    page = program.create(NEW, second)
    assert (page.heading, page.alerts) == ("Welkom", [text("nl", "accountview.wizard.gone")])
    assert administrators(sandbox) == set()


def test_a_person_and_a_client_have_a_run_of_their_own(program: Program, platform: Platform, sandbox: Sandbox) -> None:
    program.press("next", services="y")
    assert program.of("ADM2").open("activate").heading == "Welkom"
    other = Visitor.of(platform, sandbox, cast(sandbox, "elsewhere").email, "nl")
    assert other.get(f"/accountview/{program.client}/activate").status_code == 404


@pytest.mark.parametrize(
    "values", [{}, {"action": "create"}, {"action": "next", "step": "administrator"}, {"step": "x", "action": "y"}]
)
def test_a_form_of_a_foreign_program_changes_nothing(program: Program, sandbox: Sandbox, values: dict[str, str]) -> None:
    token = program.visitor.token()
    answer = program.visitor.client.post(
        f"/s/{NAME}/accountview/{program.client}/activate", data={"csrf_token": token, **values}, follow_redirects=True
    )
    assert answer.status_code in (200, 422)
    assert administrators(sandbox) == set()


def test_a_client_of_another_customer_is_not_there(program: Program) -> None:
    foreign = program.clients["100010-01"]
    for path in ("", "activate", "autoinvoice/sent", "licence", "kvk"):
        page = program.visitor.get(f"/accountview/{foreign}/{path}")
        assert page.status_code == 404
        assert "Drukkerij" not in page.text


def test_what_is_stored_on_the_way_is_one_line_and_short(program: Program, platform: Platform) -> None:
    program.go_to_the_last_step()
    program.press("previous", first_name="Be\x00heer\r\nX", last_name="x" * 300, email=" " * 10)
    values = program.press("next").wizard.values
    assert values["first_name"].split() == ["Beheer", "X"]
    assert (values["last_name"], values["email"].strip()) == ("", "")
    with store_of(platform).open(NAME) as sandbox, sandbox.reading() as db:
        assert db.query(WizardRun).one().first_name.isprintable()


def test_a_step_begins_at_its_heading_and_a_refused_one_at_what_is_wrong(program: Program) -> None:
    def focused(page: Page) -> list[str]:
        return [element.tag for element in page.root if "autofocus" in element.attributes]

    assert focused(program.open("activate")) == ["h1"]
    assert focused(program.press("next")) == ["div"]
