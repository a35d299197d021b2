"""What the forms of AutoInvoice's settings have in common: the company they were shown for, and kinds of fields."""

from typing import Any, ClassVar

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.directory.people import is_email, normal_email
from simulator.web import i18n
from simulator.web.forms import AtMost, Form, tick_field

TICKED = ("y", "on", "true", "1")
EMPTY = ("", "false", "0", "off")
MOST_ADDRESSES = 20


class Clearly:
    """Refuses a tick box that was sent as neither ticked nor empty: junk must not change anything."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when it is neither."""
        if len(field.raw_data) > 1 or any(value not in TICKED + EMPTY for value in field.raw_data):
            raise StopValidation(i18n.t("autoinvoice.elma.unclear"))


class MaybeEmail:
    """Refuses what is neither empty nor an e-mail address."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when it is not one."""
        if (field.data or "").strip() and not is_email(field.data):
            raise StopValidation(i18n.t("form.email"))


class Addresses:
    """Refuses a list that holds something else than e-mail addresses, or too many of them."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise and name the first that is not one."""
        found = addresses(field.data)
        if len(found) > MOST_ADDRESSES:
            raise StopValidation(i18n.t("autoinvoice.addresses.too_many", most=MOST_ADDRESSES))
        for one in found:
            if not is_email(one):
                raise StopValidation(i18n.t("autoinvoice.addresses.wrong", address=one))


def addresses(text: str | None) -> list[str]:
    """Return the e-mail addresses of a list with one on a line, each once, in their order."""
    return list(dict.fromkeys(normal_email(line) for line in (text or "").splitlines() if line.strip()))


def tick(label: str) -> BooleanField:
    """Return a tick box that refuses junk; ``label`` is a text key."""
    return tick_field(label, validators=[Clearly()], false_values=(False, *EMPTY))


def maybe_email_field(label: str) -> StringField:
    """Return a field for an e-mail address that may be left empty."""
    return StringField(label, [AtMost(254), MaybeEmail()])


def addresses_field(label: str) -> TextAreaField:
    """Return a field for e-mail addresses, one on a line."""
    return TextAreaField(label, [AtMost(MOST_ADDRESSES * 256, lines=True), Addresses()])


class ForCompany(Form):
    """A form about one company: ``company`` is the one whose settings were shown."""

    company = HiddenField()


class Settings(ForCompany):
    """A form whose fields are settings of the same names of the company's account."""

    def wanted(self) -> dict[str, Any]:
        """Return the settings as they were sent."""
        return {name: self.value_of(field) for name, field in self._fields.items() if name not in ("company", "csrf_token")}

    def value_of(self, field: Field) -> Any:
        """Return what a field stands for in the account."""
        if isinstance(field, TextAreaField) and any(isinstance(one, Addresses) for one in field.validators):
            return addresses(field.data)
        if isinstance(field, StringField):
            return (field.data or "").strip().replace("\r\n", "\n") or self.empty(field)
        return field.data

    def empty(self, field: Field) -> str | None:
        """Return what an empty text stands for."""
        return "" if isinstance(field, TextAreaField) else None

    def show(self, account: Any) -> None:
        """Fill the fields with the settings as they are."""
        for name, field in self._fields.items():
            if name in ("company", "csrf_token"):
                continue
            value = getattr(account, name)
            field.data = "\n".join(value) if isinstance(value, list) else value
