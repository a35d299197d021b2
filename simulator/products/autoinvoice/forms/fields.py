"""Base classes and fields of the forms of AutoInvoice's settings: each form carries the company it was shown for."""

from typing import Any, ClassVar

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.core import normal_forms
from simulator.web import i18n
from simulator.web.forms import AtMost, Form, normal_email, tick_field

TICKED = ("y", "on", "true", "1")
EMPTY = ("", "false", "0", "off")
MOST_ADDRESSES = 20


class TickedOrEmpty:
    """Refuses a tick box whose value means neither ticked nor empty: an unreadable value must not change anything."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when the value means neither."""
        if len(field.raw_data) > 1 or any(value not in TICKED + EMPTY for value in field.raw_data):
            raise StopValidation(i18n.t("autoinvoice.elma.unclear"))


class OptionalEmail:
    """Refuses a text that is neither empty nor an e-mail address."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when the text is not an e-mail address."""
        if (field.data or "").strip() and not normal_forms.is_email(field.data):
            raise StopValidation(i18n.t("form.email"))


class Addresses:
    """Refuses a list with an entry that is no e-mail address, or with too many of them."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise and name the first entry that is not an e-mail address."""
        entries = addresses(field.data)
        if len(entries) > MOST_ADDRESSES:
            raise StopValidation(i18n.t("autoinvoice.addresses.too_many", most=MOST_ADDRESSES))
        for address in entries:
            if not normal_forms.is_email(address):
                raise StopValidation(i18n.t("autoinvoice.addresses.wrong", address=address))


def addresses(text: str | None) -> list[str]:
    """Return the e-mail addresses of a list with one address per line, without duplicates, in their order."""
    return list(dict.fromkeys(normal_forms.email(line) for line in (text or "").splitlines() if line.strip()))


def tick(label: str) -> BooleanField:
    """Return a tick box that refuses unreadable values; ``label`` is a text key."""
    return tick_field(label, validators=[TickedOrEmpty()], false_values=(False, *EMPTY))


def optional_email_field(label: str) -> StringField:
    """Return a field for an e-mail address that may be left empty."""
    return StringField(label, [AtMost(254), OptionalEmail()], filters=[normal_email])


def addresses_field(label: str) -> TextAreaField:
    """Return a field for e-mail addresses, one per line."""
    return TextAreaField(label, [AtMost(MOST_ADDRESSES * 256, lines=True), Addresses()])


class CompanyForm(Form):
    """A form about one company: the hidden field ``company`` holds the id of the company whose settings were shown."""

    company = HiddenField()


class Settings(CompanyForm):
    """A form whose fields bear the names of settings in the company's account."""

    def submitted(self) -> dict[str, Any]:
        """Return the submitted settings by name."""
        return {name: self.value_of(field) for name, field in self._fields.items() if name not in ("company", "csrf_token")}

    def value_of(self, field: Field) -> Any:
        """Return a field's value in the form in which the account stores it."""
        if isinstance(field, TextAreaField) and any(isinstance(validator, Addresses) for validator in field.validators):
            return addresses(field.data)
        if isinstance(field, StringField):
            return (field.data or "").strip().replace("\r\n", "\n") or self.empty(field)
        return field.data

    def empty(self, field: Field) -> str | None:
        """Return the value that the account stores for an empty text."""
        return "" if isinstance(field, TextAreaField) else None

    def fill_from(self, account: Any) -> None:
        """Fill the fields with the account's present settings."""
        for name, field in self._fields.items():
            if name in ("company", "csrf_token"):
                continue
            value = getattr(account, name)
            field.data = "\n".join(value) if isinstance(value, list) else value
