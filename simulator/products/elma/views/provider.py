"""The web pages of operators of access points: what they have registered, and the registers' own lists.

Source: ELMA as service providers use it: menu, and the buttons *Add participant*, *Edit participant* and, on an access point's page
only, delete. Own choice: nobody signs in; whoever looks plays the operator of the access point chosen at the top, which every
address carries as ``?access_point=``. Agreements, and applying for them, are left out.
"""

from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.model.models import AccessPoint, Participant
from simulator.documents.peppol import sml
from simulator.documents.registers import access_points, participants
from simulator.documents.registers.document_types import BILLING, DocumentType
from simulator.documents.registers.organisation_numbers import typed
from simulator.documents.registers.processes import PROFILES
from simulator.documents.registers.schemes import ELMA
from simulator.products.elma import forms, queries
from simulator.products.elma.views.blueprint import blueprint
from simulator.web import i18n, listing
from simulator.web.access import public
from simulator.web.pages import flash_text, page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import visit

MENU = (
    ("elma.provider.participants", "elma.provider"),
    ("elma.provider.access_points", "elma.show_access_points"),
    ("elma.provider.providers", "elma.show_providers"),
    ("elma.provider.processes", "elma.show_processes"),
    ("elma.provider.users", "elma.show_users"),
    ("elma.provider.events", "elma.show_events"),
    ("elma.provider.sml_queue", "elma.sml_queue"),
    ("elma.provider.directory_queue", "elma.directory_queue"),
)
"""Source: ELMA as service providers use it, menu."""

PARTICIPANT = f"<int(max={LARGEST_ID}):participant_id>"


def operator(db: Db) -> AccessPoint:
    """Return the access point whose operator the visitor plays; 404 when there is none."""
    found = queries.chosen(db, request.values.get("access_point"))
    if found is None:
        abort(404)
    return found


def provider_page(template: str, title: str, db: Db, here: AccessPoint, *, menu: str, **values: Any) -> Response:
    """Render a page with the choice of access points and the menu above it."""
    return page(
        template,
        title,
        here=here,
        everyone=access_points.all_of(db),
        menu_entries=[(i18n.t(text), url_for(endpoint, access_point=here.key), text == menu) for text, endpoint in MENU],
        sizes=listing.SIZES,
        **values,
    )


@blueprint.get("/provider")
@public
def provider() -> Response:
    """List what the access point has registered."""
    with visit().sandbox.reading() as db:
        if not access_points.all_of(db):
            return page("elma/provider/none.html", i18n.t("elma.provider.participants"))
        here = operator(db)
        found = queries.participants(db, here, listing.page_request(request.args, ["name"]))
        title = i18n.t("elma.provider.participants")
        return provider_page(
            "elma/provider/participants.html", title, db, here, menu="elma.provider.participants", found=found
        )


@blueprint.route("/provider/participants/add", methods=["GET", "POST"])
@public
def add_participant() -> Response:
    """Register an address through the access point."""
    form = forms.AddParticipant()
    if not form.is_submitted():
        form.scheme.data, form.invoice.data, form.credit_note.data = ELMA, True, True
    elif form.validate() and _has_a_type(form):
        try:
            with visit().sandbox.transaction() as db:
                here = operator(db)
                added = participants.add(
                    db,
                    here,
                    _identifier(form.scheme.data, form.number.data),
                    " ".join(form.name.data.split()),
                    scheme=form.scheme.data,
                    document_types=_types(form),
                )
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("elma.provider.added", name=added.name)
            return redirect(url_for("elma.provider", access_point=here.key))
    with visit().sandbox.reading() as db:
        return provider_page(
            "elma/provider/add.html", i18n.t("elma.provider.add"), db, operator(db), menu="elma.provider.participants", form=form,
            status=422 if form.is_submitted() else 200,
        )  # fmt: skip


@blueprint.route(f"/provider/participants/{PARTICIPANT}/edit", methods=["GET", "POST"])
@public
def edit_participant(participant_id: int) -> Response:
    """Change the name of a participant, and what it receives through the access point."""
    form = forms.EditParticipant()
    if form.validate_on_submit() and _has_a_type(form):
        try:
            with visit().sandbox.transaction() as db:
                here = operator(db)
                found = _own(db, participant_id, here)
                participants.change(db, here, found, " ".join(form.name.data.split()), _types(form))
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("elma.provider.changed", name=found.name)
            return redirect(url_for("elma.provider", access_point=here.key))
    with visit().sandbox.reading() as db:
        here = operator(db)
        row = queries.row_of(_own(db, participant_id, here), here)
        if not form.is_submitted():
            codes = {type_.code for type_ in row.document_types}
            form.name.data, form.invoice.data, form.credit_note.data = row.name, "invoice" in codes, "credit_note" in codes
        return provider_page(
            "elma/provider/edit.html", i18n.t("elma.provider.edit"), db, here, menu="elma.provider.participants", form=form,
            row=row, status=422 if form.is_submitted() else 200,
        )  # fmt: skip


