"""Forms of WebFaktura."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import Optional

from simulator.core.numbers import whole_number
from simulator.sales.models import Buyer, WebFakturaAccess, WebFakturaUser
from simulator.sales.webfaktura_users import UserDetails
from simulator.web import i18n
from simulator.web.forms import AtMost, EmailForm, Form, Required, email_field, normal_email, text_field, tick_field
from simulator.web.invoice_form import InvoiceForm


class User(Form):
    """A user of a client in WebFaktura; ``version`` is the version that the form was rendered with."""

    first_name = text_field("admin.user.first_name", longest=100)
    last_name = text_field("admin.user.last_name", longest=100)
    email = email_field("admin.user.email")
    access = RadioField("webfaktura.users.access", [Required()], validate_choice=True, default=WebFakturaAccess.USER.value)
    for_synchronization = tick_field("webfaktura.users.for_synchronization")
    version = HiddenField()

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.access.choices = [(access.value, i18n.t(access.text)) for access in WebFakturaAccess]

    def fill(self, user: WebFakturaUser, access: WebFakturaAccess) -> None:
        """Show what is stored of a user."""
        for name in ("first_name", "last_name", "email", "for_synchronization", "version"):
            self[name].data = getattr(user, name)
        self.access.data = access.value

    @property
    def details(self) -> UserDetails:
        """What was typed."""
        return UserDetails(
            email=self.email.data,
            first_name=self.first_name.data.strip(),
            last_name=self.last_name.data.strip(),
            access=WebFakturaAccess(self.access.data),
            for_synchronization=self.for_synchronization.data,
        )

    @property
    def edited_version(self) -> int:
        """The version that the form was rendered with; 0 when the field was tampered with."""
        return whole_number(self.version.data or "") or 0


class RegisterCompany(Form):
    """Registering a client's company at AutoInvoice, with a new user there or an existing one."""

    user = RadioField("webfaktura.einvoice.user", [Required()], default="new")
    user_name = StringField("webfaktura.einvoice.user_name", [Optional(), AtMost(254), EmailForm()], filters=[normal_email])
    api_key = text_field("webfaktura.einvoice.api_key", required=False, longest=100)
    terms = tick_field("webfaktura.einvoice.terms", validators=[Required()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.user.choices = [(choice, i18n.t(f"webfaktura.einvoice.user.{choice}")) for choice in ("new", "existing")]

    @property
    def existing_name(self) -> str | None:
        """The user name of an existing user, empty when none was typed; None for a new user."""
        return (self.user_name.data or "") if self.user.data == "existing" else None


class NewInvoice(InvoiceForm):
    """A new invoice, and whether AutoInvoice sends it. Source: WebFaktura, electronic invoices."""

    sending = RadioField("webfaktura.sending", [Required()])

    def __init__(self, buyers: Sequence[Buyer], rates: Sequence[int], **values: Any) -> None:
        super().__init__(buyers, rates, **values)
        self.sending.choices = [(choice, i18n.t(f"webfaktura.sending.{choice}")) for choice in ("automatic", "own")]
