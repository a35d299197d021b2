"""Values as hasty people, foreign programs and attackers send them."""

from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

Item = TypeVar("Item")

ODD = (
    "", " ", "\t", "\r\n", "\x00", "a\x00b", "\x1b[31m", "\x7f\x85", "\u2028", "\ufeff", "\u200b", "\u200e1\u200f",
    "\u202eabc\u202c", "\u2066", "A\u030asa", "\u00c5sa", "\u212b", "e\u0301", "\u00df", "\u0130", "\ufb03",
    "\U0001f468\u200d\U0001f469", "\ud800", "\udfff", "\ufffe", "\u0661\u0662", "\u00b2", "\uff11\uff12", "9" * 5000,
    "-" + "9" * 5000, "0" * 5000, "1" + "e" + "9" * 50, "NaN", "nan", "Infinity", "-inf", "1e999", "1_000", "0x10",
    "-1", "+1", "1.5", "1,5", "2147483648", "9223372036854775808", "2022-02-30", "0000-00-00", "9999-12-31",
    "0001-01-01", "2022-W01-1", "20220301", "2022-03-01T09:00", "2022-03-01T09:00:00+99:99",
    "9999-12-31T23:59:59-23:59", "true", "null", "[]", "{}", "%", "%s%(a)s", "%00", "../../etc/passwd", "..", ".",
    "//", "http://[", "http://[::1", "//evil.example", "javascript:alert(1)", "\"'><script>alert(1)</script>",
    "{{7*7}}", "'; DROP TABLE person;--", "a" * 10_000, "\u00e5" * 3_000, "a@b", "a@b.example;c@d.example",
    "Name <a@b.example>", "a@b.example\nBcc: c@d.example", "mailto:a@b.example", "A@B.EXAMPLE",
    "4F1C0F5E-2A6B-4D53-9D0E-6F6F7E2B1C11", "{4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11}", "0192:310000019",
    "iso6523-actorid-upis::0192:310000019", ":", "::", "0192:", "310 000 019", "NO310000019MVA", "+47 900 00 001",
    "0", "1", "2", "3", "NO", "no", "nb-NO", "NOK", "on", "y",
)  # fmt: skip
"""Texts that have broken programs, and a few that are right."""

_TEXTS = st.sampled_from(ODD) | st.text(max_size=40) | st.text(st.characters(codec=None), max_size=12)
_NUMBERS = st.sampled_from(
    [0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63), 10**4000, 0.1, 1e308, -0.0, float("nan"), float("inf")]
)
_ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_TEXTS, inside, max_size=3),
    max_leaves=6,
)
POOL = 300
"""How many values hypothesis makes for one round."""


class Values:
    """Values and choices that follow from a seed alone."""

    def __init__(self, number: int) -> None:
        self.random = Random(number)
        self._texts: list[str] = list(ODD)
        self._anything: list[Any] = []

        @seed(number)
        @settings(
            max_examples=POOL, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
        )
        @given(_TEXTS, _ANYTHING)
        def fill(text: str, value: Any) -> None:
            self._texts.append(text)
            self._anything.append(value)

        fill()

    def text(self) -> str:
        """Return any text."""
        return self.random.choice(self._texts)

    def anything(self) -> Any:
        """Return any value of JSON, or what a careless program takes for one."""
        return self.random.choice(self._anything)

    def once_in(self, times: int) -> bool:
        """Return true once in so many times."""
        return self.random.randrange(times) == 0

    def pick(self, among: Sequence[Item]) -> Item:
        """Return one of several things."""
        return self.random.choice(among)

    def of(self, schema: dict[str, Any]) -> Any:
        """Return a value of a field: a right one, as far as its JSON Schema says, or any other."""
        return self.anything() if self.once_in(3) else self._plausible(schema)

    def _plausible(self, schema: dict[str, Any]) -> Any:
        kind, least = schema.get("type"), schema.get("minimum", 0)
        if "enum" in schema:
            return self.pick(schema["enum"])
        if schema.get("format") in _FORMATS:
            return self.pick(_FORMATS[schema["format"]])
        if kind == "integer":
            return self.random.randint(least, max(least, min(schema.get("maximum", 100), 100)))
        if kind == "number":
            return self.random.randint(0, 1000) / 10
        if kind == "boolean":
            return self.once_in(2)
        if kind == "array":
            return [self._plausible(schema.get("items", {})) for _ in range(self.random.randrange(3))]
        if kind == "object":
            return {name: self.of(field) for name, field in schema.get("properties", {}).items() if self.once_in(2)}
        return self.text()


_FORMATS = {
    "email": ("kari@privat.example", "administrator@fjordlys.example"),
    "uuid": ("4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11", "4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c12"),
    "date": ("2022-03-01", "2022-03-31"),
    "date-time": ("2022-03-01T09:00:00+01:00", "2022-06-01T00:00:00Z"),
}
