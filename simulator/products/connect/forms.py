"""Forms of Connect. Field names are those of the real pages where they are known, so that existing page objects fit."""

from wtforms import HiddenField

from simulator.web.forms import Form, email_field, password_field, text_field, tick_field


class SignIn(Form):
    """Step one: the e-mail address."""

    Username = email_field("connect.sign_in.email")
    RememberUsername = tick_field("connect.sign_in.remember")


class Password(Form):
    """Step two: the password."""

    Password = password_field("connect.sign_in.password")


class Code(Form):
    """The authenticator's code."""

    AuthCode = text_field("connect.two_step.code", longest=20)
    RememberCode = tick_field("connect.two_step.remember_device", false_values=(False, "false", ""))
    DisableRememberDevice = HiddenField()


class Recover(Form):
    """Asking for a mail when the password is forgotten."""

    Human = tick_field("connect.recover.human")


class NewPassword(Form):
    """Choosing a password, twice."""

    password = password_field("connect.password.new")
    repeated = password_field("connect.password.repeat")
