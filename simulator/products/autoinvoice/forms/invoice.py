"""Forms of one invoice: sending it again, choosing its receiver."""

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from simulator.web import i18n
from simulator.web.forms import Form, text_field


class Resend(Form):
    """By which route an invoice is sent again, and where to.

    ``revision`` is the one that was shown: a form that is sent twice sends once.
    """

    route = RadioField("autoinvoice.resend.route", validate_choice=True)
    address = text_field("autoinvoice.resend.address", required=False)
    revision = HiddenField()

    def offer(self, routes: list[str], same: str | None) -> None:
        """Offer routes; the one that the invoice took before comes first and says so."""
        self.route.choices = [
            (
                route,
                i18n.t("autoinvoice.resend.same", route=i18n.t(f"autoinvoice.route.{route}"))
                if route == same
                else i18n.t(f"autoinvoice.route.{route}"),
            )
            for route in sorted(routes, key=lambda route: route != same)
        ]


class ChooseReceiver(Form):
    """To whom an invoice goes that waits."""

    receiver = RadioField("autoinvoice.hold.receiver", [InputRequired()], validate_choice=False)
