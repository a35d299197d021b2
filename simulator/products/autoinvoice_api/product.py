"""AutoInvoice's interface for programs as the composition root knows it."""

from sqlalchemy import text

from simulator.core import events
from simulator.core.jobs.recovery import RECOVERIES, Recovery
from simulator.core.jobs.registry import register_lazily
from simulator.core.late import late
from simulator.core.sandbox import Db
from simulator.products.autoinvoice_api.event_names import EVENTS
from simulator.web.product import Product

PRODUCT = Product(
    code="autoinvoice-api",
    name="autoinvoice_api.name",
    views="simulator.products.autoinvoice_api.calls",
    paths=("autoinvoice/api",),
    programs=True,
    caller=late("simulator.products.autoinvoice_api.table:concerned"),
)

_WEBHOOKS = "simulator.products.autoinvoice_api.webhooks"

_INTERRUPTED = text("SELECT 1 FROM autoinvoice_webhook_delivery WHERE state = 'sending' LIMIT 1")
"""Plain SQL: it is asked of every sandbox when a server starts, before the tables of this product are mapped."""


def is_a_delivery_interrupted(db: Db) -> bool:
    """Return whether a call was under way whose outcome nobody here will write down."""
    return db.scalar(_INTERRUPTED) is not None


register_lazily(_WEBHOOKS, "webhook.deliver")
for _type in sorted(set(EVENTS.values())):
    events.listen(_type, late(f"{_WEBHOOKS}:queue_deliveries"))
RECOVERIES.append(Recovery(is_a_delivery_interrupted, late(f"{_WEBHOOKS}:resume_deliveries")))
