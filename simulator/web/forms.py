"""The parent of all forms: Flask-WTF with our texts, and fields whose labels are text keys."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.core import normal_forms
from simulator.core.errors import RuleViolation
from simulator.web import i18n
from simulator.web.problems import Problem

LONGEST = 200


class Required:
    """Refuses an empty field."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: "Form", field: Field) -> None:
        """Raise when nothing, or nothing but blanks, was typed."""
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(i18n.t("form.required"))


class AtMost:
    """Refuses a text that is too long, and one with control characters.

    Args:
        longest: how many characters it may have.
        lines: allow several lines, and tabs.
    """

    def __init__(self, longest: int = LONGEST, *, lines: bool = False) -> None:
        self.longest = longest
        self.field_flags = {"maxlength": longest}
        self._allowed = "\r\n\t" if lines else ""

    def __call__(self, form: "Form", field: Field) -> None:
        """Raise when the text is longer than allowed."""
        text = field.data or ""
        if len(text) > self.longest:
            raise StopValidation(i18n.t("form.too_long", longest=self.longest))
        if any(normal_forms.is_control(character) for character in text if character not in self._allowed):
            raise StopValidation(i18n.t("form.control_characters"))


class AmongChoices:
    """Refuses what is none of a field's choices."""

    def __call__(self, form: "Form", field: Field) -> None:
        """Raise when it is none."""
        if field.data not in [choice[0] for choice in field.iter_choices()]:
            raise StopValidation(i18n.t("form.required"))


class EmailForm:
    """Refuses what does not have the form of an e-mail address."""

    def __call__(self, form: "Form", field: Field) -> None:
        """Raise when it is not one."""
        if not normal_forms.is_email(field.data or ""):
            raise StopValidation(i18n.t("form.email"))


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose fields' labels are text keys, shown in the page's language."""

    @property
    def problems(self) -> list[Problem]:
        """What the form was refused for: first as a whole, then field by field with the field's label."""
        problems = [Problem(message) for message in self.form_errors]
        for field in self:
            hidden = field.type in ("HiddenField", "CSRFTokenField")
            for message in field.errors:
                text = message if hidden else f"{i18n.t(field.label.text)}: {message}"
                problems.append(Problem(text, None if hidden else _control(field)))
        return problems

    def refuse(self, refusal: RuleViolation) -> None:
        """Show a service's refusal at the field at fault, or above the form."""
        message = i18n.refusal_text(refusal)
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


def _control(field: Field) -> str:
    """Return the id of the control that a field begins with."""
    return f"{field.id}-0" if isinstance(field, RadioField) else str(field.id)


def _if_typed(form: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """Return the filter of a field that reads a text in its normal form, and leaves a missing one."""
    return lambda text: form(text) if text else text


normal_email = _if_typed(normal_forms.email)
"""Filter of a field for an e-mail address."""


class Plain(Form):
    """A button and nothing else."""


def text_field(label: str, *, required: bool = True, longest: int = LONGEST, **settings: Any) -> StringField:
    """Return a one-line text field; ``label`` is a text key."""
    validators: list[Any] = [Required()] if required else []
    return StringField(label, [*validators, AtMost(longest)], **settings)


def area_field(label: str, *, required: bool = True, longest: int, **settings: Any) -> TextAreaField:
    """Return a text field of several lines; ``label`` is a text key."""
    validators: list[Any] = [Required()] if required else []
    return TextAreaField(label, [*validators, AtMost(longest, lines=True)], **settings)


def code_field(label: str, *, longest: int, **settings: Any) -> StringField:
    """Return a field for a code, which is read without what pasting brings along; ``label`` is a text key."""
    return StringField(label, [Required(), AtMost(longest)], filters=[_if_typed(normal_forms.code)], **settings)


def email_field(label: str, **settings: Any) -> StringField:
    """Return a field for an e-mail address, which is read in its normal form."""
    return StringField(label, [Required(), AtMost(254), EmailForm()], filters=[normal_email], **settings)


def password_field(label: str, **settings: Any) -> PasswordField:
    """Return a password field; it never shows again what was typed."""
    return PasswordField(label, [Required(), AtMost()], filters=[_if_typed(normal_forms.password)], **settings)


def tick_field(label: str, **settings: Any) -> BooleanField:
    """Return a tick box."""
    return BooleanField(label, **settings)


def choice_field(
    label: str, *, validators: Sequence[Any] = (), validate_choice: bool = True, **settings: Any
) -> SelectField:
    """Return a drop-down list; its ``choices`` are set where the form is made. Another value than those is refused like none."""
    checks = [*validators, AmongChoices()] if validate_choice else validators
    return SelectField(label, checks, validate_choice=False, **settings)
