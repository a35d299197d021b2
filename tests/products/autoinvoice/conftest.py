"""The platform with Norwegian companies, and browsers signed in to it."""

from collections.abc import Callable, Iterator

import pytest

from simulator.app import Platform, create_app
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.settings import Settings
from tests.documents.norway import create
from tests.products.autoinvoice.browser import Browser

SignIn = Callable[..., Browser]


@pytest.fixture
def platform(store: Store) -> Platform:
    """Return the platform."""
    return create_app(Settings(data_dir=store.directory), store)


@pytest.fixture
def norway(store: Store) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the scenario ``company-no``."""
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox


@pytest.fixture
def sign_in(platform: Platform, norway: Sandbox) -> SignIn:
    """Return a function that signs a person in and returns the browser: ``sign_in("user", "nl")``."""

    def signed_in(name: str | None = "administrator", language: str = "nb") -> Browser:
        return Browser(platform, norway, f"{name}@fjordlys.example" if name else None, language)

    return signed_in


@pytest.fixture
def administrator(sign_in: SignIn) -> Browser:
    """Return the browser of the administrator of all three companies, in Norwegian."""
    return sign_in()
