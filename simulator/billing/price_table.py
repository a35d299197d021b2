"""The one editable table of prices and taxes, ``prices.toml``."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "prices.toml"


@cache
def read() -> dict[str, Any]:
    """Return the table as it stands in the file, amounts and rates as ``Decimal``; read once a process."""
    with PATH.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)
