"""Where browsers make no keys, the page that adds one says why, and offers the key of the simulated phone."""

from pathlib import Path

import pytest

from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.directory.security_keys.parties import obstacle
from tests.conftest import NOW
from tests.visits import Visitor, cast, make_platform, password_of, store_of


@pytest.mark.parametrize(
    ("origin", "reason"),
    [
        ("http://localhost:8000", None),
        ("https://simulator.example", None),
        ("https://room.school.example:8443", None),
        ("http://simulator.example", "insecure"),
        ("https://192.168.1.20:8000", "number"),
        ("http://127.0.0.1:8000", "number"),
        ("https://[fd00::1]:8000", "number"),
        ("https://my-computer.local:8000", "local"),
        ("https://my-computer:8000", "bare"),
    ],
)
def test_browsers_make_keys_for_domains_with_https_and_for_this_machine(origin: str, reason: str | None) -> None:
    assert obstacle(origin) == reason


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("https://192.168.1.20:8000", "an address of numbers"), ("https://room.example", None)],
)
def test_the_page_says_why_a_passkey_cannot_work_and_offers_the_phone(
    tmp_path: Path, templates: Path, address: str, sentence: str | None
) -> None:
    platform = make_platform(tmp_path / "data", templates, public_url=address)
    store_of(platform).create("one", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    with store_of(platform).open("one") as sandbox:
        email = cast(sandbox, "user").email
        visitor = Visitor.of(platform, sandbox, email, "en")
        visitor.client.environ_base["HTTP_HOST"] = address.removeprefix("https://")
        form = visitor.form("/details/keys/add/passkey", "own_password")
        visitor.send(form, own_password=password_of(sandbox, email), name="Mine")
    page = visitor.get("/details/keys/create/passkey").text
    assert (sentence is None) == ("Use the key on the simulated phone instead" not in page)
    assert sentence is None or sentence in page
    assert ("data-use-key" in page) == (sentence is None)
    assert 'name="phone"' in page
