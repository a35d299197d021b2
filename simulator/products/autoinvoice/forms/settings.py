"""Forms of AutoInvoice's own settings; fields bear the names of the settings in the account."""

from typing import ClassVar

from wtforms.validators import StopValidation

from simulator.products.autoinvoice.forms.fields import CompanyForm, Settings, addresses_field, optional_email_field, tick
from simulator.web import i18n
from simulator.web.forms import area_field, choice_field, email_field, text_field

COUNTRIES_WITH_LETTER_CLASSES = ("FI", "SE", "NL")
COUNTRIES_WITH_OWN_PDF = ("FI", "NO", "SE", "DK")


class Reports(Settings):
    """How often the company gets a report by mail of the invoices that it sent and received."""

    report = choice_field("autoinvoice.company.report")


class Rules(Settings):
    """Rules for all sent documents."""

    stop_duplicates = tick("autoinvoice.sending.stop_duplicates")
    hold_multiple = tick("autoinvoice.sending.hold_multiple")


class ByEmail(Settings):
    """Sending by e-mail."""

    email_enabled = tick("autoinvoice.email.enabled")
    email_how = choice_field("autoinvoice.email.how")
    email_note = area_field("autoinvoice.email.note", required=False, longest=1000)
    contact_name = text_field("autoinvoice.email.contact_name", required=False)
    contact_email = optional_email_field("autoinvoice.email.contact_email")
    contact_phone = text_field("autoinvoice.email.contact_phone", required=False, longest=40)
    email_attachments = tick("autoinvoice.email.attachments")
    email_merged = tick("autoinvoice.email.merged")


class ByLetter(Settings):
    """Sending by letter."""

    print_enabled = tick("autoinvoice.print.enabled")
    print_prices_accepted = tick("autoinvoice.print.accepted")
    print_letter_class = choice_field("autoinvoice.print.letter_class")
    print_colour = tick("autoinvoice.print.colour")
    print_attachments = tick("autoinvoice.print.attachments")
    print_own_pdf = tick("autoinvoice.print.own_pdf")

    def remove_fields_not_offered_in(self, country: str) -> None:
        """Remove the fields that are not offered in the company's country.

        Source: AutoInvoice's print service: classes of letters in Finland, Sweden and the Netherlands, an own PDF in Finland,
        Norway, Sweden and Denmark; in the Netherlands the own PDF is always printed, and always in colour.
        """
        if country not in COUNTRIES_WITH_LETTER_CLASSES:
            del self.print_letter_class
        if country not in COUNTRIES_WITH_OWN_PDF:
            del self.print_own_pdf
        if country == "NL":
            del self.print_colour

    def validate_print_enabled(self, field: object) -> None:
        """Refuse to turn printing on before the prices are accepted. Source: AutoInvoice settings of Visma.net ERP."""
        if self.print_enabled.data and not self.print_prices_accepted.data:
            raise StopValidation(i18n.t("autoinvoice.print.accept_first"))


class Incoming(Settings):
    """Mails about received invoices."""

    notify_received = tick("autoinvoice.notify.received")
    notify_received_to = optional_email_field("autoinvoice.notify.received_to")


class InError(Settings):
    """Mails about sent invoices that failed."""

    notify_failed_sender = tick("autoinvoice.notify.failed_sender")
    notify_failed_others = addresses_field("autoinvoice.notify.failed_others")


class ScanAccount(Settings):
    """The scan account: its return address, and the addresses that may send to it."""

    scan_return_email = email_field("autoinvoice.scan.return_email")
    scan_senders = addresses_field("autoinvoice.scan.senders")


class Activate(CompanyForm):
    """Activating the scan account, which requires accepting its prices."""

    accepted = tick("autoinvoice.scan.accepted")

    def validate_accepted(self, field: object) -> None:
        """Refuse when the prices are not accepted."""
        if not self.accepted.data:
            raise StopValidation(i18n.t("autoinvoice.scan.accept_first"))


class VendorKey(CompanyForm):
    """A new key of a software vendor."""

    name = text_field("autoinvoice.keys.vendor_name", longest=80)


class Signatory(CompanyForm):
    """The person who is asked to confirm the company's identity."""

    name = text_field("autoinvoice.identity.name", longest=100)
    email = email_field("autoinvoice.identity.email")


class MailOptOut(CompanyForm):
    """The kinds of mails that a user does not want."""

    internal = tick("autoinvoice.quiet.internal")
    everything = tick("autoinvoice.quiet.everything")


class NewUser(CompanyForm):
    """A new user of the company."""

    ROLES: ClassVar[tuple[str, ...]] = ("user", "admin")

    first_name = text_field("autoinvoice.users.first_name", longest=60)
    last_name = text_field("autoinvoice.users.last_name", longest=60)
    email = email_field("autoinvoice.users.email")
    role = choice_field("autoinvoice.users.role")


class UserRole(CompanyForm):
    """The role of a user of the company."""

    role = choice_field("autoinvoice.users.role")


class Registration(CompanyForm):
    """A company that registers itself, and its contact."""

    account_type = choice_field("autoinvoice.register.account_type")
    country = choice_field("autoinvoice.register.country")
    name = text_field("autoinvoice.register.company")
    organisation_number = text_field("autoinvoice.register.number", longest=40)
    street = text_field("autoinvoice.register.street")
    postal_code = text_field("autoinvoice.register.postal_code", longest=20)
    city = text_field("autoinvoice.register.city", longest=80)
    first_name = text_field("autoinvoice.users.first_name", longest=60)
    last_name = text_field("autoinvoice.users.last_name", longest=60)
    email = email_field("autoinvoice.users.email")
    phone = text_field("autoinvoice.email.contact_phone", required=False, longest=40)
    terms = tick("autoinvoice.register.terms")
    human = tick("connect.recover.human")

    def validate_terms(self, field: object) -> None:
        """Refuse when the terms are not accepted."""
        if not self.terms.data:
            raise StopValidation(i18n.t("autoinvoice.register.accept_first"))

    def validate_human(self, field: object) -> None:
        """Refuse when the box against robots is not ticked."""
        if not self.human.data:
            raise StopValidation(i18n.t("connect.recover.not_human"))
