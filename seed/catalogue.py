"""Which scenarios there are, and whether a file is one."""

from pathlib import Path
from typing import Any

from simulator.core.errors import BadInput

from .cache import SCENARIOS


def list_scenarios(scenarios: Path = SCENARIOS) -> list[dict[str, Any]]:
    """Return name, title, languages and description of every scenario, by name; entries are not checked."""
    from .reading import read

    found = []
    for path in sorted(scenarios.glob("*.yaml")):
        raw = read(path)
        found.append(
            {
                "name": path.stem,
                "title": raw.get("title", path.stem),
                "languages": raw.get("languages", ["en", "nl", "nb", "sv"]),
                "description": str(raw.get("description", "")).strip(),
            }
        )
    return found


def check(file: Path) -> list[tuple[str, str]]:
    """Check a scenario file.

    Returns:
        One pair a fault: where (file and path), and what was expected and found; empty for a file that is right.
    """
    from .load import load

    try:
        load(file)
    except BadInput as error:
        return error.problems
    return []
