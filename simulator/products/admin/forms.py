"""Forms of Admin."""

from collections.abc import Collection, Sequence

from wtforms import HiddenField, SelectMultipleField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.core import texts
from simulator.core.numbers import whole_number
from simulator.directory.models import Person
from simulator.directory.people import Particulars
from simulator.products.admin.queries.scope import AdminScope
from simulator.products.admin.services.users import Row
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, email_field, text_field, tick_field

LONGEST_NAME = 100
LONGEST_PHONE = 30


class AccessNeeded:
    """Refuses a field without a choice, unless rows of the grid or user groups give access already.

    A role without a company to have it on is refused in any case.
    """

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: "AddUser", field: Field) -> None:
        """Raise when the field has no choice."""
        if not field.data and (form.begins_row or not form.gives_access):
            raise StopValidation(i18n.t(self.message))


class AccessForm(Form):
    """What both forms of a user have: a grid of roles, the list that adds rows to it, and the user groups.

    The commands check the choices against the administrator's scope, so these fields accept any value.
    """

    row = SelectMultipleField("admin.give_access_to", validate_choice=False)
    grant = SelectMultipleField("admin.roles", validate_choice=False)
    access_to = choice_field("admin.give_access_to", validate_choice=False)
    user_group = SelectMultipleField("admin.user_groups", validate_choice=False)
    join = choice_field("admin.add_to_user_group", validate_choice=False)

    def offer_access(self, scope: AdminScope, rows: Collection[str]) -> None:
        """Offer the customer, company groups and companies of the scope without a row in the grid."""
        targets = [
            (target.code, i18n.t(target.text, name=target.name)) for target in scope.choices if target.code not in rows
        ]
        self.access_to.choices = [("", i18n.t("admin.choose")), *targets]

    def offer_groups(self, groups: Sequence[tuple[int, str]], members: Collection[int]) -> list[tuple[int, str, bool]]:
        """Offer the user groups that the user is not in.

        Args:
            groups: id and name of the customer's user groups.
            members: ids of those that the user is in.

        Returns:
            Id and name of those that the user is in, or joins with this form, and whether the box is ticked.
        """
        ticked = self.group_ids
        listed = {*ticked, *members}
        self.join.choices = [
            ("", i18n.t("admin.choose_group")),
            *((str(id_), name) for id_, name in groups if id_ not in listed),
        ]
        return [(id_, name, id_ in ticked) for id_, name in groups if id_ in listed]

    @property
    def group_ids(self) -> list[int]:
        """The ids of the ticked user groups and of the one chosen in the list."""
        values = [*(self.user_group.data or ()), self.join.data or ""]
        return list(dict.fromkeys(number for number in map(whole_number, values) if number is not None))


class AddUser(AccessForm):
    """A person's particulars, the rows to give access to, with one more that is not in the grid yet, and the roles there."""

    email = email_field("admin.user.email")
    first_name = text_field("admin.user.first_name", longest=LONGEST_NAME)
    last_name = text_field("admin.user.last_name", longest=LONGEST_NAME)
    phone = text_field("admin.user.phone", required=False, longest=LONGEST_PHONE)
    language = choice_field("admin.user.language", validate_choice=False)
    access_to = choice_field(
        "admin.give_access_to", validators=[AccessNeeded("error.admin.target_missing")], validate_choice=False
    )
    roles = SelectMultipleField("admin.roles", [AccessNeeded("error.admin.role_missing")], validate_choice=False)

    def offer(self, scope: AdminScope) -> None:
        """Offer the languages, and the customer, company groups and companies of an administrator's scope."""
        self.language.choices = list(texts.NAMES.items())
        self.offer_access(scope, self.row.data or ())

    @property
    def gives_access(self) -> bool:
        """Whether a ticked row of the grid or a user group gives access."""
        return bool(self.grant.data or self.group_ids)

    @property
    def begins_row(self) -> bool:
        """Whether roles were ticked that no row has yet, for which something to have them on is needed."""
        return bool(self.roles.data) and not self.access_to.data

    def move_to_grid(self) -> None:
        """Make a row of the chosen company and the roles that were ticked for it."""
        self.row.data = [*(self.row.data or ()), self.access_to.data]
        self.grant.data = [*(self.grant.data or ()), *(f"{self.access_to.data}:{role}" for role in self.roles.data or ())]
        self.access_to.data, self.roles.data = "", []

    def take_from_grid(self, code: str) -> None:
        """Remove a row with its ticks."""
        self.row.data = [row for row in self.row.data or () if row != code]
        self.grant.data = [value for value in self.grant.data or () if value.partition(":")[0] != code]

    @property
    def rows(self) -> list[Row]:
        """The rows, and the one that is not in the grid yet, each with its roles."""
        ticked: dict[str, list[str]] = {code: [] for code in self.row.data or ()}
        for value in self.grant.data or ():
            target, _, role = value.partition(":")
            ticked.setdefault(target, []).append(role)
        rows = [Row(target, roles, "grant") for target, roles in ticked.items()]
        return [*rows, Row(self.access_to.data, self.roles.data or ())] if self.access_to.data else rows

    @property
    def particulars(self) -> Particulars:
        """The person's particulars as typed."""
        return _particulars(self, self.email.data)


class EditUser(AccessForm):
    """A user's particulars and roles, with the version that the form was rendered with and the rows of the grid."""

    version = HiddenField("admin.roles")
    first_name = text_field("admin.user.first_name", longest=LONGEST_NAME)
    last_name = text_field("admin.user.last_name", longest=LONGEST_NAME)
    phone = text_field("admin.user.phone", required=False, longest=LONGEST_PHONE)
    language = choice_field("admin.user.language", validate_choice=False)
    confirmed = tick_field("admin.own_role.confirm")

    def offer(self, scope: AdminScope, rows: Collection[str]) -> None:
        """Offer the languages, and what has no row in the grid."""
        if "language" in self:
            self.language.choices = list(texts.NAMES.items())
        self.offer_access(scope, rows)

    def show(self, person: Person) -> None:
        """Fill in the stored particulars."""
        for name in ("first_name", "last_name", "phone", "language"):
            self[name].data = getattr(person, name)

    @property
    def edited_version(self) -> int:
        """The version that the form was rendered with; 0, older than any, when the field is missing or malformed."""
        return whole_number(self.version.data or "") or 0

    @property
    def particulars(self) -> Particulars:
        """The particulars as typed; the address is not changed here."""
        return _particulars(self, "")


def _particulars(form: Form, email: str) -> Particulars:
    return Particulars(
        email=email,
        first_name=form["first_name"].data,
        last_name=form["last_name"].data,
        language=form["language"].data,
        phone=(form["phone"].data or "").strip() or None,
    )
