"""Home: tiles by role, the switcher, the bell, help."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

import simulator.web
from simulator import __version__
from simulator.app import PRODUCTS, Platform
from simulator.core import notices
from simulator.core.clock import Clock
from simulator.core.database import forget_file
from simulator.core.notices import Notice, NoticeKind
from simulator.core.store import Creation
from simulator.core.texts import LANGUAGES, text
from simulator.directory import people
from simulator.directory.models import Company, Membership
from simulator.directory.roles import COMPANY_ADMINISTRATOR
from simulator.documents.model.models import SyntheticDocuments
from simulator.documents.synthetic import consumption
from simulator.products.home import about
from tests.conftest import NOW
from tests.reading import read
from tests.visits import Visitor, make_platform, store_of


@pytest.fixture
def platform(tmp_path: Path, templates: Path) -> Platform:
    """Put a platform together, with the Norwegian customer."""
    platform = make_platform(tmp_path / "data", templates)
    store_of(platform).create("no", Creation(scenario="company-no", language="en", clock=Clock.frozen(NOW)))
    return platform


def visitor(platform: Platform, email: str, language: str | None = None) -> Visitor:
    with store_of(platform).open("no") as sandbox:
        return Visitor.of(platform, sandbox, email, language)


def tiles(visitor: Visitor) -> list[str]:
    return [link.text for link in read(visitor.get("/home/").text).all("a") if link["class"] == "tile"]


@pytest.mark.parametrize(
    ("person", "expected"),
    [("administrator", ["Admin", "Settings", "AutoInvoice"]), ("deputy", ["Admin", "Settings"]), ("user", ["AutoInvoice"])],
)
def test_tiles_follow_the_roles(platform: Platform, person: str, expected: list[str]) -> None:
    others = {text("en", product.tile.text) for product in PRODUCTS.all if product.tile} - {
        "Admin",
        "Settings",
        "AutoInvoice",
    }
    assert [tile for tile in tiles(visitor(platform, f"{person}@fjordlys.example")) if tile not in others] == expected


def waiting(page: str) -> dict[str, str]:
    """Return text → address of the links to what waits."""
    lists = [element for element in read(page).all("ul") if element["class"] == "waiting"]
    return {link.text: link["href"] for list_ in lists for link in list_.all("a")}


def test_tiles_and_start_pages_lead_to_what_waits(platform: Platform) -> None:
    administrator = visitor(platform, "administrator@fjordlys.example")
    with store_of(platform).open("no") as sandbox, sandbox.transaction() as db:
        person = people.by_email(db, "administrator@fjordlys.example")
        assert person is not None
        notices.notify(db, person.id, NoticeKind.EXPORT_FAILED, text="notice.invoice.export_failed", number="INV1")
    links = waiting(administrator.get("/home/").text)
    assert {name.rpartition(":")[0] for name in links} == {
        "Users not activated",
        "Locked users",
        "Invoices not yet due",
        "Not sent because of an error",
        "On hold: choose a recipient",
        "Unread notifications",
    }
    start = waiting(administrator.get("/autoinvoice/start").text)
    assert start.items() > {name: links[name] for name in links if name.startswith("Not sent")}.items()
    assert waiting(administrator.get("/admin/startpage").text).items() < links.items()
    for name, address in (links | start).items():
        words, _, count = name.rpartition(": ")
        page = read(administrator.get(address.partition("#")[0]).text)
        if words in ("Unread notifications", "Invoices not yet due"):
            continue
        (body,) = page.all("tbody")
        assert min(int(count), 25) == len(body.all("tr")), name


def test_failed_documents_are_counted_without_unpacking_and_never_among_recorded_consumption(platform: Platform) -> None:
    user = visitor(platform, "user@fjordlys.example")
    before = waiting(user.get("/home/").text)
    with store_of(platform).open("no") as sandbox:
        with sandbox.reading() as db:
            assert list(db.scalars(select(SyntheticDocuments.id)))
        consumption.unpack_all(sandbox)
    assert waiting(user.get("/home/").text) == before
    assert list(before) == ["Not sent because of an error: 1", "On hold: choose a recipient: 1"]


def test_a_company_administrator_counts_the_users_of_the_own_companies(platform: Platform) -> None:
    administrator = visitor(platform, "administrator@fjordlys.example")
    with store_of(platform).open("no") as sandbox, sandbox.transaction() as db:
        person = people.by_email(db, "administrator@fjordlys.example")
        assert person is not None
        company = db.scalars(select(Company).order_by(Company.id)).first()
        for grant in list(person.grants):
            db.delete(grant)
        for membership in db.scalars(select(Membership).where(Membership.person_id == person.id)):
            membership.primary_contact = False
        db.flush()
        people.grant(db, None, person, COMPANY_ADMINISTRATOR, company=company)
    links = waiting(administrator.get("/home/").text)
    for name, address in links.items():
        if address.startswith(f"{administrator.home}/admin"):
            (body,) = read(administrator.get(address).text).all("tbody")
            assert int(name.rpartition(": ")[2]) == len(body.all("tr"))


def test_the_company_chosen_last_is_remembered_for_the_person(platform: Platform) -> None:
    first = visitor(platform, "administrator@fjordlys.example")
    (form,) = (form for form in first.forms("/home/") if form.action.endswith("/home/company"))
    assert len(form.buttons) == 4
    chosen = next(index for index, (_, _, _) in enumerate(form.buttons) if index == 2)
    assert first.send(form, chosen).location == "/s/no/home/"
    name = read(visitor(platform, "administrator@fjordlys.example").get("/home/").text)
    assert [button.text for button in name.all("button") if "company" in button["class"]] == ["Fjordlys Nybygg AS"]


@pytest.mark.parametrize("company", ["999", "-1", "x", "", "9" * 40])
def test_a_company_out_of_reach_cannot_be_chosen(platform: Platform, company: str) -> None:
    user = visitor(platform, "user@fjordlys.example")
    token = user.token()
    assert user.client.post("/s/no/home/company", data={"company": company, "csrf_token": token}).status_code == 404


def test_the_bell_counts_what_is_unread_and_a_notice_leads_on(platform: Platform) -> None:
    user = visitor(platform, "user@fjordlys.example")
    with store_of(platform).open("no") as sandbox, sandbox.transaction() as db:
        person = people.by_email(db, "user@fjordlys.example")
        other = people.by_email(db, "plain@fjordlys.example")
        assert person is not None
        assert other is not None
        notices.notify(db, person.id, NoticeKind.EXPORT_READY, text="home.name", link="/elma/")
        notices.notify(db, other.id, NoticeKind.EXPORT_READY, text="home.name")
    assert "1 unread" in user.get("/home/").text
    form = user.form("/home/notices", "notice")
    assert len(form.buttons) == 2
    assert user.send(form).location == "/s/no/elma/"
    assert "0 unread" in user.get("/home/").text


def add_notices(platform: Platform, email: str, count: int = 1, link: str | None = None) -> list[int]:
    """Add notices to a person's bell; return their ids."""
    with store_of(platform).open("no") as sandbox, sandbox.transaction() as db:
        person = people.by_email(db, email)
        assert person is not None
        made = [notices.notify(db, person.id, NoticeKind.EXPORT_READY, text="home.name", link=link) for _ in range(count)]
        db.flush()
        return [notice.id for notice in made]


