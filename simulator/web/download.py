"""The answer to a request for a stored file: the browser saves it and never shows it here, whatever its content."""

from urllib.parse import quote

from flask import Response

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def download(content: bytes, name: str, media_type: str) -> Response:
    """Return a file as an attachment."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = POLICY
    return response
