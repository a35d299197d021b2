"""Routes of the program's help."""

from flask import abort
from werkzeug.wrappers import Response

from simulator.products.administration.views.blueprint import CLIENT, blueprint, in_window, installed
from simulator.products.administration.views.topics import BY_CODE, TOPICS
from simulator.web import desktop, i18n
from simulator.web.access import signed_in
from simulator.web.visit import visit


@blueprint.get(f"{CLIENT}/help/<code>")
@signed_in
def topic(client: int, code: str) -> Response:
    """Show a topic of the help."""
    present = BY_CODE.get(code) or abort(404)
    with visit().sandbox.reading() as db:
        window = in_window(installed(db, client))
    return desktop.window(
        "administration/topic.html",
        i18n.t(present.title),
        window,
        client=client,
        topic=present,
        paragraphs=i18n.rich(present.text).split("\n"),
        others=[other for other in TOPICS if other is not present],
    )


@blueprint.get(f"{CLIENT}/forum")
@signed_in
def forum(client: int) -> Response:
    """Say that the forum is not simulated."""
    with visit().sandbox.reading() as db:
        window = in_window(installed(db, client))
    return desktop.not_simulated("administration.forum", i18n.t("administration.forum"), window)
