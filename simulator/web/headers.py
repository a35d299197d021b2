"""Headers that an error's answer has, whatever it looks like."""

from werkzeug.exceptions import HTTPException


def protocol_headers(error: HTTPException) -> dict[str, str]:
    """Return the headers of an error but those of its body: ``Allow``, ``Retry-After``, ``WWW-Authenticate`` and the like."""
    return {name: value for name, value in error.get_headers() if not name.lower().startswith("content-")}
