"""Ready files, one for each scenario and creation day; this is on the path of every creation and reset, so it stays light.

A file is named after everything it depends on: scenario, schema version, creation day, and a fingerprint of the scenario's text
and of the code. It is built under another name and put in place at once, so that two servers may build it at the same time.
"""

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import simulator
from simulator.core import progress
from simulator.core.chance import machine_secret
from simulator.core.clock import machine_now, parse_instant
from simulator.core.database import SCHEMA_VERSION
from simulator.core.errors import NotFound

if TYPE_CHECKING:
    from simulator.core.store import TemplateFor

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"

UNUSED = timedelta(hours=1)
"""How long a file of another fingerprint is kept after its last use. Own choice: longer than anybody copies."""
MOST_DAYS = 32
"""Own choice: how many creation days of one scenario are kept, and as many files of other texts that had its name."""

BUILDING = ".building"
"""How the names of files end that are being built."""

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""Names that a scenario can have."""
_HEAD = re.compile(r"""^(time_zone|country|now):[ ]+["']?([\w/+\-:]+)["']?[ ]*(?:#.*)?$""", re.MULTILINE | re.ASCII)
_MINUTES = re.compile(rb"locked_until:[^\n]*minute")
_NOT_BUILT_WITH = frozenset(
    {
        "__pycache__",
        "static",
        "templates",
        "control",
        "web",
        "views",
        "views.py",
        "app.py",
        "cli.py",
        "commands",
        "server.py",
        "reload.py",
    }
)
"""Names of files and directories that no scenario is built with: the import contract ``scenarios`` forbids it. Saving a view or a
template rebuilds nothing."""


@dataclass(frozen=True)
class Head:
    """What is needed of a scenario before it is read whole. Reading it whole reports its faults.

    ``minutes`` says that something in it counts minutes from the instant of creation, which a ready file does not know. ``now`` is
    the instant that sandboxes of it begin at, unless another one is asked for.
    """

    name: str
    text: bytes
    time_zone: str
    country: str
    minutes: bool
    now: datetime | None = None

    def midnight(self, creation: datetime) -> datetime:
        """Return the beginning of the day of an instant, where the scenario plays: when a ready file is built."""
        return datetime.combine(self.creation_day(creation), time(), self._zone())

    def creation_day(self, creation: datetime) -> date:
        """Return the day of an instant where the scenario plays."""
        return creation.astimezone(self._zone()).date()

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo("UTC")


def head(scenario: str, scenarios: Path = SCENARIOS, text: str | None = None) -> Head:
    """Read the head of a scenario.

    Args:
        scenario: its name.
        scenarios: where scenario files are.
        text: the scenario itself, when it is none of these files.

    Raises:
        NotFound: there is no scenario of that name, or it is no name that a scenario can have.
    """
    path = scenarios / f"{scenario}.yaml"
    try:
        if not NAME.fullmatch(scenario):
            raise NotFound("scenario", scenario)
        if text is not None:
            return _head_of(scenario, text.encode("utf-8", "replace"))
        stat = path.stat()
        return _head(path, stat.st_size, stat.st_mtime_ns)
    except OSError:
        pass
    raise NotFound("scenario", scenario)


@lru_cache(maxsize=32)
def _head(path: Path, size: int, changed: int) -> Head:
    """Read the head of a file, once as long as its size and its time of change are the same."""
    return _head_of(path.stem, path.read_bytes())


def _head_of(name: str, text: bytes) -> Head:
    fields = dict(_HEAD.findall(text.decode(errors="replace").replace("\r\n", "\n")))
    minutes = _MINUTES.search(text) is not None
    return Head(name, text, fields.get("time_zone", "UTC"), fields.get("country", ""), minutes, _instant(fields.get("now")))


def _instant(text: str | None) -> datetime | None:
    try:
        return parse_instant(text) if text else None
    except (ValueError, OverflowError):
        return None


def template_for(directory: Path, prepare: Callable[[], None] | None = None, scenarios: Path = SCENARIOS) -> "TemplateFor":
    """Return the function that gives the ready file of a scenario as of an instant of creation, building it when it is not there.

    Args:
        directory: where ready files are kept; made when it is missing.
        prepare: called before a file is built, for example to import tables that are not found by themselves.
        scenarios: where scenario files are.
    """
    building = Lock()
    sound: set[Path] = set()
    _remove_unfinished(directory)

    def is_there(path: Path) -> bool:
        """Return whether a file can be copied; its pages are checked once, because copies would be spoilt in the same way."""
        if not _use(path) or (path not in sound and not _is_sound(path)):
            return False
        sound.add(path)
        return True

    def ready(scenario: str, creation: datetime, text: str | None = None) -> Path:
        start = head(scenario, scenarios, text)
        day = start.creation_day(creation)
        prefix = f"{scenario}.{SCHEMA_VERSION}"
        fingerprint = hashlib.sha256(start.text + _code()).hexdigest()[:16]
        path = directory / f"{prefix}.{day:%Y%m%d}.{fingerprint}.sqlite"
        if is_there(path):
            return path
        with building:
            if not is_there(path):
                with progress.task("scenario", scenario):
                    _build(start, creation, path, prepare)
                _tidy(directory, scenario, fingerprint)
        return path

    return ready


def _build(start: Head, creation: datetime, path: Path, prepare: Callable[[], None] | None) -> None:
    from .build import build

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.stem}.{machine_secret()[:12]}{BUILDING}")
    try:
        build(start, creation, unfinished, prepare)
        with unfinished.open("rb+") as whole:
            os.fsync(whole.fileno())
        try:
            unfinished.replace(path)
        except PermissionError:
            if not path.exists():
                raise
    finally:
        for ending in ("", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)


def _use(path: Path) -> bool:
    """Return whether a file is there, and mark it as used now."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:
        return path.exists()
    return True


def _is_sound(path: Path) -> bool:
    """Return whether all pages of a file are in order."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _remove_unfinished(directory: Path) -> None:
    """Remove what a process left that was killed while it built a file."""
    line = (machine_now() - UNUSED).timestamp()
    for path in directory.glob(f"*{BUILDING}*"):
        with suppress(OSError):
            if path.stat().st_mtime < line:
                path.unlink()


def _tidy(directory: Path, scenario: str, fingerprint: str) -> None:
    """Remove files of a scenario that nobody will ask for again, and the oldest when there are many."""
    line = (machine_now() - UNUSED).timestamp()
    aged = sorted(((path.stat().st_mtime, path) for path in directory.glob(f"{scenario}.*")), reverse=True)
    same = [path for _, path in aged if path.name.endswith(f".{fingerprint}.sqlite")]
    others = [path for _, path in aged if path not in same]
    for used, path in aged:
        if (path in others and used < line) or path in same[MOST_DAYS:] or path in others[MOST_DAYS:]:
            try:
                path.unlink(missing_ok=True)
            except PermissionError:
                continue


@cache
def _code() -> bytes:
    """Return a fingerprint of everything that a file is made with; read once a process, as the code itself is."""
    mark = hashlib.sha256()
    for root in (Path(simulator.__file__).parent, HERE):
        for path, size, changed in sorted(_files(root)):
            mark.update(f"{path}:{size}:{changed}\n".encode())
    return mark.digest()


def _files(directory: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name in _NOT_BUILT_WITH:
                continue
            if entry.is_dir():
                if Path(entry.path) != SCENARIOS:
                    yield from _files(Path(entry.path))
            elif not entry.name.endswith((".pyc", ".swp")):
                stat = entry.stat()
                yield entry.path, stat.st_size, stat.st_mtime_ns
