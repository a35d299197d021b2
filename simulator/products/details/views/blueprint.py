"""The blueprint of My details, and what all of its pages share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.step_up import Answer
from simulator.products.details import queries
from simulator.web import i18n
from simulator.web.forms import Form
from simulator.web.pages import page
from simulator.web.step_up import show
from simulator.web.visit import actor, visit

blueprint = Blueprint("details", "simulator.products.details", template_folder="templates")

ALWAYS_MAILED = ("security", "rights", "contact", "desk")
"""Groups of events that are mailed whatever was chosen: the text ``details.mails.<group>`` names each."""


def run(form: Form, command: Callable[[Db, Person], Answer]) -> bool:
    """Run a command that asks for the password; show in the form which answer was wrong.

    Returns:
        Whether the command was carried out.
    """
    try:
        with visit().sandbox.transaction() as db:
            answer = command(db, queries.own(db, actor()))
    except RuleViolation as refusal:
        form.refuse(refusal)
        return False
    if answer is not Answer.RIGHT:
        show(form, answer)
    return answer is Answer.RIGHT


def form_page(template: str, title: str, form: Form, **values: Any) -> Response:
    """Return the page of a form about the account."""
    with visit().sandbox.reading() as db:
        account = queries.account(db, actor())
    return page(
        template,
        i18n.t(title),
        status=422 if form.is_submitted() else 200,
        form=form,
        account=account,
        **values,
    )


def session_id() -> str:
    """Return the id of this browser's session."""
    session = visit().session_id
    assert session is not None
    return session
