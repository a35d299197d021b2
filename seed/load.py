"""Reads and checks a scenario file whole."""

from pathlib import Path
from typing import Any

from simulator.core.errors import BadInput

from .model import Scenario
from .problems import Problem, validate
from .reading import parse, text_of
from .references import References


def load(path: Path) -> tuple[Scenario, dict[str, Any]]:
    """Return a scenario and the mapping it was read from.

    Raises:
        BadInput: with all problems; each names the file, the path in it, what was expected and what was found.
    """
    return load_text(text_of(path), path.stem)


def load_text(text: str, name: str) -> tuple[Scenario, dict[str, Any]]:
    """Return the scenario of a name and the mapping it was read from.

    Raises:
        BadInput: as ``load``.
    """
    file = f"{name}.yaml"
    raw = parse(text, file)
    scenario, problems = validate(Scenario, raw)
    problems = merged(problems, References(raw).check())
    if isinstance(raw.get("name"), str) and raw["name"] != name:
        problems.append(("name", f"expected the file's name {name!r}, found {raw['name']!r}"))
    if problems or scenario is None:
        raise BadInput([(f"{file}: {where}" if where else file, what) for where, what in problems])
    return scenario, raw


def merged(shape: list[Problem], between: list[Problem]) -> list[Problem]:
    """Join problems of shape and problems between entries; a path with a problem of shape is reported once."""
    reported = {where for where, _ in shape}
    return shape + [problem for problem in between if problem[0] not in reported]
