"""The networks that a sender can name: Peppol, and other operators.

Source: AutoInvoice, invoice routing: an operator's code beside the address; a code that is nobody's is ignored. Own choice: the
operators, which are made up and are in ``operators.toml``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PEPPOL = "PEPPOL"
FINNISH = "FI"


@dataclass(frozen=True)
class Operator:
    """A network by its code."""

    code: str
    name: str
    country: str | None


@cache
def catalogue() -> Mapping[str, Operator]:
    """Return all of them by code, Peppol first."""
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    by_code = {PEPPOL: Operator(PEPPOL, "Peppol", None)}
    return by_code | {code: Operator(code, entry["name"], entry["country"]) for code, entry in content.items()}


def by_code(code: str | None) -> Operator | None:
    """Return an operator by its code in any case; None for a code that is nobody's."""
    return catalogue().get((code or "").strip().upper())
