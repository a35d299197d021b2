"""The form of a client's own company, as programs show and change it."""

from wtforms import StringField
from wtforms.validators import Optional

from simulator.sales.client_details import ClientDetails
from simulator.web.forms import AtMost, EmailForm, Form, normal_email, text_field


class ClientForm(Form):
    """What a program knows of a client's own company; its fields are named as those of ``ClientDetails`` and of ``Client``."""

    name = text_field("admin.company.name", longest=100)
    organisation_number = text_field("admin.company.organisation_number", longest=30)
    street = text_field("admin.company.street", required=False, longest=100)
    postal_code = text_field("admin.company.postal_code", required=False, longest=20)
    city = text_field("admin.company.city", required=False, longest=100)
    email = StringField("admin.company.email", [Optional(), AtMost(254), EmailForm()], filters=[normal_email])

    @property
    def details(self) -> ClientDetails:
        """The details as typed, without surrounding blanks."""
        values = {name: (self[name].data or "").strip() or None for name in ClientDetails.__dataclass_fields__}
        return ClientDetails(**values)  # type: ignore[arg-type]
