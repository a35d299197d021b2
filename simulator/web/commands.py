"""Running the command of a button: one transaction, and a message with its result."""

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.web import i18n
from simulator.web.pages import flash_text
from simulator.web.visit import visit


def run_command(
    command: Callable[[Db], dict[str, str]],
    success: str,
    address: str,
    refused_page: Callable[[int], Response] | None = None,
) -> Response:
    """Run a command in one transaction, flash its result, and redirect.

    Args:
        command: changes the sandbox; returns the values for the placeholders of the message of success.
        success: text key of the message that is flashed after the command.
        address: target of the redirect.
        refused_page: renders the page with the status of a refusal, below its message; None redirects after a refusal too.
    """
    try:
        with visit().sandbox.transaction() as db:
            values = command(db)
    except RuleViolation as refusal:
        flash(i18n.refusal_text(refusal), "danger")
        return refused_page(refusal.status) if refused_page is not None else redirect(address)
    flash_text(success, **values)
    return redirect(address)
