"""The rules of a sandbox's dice."""

from itertools import count

import pytest

from simulator.core.chance import Chance, machine_secret


def dice(seed: str) -> Chance:
    numbers = count(1)
    return Chance(seed, lambda: next(numbers))


def draws(chance: Chance) -> list[object]:
    return [
        chance.token(),
        chance.letters(20),
        chance.base32(),
        chance.digits(6),
        chance.number(1000),
        chance.pick("abcdef"),
    ]


def test_the_same_seed_draws_the_same() -> None:
    assert draws(dice("one")) == draws(dice("one"))


def test_another_seed_draws_otherwise() -> None:
    assert draws(dice("one"))[:2] != draws(dice("two"))[:2]


def test_no_draw_repeats_the_one_before() -> None:
    chance = dice("one")
    assert len({chance.token() for _ in range(500)}) == 500


@pytest.mark.parametrize("digits", [4, 6, 8])
def test_digits_have_the_length_asked_for(digits: int) -> None:
    chance = dice("digits")
    assert all(len(drawn) == digits and drawn.isdigit() for drawn in (chance.digits(digits) for _ in range(100)))


def test_letters_are_never_mistaken_for_each_other() -> None:
    assert not set("O0I1") & set(dice("letters").letters(2000))


def test_the_machines_secrets_differ() -> None:
    assert machine_secret() != machine_secret()
