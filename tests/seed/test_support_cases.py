"""Support cases: what the supporter hears is really there for a visitor, and the cure works."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from seed.catalogue import list_scenarios
from simulator.app import Platform
from simulator.classroom.progress import filled
from simulator.control.scenario_tasks import completed
from simulator.core import outbox
from simulator.core.clock import Clock
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.core.texts import LANGUAGES, text
from simulator.directory import people
from simulator.directory.models import Status
from tests.conftest import NOW
from tests.reading import read
from tests.visits import Visitor, forms_on, make_platform, password_of, phone_code, store_of

Opened = Callable[..., Sandbox]

CASES = [scenario for scenario in list_scenarios() if scenario["name"].startswith("case-")]
BAKERY = "Zonneveld Bakkerij B.V."
NEW_PASSWORD = "Nieuw-Wachtwoord-7"


@pytest.fixture
def platform(tmp_path: Path, templates: Path) -> Platform:
    """Put a platform together, without any sandbox."""
    return make_platform(tmp_path / "data", templates)


@pytest.fixture
def opened(platform: Platform) -> Iterator[Opened]:
    """Return a function that makes the sandbox of a case in English, and holds it open."""
    with ExitStack() as opened:

        def make(case: str, language: str | None = "en") -> Sandbox:
            store = store_of(platform)
            store.create("case", Creation(scenario=f"case-{case}", language=language, clock=Clock.frozen(NOW)))
            return opened.enter_context(store.open("case"))

        yield make


def mails(sandbox: Sandbox, to: str) -> list[Message]:
    """Return what an address was mailed, oldest first."""
    with sandbox.reading() as db:
        return list(outbox.after(db, to=to))


def people_of(platform: Platform) -> list[dict[str, Any]]:
    """Return what the control API tells of the case's people."""
    listed: list[dict[str, Any]] = platform.test_client().get("/_sim/sandboxes/case/people").get_json()
    return listed


def set_clock(platform: Platform, **changes: int) -> None:
    """Set the case's clock to an instant near its creation."""
    now = NOW.replace(**changes).isoformat()  # type: ignore[arg-type]
    answer = platform.test_client().put("/_sim/sandboxes/case/clock", json={"mode": "frozen", "now": now})
    assert answer.status_code == 200, answer.text


