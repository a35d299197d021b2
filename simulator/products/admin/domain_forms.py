"""Forms of e-mail domains."""

from simulator.core.normal_forms import LONGEST_DOMAIN
from simulator.directory import password_rules
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, text_field, tick_field
from simulator.web.identity_providers import AllowedProviders


class AddDomain(Form):
    """A new e-mail domain."""

    domain = text_field("admin.domains.domain", longest=LONGEST_DOMAIN)


class DomainPolicy(AllowedProviders):
    """How people of a domain sign in."""

    require_two_step = tick_field("admin.domains.require_two_step")
    password_rules = choice_field("admin.domains.password_rules")

    def offer(self) -> None:
        """Offer the sets of password rules."""
        self.password_rules.choices = [(code, i18n.t(f"password_rules.{code}")) for code in password_rules.BY_CODE]
