"""Forms of Admin."""

from collections.abc import Collection
from typing import ClassVar

from wtforms import HiddenField, SelectMultipleField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.core import texts
from simulator.core.numbers import whole_number
from simulator.directory.models import Person
from simulator.directory.people import Particulars
from simulator.products.admin.queries.scope import AdminScope
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, email_field, text_field, tick_field

LONGEST_NAME = 100
LONGEST_PHONE = 30


class ChoiceRequired:
    """Refuses a field without a choice."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when the field has no choice."""
        if not field.data:
            raise StopValidation(i18n.t(self.message))


class AddUser(Form):
    """A person's particulars, the customer or company to give access to, and the roles there.

    The command checks the choices against the administrator's scope, so these fields accept any value.
    """

    email = email_field("admin.user.email")
    first_name = text_field("admin.user.first_name", longest=LONGEST_NAME)
    last_name = text_field("admin.user.last_name", longest=LONGEST_NAME)
    phone = text_field("admin.user.phone", required=False, longest=LONGEST_PHONE)
    language = choice_field("admin.user.language", validate_choice=False)
    access_to = choice_field(
        "admin.give_access_to", validators=[ChoiceRequired("error.admin.target_missing")], validate_choice=False
    )
    roles = SelectMultipleField("admin.roles", [ChoiceRequired("error.admin.role_missing")], validate_choice=False)

    def offer(self, scope: AdminScope) -> None:
        """Offer the languages, and the customer and companies of an administrator's scope."""
        self.language.choices = list(texts.NAMES.items())
        targets = [(target.code, i18n.t(target.text, name=target.name)) for target in scope.choices]
        self.access_to.choices = [("", i18n.t("admin.choose")), *targets]

    @property
    def particulars(self) -> Particulars:
        """The person's particulars as typed."""
        return _particulars(self, self.email.data)


class EditUser(Form):
    """A user's particulars and roles, with the version that the form was rendered with and the rows of the grid."""

    version = HiddenField("admin.roles")
    first_name = text_field("admin.user.first_name", longest=LONGEST_NAME)
    last_name = text_field("admin.user.last_name", longest=LONGEST_NAME)
    phone = text_field("admin.user.phone", required=False, longest=LONGEST_PHONE)
    language = choice_field("admin.user.language", validate_choice=False)
    row = SelectMultipleField("admin.give_access_to", validate_choice=False)
    grant = SelectMultipleField("admin.roles", validate_choice=False)
    access_to = choice_field("admin.give_access_to", validate_choice=False)
    confirmed = tick_field("admin.own_role.confirm")

    def offer(self, scope: AdminScope, rows: Collection[str]) -> None:
        """Offer the languages, and the customer and companies of the scope without a row in the grid."""
        if "language" in self:
            self.language.choices = list(texts.NAMES.items())
        targets = [
            (target.code, i18n.t(target.text, name=target.name)) for target in scope.choices if target.code not in rows
        ]
        self.access_to.choices = [("", i18n.t("admin.choose")), *targets]

    def show(self, person: Person) -> None:
        """Fill in the stored particulars."""
        for name in ("first_name", "last_name", "phone", "language"):
            self[name].data = getattr(person, name)

    @property
    def edited_version(self) -> int:
        """The version that the form was rendered with; 0, older than any, when the field is missing or malformed."""
        return whole_number(self.version.data or "") or 0

    @property
    def particulars(self) -> Particulars:
        """The particulars as typed; the address is not changed here."""
        return _particulars(self, "")


def _particulars(form: Form, email: str) -> Particulars:
    return Particulars(
        email=email,
        first_name=form["first_name"].data,
        last_name=form["last_name"].data,
        language=form["language"].data,
        phone=(form["phone"].data or "").strip() or None,
    )
