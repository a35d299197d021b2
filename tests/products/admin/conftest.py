"""A platform with one sandbox: the accountant's office, and a neighbour whose people are not its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import seed
from simulator.app import Platform, create_app
from simulator.core.clock import Clock
from simulator.core.database import forget_file
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.settings import Settings
from tests.conftest import BASE_ADDRESS, NOW
from tests.products.admin.browser import Browser

SignIn = Callable[..., Browser]

ADMINISTRATOR = "administrator@rietkraag.example"
USER = "user@rietkraag.example"
COMPANY_ADMINISTRATOR = "gerda@rietkraag.example"
OUTSIDER = "owner@buurman.example"
SHARED = "both@buurman.example"

NEIGHBOUR: dict[str, Any] = {
    "customers": [{"key": "neighbour", "number": "100900", "name": "Buurman Beheer"}],
    "companies": [
        {
            "key": "neighbour_shop",
            "customer": "neighbour",
            "name": "Buurman Winkel",
            "organisation_number": "99999890",
            "services": ["autoinvoice"],
        },
        {
            "key": "silent",
            "customer": "office",
            "name": "Zeilmakerij Zonder Diensten",
            "organisation_number": "99999891",
            "services": [],
        },
    ],
    "people": [
        {
            "email": OUTSIDER,
            "first_name": "Olaf",
            "last_name": "Buurman",
            "password": "Buurman!11",
            "grants": [{"role": "Customer administrator", "on": "neighbour"}],
        },
        {
            "email": SHARED,
            "first_name": "Sanne",
            "last_name": "Tweelanden",
            "password": "Buurman!22",
            "grants": [
                {"role": "Autoinvoice user", "on": "neighbour_shop"},
                {"role": "Autoinvoice user", "on": "bakkerij"},
            ],
        },
    ],
}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Path:
    """Make the file that the sandbox of each test is a copy of: the scenario's office, and beside it a neighbour."""
    directory = tmp_path_factory.mktemp("admin")
    store = Store(directory, seed.template_for(templates), seed.finish, BASE_ADDRESS)
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed", overlay=NEIGHBOUR))
    with store.open("default") as made:
        forget_file(made.path)
        return shutil.copyfile(made.path, directory / "template.sqlite")


@pytest.fixture(scope="session")
def platform(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return create_app(settings, Store(settings.data_dir, lambda *_: template, lambda *_: None, BASE_ADDRESS))


@pytest.fixture
def store(platform: Platform) -> Iterator[Store]:
    """Return the sandboxes, of which there is one; it goes with the test."""
    store: Store = platform.extensions["store"]
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed"))
    yield store
    store.delete("default")


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """Return the sandbox, to arrange and to look into."""
    with store.open("default") as opened:
        yield opened


@pytest.fixture
def sign_in(platform: Platform, sandbox: Sandbox) -> SignIn:
    """Return a function that opens a browser, signed in as a person: ``sign_in("anna@office.example", "nb")``."""

    def signed_in(email: str | None = None, language: str = "nl") -> Browser:
        return Browser(platform, sandbox, email, language)

    return signed_in


@pytest.fixture
def administrator(sign_in: SignIn) -> Browser:
    """Return the office's administrator, signed in, in Dutch."""
    return sign_in(ADMINISTRATOR)
