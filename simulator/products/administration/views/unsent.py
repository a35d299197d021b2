"""Routes of the list of invoices that AutoInvoice has not sent.

Source: Visma's desktop programs, AutoInvoice not sent: a red icon, the list with *Resend* and *Handle manually*, and its filters by
date, status and type of document.
"""

from flask import request
from werkzeug.wrappers import Response

from simulator.products.administration import forms, queries
from simulator.products.administration.views.blueprint import CLIENT, blueprint, in_window, installed
from simulator.sales import submission
from simulator.web import desktop, i18n, listing
from simulator.web.access import signed_in
from simulator.web.visit import visit

ANY = tuple(outcome for outcomes in queries.UNSENT.values() for outcome in outcomes)


@blueprint.get(f"{CLIENT}/unsent")
@signed_in
def unsent(client: int) -> Response:
    """List the invoices that wait for AutoInvoice, that it did not deliver, or that somebody handles manually."""
    filters = queries.filters_of(request.args, queries.UNSENT, ANY)
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window = in_window(program)
        rows = queries.invoices(db, program.client, filters.search, listing.page_request(request.args, ["number"]))
        traces = [submission.trace(db, row.invoice) for row in rows.rows]
    return desktop.window(
        "administration/unsent.html",
        i18n.t("administration.unsent"),
        window,
        problems=i18n.day_problems("from", "to"),
        client=client,
        listing=rows,
        reasons=[i18n.t(trace.problem, **(trace.facts or {})) if trace.problem else "" for trace in traces],
        groups={outcome: group for group, outcomes in queries.UNSENT.items() for outcome in outcomes},
        filters=filters,
        statuses=[(group, i18n.t(f"administration.unsent.{group}")) for group in queries.UNSENT],
        kinds=[(kind, forms.kind_name(kind)) for kind in queries.KINDS],
        sizes=listing.SIZES,
        moves=any(row.outcome in queries.MOVING for row in rows.rows),
        address={name: request.args.get(name) for name in ("status", "type", "from", "to", "size")},
    )