def set_clock(platform: Platform, days: float) -> None:
    """Set the sandbox's clock a number of days after its creation."""
    with store_of(platform).open("no") as sandbox, sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(days=days))


def unread(visitor: Visitor) -> int:
    """Return the number at the bell of an open page."""
    answer = visitor.get("/home/unread")
    body = answer.get_json()
    count = body["unread"]
    assert body["label"] == f"Notifications ({count} unread)"
    return int(count)


def test_all_notices_are_marked_read_at_once(platform: Platform) -> None:
    user, other = visitor(platform, "user@fjordlys.example"), visitor(platform, "plain@fjordlys.example")
    add_notices(platform, "user@fjordlys.example", 3)
    add_notices(platform, "plain@fjordlys.example")
    assert (unread(user), unread(other)) == (3, 1)
    form = user.form("/home/notices", "notice")
    assert [value for _, value, _ in form.buttons][-1] == "all"
    user.send(form, len(form.buttons) - 1)
    assert (unread(user), unread(other)) == (0, 1)
    assert "Mark all as read" not in user.get("/home/notices").text


def notify(platform: Platform, email: str, kind: NoticeKind, **more: Any) -> None:
    """Add a notice, as what happens adds it, to a person's bell."""
    with store_of(platform).open("no") as sandbox, sandbox.transaction() as db:
        person = people.by_email(db, email)
        assert person is not None
        notices.notify(db, person.id, kind, **more)


