"""The form of the settings for receiving invoices."""

from typing import ClassVar

from wtforms import HiddenField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.web import i18n
from simulator.web.forms import Form, tick_field

TICKED = ("y", "on", "true", "1")
EMPTY = ("", "false", "0", "off")


class Clearly:
    """Refuses a tick box that was sent as neither ticked nor empty: junk must not register anybody."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when it is neither."""
        if len(field.raw_data) > 1 or any(value not in TICKED + EMPTY for value in field.raw_data):
            raise StopValidation(i18n.t("autoinvoice.elma.unclear"))


class ElmaRegistration(Form):
    """The one tick box of the section; ``company`` is the company whose settings were shown."""

    registered = tick_field("autoinvoice.elma.registered", validators=[Clearly()], false_values=(False, *EMPTY))
    company = HiddenField()
