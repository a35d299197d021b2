"""Forms of Visma Business."""

from wtforms import StringField
from wtforms.validators import Optional

from simulator.sales.client_details import ClientDetails
from simulator.sales.exports import SERVICES
from simulator.web import i18n
from simulator.web.forms import AtMost, EmailForm, Form, area_field, choice_field, normal_email, text_field


class CompanyInformation(Form):
    """The company information of a client."""

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


class ExportCompany(Form):
    """For which service a client is exported."""

    service = choice_field("business.export.service")

    def offer(self) -> None:
        """Offer the services."""
        self.service.choices = [(service, i18n.t(f"service.{service}")) for service in SERVICES]


class HandleManually(Form):
    """What was done with an invoice that AutoInvoice did not deliver."""

    remark = area_field("business.invoice.remark", required=False, longest=500)
