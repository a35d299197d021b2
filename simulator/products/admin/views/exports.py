"""Routes of Admin: files of lists that were exported through the queue."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import abort, redirect, send_file
from werkzeug.wrappers import Response

from simulator.core import files
from simulator.core.numbers import LARGEST_ID
from simulator.products.admin.queries import exports as queries
from simulator.products.admin.services import exports as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


def export_list(name: str, filters: Mapping[str, Any], zone: str, back: str) -> Response:
    """Queue the export of a list with its filters, flash a message, and redirect to the list."""
    with visit().sandbox.transaction() as db:
        queued = services.export_list(db, actor(), name, filters, i18n.language(), zone)
    flash_text("admin.invoice.export.queued" if queued else "admin.export.running", "info")
    return redirect(back)


@blueprint.get(f"/exports/<int(max={LARGEST_ID}):file_id>")
@requires("admin.view_start")
def exported_list(file_id: int) -> Response:
    """Send the exported file of a list, for seven days, to the person who requested it, who must still have access."""
    with visit().sandbox.reading() as db:
        file = queries.exported_file(db, actor(), file_id) or abort(404)
        name, media_type = file.name, file.media_type
        content = None if files.has_expired(db, file) else file.content
    if content is None:
        title = i18n.t("admin.export.expired")
        return page("admin/reports/expired.html", title, menu="admin.reports", status=410, name=name)
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name, etag=False)
