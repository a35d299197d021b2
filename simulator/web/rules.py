"""Routes whose address builders are made when they are first used, because making them all takes a tenth of the start."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

LARGEST_ID = 2**31 - 1
"""The largest id that an address may name; a larger one is none of ours, and a database would choke on it."""

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A route that compiles the building of its address when its address is first asked for."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        made: list[Builder] = []

        def build(rule: "LateRule", /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(super(LateRule, rule)._compile_builder(append_unknown))
            return made[0](rule, **values)

        return build
