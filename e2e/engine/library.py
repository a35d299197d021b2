"""The manuals there are: those beside the engine, and any file from anywhere."""

from collections.abc import Sequence
from pathlib import Path

from .model import Manual
from .platform_names import PlatformNames, missing_names
from .reading import ManualError, read_each, read_manual

FOLDER = Path(__file__).resolve().parent.parent / "manuals"
"""The manuals that come with the project."""


def manual_files(folder: Path = FOLDER) -> list[Path]:
    """List the manual files of a folder."""
    return sorted(folder.glob("*.yaml"))


def scenario_file(scenario: str, folder: Path, scenarios: Path | None = None) -> Path | None:
    """Give the file of a manual's scenario; None for one that the server has by its name.

    Args:
        scenario: A name, or the path of a file.
        folder: The folder that a path is relative to: that of the manual.
        scenarios: A folder with scenarios by name, or None.
    """
    if scenario.endswith((".yaml", ".yml")) or "/" in scenario or "\\" in scenario:
        return folder / scenario
    files = [scenarios / f"{scenario}{ending}" for ending in (".yaml", ".yml")] if scenarios is not None else []
    return next((file for file in files if file.is_file()), None)


def load(ids_or_files: Sequence[str] = (), folder: Path = FOLDER) -> list[tuple[Path, Manual]]:
    """Read manuals by id or by file; without any, all of the folder.

    Args:
        ids_or_files: An id such as `licences-specification`, or the path of a file.
        folder: Where ids are looked for.

    Returns:
        Each file with its manual.

    Raises:
        ManualError: A file is not as it should be, an id is unknown, or two files have the same id.
    """
    if not ids_or_files:
        return _read(manual_files(folder))
    files = []
    files_by_id: dict[str, Path] | None = None
    for id_or_file in ids_or_files:
        if id_or_file.endswith((".yaml", ".yml")) or Path(id_or_file).is_file():
            files.append(Path(id_or_file))
            continue
        if files_by_id is None:
            files_by_id = {manual.id: file for file, manual in _read(manual_files(folder))}
        if id_or_file not in files_by_id:
            names = ", ".join(files_by_id) or "none"
            raise ManualError([f"{id_or_file}: expected the id of a manual ({names}) or a file, found neither"])
        files.append(files_by_id[id_or_file])
    return _read(files)


def check(
    files: Sequence[str] = (),
    folder: Path = FOLDER,
    platform: PlatformNames | None = None,
    *,
    languages: Sequence[str] = (),
    scenarios: Path | None = None,
) -> list[str]:
    """Check manual files; without any, all of the folder.

    Args:
        files: The files.
        folder: Where manuals are without them.
        platform: What the platform has; without it names are not compared with it.
        languages: The languages that labels are looked up in; without them those that the manual has texts in.
        scenarios: A folder with scenarios that manuals name, besides those of the platform.

    Returns:
        One line for each problem: file, line, step, key, what was expected and found. Empty when all is well.
    """
    try:
        manuals = _read([Path(file) for file in files] if files else manual_files(folder))
    except ManualError as error:
        return error.problems
    if platform is None:
        return []
    problems = []
    for file, manual in manuals:
        own = scenario_file(manual.scenario, file.parent, scenarios)
        problems += missing_names(file, manual, platform, languages, own)
    return problems


def _read(files: Sequence[Path]) -> list[tuple[Path, Manual]]:
    manuals, problems = read_each(files, read_manual)
    if problems:
        raise ManualError(problems)
    return manuals