def listed(page: str) -> list[str]:
    """Return what the notices of a page say, without their age."""
    items = [item for list_ in read(page).all("ul") if list_["class"] == "notices" for item in list_.all("li")]
    return [item.all("span")[1].text for item in items]


def test_notices_are_filtered_by_kind_and_by_what_is_unread(platform: Platform) -> None:
    user = visitor(platform, "user@fjordlys.example")
    notify(platform, "user@fjordlys.example", NoticeKind.EXPORT_READY, name="A")
    notify(platform, "user@fjordlys.example", NoticeKind.ROLES_CHANGED, actor="<b>Kari</b>", on="Fjordlys AS")
    assert listed(user.get("/home/notices").text) == [
        "<b>Kari</b> has changed your roles at Fjordlys AS.",
        "Export ready: A",
    ]
    assert "<b>Kari" not in user.get("/home/notices").text
    assert listed(user.get("/home/notices?kind=export_ready").text) == ["Export ready: A"]
    user.send(user.form("/home/notices?kind=export_ready", "notice"))
    assert listed(user.get("/home/notices?state=unread").text) == ["<b>Kari</b> has changed your roles at Fjordlys AS."]
    assert "No notification matches" in user.get("/home/notices?state=unread&kind=export_ready").text
    for odd in ("?kind=nonsense", "?state=1&size=x&page=-4", "?page=99"):
        assert len(listed(user.get(f"/home/notices{odd}").text)) == 2


def test_a_notice_says_how_long_ago_it_came(platform: Platform) -> None:
    add_notices(platform, "user@fjordlys.example")
    for days, age in ((0, "Just now"), (0.04, "57 min ago"), (0.99, "23 h ago"), (29.5, "29 d ago")):
        set_clock(platform, days)
        assert age in visitor(platform, "user@fjordlys.example").get("/home/notices").text


def test_many_notices_come_in_pages(platform: Platform) -> None:
    with store_of(platform).open("no") as sandbox, sandbox.transaction() as db:
        person = people.by_email(db, "user@fjordlys.example")
        assert person is not None
        row = {"person_id": person.id, "kind": NoticeKind.EXPORT_READY, "text": "home.name", "data": {}, "created_at": NOW}
        db.execute(insert(Notice), [row] * 10_000)
    user = visitor(platform, "user@fjordlys.example")
    page = user.get("/home/notices?page=400").text
    assert len(listed(page)) == 25
    form = user.form("/home/notices", "notice")
    user.send(form, len(form.buttons) - 1)
    assert unread(user) == 0


def test_what_came_after_the_page_was_made_stays_unread(platform: Platform) -> None:
    user = visitor(platform, "user@fjordlys.example")
    add_notices(platform, "user@fjordlys.example", 2)
    form = user.form("/home/notices", "notice")
    add_notices(platform, "user@fjordlys.example")
    for _ in range(2):
        user.send(form, len(form.buttons) - 1)
        assert unread(user) == 1


def test_a_notice_leads_nowhere_without_the_right_to_its_page(platform: Platform) -> None:
    user = visitor(platform, "user@fjordlys.example")
    for link in ("/settings/licenses", "/admin/reports/invoices/INV1?export=failed", "/nowhere"):
        notify(platform, "user@fjordlys.example", NoticeKind.EXPORT_READY, name="A", link=link)
        form = user.form("/home/notices?state=unread", "notice")
        assert user.send(form).location == "/s/no/home/notices?state=unread"
    assert unread(user) == 0


