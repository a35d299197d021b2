"""Forms of companies and of the customer's configuration."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import Optional

from simulator.core.numbers import whole_number
from simulator.directory.cases.company_moves import LONGEST_REASON
from simulator.directory.companies import Details
from simulator.directory.countries import COUNTRIES
from simulator.directory.models import Company
from simulator.directory.roles import Role
from simulator.web import i18n
from simulator.web.forms import (
    AtMost,
    EmailForm,
    Form,
    Required,
    area_field,
    choice_field,
    email_field,
    normal_email,
    text_field,
    tick_field,
)

LONGEST_NUMBER = 30


def _optional_email(label: str) -> StringField:
    return StringField(label, [Optional(), AtMost(254), EmailForm()], filters=[normal_email])


class CompanyDetails(Form):
    """Details of a company; ``version`` is the version that the form was rendered with."""

    name = text_field("admin.company.name", longest=100)
    organisation_number = text_field("admin.company.organisation_number", longest=LONGEST_NUMBER)
    internal_number = text_field("admin.company.internal_number", required=False, longest=50)
    street = text_field("admin.company.street", required=False, longest=100)
    postal_code = text_field("admin.company.postal_code", required=False, longest=20)
    city = text_field("admin.company.city", required=False, longest=100)
    email = _optional_email("admin.company.email")
    phone = text_field("admin.company.phone", required=False, longest=LONGEST_NUMBER)
    vat_number = text_field("admin.company.vat_number", required=False, longest=LONGEST_NUMBER)
    demo = tick_field("admin.company.demo")
    version = HiddenField()

    @property
    def details(self) -> Details:
        """The details as typed, without surrounding blanks."""
        values: dict[str, Any] = {
            name: field.data if name == "demo" else (field.data or "").strip() or None
            for name, field in self._fields.items()
            if name in Details.__dataclass_fields__
        }
        return Details(**values)

    @property
    def edited_version(self) -> int:
        """The version that the form was rendered with; 0 when the field was tampered with."""
        return whole_number(self.version.data or "") or 0

    def differing(self, company: Company) -> dict[str, Any]:
        """Return the stored values of the fields in which something else was typed."""
        stored = {name: getattr(company, name) for name in Details.__dataclass_fields__}
        return {name: value for name, value in stored.items() if value != getattr(self.details, name)}


def _with_service(service: str, role: str) -> str:
    """Return the name of a role with that of its service before it, unless the role's own name says it."""
    return role if service.casefold() in role.casefold() else f"{service}: {role}"


class AddCompany(CompanyDetails):
    """Details of a new company, and its country."""

    country = choice_field("admin.company.country", validators=[Required()], validate_choice=False)

    def offer(self) -> None:
        """Offer the countries."""
        self.country.choices = [
            ("", i18n.t("admin.company.country.choose")),
            *((country.code, i18n.t(country.text)) for country in COUNTRIES),
        ]


class Configure(Form):
    """The customer's rules for its users."""

    require_two_step = tick_field("admin.configuration.require_two_step")
    may_change_email = tick_field("admin.configuration.may_change_email")


class LinkUser(Form):
    """An existing user, and the role on the company. The command checks both, so these fields accept any value."""

    user = choice_field("admin.link_user.user", validators=[Required()], validate_choice=False)
    role = choice_field("admin.link_user.access", validators=[Required()], validate_choice=False)

    def offer(self, users: Sequence[tuple[int, str]], roles: Sequence[tuple[str, Sequence[Role]]]) -> None:
        """Offer users, by id and name, and roles under the text keys of their services."""
        self.user.choices = [("", i18n.t("admin.link_user.choose_user")), *((str(user_id), name) for user_id, name in users)]
        names = [(role.code, _with_service(i18n.t(heading), i18n.t(role.text))) for heading, held in roles for role in held]
        self.role.choices = [("", i18n.t("admin.link_user.choose_access")), *names]

    @property
    def user_id(self) -> int:
        """The id of the chosen user; 0, nobody's, when the field was tampered with."""
        return whole_number(self.user.data or "") or 0


class MoveCompany(Form):
    """The request to move a company to another customer."""

    customer_number = text_field("admin.move_company.customer_number", longest=LONGEST_NUMBER)
    reason = area_field("admin.move_company.reason", longest=LONGEST_REASON)
    confirmer_name = text_field("admin.move_company.confirmer_name", longest=100)
    confirmer_email = email_field("admin.move_company.confirmer_email")
