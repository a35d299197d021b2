"""The public search, without signing in."""

from flask import request
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.documents.registers.look_up import look_up, tidy
from simulator.products.elma.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import LONGEST
from simulator.web.pages import page
from simulator.web.problems import Problem
from simulator.web.visit import visit


@blueprint.get("/")
@blueprint.get("/search", endpoint="search_too")
@public
def search() -> Response:
    """Search for participants by name or organisation number, ``?q=``.

    Source: "Brukertips i Kundeservice", *Hva er ELMA?* Own choice: the page itself; an invalid number gets another message than a
    number that is not registered.
    """
    text = tidy(request.args.get("q", "")[:LONGEST])
    result = problem = None
    if text:
        try:
            with visit().sandbox.reading() as db:
                result = look_up(db, text)
        except RuleViolation as refusal:
            problem = i18n.t(f"error.{refusal.code}", **refusal.facts)
    return page(
        "elma/search.html",
        i18n.t("elma.search"),
        status=422 if problem else 200,
        text=text,
        result=result,
        problem=problem,
        problems=[Problem(problem, "q")] if problem else [],
    )