def test_a_notice_opens_at_the_company_that_it_is_about(platform: Platform) -> None:
    email = "administrator@fjordlys.example"
    with store_of(platform).open("no") as sandbox, sandbox.reading() as db:
        companies = [(company.id, company.name) for company in db.scalars(select(Company).order_by(Company.id))]
    for company_id, name in companies[:3]:
        notify(
            platform, email, NoticeKind.DOCUMENT_ON_HOLD, text="home.name", link="/autoinvoice/start", company_id=company_id
        )
        administrator = visitor(platform, email)
        administrator.send(administrator.form("/home/notices", "notice"))
        buttons = read(administrator.get("/home/").text).all("button")
        assert [button.text for button in buttons if "company" in button["class"]] == [name]
    notify(platform, email, NoticeKind.DOCUMENT_ON_HOLD, text="home.name", link="/autoinvoice/start", company_id=10**6)
    administrator = visitor(platform, email)
    assert administrator.send(administrator.form("/home/notices", "notice")).location == "/s/no/home/notices"


def test_a_notice_of_somebody_else_is_not_found_and_stays_unread(platform: Platform) -> None:
    user, other = visitor(platform, "user@fjordlys.example"), visitor(platform, "plain@fjordlys.example")
    (theirs,) = add_notices(platform, "plain@fjordlys.example", link="/elma/")
    token = user.token()
    for notice in (str(theirs), "0", "-1", "x", "", "9" * 40, "\u00b2"):
        answer = user.client.post("/s/no/home/notices/read", data={"notice": notice, "csrf_token": token})
        assert answer.status_code == 404
    assert (unread(user), unread(other)) == (0, 1)


def test_the_bell_holds_notices_for_30_days(platform: Platform) -> None:
    (old,) = add_notices(platform, "user@fjordlys.example", link="/elma/")
    set_clock(platform, 20)
    add_notices(platform, "user@fjordlys.example")
    set_clock(platform, 29.99)
    assert unread(visitor(platform, "user@fjordlys.example")) == 2
    set_clock(platform, 30)
    user = visitor(platform, "user@fjordlys.example")
    assert unread(user) == 1
    assert len([value for _, value, _ in user.form("/home/notices", "notice").buttons]) == 2
    data = {"notice": str(old), "csrf_token": user.token()}
    assert user.client.post("/s/no/home/notices/read", data=data).status_code == 404


def test_help_says_what_is_left_out_and_why(platform: Platform) -> None:
    user = visitor(platform, "user@fjordlys.example", "nb")
    page = user.get("/home/help").text
    assert len(read(page).all("tr")) > 10
    assert "Vis merknadene på engelsk" in page
    assert "Own choice" not in page and "left out" not in page
    english = visitor(platform, "user@fjordlys.example", "en")
    for remarks in (user.get("/home/help?remarks=1"), english.get("/home/help")):
        assert any(cell["lang"] == "en" for cell in read(remarks.text).all("td"))


@pytest.mark.parametrize(("language", "word"), [("nl", "Help"), ("nb", "Help"), ("sv", "Hjälp"), ("en", "Help")])
def test_help_is_a_word_in_the_top_bar_of_every_page(platform: Platform, language: str, word: str) -> None:
    page = read(visitor(platform, "user@fjordlys.example", language).get("/home/").text)
    assert [button.text for button in page.all("button") if button["popovertarget"] == "help"] == [word]
    (menu,) = (part for part in page.all("div") if part["id"] == "help")
    pages = [
        "/s/no/home/help/online",
        "/s/no/contact/",
        "/s/no/home/help",
        "/s/no/home/help/whats-new",
        "/s/no/home/help/about",
    ]
    assert [link["href"] for link in menu.all("a")] == pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_new_is_said_in_the_language_of_the_page(platform: Platform, language: str) -> None:
    page = read(visitor(platform, "user@fjordlys.example", language).get("/s/no/home/help/whats-new").text)
    assert page.all("h1")[0].text == text(language, "home.whats_new")
    lines = about.news(language)[0][1]
    assert lines[0].text in page.all("main")[0].text
    assert language == "en" or {line.text for line in lines}.isdisjoint(line.text for line in about.news("en")[0][1])


