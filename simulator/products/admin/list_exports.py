"""Lists that are exported through the queue: users with their roles, the login history, the change log.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 3, for queue, message, bell and file; Visma Admin help, Change log, for
its export. Own choice: the columns, and that the file has the lines of the list's filters, in the language of the page.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from simulator.core import formats
from simulator.core.sandbox import Db
from simulator.core.texts import catalogue, text
from simulator.directory.actors import Actor
from simulator.products.admin.queries import change_log, login_history, users
from simulator.products.admin.queries.scope import AdminScope
from simulator.web.tables import Column


@dataclass(frozen=True)
class Request:
    """An export as it was requested.

    Attributes:
        actor: the person who requested it, with the present rights.
        scope: how far the person reaches.
        filters: the filters of the list, as the address has them.
        zone: the time zone of its days and times.
        language: the language of its words.
    """

    actor: Actor
    scope: AdminScope
    filters: Mapping[str, Any]
    zone: ZoneInfo
    language: str

    def time(self, instant: datetime | None) -> str | None:
        """Return day and time in words."""
        return formats.clock_time(self.language, instant, self.zone.key) if instant is not None else None


Row = tuple[str | None, ...]


@dataclass(frozen=True)
class ListExport:
    """A list that can be exported.

    Attributes:
        permission: what the person must hold, when it is requested and when the file is fetched.
        columns: text keys and widths of the columns.
        rows: reads the rows, in portions.
        file: begins the name of the file.
        ready: text key of the notice of a finished export.
        failed: text key of the notice of one that failed.
        page: path of the list below the sandbox.
    """

    permission: str
    columns: tuple[tuple[str, int], ...]
    rows: Callable[[Db, Request], Iterator[Row]]
    file: str
    ready: str
    failed: str
    page: str

    def table(self) -> list[Column[Row]]:
        """Return the columns as the writer of files wants them."""
        return [Column(text=key, value=_cell(at), width=width) for at, (key, width) in enumerate(self.columns)]


def _cell(at: int) -> Callable[[Row], str | None]:
    return lambda row: row[at]


def _users(db: Db, request: Request) -> Iterator[Row]:
    filters = users.Filter(**request.filters)
    for line in users.every_role(db, request.scope, filters):
        status = text(request.language, f"status.{line.status}")
        role = text(request.language, line.role.text) if line.role is not None else None
        service = None
        if line.role is not None:
            service = text(request.language, f"service.{line.role.service}" if line.role.service else "admin.name")
        through = text(request.language, line.through) if line.through else None
        signed_in = request.time(line.last_signed_in_at)
        yield (line.name, line.email, status, signed_in, line.on, line.organisation_number, service, role, through)


def _login_history(db: Db, request: Request) -> Iterator[Row]:
    filters = login_history.read_filter(request.filters)
    names = catalogue(request.language)
    for entry in login_history.every_entry(db, request.scope, filters, request.zone):
        application = names.get(f"{entry.application}.name", entry.application) if entry.application else None
        result = text(request.language, f"admin.login_history.result.{entry.result}")
        if entry.external:
            result = f"{result}, {text(request.language, 'admin.login_history.external')}"
        yield (request.time(entry.at), entry.name, entry.email, entry.company, application, result, entry.ip)


def _change_log(db: Db, request: Request) -> Iterator[Row]:
    filters = change_log.read_filter(request.filters)
    lines = change_log.every_change(db, request.scope.customer_id, filters, request.zone, request.language)
    for line in lines:
        yield (request.time(line.at), line.by, line.email, line.action, line.subject, line.before, line.after)


LISTS: dict[str, ListExport] = {
    "users": ListExport(
        permission="admin.view_users",
        columns=(
            ("admin.users.name", 28),
            ("admin.user.email", 34),
            ("admin.user.status", 16),
            ("admin.user.last_signed_in", 18),
            ("admin.export.on", 34),
            ("admin.company.organisation_number", 18),
            ("admin.users.service", 24),
            ("admin.user.role", 28),
            ("admin.export.through", 18),
        ),
        rows=_users,
        file="users",
        ready="notice.export.users_ready",
        failed="notice.export.users_failed",
        page="/admin/users",
    ),
    "login-history": ListExport(
        permission="admin.view_start",
        columns=(
            ("admin.login_history.at", 18),
            ("admin.users.name", 28),
            ("admin.user.email", 34),
            ("admin.users.company", 30),
            ("admin.users.service", 24),
            ("admin.login_history.result", 18),
            ("admin.login_history.ip", 18),
        ),
        rows=_login_history,
        file="login-history",
        ready="notice.export.login_history_ready",
        failed="notice.export.login_history_failed",
        page="/admin/reports/login-history",
    ),
    "change-log": ListExport(
        permission="admin.view_configuration",
        columns=(
            ("admin.login_history.at", 18),
            ("admin.change_log.by", 28),
            ("admin.user.email", 34),
            ("admin.change_log.action", 34),
            ("admin.change_log.subject", 40),
            ("admin.change_log.before", 44),
            ("admin.change_log.after", 44),
        ),
        rows=_change_log,
        file="change-log",
        ready="notice.export.change_log_ready",
        failed="notice.export.change_log_failed",
        page="/admin/change-log",
    ),
}
"""The lists by the word in their addresses."""
