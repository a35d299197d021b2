"""The web pages of operators of access points: their participants, and the lists of the registers.

Source: ELMA as service providers use it: menu, and the buttons *Add participant*, *Edit participant* and, on an access point's page
only, delete. Own choice: nobody signs in; the visitor plays the operator of the access point chosen at the top, which every
address carries as ``?access_point=``. Agreements, and applying for them, are left out.
"""

from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID
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
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
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


def own_access_point(db: Db) -> AccessPoint:
    """Return the access point whose operator the visitor plays; 404 when there is none."""
    return queries.access_point_of(db, request.values.get("access_point")) or abort(404)


def provider_page(template: str, title: str, db: Db, own: AccessPoint, *, menu: str, **values: Any) -> Response:
    """Render a page with the choice of access points and the menu above it."""
    return page(
        template,
        title,
        own=own,
        access_points=access_points.all_of(db),
        menu_entries=[(i18n.t(text), url_for(endpoint, access_point=own.key), text == menu) for text, endpoint in MENU],
        sizes=SIZES,
        **values,
    )


@blueprint.get("/provider")
@public
def provider() -> Response:
    """List the participants of the access point."""
    with visit().sandbox.reading() as db:
        if not access_points.all_of(db):
            return page("elma/provider/none.html", i18n.t("elma.provider.participants"))
        own = own_access_point(db)
        return provider_page(
            "elma/provider/participants.html",
            i18n.t("elma.provider.participants"),
            db,
            own,
            menu="elma.provider.participants",
            listing=queries.participants(db, own, page_request(request.args, ["name"])),
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
                own = own_access_point(db)
                added = participants.add(
                    db,
                    own,
                    _identifier(form.scheme.data, form.number.data),
                    " ".join(form.name.data.split()),
                    scheme=form.scheme.data,
                    document_types=_types(form),
                )
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("elma.provider.added", name=added.name)
            return redirect(url_for("elma.provider", access_point=own.key))
    with visit().sandbox.reading() as db:
        return provider_page(
            "elma/provider/add.html",
            i18n.t("elma.provider.add"),
            db,
            own_access_point(db),
            menu="elma.provider.participants",
            form=form,
            status=422 if form.is_submitted() else 200,
        )


@blueprint.route(f"/provider/participants/{PARTICIPANT}/edit", methods=["GET", "POST"])
@public
def edit_participant(participant_id: int) -> Response:
    """Change the name of a participant, and the document types that it receives through the access point."""
    form = forms.EditParticipant()
    if form.validate_on_submit() and _has_a_type(form):
        try:
            with visit().sandbox.transaction() as db:
                own = own_access_point(db)
                participant = _participant(db, participant_id, own)
                participants.change(db, own, participant, " ".join(form.name.data.split()), _types(form))
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("elma.provider.changed", name=participant.name)
            return redirect(url_for("elma.provider", access_point=own.key))
    with visit().sandbox.reading() as db:
        own = own_access_point(db)
        row = queries.row_of(_participant(db, participant_id, own), own)
        if not form.is_submitted():
            codes = {type_.code for type_ in row.document_types}
            form.name.data, form.invoice.data, form.credit_note.data = row.name, "invoice" in codes, "credit_note" in codes
        return provider_page(
            "elma/provider/edit.html",
            i18n.t("elma.provider.edit"),
            db,
            own,
            menu="elma.provider.participants",
            form=form,
            row=row,
            status=422 if form.is_submitted() else 200,
        )


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
            own_access_point(db),
            menu="elma.provider.access_points",
            counts=queries.counts(db),
        )


@blueprint.get(f"/provider/access-points/<int(max={LARGEST_ID}):access_point_id>")
@public
def show_access_point(access_point_id: int) -> Response:
    """Show one access point with its participants; its own operator can delete them."""
    with visit().sandbox.reading() as db:
        access_point = db.get(AccessPoint, access_point_id) or abort(404)
        return provider_page(
            "elma/provider/access_point.html",
            access_point.name,
            db,
            own_access_point(db),
            menu="elma.provider.access_points",
            access_point=access_point,
            listing=queries.participants(db, access_point, page_request(request.args, ["name"])),
        )


@blueprint.post(f"/provider/participants/{PARTICIPANT}/delete")
@public
def delete_participant(participant_id: int) -> Response:
    """Remove the access point's registrations of a participant."""
    with visit().sandbox.transaction() as db:
        own = own_access_point(db)
        participant = _participant(db, participant_id, own)
        name, changed = participant.name, participants.remove(db, own, participant)
    flash_text(
        "elma.provider.removed" if changed else "elma.provider.being_removed", "success" if changed else "info", name=name
    )
    return redirect(url_for("elma.show_access_point", access_point_id=own.id, access_point=own.key))


@blueprint.get("/provider/providers")
@public
def show_providers() -> Response:
    """List the operators of the access points."""
    with visit().sandbox.reading() as db:
        title = i18n.t("elma.provider.providers")
        return provider_page(
            "elma/provider/providers.html", title, db, own_access_point(db), menu="elma.provider.providers", zone=sml.ZONE
        )


@blueprint.get("/provider/processes")
@public
def show_processes() -> Response:
    """List the processes that can be registered."""
    with visit().sandbox.reading() as db:
        title = i18n.t("elma.provider.processes")
        return provider_page(
            "elma/provider/processes.html",
            title,
            db,
            own_access_point(db),
            menu="elma.provider.processes",
            profiles=PROFILES,
        )


@blueprint.get("/provider/users")
@public
def show_users() -> Response:
    """List the users of ELMA's API, with their passwords."""
    with visit().sandbox.reading() as db:
        users = [(user.name, user.key, access_points.password_of(db, user)) for user in access_points.all_of(db)]
        title = i18n.t("elma.provider.users")
        return provider_page(
            "elma/provider/users.html", title, db, own_access_point(db), menu="elma.provider.users", users=users
        )


@blueprint.get("/provider/events")
@public
def show_events() -> Response:
    """List the events of the registers, newest first."""
    with visit().sandbox.reading() as db:
        return provider_page(
            "elma/provider/events.html",
            i18n.t("elma.provider.events"),
            db,
            own_access_point(db),
            menu="elma.provider.events",
            listing=queries.events(db, page_request(request.args, ["at"])),
        )


def _participant(db: Db, participant_id: int, own: AccessPoint) -> Participant:
    return queries.participant_of(db, participant_id, own) or abort(404)


def _identifier(scheme: str, text: str) -> str:
    """Return a typed identifier without blanks; an organisation number also without the signs that people write in it."""
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
