"""Asking a signed-in person once more who it is: the fields, and how a wrong answer is shown."""

from typing import Any

from wtforms import HiddenField

from simulator.core.sandbox import Db
from simulator.directory.models import Person, SignInSession
from simulator.directory.step_up import Answer, Proof
from simulator.web import i18n
from simulator.web.forms import Form, code_field, password_field
from simulator.web.visit import actor, visit

LONGEST_CODE = 40


class OwnPassword(Form):
    """Asks for the own password. Own choice: a person who has none has signed in anew just now, see ``directory.step_up``."""

    own_password = password_field("step_up.your_password")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        with visit().sandbox.reading() as db:
            if db.get_one(Person, actor().id).password_hash is None:
                del self.own_password

    def proof(self, db: Db) -> Proof:
        """Return what proves that the visitor is who they are."""
        if self.own_password is not None:
            return str(self.own_password.data)
        return db.get_one(SignInSession, visit().session_id)


class GenerateCode(OwnPassword):
    """Asks for the own password before a code for somebody else; ``seen`` notices a form that is sent twice."""

    own_password = password_field("step_up.own_password")
    seen = HiddenField()


class PasswordAndCode(OwnPassword):
    """Asks for the own password and a code of the authenticator, or the emergency code."""

    code = code_field("step_up.six_digits", longest=LONGEST_CODE)


def show(form: OwnPassword, answer: Answer) -> None:
    """Show at its field what was not right, or above the form that the address is locked."""
    message = i18n.t(f"step_up.{answer}")
    field = {Answer.PASSWORD: "own_password", Answer.CODE: "code"}.get(answer)
    if field is None or field not in form:
        form.form_errors.append(message)
    else:
        form[field].errors = [*form[field].errors, message]


def show_refusal(form: GenerateCode, refusal: str | None) -> None:
    """Show why no emergency code was generated: at the password when that is it, or above the form."""
    if refusal in (Answer.PASSWORD, Answer.PASSKEY):
        show(form, Answer(refusal))
    else:
        form.form_errors.append(i18n.t(f"code_request.{refusal}"))
