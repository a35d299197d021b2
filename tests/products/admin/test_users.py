"""Rules of the list of users and of one user's page."""

import pytest

from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory import people, sign_in_sessions
from simulator.directory.models import Company, Customer, Membership, Person
from simulator.directory.people import Particulars
from simulator.web.sessions import seal, unseal
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


def test_users_are_sorted_by_name(administrator: Browser) -> None:
    assert names(administrator) == NAMES


@pytest.mark.parametrize(
    ("search", "expected"),
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
def test_search_finds_parts_of_names_and_addresses(administrator: Browser, search: str, expected: list[str]) -> None:
    assert names(administrator, f"{USERS}?q={search}") == expected


def test_search_keeps_the_term_and_can_be_left(administrator: Browser) -> None:
    page = administrator.open(f"{USERS}?q=bram")
    assert page.control("Zoeken op naam of e-mailadres").get("value") == "bram"
    assert "Gevonden gebruikers: 1" in page.text
    assert len(administrator.click(page, "Alle gebruikers tonen").table) == 1 + len(NAMES)


def test_search_knows_upper_and_lower_case_beyond_english(administrator: Browser, sandbox: Sandbox) -> None:
    add_people(sandbox, 1, "Åsa Øyvind")
    assert names(administrator, f"{USERS}?q=åsa øy") == ["Åsa Øyvind Zelfde"]
    assert names(administrator, f"{USERS}?q=ÅSA") == ["Åsa Øyvind Zelfde"]


def test_a_letter_with_an_accent_stands_with_its_letter(administrator: Browser, sandbox: Sandbox) -> None:
    add_people(sandbox, 1, "\u00c9lodie")
    expected = sorted([*NAMES, "Elodie Zelfde"])
    assert names(administrator) == [name.replace("Elodie", "\u00c9lodie") for name in expected]


def test_search_knows_composed_and_decomposed_letters(administrator: Browser, sandbox: Sandbox) -> None:
    composed, decomposed = "\u00c5sa \u00d6vind", "A\u030asa O\u0308vind"
    add_people(sandbox, 1, composed)
    assert names(administrator, f"{USERS}?q={decomposed.lower()}") == [f"{composed} Zelfde"]


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


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ("status=locked", ["Dirk Zandstra"]),
        ("status=not_activated", ["Chantal Ooms"]),
        ("status=inactive", ["Ilse Kwant"]),
        ("status=nonsense", NAMES),
        ("role=customer_administrator", ["Anouk Vermaat", "Faisal Brandsma"]),
        ("role=nonsense", NAMES),
        ("service=admin", ["Anouk Vermaat", "Faisal Brandsma", "Gerda Nijholt"]),
        ("service=payroll", []),
        ("service=autoinvoice&status=locked", ["Dirk Zandstra"]),
        ("role=autoinvoice_administrator&q=a", ["Faisal Brandsma", "Gerda Nijholt"]),
    ],
)
def test_filters_narrow_the_list_down(administrator: Browser, filter_: str, expected: list[str]) -> None:
    assert names(administrator, f"{USERS}?{filter_}") == expected


