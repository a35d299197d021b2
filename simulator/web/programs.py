"""Answers to programs where people get a page."""

import json
from http import HTTPStatus

from flask import Response, current_app, request

from simulator.web.access import products


def is_for_programs() -> bool:
    """Return whether programs send the present request, rather than people with a browser."""
    product = products().by_blueprint(request.blueprint)
    view = current_app.view_functions.get(request.endpoint or "")
    return (product is not None and product.programs) or hasattr(view, "for_programs")


def problem_document(status: int, detail: str) -> Response:
    """Return a problem document. Source: RFC 9457."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(json.dumps(document, ensure_ascii=False) + "\n", status, mimetype="application/problem+json")
