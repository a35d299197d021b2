"""Readable names for sandboxes that are created without one."""

from itertools import count

from simulator.core.chance import Chance, machine_secret
from simulator.core.store import Store

_ADJECTIVES = ("brave", "bright", "calm", "clever", "fair", "fresh", "gentle", "happy", "keen", "kind", "lively", "merry",
            "mild", "neat", "quick", "quiet", "ready", "sunny", "swift", "warm")  # fmt: skip
_NOUNS = ("bay", "beach", "brook", "canal", "coast", "dune", "field", "fjord", "forest", "garden", "glade", "harbour",
           "hill", "island", "lake", "meadow", "mill", "mountain", "river", "valley")  # fmt: skip


def free_name(store: Store) -> str:
    """Draw a name that no sandbox has, such as ``calm-fjord-417``."""
    numbers = count()
    chance = Chance(machine_secret(), lambda: next(numbers))
    while True:
        name = f"{chance.pick(_ADJECTIVES)}-{chance.pick(_NOUNS)}-{chance.number(1000)}"
        if not store.exists(name):
            return name
