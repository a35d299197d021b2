"""Answers to programs where people get a page."""

import json
from http import HTTPStatus

from flask import Response, current_app, request

from simulator.web.access import products

MEDIA_TYPE = "application/problem+json"


def is_for_programs() -> bool:
    """Return whether programs send the present request, rather than people with a browser."""
    product = products().by_blueprint(request.blueprint)
    view = current_app.view_functions.get(request.endpoint or "")
    return (product is not None and product.programs) or hasattr(view, "for_programs")


def problem_document(status: int, detail: str, **more: object) -> Response:
    """Return a problem document; ``more`` are further members of it. Source: RFC 9457."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Response(json.dumps(document, ensure_ascii=False) + "\n", status, mimetype=MEDIA_TYPE)
