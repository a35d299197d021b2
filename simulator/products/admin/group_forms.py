"""Forms of groups."""

from collections.abc import Collection

from wtforms import HiddenField, SelectMultipleField

from simulator.core.numbers import whole_number
from simulator.products.admin.queries.scope import AdminScope
from simulator.products.admin.services.groups import GroupEdit
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, text_field, tick_field

LONGEST_NAME = 100


class EditGroup(Form):
    """The name of a group, and the roles of a user group or role group. The command checks the choices."""

    version = HiddenField("admin.groups.name")
    name = text_field("admin.groups.name", longest=LONGEST_NAME)
    row = SelectMultipleField("admin.give_access_to", validate_choice=False)
    grant = SelectMultipleField("admin.roles", validate_choice=False)
    access_to = choice_field("admin.give_access_to", validate_choice=False)
    roles = SelectMultipleField("admin.roles", validate_choice=False)
    confirmed = tick_field("admin.own_role.confirm")

    def offer(self, scope: AdminScope, rows: Collection[str]) -> None:
        """Offer the customer, company groups and companies without a row in the grid."""
        targets = [
            (target.code, i18n.t(target.text, name=target.name)) for target in scope.choices if target.code not in rows
        ]
        self.access_to.choices = [("", i18n.t("admin.choose")), *targets]

    @property
    def edit(self) -> GroupEdit:
        """The group as typed and ticked."""
        return GroupEdit(
            name=self.name.data,
            rows=self.row.data or (),
            ticked=self.grant.data or (),
            roles=self.roles.data or (),
            version=whole_number(self.version.data or "") or 0,
            confirmed=self.confirmed.data,
        )
