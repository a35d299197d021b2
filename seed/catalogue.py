"""Which scenarios there are, and whether a file is one."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from simulator.core.errors import BadInput
from simulator.core.texts import LANGUAGES

from .cache import SCENARIOS


def list_scenarios(scenarios: Path = SCENARIOS) -> list[dict[str, Any]]:
    """Return name, titles, languages, description and what a supporter hears of every scenario, by name; not checked."""
    listed = []
    for path in sorted(scenarios.glob("*.yaml")):
        stat = path.stat()
        listed.append(dict(_listed(path, stat.st_size, stat.st_mtime_ns)))
    return listed


def list_casts(scenarios: Path = SCENARIOS) -> dict[str, list[str]]:
    """Return for every scenario, by name, the keys of its cast; entries are not checked."""
    from .index import entries, text_in
    from .reading import read

    people_by_scenario = {path.stem: entries(read(path), "people") for path in sorted(scenarios.glob("*.yaml"))}
    return {
        name: [key for _, person in people if (key := text_in(person, "key"))] for name, people in people_by_scenario.items()
    }


@lru_cache(maxsize=100)
def _listed(path: Path, size: int, changed: int) -> dict[str, Any]:
    """Read what a list says of a scenario, once as long as its size and its time of change are the same."""
    from .reading import read

    raw = read(path)
    return {
        "name": path.stem,
        "title": raw.get("title", path.stem),
        "titles": raw.get("titles"),
        "languages": raw.get("languages", list(LANGUAGES)),
        "description": str(raw.get("description", "")).strip(),
        "supporter": raw.get("supporter"),
    }


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
