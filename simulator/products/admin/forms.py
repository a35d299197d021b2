"""Forms of Admin."""

from typing import ClassVar

from wtforms import SelectMultipleField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.core import texts
from simulator.products.admin.queries.reach import Reach
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, email_field, text_field

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
