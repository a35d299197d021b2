"""Forms of Admin."""

from collections.abc import Collection
from typing import ClassVar

from wtforms import HiddenField, SelectMultipleField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.core import texts
from simulator.directory.models import Person
from simulator.directory.people import Particulars
from simulator.products.admin.queries.reach import Reach
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, email_field, text_field, tick_field

LONGEST_NAME = 100
LONGEST_PHONE = 30


class Chosen:
    """Refuses a field in which nothing was chosen."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when nothing was chosen."""
        if not field.data:
            raise StopValidation(i18n.t(self.message))


class AddUser(Form):
    """A person's data, what to give access to, and the roles there.

    What was chosen is compared with what the administrator may choose where the deed is done, so these fields take any value.
    """

    email = email_field("admin.user.email")
    first_name = text_field("admin.user.first_name", longest=LONGEST_NAME)
    last_name = text_field("admin.user.last_name", longest=LONGEST_NAME)
    phone = text_field("admin.user.phone", required=False, longest=LONGEST_PHONE)
    language = choice_field("admin.user.language", validate_choice=False)
    access_to = choice_field(
        "admin.give_access_to", validators=[Chosen("error.admin.target_missing")], validate_choice=False
    )
    roles = SelectMultipleField("admin.roles", [Chosen("error.admin.role_missing")], validate_choice=False)

    def offer(self, within: Reach) -> None:
        """Offer the languages, and the customer and companies within an administrator's reach."""
        self.language.choices = list(texts.NAMES.items())
        places = [(target.code, i18n.t(target.text, name=target.name)) for target in within.choices]
        self.access_to.choices = [("", i18n.t("admin.choose")), *places]

    @property
    def particulars(self) -> Particulars:
        """What was typed about the person."""
        return _particulars(self, self.email.data)


class EditUser(Form):
    """A user's particulars and roles, with the version that the page showed and the lines of the grid."""

    version = HiddenField("admin.roles")
    first_name = text_field("admin.user.first_name", longest=LONGEST_NAME)
    last_name = text_field("admin.user.last_name", longest=LONGEST_NAME)
    phone = text_field("admin.user.phone", required=False, longest=LONGEST_PHONE)
    language = choice_field("admin.user.language", validate_choice=False)
    row = SelectMultipleField("admin.give_access_to", validate_choice=False)
    grant = SelectMultipleField("admin.roles", validate_choice=False)
    access_to = choice_field("admin.give_access_to", validate_choice=False)
    confirmed = tick_field("admin.own_role.confirm")

    def offer(self, within: Reach, rows: Collection[str]) -> None:
        """Offer the languages, and whatever within reach has no line in the grid yet."""
        if "language" in self:
            self.language.choices = list(texts.NAMES.items())
        places = [
            (target.code, i18n.t(target.text, name=target.name)) for target in within.choices if target.code not in rows
        ]
        self.access_to.choices = [("", i18n.t("admin.choose")), *places]

    def show(self, person: Person) -> None:
        """Fill the particulars in from what is kept."""
        for name in ("first_name", "last_name", "phone", "language"):
            self[name].data = getattr(person, name)

    @property
    def shown_version(self) -> int:
        """The version that the page showed; 0, older than any, when the form does not tell."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0

    @property
    def particulars(self) -> Particulars:
        """What was typed about the person; the address is not changed here."""
        return _particulars(self, "")


def _particulars(form: Form, email: str) -> Particulars:
    return Particulars(
        email=email,
        first_name=form["first_name"].data,
        last_name=form["last_name"].data,
        language=form["language"].data,
        phone=(form["phone"].data or "").strip() or None,
    )
