"""The token of a form may name what the form belongs to, such as the sign-in of one person: another tab may have another.

The token is Flask-WTF's, with the name behind a separator. A form whose token has no name belongs to whatever is going on.
"""

from flask import g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf

SEPARATOR = "~"


class NamedTokens(CSRFProtect):  # type: ignore[misc]
    """Compares the token of a form, without the name behind it."""

    def _get_csrf_token(self) -> str | None:
        token: str | None = super()._get_csrf_token()
        return token.partition(SEPARATOR)[0] if token else token


def name_forms(name: str) -> None:
    """Let all forms of the page that is rendered carry a name."""
    g.csrf_token = f"{generate_csrf().partition(SEPARATOR)[0]}{SEPARATOR}{name}"


def name_of_form() -> str | None:
    """Return the name of the form that was sent, or None."""
    return request.form.get("csrf_token", "").partition(SEPARATOR)[2] or None
