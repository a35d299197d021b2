"""Uses a sandbox as people would, so that as many tables as possible change; and reads all that it holds."""

from typing import Any

from sqlalchemy import select

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.database import Base
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from tests.visits import Visitor, cast, password_of, phone_code

Rows = dict[str, list[dict[str, Any]]]

DIFFERENT_AFTER_A_RESET = {("sandbox", "clock_anchor")}
"""The machine's instant at which the clock was set."""


def rows(sandbox: Sandbox) -> Rows:
    """Return every row of every table, in the order they are kept."""
    with sandbox.reading() as db:
        return {
            name: [dict(row._mapping) for row in db.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in Base.metadata.tables.items()
        }


def rows_of(store: Store, name: str) -> Rows:
    """Return every row of a sandbox as it is now."""
    with store.open(name) as sandbox:
        return rows(sandbox)


def changed(before: Rows, after: Rows) -> set[str]:
    """Return the tables that differ."""
    return {name for name in before if before[name] != after[name]}


def comparable(tables: Rows) -> Rows:
    """Return rows without the columns that must differ."""
    return {
        name: [{key: value for key, value in row.items() if (name, key) not in DIFFERENT_AFTER_A_RESET} for row in rows]
        for name, rows in tables.items()
    }


def use(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Sign in, fail, remember, add a user, leave ELMA, export, read the bell, change the clock, ask for a mail."""
    email = cast(sandbox, "administrator").email
    visitor = Visitor.of(platform, sandbox)
    visitor.begin_sign_in(email)
    visitor.type_password("Wrong!pass1")
    visitor.type_password(password_of(sandbox, email))
    visitor.type_code(phone_code(sandbox, email), RememberCode="true")
    assert visitor.is_signed_in
    add_user(visitor)
    visitor.send(next(form for form in visitor.forms("/autoinvoice/") if form.action.endswith("/autoinvoice/")))
    form = visitor.form("/autoinvoice/settings/receive", "registered")
    form.values.poplist("registered")
    visitor.send(form)
    jobs.run_due(sandbox)
    page = visitor.get("/settings/licenses/autoinvoice/invoices").text
    number = page.partition('aria-describedby="invoice-')[2].partition('"')[0]
    export = next(
        form
        for form in visitor.forms(f"/settings/licenses/autoinvoice/invoices/{number}")
        if "/export/" in form.buttons[0][2]
    )
    assert visitor.send(export).status_code == 200
    visitor.send(visitor.form("/home/notices", "notice"), button=-1)
    stranger = Visitor.of(platform, sandbox)
    stranger.begin_sign_in(cast(sandbox, "user").email)
    stranger.send(stranger.form("/connect/recover", "Human"), Human="y")
    locked = Visitor.of(platform, sandbox)
    for _ in range(8):
        locked.begin_sign_in("nobody@nowhere.example")
        locked.type_password("Wrong!pass1")
    return visitor


def add_user(visitor: Visitor, email: str = "new.user@fjordlys.example") -> None:
    """Add a Customer administrator."""
    form = visitor.form("/admin/users/add", "first_name")
    target = next(option["value"] for option in form.element.all("option") if option["value"].startswith("customer"))
    answer = visitor.send(
        form, email=email, first_name="Ny", last_name="Bruker", access_to=target, roles="customer_administrator"
    )
    assert answer.status_code == 302
