"""Services that no product simulates: their entry on Home, and the one page that says so."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.app import PRODUCTS, Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.core.texts import LANGUAGES, text
from simulator.directory.roles import BY_NAME, CUSTOMER_ADMINISTRATOR, SERVICES
from simulator.web.product import Product, Products, Tile
from tests.conftest import NOW
from tests.reading import read
from tests.visits import Visitor, make_platform, store_of

PERSON = "hilde@fjordlys.example"
NOT_SIMULATED = [service for service in SERVICES if service not in PRODUCTS.services]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    """Put a platform together, with a person who has one role in each service."""
    platform = make_platform(tmp_path_factory.mktemp("services"), templates)
    roles = {role.service: name for name, role in BY_NAME.items() if role.service}
    overlay = {
        "companies": [{"key": "registered", "services": list(SERVICES)}],
        "people": [
            {
                "email": PERSON,
                "first_name": "Hilde",
                "last_name": "Mange",
                "password": "Fjordlys!99",
                "grants": [{"role": name, "on": "registered"} for name in roles.values()],
            }
        ],
    }
    creation = Creation(scenario="company-no", language="nb", clock=Clock.frozen(NOW), overlay=overlay)
    store_of(platform).create("no", creation)
    return platform


def visitor(platform: Platform, language: str = "en", email: str = PERSON) -> Visitor:
    """Return a signed-in browser."""
    with store_of(platform).open("no") as sandbox:
        return Visitor.of(platform, sandbox, email, language)


def tiles(visitor: Visitor) -> list[str]:
    """Return the texts of the tiles on Home."""
    return [link.text for link in read(visitor.get("/home/").text).all("a") if link["class"] == "tile"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_service_that_a_person_has_a_role_in_is_on_home_once(platform: Platform, language: str) -> None:
    there = tiles(visitor(platform, language))
    for service in NOT_SIMULATED:
        assert there.count(text(language, f"service.{service}")) == 1, service
    for product in PRODUCTS.services.values():
        assert product.tile is not None
        assert there.count(text(language, product.tile.text)) <= 1, product.code


def test_a_service_that_is_not_active_on_the_chosen_company_is_not_on_home(platform: Platform) -> None:
    assert tiles(visitor(platform, email="user@fjordlys.example")) == ["AutoInvoice"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", NOT_SIMULATED)
def test_its_page_says_that_it_is_not_simulated_and_what_to_use_instead(
    platform: Platform, service: str, language: str
) -> None:
    page = visitor(platform, language).get(f"/services/{service}")
    assert page.status_code == 200
    (heading,) = read(page.text).all("h1")
    name = text(language, f"service.{service}")
    assert heading.text == name
    assert text(language, "not_simulated") in read(page.text).all("main")[0].text
    assert page.text.count(name) >= 3


def test_all_of_them_are_listed(platform: Platform) -> None:
    page = read(visitor(platform).get("/services/").text)
    names = [text("en", f"service.{service}") for service in NOT_SIMULATED]
    assert [link.text for link in page.all("main")[0].all("a")] == names


def test_a_service_that_is_simulated_leads_to_its_product_and_others_are_unknown(platform: Platform) -> None:
    browser = visitor(platform)
    answer = browser.get("/services/autoinvoice")
    assert (answer.status_code, answer.location) == (302, "/s/no/autoinvoice/")
    assert browser.get("/services/nothing").status_code == 404


def with_tile(code: str, permission: str | None = None) -> Product:
    """Return a product with a tile for a permission of its own."""
    permissions = {permission: (BY_NAME["Expense user"],)} if permission else {}
    return Product(
        code=code, name="home.name", views="x", permissions=permissions, tile=Tile("home.name", "house", permission)
    )


def test_a_product_of_its_own_takes_the_place_of_the_page() -> None:
    products = Products((with_tile("webfaktura"), with_tile("travel", "travel.open")))
    assert {service: product.code for service, product in products.services.items()} == {
        "webfaktura": "webfaktura",
        "expense": "travel",
    }
    without_tiles = Products(tuple(replace(product, tile=None) for product in products.all))
    assert without_tiles.services == {}
    assert CUSTOMER_ADMINISTRATOR.service is None
