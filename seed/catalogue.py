"""Which scenarios there are, those of a folder of somebody's own among them, and whether a file is one."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from simulator.core.errors import BadInput, NotFound
from simulator.core.texts import LANGUAGES

from .cache import NAME, SCENARIOS, head

ENDINGS = (".yaml", ".yml")
"""How the names of scenario files end in somebody's own folder."""

_TASK = re.compile(rb"^task:", re.MULTILINE)

Summary = dict[str, Any]
"""Name, title and titles, languages, description, task, what a supporter hears, and the problems of a scenario."""


class _Checked(NamedTuple):
    """A scenario file of somebody's own, checked whole: its text is empty when it has problems."""

    text: str
    summary: Summary
    problems: tuple[tuple[str, str], ...]


class Catalogue:
    """The scenarios that come with the simulator, and those of a folder.

    A file of the folder is read again when it changes. One that cannot be used is listed with its problems; the others work.

    Args:
        folder: the folder, or None.
        scenarios: where the scenarios are that come with the simulator.
    """

    def __init__(self, folder: Path | None = None, scenarios: Path = SCENARIOS) -> None:
        self._folder = folder
        self._scenarios = scenarios

    def summaries(self) -> list[Summary]:
        """Return a summary of every scenario, by name."""
        own = [{**file.summary, "problems": problem_entries(file.problems)} for file in self._own().values()]
        return sorted([*list_scenarios(self._scenarios), *own], key=lambda summary: str(summary["name"]))

    def summary(self, name: str, text: str | None = None) -> Summary | None:
        """Return the summary of a scenario that a sandbox was made from, or None when there is none.

        Args:
            name: its name.
            text: the scenario itself, if it did not come with the simulator.
        """
        if text is not None:
            return _summary_of_text(name, text)
        path = self._scenarios / f"{name}.yaml"
        return next((summary for summary in _listed_in([path])), None) if NAME.fullmatch(name) else None

    def with_task(self, name: str, text: str | None = None) -> Summary | None:
        """Return the summary of a scenario if it has a task; one without is not read as YAML. Arguments as ``summary``."""
        try:
            if _TASK.search(head(name, self._scenarios, text).text) is None:
                return None
        except NotFound:
            return None
        summary = self.summary(name, text)
        return summary if summary and summary["task"] else None

    def text_of(self, name: str) -> str | None:
        """Return the text of a scenario of the folder; None for one that comes with the simulator.

        Raises:
            NotFound: there is none of that name.
            BadInput: there is one, and it cannot be used.
        """
        if self.is_ours(name):
            return None
        file = self._own().get(name)
        if file is None:
            raise NotFound("scenario", name)
        if file.problems:
            raise BadInput(list(file.problems))
        return file.text

    def now_of(self, name: str, text: str | None) -> datetime | None:
        """Return the instant that a scenario begins at; None when it does not say. Arguments as ``summary``.

        Raises:
            NotFound: there is none of that name.
        """
        return head(name, self._scenarios, text).now

    def is_ours(self, name: str) -> bool:
        """Return whether a scenario of this name comes with the simulator."""
        return NAME.fullmatch(name) is not None and (self._scenarios / f"{name}.yaml").is_file()

    def _own(self) -> dict[str, _Checked]:
        """Return the scenario files of the folder, by name; of two that have one name, one entry with the problem."""
        own: dict[str, _Checked] = {}
        for path in _files(self._folder) if self._folder is not None else ():
            name = path.stem
            if name in own:
                expected = f"expected one file for the name {name!r}, found two that differ in their ending"
                own[name] = _unusable((path.name, expected))
            else:
                own[name] = self._checked(path)
        return own

    def _checked(self, path: Path) -> _Checked:
        if NAME.fullmatch(path.stem) is None:
            expected = "a file name of a lower-case letter, then letters, digits, - and _, at most 40"
            return _unusable((path.name, f"expected {expected}, found {path.stem[:60]!r}"))
        if self.is_ours(path.stem):
            return _unusable(_name_in_use(path))
        try:
            if not path.resolve(strict=True).is_relative_to(path.parent.resolve()):
                return _unusable((path.name, "expected a file in the folder, found a link that leads outside it"))
            stat = path.stat()
            if not path.is_file():
                return _unusable((path.name, "expected a file, found something else"))
        except (OSError, RuntimeError):
            return _unusable((path.name, "expected a readable file, found none"))
        return _check_file(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def list_scenarios(scenarios: Path = SCENARIOS) -> list[Summary]:
    """Return a summary of every scenario of a folder, by name; not checked."""
    return list(_listed_in(sorted(scenarios.glob("*.yaml"))))


def list_casts(scenarios: Path = SCENARIOS) -> dict[str, list[str]]:
    """Return for every scenario, by name, the keys of its cast; entries are not checked."""
    from .reading import read

    return {path.stem: _cast(read(path)) for path in sorted(scenarios.glob("*.yaml"))}


def cast_of(file: Path) -> list[str]:
    """Return the keys of a scenario file's cast; entries are not checked.

    Raises:
        BadInput: it cannot be read, or is no YAML of keys.
    """
    from .reading import read

    return _cast(read(file))


def overlay_problems(scenario: str, overlay: dict[str, Any], now: datetime) -> list[tuple[str, str]]:
    """Return what is wrong with what is laid over a scenario of the project, each with its place, ``documents.0.number``.

    Args:
        scenario: its name.
        overlay: what is laid over it, in the scenario's shape, with ``faults``.
        now: what the sandbox's clock shows at first.
    """
    from .overlay import overlay_problems as problems_of
    from .reading import read

    return problems_of(read(SCENARIOS / f"{scenario}.yaml"), overlay, now)


def problem_entries(problems: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """Return problems as the control API writes them."""
    return [{"field": where, "message": what} for where, what in problems]


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in ENDINGS and not path.name.startswith("."))
    except OSError:
        return []


def _name_in_use(file: Path) -> tuple[str, str]:
    return file.name, f"expected a name that no scenario of the simulator has, found {file.stem!r}: give yours another"


def _unusable(*problems: tuple[str, str]) -> _Checked:
    """Return a file with its problems; it is called by its whole name, which no scenario has, so that it hides none."""
    return _Checked("", _summary(problems[0][0], {}), problems)


@lru_cache(maxsize=200)
def _check_file(path: Path, size: int, modified: int, changed: int) -> _Checked:
    """Read and check a file, once as long as its size and its times are the same."""
    from .load import load_text
    from .reading import text_of

    try:
        text = text_of(path)
        _, raw = load_text(text, path.stem)
    except BadInput as error:
        return _Checked("", _summary(path.name, {}), tuple(error.problems))
    return _Checked(text, _summary(path.stem, raw), ())


def _listed_in(paths: list[Path]) -> Iterator[Summary]:
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        yield dict(_listed(path, stat.st_size, stat.st_mtime_ns))


@lru_cache(maxsize=100)
def _listed(path: Path, size: int, changed: int) -> Summary:
    """Read what a list says of a scenario, once as long as its size and its time of change are the same."""
    from .reading import read

    return _summary(path.stem, read(path))


@lru_cache(maxsize=100)
def _summary_of_text(name: str, text: str) -> Summary | None:
    from .reading import parse

    try:
        return _summary(name, parse(text, name))
    except BadInput:
        return None


def _summary(name: str, raw: dict[str, Any]) -> Summary:
    return {
        "name": name,
        "title": raw.get("title", name),
        "titles": raw.get("titles"),
        "languages": raw.get("languages", list(LANGUAGES)),
        "description": str(raw.get("description", "")).strip(),
        "supporter": raw.get("supporter"),
        "task": _task(raw.get("task")),
        "solved": raw.get("solved", []),
        "problems": [],
    }


def _task(raw: Any) -> dict[str, Any] | None:
    if not isinstance(raw, dict):
        return None
    text = raw.get("text")
    by_language = text if isinstance(text, dict) else dict.fromkeys(LANGUAGES, str(text))
    return {"person": raw.get("person"), "text": by_language}


def _cast(raw: dict[str, Any]) -> list[str]:
    from .index import entries, text_in

    return [key for _, person in entries(raw, "people") if (key := text_in(person, "key"))]


def check(file: Path) -> list[tuple[str, str]]:
    """Check a scenario file, or every one of a folder.

    Returns:
        One pair a fault: where (file and path), and what was expected and found; empty for a file that is right.
    """
    if file.is_dir():
        if file.resolve() == SCENARIOS.resolve():
            return [problem for path in sorted(file.glob("*.yaml")) for problem in check(path)]
        listed = Catalogue(file).summaries()
        return [(problem["field"], problem["message"]) for summary in listed for problem in summary["problems"]]
    try:
        read_own(file)
    except BadInput as error:
        return error.problems
    return []


def is_path(scenario: str) -> bool:
    """Return whether the name of a scenario is the path of a file."""
    return scenario.endswith(ENDINGS) or "/" in scenario or "\\" in scenario


def read_own(file: Path) -> tuple[str, str]:
    """Read and check a scenario file of somebody's own: its name and its text.

    Raises:
        BadInput: with all problems.
    """
    from .load import load_text
    from .reading import text_of

    text = text_of(file)
    load_text(text, file.stem)
    if Catalogue().is_ours(file.stem) and file.resolve().parent != SCENARIOS.resolve():
        raise BadInput([_name_in_use(file)])
    return file.stem, text
