"""Rules of comparing passwords."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from simulator.core.sandbox import Sandbox
from simulator.directory import credentials
from simulator.directory.lockout import Outcome
from simulator.directory.models import ClearTextSecrets, Person
from simulator.directory.password_profile import use_profile
from simulator.directory.signing_in import pending_sign_ins
from simulator.products.connect.services import first_factor

COMPOSED, DECOMPOSED = "Pr\u00f8ve-\u00c5-\u00e9 12", "Pr\u00f8ve-A\u030a-e\u0301 12"


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED, COMPOSED.replace(" ", "\u00a0"), DECOMPOSED.replace(" ", "\u3000")])
@pytest.mark.parametrize("stored", [COMPOSED, DECOMPOSED])
def test_a_password_is_the_same_however_a_keyboard_composes_its_letters(stored: str, typed: str) -> None:
    assert credentials.matches(credentials.hash_password(stored), typed)


@pytest.mark.parametrize(
    "typed", [COMPOSED.lower(), COMPOSED + " ", " " + COMPOSED, "\uff30" + COMPOSED[1:], COMPOSED + "\u200b"]
)
def test_other_differences_count(typed: str) -> None:
    assert not credentials.matches(credentials.hash_password(COMPOSED), typed)


@pytest.fixture
def realistic() -> Iterator[None]:
    """Let hashes cost what they do on a real platform."""
    use_profile("realistic")
    yield
    use_profile("fast")


def test_a_cheaper_hash_is_compared_as_slowly_as_an_unknown_address(realistic: None) -> None:
    use_profile("fast")
    cheap = credentials.hash_password(COMPOSED)
    use_profile("realistic")
    (unknown,) = credentials.compared_hashes(None)
    assert not credentials.costs_otherwise(unknown)
    assert credentials.compared_hashes(cheap) == [cheap, unknown]
    assert credentials.matches(cheap, COMPOSED)
    assert not credentials.matches(cheap, "another")
    assert not credentials.matches(None, "nobody has this password")


def test_signing_in_hashes_the_password_with_the_present_cost(sandbox: Sandbox, realistic: None) -> None:
    with sandbox.transaction() as db:
        person = db.scalars(select(Person).where(Person.key == "administrator")).one()
        password = db.get_one(ClearTextSecrets, person.id).password or ""
        assert person.password_hash is not None
        assert credentials.costs_otherwise(person.password_hash)
        sign_in = pending_sign_ins.start(db, person.email, None)
        assert first_factor.check_password(db, sign_in, password) is Outcome.RIGHT
        assert not credentials.costs_otherwise(person.password_hash)
        assert credentials.compared_hashes(person.password_hash) == [person.password_hash]
