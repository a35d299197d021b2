"""Rules of the list of users and of one user's page."""

import pytest

from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory import people
from simulator.directory.models import Customer, Membership, Person
from simulator.directory.people import Particulars
from tests.products.admin.browser import Browser
from tests.products.admin.conftest import COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn

USERS = "/admin/users"
NAMES = [
    "Anouk Vermaat",
    "Bram Teunisse",
    "Chantal Ooms",
    "Dirk Zandstra",
    "Esmee Lokhorst",
    "Faisal Brandsma",
    "Gerda Nijholt",
    "Hidde Postmus",
    "Ilse Kwant",
    "Sanne Tweelanden",
]


def names(browser: Browser, path: str = USERS) -> list[str]:
    """Return the names on a page of the list."""
    page = browser.open(path)
    return [row[0] for row in page.table[1:]] if page.root.all("table") else []


def person_id(sandbox: Sandbox, email: str) -> int:
    """Return a person's id."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person.id


def add_people(sandbox: Sandbox, count: int, first_name: str = "Zoë") -> None:
    """Add people to the office, all of one name."""
    with sandbox.transaction() as db:
        office = db.query(Customer).filter_by(key="office").one()
        for number in range(count):
            particulars = Particulars(
                email=f"z{number:03}@rietkraag.example", first_name=first_name, last_name="Zelfde", language="nl"
            )
            db.add(Membership(person_id=people.create(db, particulars).id, customer_id=office.id))


def test_the_list_tells_name_address_status_last_sign_in_and_number_of_companies(administrator: Browser) -> None:
    table = administrator.open(USERS).table
    assert [heading.removesuffix(" ▲") for heading in table[0]] == [
        "Naam",
        "E-mailadres",
        "Status",
        "Laatst ingelogd",
        "Aantal bedrijven",
    ]
    assert table[2] == ["Bram Teunisse", USER, "Actief", "28-2-22 08:30", "1"]
    assert [row[2] for row in table[3:5]] == ["Niet geactiveerd", "Vergrendeld"]
    assert [row[4] for row in table[5:9]] == ["2", "1", "2", "4"]
    assert table[9][2:] == ["Inactief", "1-8-21 08:30", "0"]


def test_users_stand_by_name(administrator: Browser) -> None:
    assert names(administrator) == NAMES


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lokhorst", ["Esmee Lokhorst"]),
        ("ESMEE  lok", ["Esmee Lokhorst"]),
        ("administrator2@", ["Faisal Brandsma"]),
        ("TWEELANDEN", ["Sanne Tweelanden"]),
        ("%", []),
        ("_", []),
        ("nobody of this name", []),
        ("Olaf", []),
        ("<script>", []),
        ("x" * 10_000, []),
    ],
)
def test_search_finds_parts_of_names_and_addresses(administrator: Browser, search: str, found: list[str]) -> None:
    assert names(administrator, f"{USERS}?q={search}") == found


def test_search_keeps_what_was_typed_and_can_be_left(administrator: Browser) -> None:
    page = administrator.open(f"{USERS}?q=bram")
    assert page.control("Zoeken op naam of e-mailadres").get("value") == "bram"
    assert "Gevonden gebruikers: 1" in page.text
    assert len(administrator.click(page, "Alle gebruikers tonen").table) == 1 + len(NAMES)


def test_search_knows_upper_and_lower_case_beyond_english(administrator: Browser, sandbox: Sandbox) -> None:
    add_people(sandbox, 1, "Åsa Øyvind")
    assert names(administrator, f"{USERS}?q=åsa øy") == ["Åsa Øyvind Zelfde"]
    assert names(administrator, f"{USERS}?q=ÅSA") == ["Åsa Øyvind Zelfde"]


def test_there_are_25_users_a_page_in_an_order_that_no_page_breaks(administrator: Browser, sandbox: Sandbox) -> None:
    add_people(sandbox, 60)
    page = administrator.open(USERS)
    assert "Gevonden gebruikers: 70" in page.text
    seen = [row[1] for row in page.table[1:]]
    assert len(seen) == 25
    page = administrator.click(page, "Volgende")
    seen += [row[1] for row in page.table[1:]]
    page = administrator.click(page, "Pagina 3")
    seen += [row[1] for row in page.table[1:]]
    assert len(seen) == len(set(seen)) == 70
    assert seen[-60:] == [f"z{number:03}@rietkraag.example" for number in range(60)]
    assert "Volgende" not in page.links("nav")
    assert administrator.click(page, "Vorige").table == administrator.open(f"{USERS}?page=2").table


def test_pages_keep_the_search(administrator: Browser, sandbox: Sandbox) -> None:
    add_people(sandbox, 30)
    page = administrator.click(administrator.open(f"{USERS}?q=zelfde"), "Volgende")
    assert len(page.table) == 1 + 5


@pytest.mark.parametrize("number", ["0", "-1", "abc", "2", "9" * 9, "9" * 5000, "²", ""])
def test_a_page_that_does_not_exist_gives_the_nearest_one(administrator: Browser, number: str) -> None:
    assert names(administrator, f"{USERS}?page={number}") == NAMES


def test_a_company_administrator_sees_people_of_the_own_companies(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    assert names(browser) == ["Gerda Nijholt"]
    assert browser.open(f"{USERS}/{person_id(sandbox, USER)}").status == 404


def test_an_outsider_sees_the_own_people_only(sign_in: SignIn, sandbox: Sandbox) -> None:
    outsider = sign_in(OUTSIDER)
    assert names(outsider) == ["Olaf Buurman", "Sanne Tweelanden"]
    assert names(outsider, f"{USERS}?q=Bram") == []
    page = outsider.open(f"{USERS}/{person_id(sandbox, USER)}")
    assert page.status == 404
    assert "Bram" not in page.text


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "9" * 30, "-1", "x"])
def test_a_user_who_does_not_exist_is_not_found(administrator: Browser, number: str) -> None:
    assert administrator.open(f"{USERS}/{number}").status == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/admin/startpage", USERS, f"{USERS}/1", f"{USERS}/3", f"{USERS}/add"])
def test_every_page_speaks_every_language(sign_in: SignIn, path: str, language: str) -> None:
    page = sign_in("administrator@rietkraag.example", language).open(path)
    assert page.status == 200
    assert page.root.all("html")[0].get("lang") == language


def test_markup_in_a_name_of_the_list_is_escaped(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.get_one(Person, person_id(sandbox, USER)).first_name = "<img src=x>"
    page = administrator.open(USERS)
    assert "<img src=x> Teunisse" in [row[0] for row in page.table]
    assert not page.root.all("img")
