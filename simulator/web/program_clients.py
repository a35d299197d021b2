"""The client that a page of a program is about, and the page on which the visitor chooses one."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.sales import clients
from simulator.sales.models import InstalledProgram, ProgramCode
from simulator.web import desktop, i18n
from simulator.web.desktop import Window
from simulator.web.visit import actor, visit

CLIENT = f"/<int(max={LARGEST_ID}):client>"
"""Begins the addresses of a program's pages about a client."""


def choose(program: ProgramCode) -> Response:
    """Let the visitor choose a client of a program; the only one is opened at once, on the program's page ``overview``."""
    with visit().sandbox.reading() as db:
        clients.refuse_program(db, actor(), program)
        installed = clients.clients(db, actor(), program)
    if len(installed) == 1:
        return redirect(url_for(".overview", client=installed[0].client_id))
    title = i18n.t("desktop.choose_client")
    return desktop.window("desktop/choose_client.html", title, Window(), status=200 if installed else 404, clients=installed)


def opened(db: Db, program: ProgramCode, client: int) -> InstalledProgram:
    """Return the client of a page as a program has it, with its customer and company, which pages show after the transaction.

    Raises:
        NotFound, NoAccess: the visitor may not open it there.
    """
    installed = clients.client(db, actor(), program, client)
    assert installed.client.customer and (installed.client.company is not None or installed.client.company_id is None)
    return installed
