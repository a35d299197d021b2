"""Forms of the support desk."""

from typing import Any

from wtforms import HiddenField

from simulator.core.sandbox import Db
from simulator.directory.cases.actions import CaseAction, FieldKind
from simulator.directory.cases.commands import LONGEST_TEXT
from simulator.directory.cases.models import SupportCase
from simulator.web import i18n
from simulator.web.attachments import WithFiles, files_field
from simulator.web.forms import Form, area_field, choice_field, email_field, text_field, tick_field

LONGEST_DOMAINS = 5_000


class Right(Form):
    """E-mail domains for whose users a person may generate codes."""

    domains = area_field("support.right.domains", required=False, longest=LONGEST_DOMAINS, render_kw={"rows": 4})


class Answer(WithFiles):
    """An answer to the customer, or a note among the staff; ``version`` is that of the page."""

    text = area_field("case.answer", longest=LONGEST_TEXT, render_kw={"rows": 6})
    attachments = files_field()
    version = HiddenField()


class Assignment(Form):
    """Desk, status and assignment of a case; ``version`` is that of the page."""

    desk = choice_field("case.desk")
    state = choice_field("case.state")
    assigned = choice_field("case.assigned")
    version = HiddenField()


def action_form(db: Db, support_case: SupportCase, action: CaseAction) -> Form:
    """Return the form of an action on a case."""
    fields: dict[str, Any] = {}
    for field in action.fields:
        match field.kind:
            case FieldKind.TICK:
                fields[field.name] = tick_field(field.label)
            case FieldKind.EMAIL:
                fields[field.name] = email_field(field.label)
            case FieldKind.AREA:
                fields[field.name] = area_field(field.label, required=field.required, longest=LONGEST_TEXT)
            case FieldKind.CHOICE:
                fields[field.name] = choice_field(field.label)
            case FieldKind.TEXT:
                fields[field.name] = text_field(field.label, required=field.required)
    form: Form = type("Action", (Form,), fields)()
    for field in action.fields:
        if field.choices is not None:
            form[field.name].choices = field.choices(db, support_case, i18n.language())
    if not form.is_submitted():
        for name, value in action.initial(db, support_case).items():
            form[name].data = value
    return form
