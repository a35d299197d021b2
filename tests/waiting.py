"""What happens between the start of a request and its write lock, without threads: the request waits, others act, it goes on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from simulator.core.database import open_file
from simulator.core.sandbox import Db, Sandbox


@contextmanager
def before_the_write_lock(action: Callable[[], None], *, transaction: int = 1) -> Iterator[list[bool]]:
    """Do something once, when a transaction is about to ask for the write lock.

    Args:
        action: may open transactions itself.
        transaction: which of the following transactions waits.

    Yields:
        A list that is not empty once it was done.
    """
    done: list[bool] = []
    opened = 0
    open_transaction = Sandbox.transaction

    def delayed(sandbox: Sandbox) -> AbstractContextManager[Db]:
        nonlocal opened
        opened += 1
        if opened == transaction and not done:
            done.append(True)
            action()
        return open_transaction(sandbox)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "transaction", delayed)
        yield done


class Writes:
    """Notices whether anything is written into a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._connection = open_file(sandbox.path)
        self.begin()

    def begin(self) -> None:
        """Count from here."""
        self._before = self._version()

    @property
    def any(self) -> bool:
        """Whether something was committed since ``begin``."""
        return self._version() != self._before

    def close(self) -> None:
        """Close the file."""
        self._connection.really_close()

    def _version(self) -> object:
        # Changes with every commit of another connection.
        return self._connection.execute("PRAGMA data_version").fetchone()
