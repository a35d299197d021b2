"""Routes of AccountView: choosing a client, its first window, its company details, and the questions page."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.products.accountview import queries, wizard
from simulator.products.accountview.views.blueprint import blueprint, opened, show
from simulator.sales import clients, installations
from simulator.sales.models import ProgramCode
from simulator.web import desktop, i18n
from simulator.web.access import signed_in
from simulator.web.desktop import Window
from simulator.web.visit import actor, visit

QUESTIONS = ("acs", "server", "licence", "taken", "activated", "nothing", "distributed", "debtor")
"""Source: AccountView, questions about AutoInvoice, which names the problems. Own choice: the first three."""


@blueprint.get("/")
@signed_in
def choose() -> Response:
    """Let the visitor choose a client; open the only one at once, unless the menu led here."""
    with visit().sandbox.reading() as db:
        installed = clients.clients(db, actor(), ProgramCode.ACCOUNTVIEW)
    if len(installed) == 1 and "choose" not in request.args:
        return redirect(url_for(".overview", client=installed[0].client_id))
    title = i18n.t("accountview.choose")
    return desktop.window("accountview/choose.html", title, Window(), status=200 if installed else 404, clients=installed)


@blueprint.get("/<int:client>/")
@signed_in
def overview(client: int) -> Response:
    """Show a client's first window: how it stands with licence and services."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        server = installations.of(db, installed.client.customer_id).acs_server
        problem = wizard.acs_problem(db, installed)
        run = wizard.stored_run(db, installed, actor())
        uses_autoinvoice = queries.uses_autoinvoice(db, installed)
    return show(
        "accountview/overview.html",
        installed.client.name,
        installed,
        server=server,
        acs_problem=i18n.refusal_text(problem) if problem is not None else None,
        run=run,
        uses_autoinvoice=uses_autoinvoice,
    )


@blueprint.get("/<int:client>/company")
@signed_in
def company(client: int) -> Response:
    """Show the company details of a client. Source: AccountView, questions about AutoInvoice: where the KvK number is."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
    return show("accountview/company.html", i18n.t("accountview.company"), installed)


@blueprint.get("/<int:client>/questions")
@signed_in
def questions(client: int) -> Response:
    """Answer the questions that the wizard and the windows of AutoInvoice raise."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
    return show("accountview/questions.html", i18n.t("accountview.questions"), installed, questions=QUESTIONS)