def status_of(sandbox: Sandbox, email: str) -> Status:
    """Return how an account stands."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person.status_at(db.clock.now())


def opened_link(visitor: Visitor, message: Message) -> str:
    """Follow the link of a mail and return the page."""
    return visitor.get("/s/" + message.links[0].partition("/s/")[2]).text


def activated(visitor: Visitor, message: Message) -> str:
    """Choose a password by the link of an activation mail."""
    form = visitor.form("/s/" + message.links[0].partition("/s/")[2], "password")
    return visitor.send(form, password=NEW_PASSWORD, repeated=NEW_PASSWORD).text


def test_a_locked_address_refuses_the_right_password_and_lets_it_in_when_its_lock_ends(
    platform: Platform, opened: Opened
) -> None:
    sandbox, email = opened("locked-out"), "joris@dekade.example"
    visitor = Visitor.of(platform, sandbox)
    visitor.begin_sign_in(email)
    refused = visitor.type_password(password_of(sandbox, email))
    assert text("en", "connect.sign_in.locked") in refused.text
    set_clock(platform, minute=10)
    visitor.begin_sign_in(email)
    visitor.type_password(password_of(sandbox, email))
    visitor.type_code(phone_code(sandbox, email))
    assert visitor.is_signed_in


@pytest.mark.parametrize("language", [None, "sv"])
def test_a_lock_counts_from_the_birth_of_the_sandbox_and_from_its_reset(
    platform: Platform, opened: Opened, language: str | None
) -> None:
    sandbox = opened("locked-out", language)
    set_clock(platform, minute=9, second=59)
    assert status_of(sandbox, "joris@dekade.example") is Status.LOCKED
    set_clock(platform, minute=10)
    assert status_of(sandbox, "joris@dekade.example") is Status.ACTIVE
    store_of(platform).reset("case")
    with store_of(platform).open("case") as again:
        assert status_of(again, "joris@dekade.example") is Status.LOCKED


def test_without_phone_and_emergency_code_nobody_knows_a_code(platform: Platform, opened: Opened) -> None:
    sandbox, email = opened("lost-phone"), "ingrid@havblikk.example"
    visitor = Visitor.of(platform, sandbox)
    visitor.begin_sign_in(email)
    page = visitor.type_password(password_of(sandbox, email))
    assert page.location == "/s/case/connect/totp/auth"
    client = platform.test_client()
    listed = {person["email"]: person for person in people_of(platform)}
    assert (listed[email]["totp_secret"], listed[email]["emergency_code"]) == (None, None)
    refused = client.get(f"/_sim/sandboxes/case/people/{email}/totp")
    assert refused.status_code == 409
    assert "has lost the phone" in refused.text
    assert "Ingrid" not in visitor.get("/phone/").text
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        assert visitor.get(f"/phone/{person.id}").status_code == 404


def test_an_old_activation_link_is_refused_and_a_fresh_one_works(platform: Platform, opened: Opened) -> None:
    sandbox, email = opened("activation-expired"), "moa@tallbacken.example"
    visitor = Visitor.of(platform, sandbox)
    (old,) = mails(sandbox, email)
    assert text("en", "connect.link.invalid") in opened_link(visitor, old)
    administrator = Visitor.of(platform, sandbox, "administrator@tallbacken.example")
    page = read(administrator.get("/admin/users").text)
    (address,) = (link["href"] for link in page.all("a") if "Moa Lindahl" in link.text)
    (resend,) = (form for form in administrator.forms(address) if "activation" in form.action)
    assert administrator.send(resend).status_code in (200, 302)
    assert text("en", "connect.password.activated") in activated(visitor, mails(sandbox, email)[-1])
    assert status_of(sandbox, email) is Status.ACTIVE


def test_invoices_are_missing_while_the_other_customer_s_company_is_chosen(platform: Platform, opened: Opened) -> None:
    sandbox = opened("wrong-company")
    administrator = Visitor.of(platform, sandbox, "wouter@zonneveld.example")
    assert "Visma.net AutoInvoice" not in read(administrator.get("/settings/licenses").text).all("main")[0].text
    (switcher,) = (form for form in administrator.forms("/home/") if form.action.endswith("/home/company"))
    bakery = [button.text for button in switcher.element.all("button")].index(BAKERY)
    administrator.send(switcher, bakery)
    assert "Visma.net AutoInvoice" in read(administrator.get("/settings/licenses").text).all("main")[0].text
    assert administrator.get("/settings/licenses/autoinvoice/invoices").text.count("<tr") > 3


def test_a_role_on_the_wrong_company_opens_that_company_only(platform: Platform, opened: Opened) -> None:
    sandbox = opened("wrong-company")
    (nadia,) = (person for person in people_of(platform) if person["key"] == "user")
    assert [company["key"] for company in nadia["companies"]] == ["bakery_shop"]
    home = Visitor.of(platform, sandbox, nadia["email"]).get("/home/").text
    assert "Zonneveld Broodwinkel B.V." in home
    assert BAKERY not in home


def test_the_administrator_gives_the_role_on_the_right_company(platform: Platform, opened: Opened) -> None:
    opened("wrong-company")
    with store_of(platform).open("case") as sandbox:
        administrator = Visitor.of(platform, sandbox, "wouter@zonneveld.example")
        (switcher,) = (form for form in administrator.forms("/home/") if form.action.endswith("/home/company"))
        administrator.send(switcher, [button.text for button in switcher.element.all("button")].index(BAKERY))
        users = read(administrator.get("/admin/users").text)
        (address,) = (link["href"] for link in users.all("a") if link.text == "Nadia Haddou")
        grid = administrator.form(address, "grant")
        (choice,) = (option["value"] for option in grid.element.all("option") if option.text.startswith(BAKERY))
        add = [value for _, value, _ in grid.buttons].index("give_access")
        (grid,) = (
            form
            for form in forms_on(administrator.send(grid, add, access_to=choice).text, address)
            if "grant" in form.fields
        )
        save = [value for _, value, _ in grid.buttons].index("save")
        administrator.send(grid, save, grant=[f"{choice}:autoinvoice_user"])
    fact = {"has_role": {"person": "user", "role": "Autoinvoice user", "on": "bakery_company"}}
    (finding,) = platform.test_client().post("/_sim/sandboxes/case/check", json={"facts": [fact]}).get_json()
    assert finding["holds"]


def test_a_user_of_webfaktura_whose_mail_came_back_gets_one_at_the_right_address(platform: Platform, opened: Opened) -> None:
    sandbox, right = opened("mail-bounced"), "lise@vestvind-kaffe.example"
    administrator = Visitor.of(platform, sandbox, "geir@storegga.example")
    users = f"{administrator.get('/webfaktura/').location.rpartition('/')[0]}/users"
    page = read(administrator.get(users).text)
    assert text("en", "webfaktura.users.came_back") in page.text
    (address,) = (link["href"] for link in page.all("a") if link.text == "Lise Dahl")
    administrator.send(administrator.form(address, "email"), email=right)
    (add,) = (form for form in administrator.forms(users) if form.action.endswith("/visma-net"))
    administrator.send(add)
    assert [mail.name for mail in mails(sandbox, right)] == ["welcome"]
    assert solved(platform, "mail-bounced")


def test_a_mail_to_a_mistyped_address_never_arrives_and_a_right_one_does(platform: Platform, opened: Opened) -> None:
    sandbox, right, typed = opened("mail-never-arrived"), "henrik.aasen@fjellbekk.example", "henrik.aasne@fjellbekk.example"
    assert (len(mails(sandbox, right)), len(mails(sandbox, typed))) == (0, 1)
    visitor = Visitor.of(platform, sandbox)
    visitor.begin_sign_in(right)
    visitor.send(visitor.form("/connect/recover", "choice"), follow=True, Human="y")
    assert mails(sandbox, right) == []
    administrator = Visitor.of(platform, sandbox, "administrator@fjellbekk.example")
    form = administrator.form("/admin/users/add", "email")
    (company,) = (option["value"] for option in form.element.all("option") if option.text == "Fjellbekk Sport AS (company)")
    added = administrator.send(
        form, email=right, first_name="Henrik", last_name="Aasen", access_to=company, roles="autoinvoice_user"
    )
    assert added.status_code == 302, read(added.text).all("main")[0].text
    assert text("en", "connect.password.activated") in activated(visitor, mails(sandbox, right)[0])
    assert status_of(sandbox, right) is Status.ACTIVE


def pressed(visitor: Visitor, action: str, **values: str) -> str:
    """Press a button of AccountView's wizard, and return the page."""
    start = visitor.get("/accountview/", follow_redirects=True).request.path
    form = visitor.form(f"{start}activate", "action")
    return visitor.client.post(form.action, data={**form.values, **values, "action": action}, follow_redirects=True).text


