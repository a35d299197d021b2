"""Forms of My details."""

from typing import Any

from simulator.core import texts
from simulator.directory.security_keys.models import LONGEST_KEY_NAME
from simulator.web.forms import Form, choice_field, code_field, email_field, password_field, text_field, tick_field
from simulator.web.step_up import LONGEST_CODE, OwnPassword

LONGEST_NAME = 100
LONGEST_PHONE = 30


class Edit(Form):
    """Name, telephone and language."""

    first_name = text_field("details.first_name", longest=LONGEST_NAME)
    last_name = text_field("details.last_name", longest=LONGEST_NAME)
    phone = text_field("details.phone", required=False, longest=LONGEST_PHONE)
    language = choice_field("details.language", validate_choice=False)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.language.choices = list(texts.NAMES.items())


class Mails(Form):
    """What is mailed."""

    of_changes = tick_field("details.mails.of_changes")


class ChangePassword(OwnPassword):
    """The present password, and the new one twice."""

    password = password_field("details.password.new")
    repeated = password_field("details.password.repeated")


class Number(OwnPassword):
    """A telephone number for codes by SMS."""

    number = text_field("details.sms.number", longest=LONGEST_PHONE)


class KeyName(Form):
    """The name of a security key or passkey."""

    name = text_field("details.key_name", longest=LONGEST_KEY_NAME)


class NewKey(OwnPassword, KeyName):
    """A name for a new security key or passkey."""


class ChangeEmail(OwnPassword):
    """The new e-mail address."""

    email = email_field("details.email.new")


class NumberCode(Form):
    """The code sent to the number."""

    code = code_field("step_up.six_digits", longest=LONGEST_CODE)
