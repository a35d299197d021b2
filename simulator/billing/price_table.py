"""The one editable table of prices and taxes, ``prices.toml``."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "prices.toml"


@cache
def read() -> dict[str, Any]:
    """Return the table, amounts and rates as ``Decimal``; it is read once per process."""
    with PATH.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)
