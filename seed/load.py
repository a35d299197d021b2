"""Reads and checks a scenario file whole."""

from pathlib import Path
from typing import Any

from simulator.core.errors import BadInput

from .model import Scenario
from .problems import Problem, validate
from .reading import read
from .references import References


def load(path: Path) -> tuple[Scenario, dict[str, Any]]:
    """Return a scenario and the mapping it was read from.

    Raises:
        BadInput: with all problems; each names the file, the path in it, what was expected and what was found.
    """
    raw = read(path)
    scenario, problems = validate(Scenario, raw)
    problems = merged(problems, References(raw).check())
    if isinstance(raw.get("name"), str) and raw["name"] != path.stem:
        problems.append(("name", f"expected the file's name {path.stem!r}, found {raw['name']!r}"))
    if problems or scenario is None:
        raise BadInput([(f"{path.name}: {where}" if where else path.name, what) for where, what in problems])
    return scenario, raw


def merged(shape: list[Problem], between: list[Problem]) -> list[Problem]:
    """Join problems of shape and problems between entries; a path with a problem of shape is reported once."""
    reported = {where for where, _ in shape}
    return shape + [problem for problem in between if problem[0] not in reported]
