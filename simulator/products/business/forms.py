"""Forms of Visma Business."""

from simulator.sales.exports import SERVICES
from simulator.web import i18n
from simulator.web.forms import Form, area_field, choice_field


class ExportCompany(Form):
    """For which service a client is exported."""

    service = choice_field("business.export.service")

    def offer(self) -> None:
        """Offer the services."""
        self.service.choices = [(service, i18n.t(f"service.{service}")) for service in SERVICES]


class HandleManually(Form):
    """What was done with an invoice that AutoInvoice did not deliver."""

    remark = area_field("business.invoice.remark", required=False, longest=500)
