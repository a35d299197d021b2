"""The manuals there are: those beside the engine, and any file from anywhere."""

from collections.abc import Sequence
from pathlib import Path

from .knowing import Known, unknown
from .model import Manual
from .reading import ManualError, read_manual

FOLDER = Path(__file__).resolve().parent.parent / "manuals"
"""The manuals that come with the project."""


def manual_files(folder: Path = FOLDER) -> list[Path]:
    """List the manual files of a folder."""
    return sorted(folder.glob("*.yaml"))


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
    known: dict[str, Path] | None = None
    for wanted in ids_or_files:
        if wanted.endswith((".yaml", ".yml")) or Path(wanted).is_file():
            files.append(Path(wanted))
            continue
        if known is None:
            known = {manual.id: file for file, manual in _read(manual_files(folder))}
        if wanted not in known:
            names = ", ".join(known) or "none"
            raise ManualError([f"{wanted}: expected the id of a manual ({names}) or a file, found neither"])
        files.append(known[wanted])
    return _read(files)


def check(files: Sequence[str] = (), folder: Path = FOLDER, known: Known | None = None) -> list[str]:
    """Check manual files; without any, all of the folder.

    Args:
        files: The files.
        folder: Where manuals are without them.
        known: What the platform has; without it names are not compared with it.

    Returns:
        One line for each problem: file, line, step, key, what was expected and found. Empty when all is well.
    """
    try:
        found = _read([Path(file) for file in files] if files else manual_files(folder))
    except ManualError as error:
        return error.problems
    return [line for file, manual in found for line in unknown(file, manual, known)] if known else []


def _read(files: Sequence[Path]) -> list[tuple[Path, Manual]]:
    found: list[tuple[Path, Manual]] = []
    problems: list[str] = []
    owner: dict[str, Path] = {}
    for file in dict.fromkeys(files):
        try:
            manual = read_manual(file)
        except ManualError as error:
            problems += error.problems
            continue
        if manual.id in owner:
            problems.append(f"{file}: id: expected an id of its own, found '{manual.id}', which {owner[manual.id]} has")
        owner.setdefault(manual.id, file)
        found.append((file, manual))
    if problems:
        raise ManualError(problems)
    return found
