"""The OpenID provider as the composition root knows it."""

from collections.abc import Sequence

from sqlalchemy import text

from simulator.core.jobs.registry import register_lazily
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.directory.activation import WHEN_SESSIONS_END
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
    ),
    start="developer/applications",
    in_manuals=False,
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


register_lazily(_LOGOUT, "openid.logout")
WHEN_SESSIONS_END.append(tell_applications)