@blueprint.get("/provider/access-points")
@public
def show_access_points() -> Response:
    """List all access points."""
    with visit().sandbox.reading() as db:
        title = i18n.t("elma.provider.access_points")
        return provider_page(
            "elma/provider/access_points.html",
            title,
            db,
            operator(db),
            menu="elma.provider.access_points",
            counts=queries.counts(db),
        )


@blueprint.get(f"/provider/access-points/<int(max={LARGEST_ID}):access_point_id>")
@public
def show_access_point(access_point_id: int) -> Response:
    """Show one access point with its participants; its own operator can delete them."""
    with visit().sandbox.reading() as db:
        here, shown = operator(db), db.get(AccessPoint, access_point_id)
        if shown is None:
            abort(404)
        found = queries.participants(db, shown, listing.page_request(request.args, ["name"]))
        return provider_page(
            "elma/provider/access_point.html",
            shown.name,
            db,
            here,
            menu="elma.provider.access_points",
            shown=shown,
            found=found,
        )


@blueprint.post(f"/provider/participants/{PARTICIPANT}/delete")
@public
def delete_participant(participant_id: int) -> Response:
    """Remove what the access point has registered for a participant."""
    with visit().sandbox.transaction() as db:
        here = operator(db)
        found = _own(db, participant_id, here)
        name, changed = found.name, participants.remove(db, here, found)
    flash_text(
        "elma.provider.removed" if changed else "elma.provider.being_removed", "success" if changed else "info", name=name
    )
    return redirect(url_for("elma.show_access_point", access_point_id=here.id, access_point=here.key))


@blueprint.get("/provider/providers")
@public
def show_providers() -> Response:
    """List who runs the access points."""
    with visit().sandbox.reading() as db:
        title = i18n.t("elma.provider.providers")
        return provider_page(
            "elma/provider/providers.html", title, db, operator(db), menu="elma.provider.providers", zone=sml.ZONE
        )


@blueprint.get("/provider/processes")
@public
def show_processes() -> Response:
    """List what can be registered."""
    with visit().sandbox.reading() as db:
        title = i18n.t("elma.provider.processes")
        return provider_page(
            "elma/provider/processes.html", title, db, operator(db), menu="elma.provider.processes", profiles=PROFILES
        )


@blueprint.get("/provider/users")
@public
def show_users() -> Response:
    """List the users of ELMA's interface for programs, with their passwords."""
    with visit().sandbox.reading() as db:
        users = [(one.name, one.key, access_points.password_of(one)) for one in access_points.all_of(db)]
        title = i18n.t("elma.provider.users")
        return provider_page("elma/provider/users.html", title, db, operator(db), menu="elma.provider.users", users=users)


@blueprint.get("/provider/events")
@public
def show_events() -> Response:
    """List what happened in the registers, newest first."""
    with visit().sandbox.reading() as db:
        found = queries.happened(db, listing.page_request(request.args, ["at"]))
        title = i18n.t("elma.provider.events")
        return provider_page("elma/provider/events.html", title, db, operator(db), menu="elma.provider.events", found=found)


def _own(db: Db, participant_id: int, here: AccessPoint) -> Participant:
    found = queries.participant_of(db, participant_id, here)
    if found is None:
        abort(404)
    return found


def _identifier(scheme: str, text: str) -> str:
    """Return an identifier as it was meant: an organisation number may be typed with blanks and the like."""
    digits = typed(text) if scheme == ELMA else None
    return digits if digits is not None else "".join(text.split())


def _types(form: forms.EditParticipant) -> list[DocumentType]:
    ticked = {"invoice": form.invoice.data, "credit_note": form.credit_note.data}
    return [type_ for type_ in BILLING if ticked[type_.code]]


def _has_a_type(form: forms.EditParticipant) -> bool:
    if _types(form):
        return True
    form.invoice.errors = [i18n.t("elma.provider.no_type")]
    return False
