"""Forms of the page for developers."""

from collections.abc import Sequence
from typing import ClassVar

from simulator.directory.signing_in.models import Policy
from simulator.products.openid.models import Kind
from simulator.products.openid.services.applications import LONGEST, LONGEST_NAME
from simulator.products.openid.webhook_events import EVENTS
from simulator.web import i18n
from simulator.web.forms import Form, area_field, choice_field, text_field, tick_field
from simulator.web.identity_providers import AllowedProviders

LONGEST_USER_NAME = 254
LONGEST_LIST = 10 * LONGEST


class ExternalSignIn(Form):
    """The user name of an account at the external provider."""

    user_name = text_field("openid.external.user_name", longest=LONGEST_USER_NAME)


class EditApplication(AllowedProviders):
    """What is registered of an application; lists have an address on each line."""

    PLAIN: ClassVar = (
        "name", "kind", "policy", "asks_consent", "asks_tenant", "claims_in_id_token", "frontchannel_logout_uri",
        "backchannel_logout_uri",
    )  # fmt: skip
    LISTS: ClassVar = ("redirect_uris", "post_logout_redirect_uris", "origins")

    client_id = text_field("openid.client_id", longest=LONGEST_NAME)
    name = text_field("openid.application.name", required=False, longest=LONGEST_NAME)
    kind = choice_field("openid.application.kind")
    redirect_uris = area_field("openid.redirect_uris", required=False, longest=LONGEST_LIST, render_kw={"rows": 3})
    post_logout_redirect_uris = area_field(
        "openid.post_logout_redirect_uris", required=False, longest=LONGEST_LIST, render_kw={"rows": 2}
    )
    origins = area_field("openid.origins", required=False, longest=LONGEST_LIST, render_kw={"rows": 2})
    frontchannel_logout_uri = text_field("openid.frontchannel_logout_uri", required=False, longest=LONGEST)
    backchannel_logout_uri = text_field("openid.backchannel_logout_uri", required=False, longest=LONGEST)
    scopes = text_field("openid.scopes", longest=LONGEST)
    policy = choice_field("openid.policy")
    asks_consent = tick_field("openid.asks_consent")
    asks_tenant = tick_field("openid.asks_tenant")
    claims_in_id_token = tick_field("openid.claims_in_id_token")

    def offer_choices(self) -> "EditApplication":
        """Fill the drop-down lists in the language of the page."""
        self.kind.choices = [(kind.value, i18n.t(f"openid.kind.{kind}")) for kind in Kind]
        self.policy.choices = [(policy.value, i18n.t(f"openid.policy.{policy}")) for policy in Policy]
        return self


class AddWebhook(Form):
    """A subscription to an event: of one customer, or of all when none is chosen."""

    event = choice_field("openid.webhook.event")
    url = text_field("openid.webhook.url", longest=LONGEST)
    customer = choice_field("openid.webhook.customer", default="")

    def offer_choices(self, customers: Sequence[tuple[str, str]]) -> None:
        """Fill the drop-down lists; ``customers`` are pairs of id and name."""
        self.event.choices = [(event, event) for event in EVENTS]
        self.customer.choices = [("", i18n.t("openid.webhook.customer.all")), *customers]
