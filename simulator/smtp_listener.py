"""The ports for mail by SMTP. What speaks the protocol is imported with the first connection: most servers never see one."""

import socket
from collections.abc import Sequence
from selectors import EVENT_READ, DefaultSelector
from threading import Lock, Thread
from typing import TYPE_CHECKING

from simulator.core.store import Store
from simulator.settings import Settings

if TYPE_CHECKING:
    from simulator.smtp_server import SmtpServer


class SmtpListener:
    """Waits for mails in a thread of its own.

    Args:
        store: the sandboxes.
        settings: of the server.
        sockets: they listen already.
    """

    def __init__(self, store: Store, settings: Settings, sockets: Sequence[socket.socket]) -> None:
        self._store, self._settings, self._sockets = store, settings, sockets
        self._stopping, self._woken = socket.socketpair()
        self._lock = Lock()
        self._server: SmtpServer | None = None
        self._is_stopped = False
        self._thread = Thread(target=self._run, name="smtp", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more mails; connections at hand are closed."""
        with self._lock:
            self._is_stopped = True
            if self._server is not None:
                self._server.stop()
        self._stopping.close()
        self._thread.join()
        self._woken.close()

    def _run(self) -> None:
        with DefaultSelector() as selector:
            for waiting in (self._woken, *self._sockets):
                selector.register(waiting, EVENT_READ)
            selector.select()
        with self._lock:
            if self._is_stopped:
                return
            from simulator.smtp_server import SmtpServer

            self._server = SmtpServer(self._store, self._settings, self._sockets)
        self._server.run()
