"""Forms of Connect. Field names are those of the real pages where we know them, so that existing page objects fit."""

from wtforms import HiddenField, StringField

from simulator.web.forms import (
    AtMost,
    Form,
    code_field,
    email_field,
    normal_email,
    password_field,
    text_field,
    tick_field,
)
from simulator.web.security_keys import KeyForm


class SignIn(Form):
    """Step one: the e-mail address."""

    Username = email_field("connect.sign_in.email")
    RememberUsername = tick_field("connect.sign_in.remember")


class Password(Form):
    """Step two: the password."""

    Password = password_field("connect.sign_in.password")


class FirstCode(Form):
    """A code of six digits, to prove possession of an authenticator or of a telephone number."""

    AuthCode = code_field("connect.two_step.code", longest=20)


class SecondStep(Form):
    """A proof of the second step, after which this device may be remembered."""

    RememberCode = tick_field("connect.two_step.remember_device", false_values=(False, "false", ""))
    DisableRememberDevice = HiddenField()

    @property
    def remembers(self) -> bool:
        """Whether to remember this device, so that it needs no code for a while."""
        return bool(self.RememberCode.data) and self.DisableRememberDevice.data != "True"


class Code(SecondStep, FirstCode):
    """A code of six digits as the second step."""


class SecurityKey(SecondStep, KeyForm):
    """A security key as the second step."""


class Passkey(KeyForm):
    """A passkey instead of the password; the address says on whose phone it is, when it is on a phone."""

    Username = StringField("connect.sign_in.email", [AtMost(254)], filters=[normal_email])


class EmergencyCode(Form):
    """The one-time emergency code as the second step."""

    EmergencyCode = code_field("connect.emergency.title", longest=60)


class Stored(Form):
    """The confirmation that the user has stored the emergency code shown."""

    Stored = tick_field("connect.emergency.stored")


class PhoneNumber(Form):
    """A telephone number, or nothing."""

    PhoneNumber = text_field("connect.enroll.phone", required=False, longest=40)


class Recover(Form):
    """A request for a mail, when the user forgot the password."""

    Human = tick_field("connect.recover.human")


class NewPassword(Form):
    """Choosing a password, twice."""

    password = password_field("connect.password.new")
    repeated = password_field("connect.password.repeat")
