"""Forms of one invoice: resending it, choosing its receiver."""

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from simulator.web import i18n
from simulator.web.forms import Form, text_field


class Resend(Form):
    """The route and the address of a resend.

    ``revision`` is the document's revision when the form was shown: submitting the form twice sends the invoice once.
    """

    route = RadioField("autoinvoice.resend.route", validate_choice=True)
    address = text_field("autoinvoice.resend.address", required=False)
    revision = HiddenField()

    def offer(self, routes: list[str], same: str | None) -> None:
        """Offer routes; ``same``, the route of the previous sending, comes first and is labelled as such."""
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
    """The receiver of an invoice on hold."""

    receiver = RadioField("autoinvoice.hold.receiver", [InputRequired()], validate_choice=False)
