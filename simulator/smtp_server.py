"""The SMTP server: mails that the tested application sends arrive in a sandbox. ``smtp_listener`` imports it when one connects.

The user name of AUTH chooses the sandbox. Source: RFC 5321, RFC 4954, RFC 3463 for statuses. Own choice: where only this machine
reaches the server, mail without AUTH is for the sandbox ``default`` and any password does; elsewhere the password is the sandbox's
join key. There is no TLS: a proxy in front may add it.
"""

import asyncio
import logging
import socket
from collections.abc import Sequence
from hmac import compare_digest
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from simulator.core import faults, received_mail
from simulator.core.database import QuotaReached, is_full
from simulator.core.errors import NotFound
from simulator.core.store import Store
from simulator.settings import DEFAULT, Settings

SECONDS = 60.0
"""How long a connection may be idle."""
NAME = "vnsim"
ACCEPTED = "250 2.0.0 The mail is in the sandbox"
NO_ROOM = "452 4.3.1 The sandbox has no room for the mail"
NO_KEY = "530 5.7.0 Sign in with the name of a sandbox and its join key"
TOO_MANY = f"452 4.5.3 A mail has {received_mail.MOST_RECIPIENTS} recipients at most"
FAULTS = {
    "later": "451 4.7.1 Try again later (a fault of this sandbox)",
    "refused": "550 5.7.1 The mail is not accepted (a fault of this sandbox)",
}


logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of what it does itself


class SmtpServer:
    """Takes mails in the thread that calls ``run``.

    Args:
        store: the sandboxes.
        settings: of the server.
        sockets: they listen already.
    """

    def __init__(self, store: Store, settings: Settings, sockets: Sequence[socket.socket]) -> None:
        self._handler = _Handler(store, settings)
        self._sockets = sockets
        self._loop = asyncio.new_event_loop()
        self._connections: WeakSet[SMTP] = WeakSet()

    def stop(self) -> None:
        """Let ``run`` return, from another thread; connections at hand are closed."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def run(self) -> None:
        """Take mails until ``stop``."""
        asyncio.set_event_loop(self._loop)
        servers = [
            self._loop.run_until_complete(self._loop.create_server(self._connection, sock=listener))
            for listener in self._sockets
        ]
        self._loop.run_forever()
        for server in servers:
            server.close()
        for connection in self._connections:
            if isinstance(connection.transport, asyncio.Transport):
                connection.transport.abort()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _connection(self) -> SMTP:
        connection = SMTP(
            self._handler,
            data_size_limit=received_mail.LARGEST,
            enable_SMTPUTF8=True,
            hostname=NAME,
            ident=NAME,
            timeout=SECONDS,
            auth_require_tls=False,
            authenticator=self._handler.authenticate,
            loop=self._loop,
        )
        self._connections.add(connection)
        return connection


class _Handler:
    """What an SMTP server asks: who may send, and where a mail goes."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._needs_key = settings.control_token is not None or not settings.is_private

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Let a program in that names a sandbox, with its key where one is needed."""
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        name = data.login.decode(errors="replace")
        try:
            with self._store.open(name) as sandbox:
                key = sandbox.join_key()
        except NotFound:
            return AuthResult(success=False, handled=False)
        if self._needs_key and not compare_digest(data.password, key.encode()):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=name)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take the sender, of a program that has named its sandbox where that is needed."""
        if self._needs_key and not session.authenticated:
            return NO_KEY
        envelope.mail_from, envelope.mail_options = address, options
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take a recipient."""
        if len(envelope.rcpt_tos) >= received_mail.MOST_RECIPIENTS:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Put a mail into its sandbox."""
        name = session.auth_data if session.authenticated else DEFAULT
        return await asyncio.get_running_loop().run_in_executor(None, self._deliver, str(name), envelope)

    def _deliver(self, name: str, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        try:
            with self._store.open(name) as sandbox, sandbox.within(self._store.quota).transaction() as db:
                outcome = faults.triggered_outcome(db, received_mail.RECEIVE, person=envelope.rcpt_tos[0])
                if outcome is not None:
                    return FAULTS[outcome]
                received_mail.store(db, content, sender=envelope.mail_from, recipients=envelope.rcpt_tos, user_name=name)
        except NotFound:
            return f"550 5.1.2 There is no sandbox {name}"
        except Exception as error:
            if is_full(error) or isinstance(error, QuotaReached):
                return NO_ROOM
            logging.getLogger(__name__).exception("a mail could not be stored")
            return "451 4.3.0 The simulator failed; its log says why"
        return ACCEPTED