def solved(platform: Platform, case: str) -> bool:
    """Return whether everything holds that solves a case, which the sandbox is of."""
    answer = platform.test_client().post("/_sim/sandboxes/case/check", json={})
    return all(finding["holds"] for finding in answer.get_json())


def test_the_wizard_of_accountview_goes_on_when_the_acs_was_started(platform: Platform, opened: Opened) -> None:
    visitor = Visitor.of(platform, opened("acs-off"), "boekhouding@debries.example", "en")
    pressed(visitor, "next", services="y")
    stopped = text("en", "error.accountview.acs_off", server="AVSERVER")
    assert stopped in pressed(visitor, "next")
    assert stopped in pressed(visitor, "next")
    answer = platform.test_client().put("/_sim/sandboxes/case/servers/debries", json={"acs": "running"})
    assert answer.status_code == 200, answer.text
    pressed(visitor, "next")
    assert not solved(platform, "acs-off")
    pressed(visitor, "create", email="beheer@debries.example", first_name="Beheer", last_name="De Bries")
    assert solved(platform, "acs-off")


def test_an_administrator_whose_mail_came_back_is_replaced(platform: Platform, opened: Opened) -> None:
    sandbox, wrong = opened("administrator-bounced"), "bounce.beheer@deroos.example"
    assert [mail.state for mail in mails(sandbox, wrong)] == ["bounced"]
    visitor = Visitor.of(platform, sandbox, "boekhouding@deroos.example", "en")
    for _ in range(3):
        pressed(visitor, "next", services="y")
    pressed(visitor, "create", email="beheer@deroos.example", first_name="Beheer", last_name="De Roos")
    assert solved(platform, "administrator-bounced")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_lobby_says_what_the_supporter_hears(platform: Platform, opened: Opened, case: dict[str, Any]) -> None:
    opened(str(case["name"]).removeprefix("case-"))
    for language in LANGUAGES:
        page = platform.test_client().get("/?name=case", headers={"Accept-Language": language})
        with store_of(platform).open("case") as sandbox, sandbox.reading() as db:
            says = filled(str(completed(case)["supporter"][language]), db)
        assert says in read(page.text).text


def test_a_scenario_that_is_no_case_has_nothing_for_the_supporter(platform: Platform) -> None:
    store_of(platform).create("case", Creation(scenario="company-se", clock=Clock.frozen(NOW)))
    page = platform.test_client().get("/?name=case", headers={"Accept-Language": "en"})
    assert text("en", "lobby.supporter") not in read(page.text).text
