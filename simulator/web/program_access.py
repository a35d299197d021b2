"""Programs after the end of their contract: what the pages of a program answer then, and what its window says."""

from flask import g, request
from werkzeug.wrappers import Response

from simulator.web import i18n
from simulator.web.access import products

IN_BROWSER = ("financials", "webfaktura")
"""Programs that are not on the visitor's computer."""
READING = ("GET", "HEAD", "OPTIONS")


def check_contract() -> Response | None:
    """Answer a page of a program that is closed, or that can only be read, with the reason; note what its window has to say."""
    visit, product = g.get("visit"), products().by_blueprint(request.blueprint)
    if product is None or visit is None or visit.actor is None:
        return None
    if not (product.on_computer or product.code in IN_BROWSER):
        return None
    from simulator.sales import clients, program_access
    from simulator.sales.models import ProgramCode

    client_id = (request.view_args or {}).get("client")
    if product.code not in tuple(ProgramCode) or (client_id is None and product.code != ProgramCode.FINANCIALS):
        return None
    program = ProgramCode(product.code)
    with visit.sandbox.reading() as db:
        if client_id is not None and not clients.may_open(db, visit.actor, program, client_id):
            return None  # the view says so
        current = program_access.limited(db, program, client_id, visit.actor)
    if current is None:
        return None
    day = i18n.show_date(current.until) if current.until is not None else ""
    g.program_access = i18n.t(current.state.text, product=current.product.name, day=day)
    if not program_access.refuses(current, changes=request.method not in READING):
        return None
    return _refusal(on_computer=product.on_computer)


def _refusal(*, on_computer: bool) -> Response:
    from simulator.web import desktop, pages

    title = i18n.t("desktop.contract_ended")
    if on_computer:
        return desktop.window("desktop/contract_ended.html", title, desktop.Window(), status=403)
    return pages.page("web/contract_ended.html", title, status=403, with_menu=False)
