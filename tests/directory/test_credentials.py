"""Rules of comparing passwords."""

import pytest

from simulator.directory import credentials

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
