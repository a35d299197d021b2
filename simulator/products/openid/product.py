"""The OpenID provider as the composition root knows it."""

from collections.abc import Sequence

from sqlalchemy import text

from simulator.core import events
from simulator.core.events import Event
from simulator.core.jobs.recovery import RECOVERIES, Recovery
from simulator.core.jobs.registry import register_lazily
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory.activation import WHEN_SESSIONS_END
from simulator.products.openid.webhook_events import JOURNAL_TYPES
from simulator.web.product import Product

PRODUCT = Product(
    code="openid",
    name="openid.name",
    views="simulator.products.openid.views",
    paths=(
        "connect/.well-known",
        "connect/authorize",
        "connect/token",
        "connect/userinfo",
        "connect/introspect",
        "connect/revocation",
        "connect/endsession",
        "developer",
        "idp",
    ),
    start="developer/applications",
    in_manuals=False,
    caller=late("simulator.products.openid.views.tokens:concerned"),
)

PUBLIC_API = Product(
    code="public-api",
    name="public_api.name",
    views="simulator.products.openid.public_api",
    paths=("connect/public-api",),
    programs=True,
    in_manuals=False,
)
"""Connect's interface for programs, which the provider's tokens open."""

_LOGOUT = "simulator.products.openid.services.logout"

_PARTICIPATING = text("SELECT 1 FROM openid_participation LIMIT 1")
"""Plain SQL: it is asked at each sign-out, before anything of this product is imported."""

_queue = late(f"{_LOGOUT}:queue")


def tell_applications(db: Db, session_ids: Sequence[str]) -> None:
    """Tell the applications of sessions that these have ended."""
    if db.scalar(_PARTICIPATING) is not None:
        _queue(db, session_ids)


_WEBHOOKS = "simulator.products.openid.services.webhooks"

_SUBSCRIBED = text("SELECT 1 FROM openid_webhook LIMIT 1")
_INTERRUPTED = text("SELECT 1 FROM openid_webhook_call WHERE state = 'sending' LIMIT 1")
"""Plain SQL too: asked at each of Connect's events, and of every sandbox when a server starts."""

_queue_calls = late(f"{_WEBHOOKS}:queue")


def call_webhooks(db: Db, line: Event) -> None:
    """Queue the calls of webhooks for a line of the journal."""
    if db.scalar(_SUBSCRIBED) is not None:
        _queue_calls(db, line)


def is_a_call_interrupted(db: Db) -> bool:
    """Return whether a call was under way whose outcome nobody here will write down."""
    return db.scalar(_INTERRUPTED) is not None


register_lazily(_LOGOUT, "openid.logout")
register_lazily(_WEBHOOKS, "openid.webhook")
for _type in JOURNAL_TYPES:
    events.listen(_type, call_webhooks)
RECOVERIES.append(Recovery(is_a_call_interrupted, late(f"{_WEBHOOKS}:resume_calls")))
WHEN_SESSIONS_END.append(tell_applications)
