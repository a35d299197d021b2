"""Routes of WebFaktura: the users of a client, and adding them to Visma.net.

Source: "WebFaktura og Visma.net", Overføre eksisterende brukere i WebFaktura til Visma.net brukere.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from simulator.core import outbox
from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.products.webfaktura.access import OpenClient, administered
from simulator.products.webfaktura.forms import User
from simulator.products.webfaktura.views.blueprint import CLIENT, blueprint, client_page, read_client
from simulator.sales import webfaktura_users
from simulator.sales.models import Client
from simulator.sales.webfaktura_users import UserRow
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit

USER = f"{CLIENT}/users/<int(max={LARGEST_ID}):user_id>"


@blueprint.get(f"{CLIENT}/users")
@signed_in
def users(client: int) -> Response:
    """List the users of a client; a column says how far each has become a user of Visma.net.

    Own choice: who does not administer the client sees the list.
    """
    return _list(client)


def _list(client: int, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
        rows = webfaktura_users.rows(db, opened.client)
        refusal = webfaktura_users.refusal_of(db, opened.client)
    return client_page(
        "webfaktura/users.html",
        i18n.t("webfaktura.users"),
        opened,
        menu="webfaktura.users",
        status=status,
        rows=rows,
        refusal=i18n.refusal_text(refusal) if refusal else None,
        follows=any(not row.transfer.is_settled for row in rows),
    )


@blueprint.route(f"{CLIENT}/users/add", methods=["GET", "POST"])
@signed_in
def add_user(client: int) -> Response:
    """Add a user to WebFaktura."""
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
        administered(db, client)
    form = User()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                user = webfaktura_users.save(db, administered(db, client), form.details, actor=actor().email)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("webfaktura.user.added", name=user.name)
            return redirect(url_for(".users", client=client))
    return _user_page(opened, i18n.t("webfaktura.users.add"), form)


@blueprint.route(USER, methods=["GET", "POST"])
@signed_in
def user(client: int, user_id: int) -> Response:
    """Show and change a user.

    Own choice: the address of somebody whose account is activated, and the access of somebody who is a user of Visma.net, are
    changed there.
    """
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
        row = _row(db, administered(db, client), user_id)
    form = User()
    if not form.is_submitted():
        form.fill(row.user, row.access)
    elif form.validate():
        try:
            with visit().sandbox.transaction() as db:
                owner = administered(db, client)
                stored, version = _row(db, owner, user_id).user, form.edited_version
                webfaktura_users.save(db, owner, form.details, actor=actor().email, user=stored, version=version)
        except RuleViolation as refusal:
            form.refuse(refusal)
            if refusal.code == "webfaktura.user_changed":
                with visit().sandbox.reading() as db:
                    row = _row(db, administered(db, client), user_id)
                form.fill(row.user, row.access)
        else:
            flash_text("webfaktura.user.saved", name=f"{form.first_name.data} {form.last_name.data}")
            return redirect(url_for(".users", client=client))
    return _user_page(opened, row.user.name, form, row)


def _user_page(opened: OpenClient, title: str, form: User, row: UserRow | None = None) -> Response:
    return client_page(
        "webfaktura/user.html",
        title,
        opened,
        menu="webfaktura.users",
        status=422 if form.is_submitted() else 200,
        form=form,
        row=row,
    )


@blueprint.post(f"{USER}/visma-net")
@signed_in
def add_to_visma_net(client: int, user_id: int) -> Response:
    """Add a user of WebFaktura to Visma.net."""

    def add(db: Db) -> Result:
        user = _row(db, administered(db, client), user_id).user
        webfaktura_users.add_to_visma_net(db, actor(), user)
        return Result("webfaktura.user.invited" if user.invited else "webfaktura.user.linked", user.name, user.email)

    return _run(client, add)


@blueprint.post(f"{USER}/send-again")
@signed_in
def send_again(client: int, user_id: int) -> Response:
    """Send the mail again that a user waits for; its link is valid for 24 hours."""

    def send(db: Db) -> Result:
        person = webfaktura_users.send_again(db, actor(), _row(db, administered(db, client), user_id).user)
        return Result("webfaktura.user.sent_again", person.name, person.email)

    return _run(client, send)


@dataclass(frozen=True)
class Result:
    """What a command led to: the text key of the message about it, and the person whom it is about."""

    text: str
    name: str
    email: str


def _run(client: int, command: Callable[[Db], Result]) -> Response:
    """Run a command, and show the list with what it led to; a mail that came back at once is said too."""
    try:
        with visit().sandbox.transaction() as db:
            result = command(db)
            came_back = outbox.came_back(db, result.email)
    except RuleViolation as refusal:
        flash(i18n.refusal_text(refusal), "danger")
        return _list(client, refusal.status)
    if came_back and result.text != "webfaktura.user.linked":
        flash_text("ui.mail_came_back", "warning", email=result.email)
    else:
        flash_text(result.text, name=result.name, email=result.email)
    return redirect(url_for(".users", client=client))


def _row(db: Db, client: Client, user_id: int) -> UserRow:
    row = webfaktura_users.row(db, client, user_id)
    if row is None:
        raise NotFound
    return row
