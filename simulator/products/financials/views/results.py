"""Processing invoices, and what the next page says about it."""

from collections.abc import Sequence

from flask import abort, flash

from simulator.core.errors import NotFound
from simulator.products.financials import services
from simulator.products.financials.queries import Action
from simulator.products.financials.services import Processed
from simulator.products.financials.views.company import chosen_company
from simulator.web import i18n
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit

MOST_REFUSALS = 5
"""Own choice: how many refusals are said one by one."""


def process(action: Action, invoice_ids: Sequence[int]) -> None:
    """Process invoices, and tell on the next page what became of them; 404 when one is not in the books."""
    try:
        processed = services.process(visit().sandbox, actor().email, chosen_company().id, action, invoice_ids)
    except NotFound:
        abort(404)
    _tell(processed)


def _tell(processed: Processed) -> None:
    for name in ("sent", "mailed", "polled"):
        number = getattr(processed, name)
        if number:
            flash_text(f"financials.processed.{name}", count=i18n.show_number(number))
    if processed.waiting:
        flash_text("financials.processed.waiting", "warning", count=i18n.show_number(processed.waiting))
    for email in processed.came_back[:MOST_REFUSALS]:
        flash_text("ui.mail_came_back", "warning", email=email)
    for refusal in processed.refusals[:MOST_REFUSALS]:
        flash(i18n.refusal_text(refusal), "danger")
    more = len(processed.refusals) - MOST_REFUSALS
    if more > 0:
        flash_text("financials.processed.more", "danger", count=i18n.show_number(more))
