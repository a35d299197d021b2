"""Forms of AccountView: one for each step of the wizard."""

from simulator.core.database import single_line
from simulator.products.accountview.models import Step, WizardRun
from simulator.web.forms import Form, email_field, text_field, tick_field

LONGEST_NAME = 100
LONGEST_NUMBER = 40


class Welcome(Form):
    """The option of the first step, where the module is."""

    services = tick_field("accountview.wizard.services")


class Licence(Form):
    """The licence data, where they are not filled in."""

    customer_number = text_field("accountview.customer_number", longest=LONGEST_NUMBER)
    licence_key = text_field("accountview.licence_key", longest=LONGEST_NUMBER)
    terms = tick_field("accountview.wizard.terms")


class Communication(Form):
    """Nothing to fill in: the wizard checks by itself."""


class Administrator(Form):
    """Who becomes administrator."""

    email = email_field("accountview.wizard.email")
    first_name = text_field("admin.user.first_name", longest=LONGEST_NAME)
    last_name = text_field("admin.user.last_name", longest=LONGEST_NAME)


FORMS: dict[Step, type[Form]] = {
    Step.WELCOME: Welcome,
    Step.LICENCE: Licence,
    Step.COMMUNICATION: Communication,
    Step.ADMINISTRATOR: Administrator,
}


def fields_of(form: Form) -> list[str]:
    """Return the names of a step's fields, which are those of the run."""
    return [name for name in form.data if name != "csrf_token"]


def show(form: Form, run: WizardRun) -> None:
    """Fill in what was typed before."""
    for name in fields_of(form):
        form[name].data = getattr(run, name)


def store(form: Form, run: WizardRun) -> None:
    """Store in the run what was typed; a text that is too long for its field is left out."""
    for name in fields_of(form):
        value = form[name].data
        if isinstance(value, bool):
            setattr(run, name, value)
        elif len(value or "") <= 254:
            setattr(run, name, single_line(value or ""))
