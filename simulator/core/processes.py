"""Which processes work in a data directory, and which of them are gone.

Each has an id there, and holds a lock of the operating system on the file of that name. The lock ends with its process, however
that ends, so nobody has to wait for what a process that was killed had begun.
"""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from weakref import finalize

from simulator.core.chance import machine_secret

FOLDER = "processes"

TAKEN = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)
"""Errors of a lock that another process holds."""

if sys.platform == "win32":
    import msvcrt

    def lock(file: int) -> None:
        """Lock an open file for this process.

        Raises:
            OSError: another process holds the lock, or the file system knows none.
        """
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock(file: int) -> None:
        """Lock an open file for this process.

        Raises:
            OSError: another process holds the lock, or the file system knows none.
        """
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Processes:
    """The processes that work in a data directory.

    Args:
        directory: the data directory.
    """

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER
        self._own: tuple[int, str] | None = None

    @property
    def own(self) -> str:
        """The id of this process; a process that was split off gets its own.

        Raises:
            OSError: its file cannot be made.
        """
        if self._own is None or self._own[0] != os.getpid():
            self._own = os.getpid(), self._register()
        return self._own[1]

    def is_alive(self, id_: str) -> bool:
        """Return whether a process still runs; on a file system that knows no locks, every process does."""
        if self._own is not None and self._own == (os.getpid(), id_):
            return True
        try:
            file = os.open(self._folder / id_, os.O_RDWR)
        except OSError:
            return False
        try:
            lock(file)
        except OSError:
            return True
        finally:
            os.close(file)
        return False

    def sweep(self) -> None:
        """Remove the files of processes that are gone."""
        for path in self._folder.glob("*"):
            if not self.is_alive(path.name):
                with suppress(OSError):
                    path.unlink()

    def _register(self) -> str:
        self._folder.mkdir(exist_ok=True)
        while True:
            id_ = machine_secret()[:16]
            file = os.open(self._folder / id_, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                lock(file)
            except OSError as error:
                if error.errno in TAKEN:
                    # Somebody who sweeps has it.
                    os.close(file)
                    continue
            if (self._folder / id_).exists():
                finalize(self, os.close, file)
                return id_
            os.close(file)
