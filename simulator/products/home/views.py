"""Routes of Home."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core import notices as bell
from simulator.directory import actors
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.addresses import local_path
from simulator.web.fidelity import statements
from simulator.web.pages import applications, page
from simulator.web.visit import actor, visit

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@signed_in
def overview() -> Response:
    """Show the applications the visitor may open.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 1, the overview from which Admin is chosen.
    """
    return page("home/overview.html", i18n.t("home.name"), tiles=applications(names=False))


@blueprint.post("/company")
@signed_in
def choose_company() -> Response:
    """Switch to another company; the choice is remembered for the person."""
    wanted = request.form.get("company", "")
    with visit().sandbox.transaction() as db:
        if not wanted.isdecimal() or not actors.choose_company(db, actor(), int(wanted[:18])):
            abort(404)
    return redirect(local_path(request.form.get("back")) or url_for(".overview"))


@blueprint.get("/notices")
@signed_in
def notices() -> Response:
    """Show what the bell holds, newest first."""
    with visit().sandbox.reading() as db:
        found = bell.latest(db, actor().id, limit=50)
    return page("home/notices.html", i18n.t("home.notices"), notices=found)


@blueprint.post("/notices/read")
@signed_in
def read_notice() -> Response:
    """Mark one notice as read and go where it leads, or mark all."""
    wanted = request.form.get("notice", "")
    link = None
    with visit().sandbox.transaction() as db:
        if wanted.isdecimal():
            link = next((row.link for row in bell.latest(db, actor().id, 1000) if row.id == int(wanted[:18])), None)
            bell.mark_read(db, actor().id, int(wanted[:18]))
        else:
            bell.mark_read(db, actor().id)
    return redirect(f"/s/{visit().sandbox.name}{link}" if link else url_for(".notices"))


@blueprint.get("/help")
@signed_in
def help() -> Response:
    """Say what of the published manuals this simulator reproduces, product by product."""
    return page("home/help.html", i18n.t("layout.help"), statements=statements())
