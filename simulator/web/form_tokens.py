"""The token of a form may name what the form belongs to, such as the sign-in of one person: another tab may have another.

The token is Flask-WTF's, with the name behind a separator, and behind that what tells one rendering of the form from the next: a
form that is opened and filled in anew is never taken for one that was sent twice. A form whose token has no name belongs to what
is going on now.
"""

from flask import g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf

from simulator.core.chance import machine_secret

SEPARATOR = "~"


class NamedTokens(CSRFProtect):  # type: ignore[misc]
    """Compares the token of a form, without the name behind it."""

    def _get_csrf_token(self) -> str | None:
        token: str | None = super()._get_csrf_token()
        return token.partition(SEPARATOR)[0] if token else token


def name_forms(name: str) -> None:
    """Let all forms of the page that is rendered carry a name."""
    g.csrf_token = SEPARATOR.join((generate_csrf().partition(SEPARATOR)[0], name, machine_secret()[:16]))


def name_of_form() -> str | None:
    """Return the name of the form that was sent, or None."""
    return request.form.get("csrf_token", "").partition(SEPARATOR)[2].partition(SEPARATOR)[0] or None