def test_company_service_and_role_are_looked_for_in_one_and_the_same_role(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        ids = {company.key: company.id for company in db.query(Company)}
    assert names(administrator, f"{USERS}?company={ids['rietkraag']}") == ["Faisal Brandsma"]
    assert names(administrator, f"{USERS}?company={ids['rietkraag']}&role=autoinvoice_administrator") == ["Faisal Brandsma"]
    assert names(administrator, f"{USERS}?company={ids['rietkraag']}&role=customer_administrator") == []
    assert names(administrator, f"{USERS}?company={ids['boeken']}&service=autoinvoice") == ["Gerda Nijholt"]
    assert names(administrator, f"{USERS}?company={ids['neighbour_shop']}") == NAMES


ORDERS = {
    "name": lambda row: row[0],
    "email": lambda row: row[1],
    "status": lambda row: ["Actief", "Vergrendeld", "Niet geactiveerd", "Inactief"].index(row[2]),
    "companies": lambda row: int(row[4]),
}


@pytest.mark.parametrize("column", ORDERS)
def test_the_list_sorts_by_its_columns_both_ways_and_then_by_name(administrator: Browser, column: str) -> None:
    rows = administrator.open(f"{USERS}?sort=name").table[1:]
    assert administrator.open(f"{USERS}?sort={column}").table[1:] == sorted(rows, key=ORDERS[column])
    down = administrator.open(f"{USERS}?sort={column}&order=desc").table[1:]
    assert down == sorted(rows, key=ORDERS[column], reverse=True)


def test_users_who_never_signed_in_come_first_by_last_sign_in(administrator: Browser) -> None:
    assert names(administrator, f"{USERS}?sort=last_signed_in")[:2] == ["Chantal Ooms", "Sanne Tweelanden"]
    assert names(administrator, f"{USERS}?sort=last_signed_in&order=desc")[0] == "Anouk Vermaat"


def test_a_column_can_be_sorted_by_its_heading(administrator: Browser) -> None:
    page = administrator.click(administrator.open(USERS), "Aantal bedrijven", "table")
    assert [row[4] for row in page.table[1:]] == sorted(row[4] for row in page.table[1:])
    page = administrator.click(page, "Aantal bedrijven", "table")
    assert page.table[1][0] == "Hidde Postmus"


def test_the_filter_is_remembered_until_sign_out(administrator: Browser, sign_in: SignIn) -> None:
    names(administrator, f"{USERS}?status=locked&sort=email")
    administrator.open("/home/")
    assert names(administrator) == ["Dirk Zandstra"]
    assert names(sign_in("administrator2@rietkraag.example")) == NAMES
    page = administrator.open(USERS)
    administrator.press(page, "Uitloggen")
    again = sign_in("administrator@rietkraag.example")
    for cookie in (administrator.client.get_cookie("vnsim_default", path="/s/default/"),):
        assert cookie is None or "admin_users" not in cookie.decoded_value
    assert names(again) == NAMES


def test_the_filter_of_another_sign_in_in_the_same_browser_is_not_used(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    names(administrator, f"{USERS}?status=locked")
    cookie = administrator.client.get_cookie("vnsim_default", path="/s/default/")
    assert cookie is not None
    with sandbox.transaction() as db:
        content = unseal(db.cookie_key, cookie.decoded_value)
        person = people.by_email(db, "administrator2@rietkraag.example")
        assert person is not None and "admin_users" in content
        value = seal(db.cookie_key, {**content, "sid": sign_in_sessions.begin(db, person, ["pwd"]).id})
    administrator.client.set_cookie("vnsim_default", value, path="/s/default/")
    assert names(administrator) == NAMES


def test_showing_all_forgets_the_filter(administrator: Browser) -> None:
    page = administrator.open(f"{USERS}?status=locked")
    assert len(administrator.click(page, "Alle gebruikers tonen").table) == 1 + len(NAMES)
    assert names(administrator) == NAMES


def test_a_page_can_be_50_or_100_long(administrator: Browser, sandbox: Sandbox) -> None:
    add_people(sandbox, 110)
    assert len(names(administrator, f"{USERS}?size=50")) == 50
    assert len(names(administrator, f"{USERS}?size=100")) == 100
    assert len(names(administrator, f"{USERS}?size=100000")) == 25


def test_a_changed_name_or_address_is_found_and_sorted_as_it_is_now(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = people.by_email(db, USER)
        assert person is not None
        person.first_name, person.email = "Zébulon", "nieuw@korenveld.example"
    assert names(administrator)[-1] == "Zébulon Teunisse"
    assert names(administrator, f"{USERS}?q=NIEUW@koren") == ["Zébulon Teunisse"]
    assert names(administrator, f"{USERS}?q=bram") == []