def test_about_names_version_sandbox_clock_and_the_licence_of_every_asset(platform: Platform) -> None:
    browser = visitor(platform, "user@fjordlys.example", "en")
    page = read(browser.get("/s/no/home/help/about").text)
    facts = [value.text for value in page.all("dd")]
    assert facts[:3] == [__version__, "company-no", "no"]
    assert facts[3].endswith(f"({text('en', 'lobby.clock.frozen')})")
    folders = {path.name for path in Path(simulator.web.__file__).parent.glob("static/vendor/*") if path.is_dir()}
    assert {asset.folder for asset in about.assets()} == folders
    for link in page.all("table")[0].all("a"):
        answer = browser.client.get(link["href"])
        assert answer.status_code == 200
        answer.close()


def test_the_tile_of_admin_has_both_of_its_names(platform: Platform) -> None:
    page = read(visitor(platform, "administrator@fjordlys.example").get("/home/").text)
    (tiles,) = [element for element in page.all("ul") if element["class"] == "tiles"]
    assert tiles.all("li")[0].text.startswith("Admin Visma.net Admin")
    assert "Admin" in [link.text for link in tiles.all("a")]


def test_the_front_door_leads_home(platform: Platform) -> None:
    assert visitor(platform, "user@fjordlys.example").get("/").location == "/s/no/home/"


def test_an_unknown_sandbox_says_so_on_every_page(platform: Platform) -> None:
    client = platform.test_client()
    for path in ("home/", "elma/", "connect/", "mail/", "nothing"):
        response = client.get(f"/s/nowhere/{path}", headers={"Accept-Language": "en"})
        assert response.status_code == 404
        assert "There is no sandbox named nowhere." in response.text


def test_a_sandbox_whose_file_cannot_be_read_says_so_and_the_others_work(platform: Platform) -> None:
    store = store_of(platform)
    store.create("whole", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    with store.open("no") as sandbox:
        path = sandbox.path
    forget_file(path)
    client = platform.test_client()
    for content in (b"no database at all " * 300, path.read_bytes()[:5000]):
        path.write_bytes(content)
        response = client.get("/s/no/connect/", headers={"Accept-Language": "en"})
        assert response.status_code == 409
        assert "This sandbox cannot be opened" in response.text
    assert client.get("/s/whole/connect/").status_code == 200


def test_times_are_those_of_the_company_that_is_open(platform: Platform) -> None:
    store_of(platform).create("office", Creation(scenario="accountant-nl", language="en", clock=Clock.frozen(NOW)))
    with store_of(platform).open("office") as sandbox:
        user = Visitor.of(platform, sandbox, "administrator@rietkraag.example")
        with sandbox.transaction() as db:
            person = people.by_email(db, "administrator@rietkraag.example")
            assert person is not None
            notices.notify(db, person.id, NoticeKind.EXPORT_READY, text="home.name")
    assert "01/03/2022 09:00" in user.get("/home/notices").text
    (form,) = (form for form in user.forms("/home/") if form.action.endswith("/home/company"))
    finnish = [button.text for button in form.element.all("button")].index("Löyly Saunabouw Oy")
    user.send(form, finnish)
    assert "01/03/2022 10:00" in user.get("/home/notices").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_online_help_shows_how_a_user_is_made_with_pictures_in_the_language_of_the_page(
    platform: Platform, language: str
) -> None:
    browser = visitor(platform, "administrator@fjordlys.example", language)
    links = read(browser.get("/home/help").text).all("a")
    link = next(link for link in links if link.text == text(language, "home.online_help"))
    page = read(browser.get(link["href"]).text)
    assert [heading.text for heading in page.all("h1")] == [text(language, "home.online_help")]
    topic = next(link for link in page.all("a") if link["href"].endswith("/register-user-webfaktura"))
    page = read(browser.get(topic["href"]).text)
    assert [heading.text for heading in page.all("h2")] == [topic.text]
    pictures = page.all("img")
    assert len(pictures) >= 5 and all(picture["alt"] for picture in pictures)
    assert text(language, "role.webfaktura_user") in [strong.text for strong in page.all("strong")]
    for picture in pictures:
        assert (f"/{language}/" if language in ("nb", "en") else "/en/") in picture["src"]
        answer = browser.client.get(picture["src"])
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        answer.close()
