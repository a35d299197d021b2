"""The page for developers of applications: what is registered, and the last requests with a sentence on why one failed.

Own choice, all of it: like the phones it is open to everybody who can open the sandbox.
"""

from typing import Any

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core import request_journal
from simulator.core.clock import ClockMode
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.identity_providers import IdentityProvider
from simulator.products.openid.forms import EditApplication
from simulator.products.openid.models import Application, Kind
from simulator.products.openid.services import applications, claims, keys, webhooks
from simulator.products.openid.services.applications import Registration
from simulator.products.openid.views.blueprint import PRODUCT, blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.visit import visit


@blueprint.get("/developer/applications")
@public
def list_applications() -> Response:
    """List the applications, and the last requests of all."""
    with visit().sandbox.reading() as db:
        registered = applications.all_of(db)
        entries = request_journal.newest_first(db, PRODUCT)
        issuer = claims.issuer(db)
        is_live = db.clock.mode is ClockMode.LIVE
    return page(
        "openid/applications.html",
        i18n.t("openid.applications.title"),
        applications=registered,
        entries=entries,
        issuer=issuer,
        is_live=is_live,
        form=Plain(),
    )


@blueprint.get("/developer/applications/<client_id>")
@public
def show_application(client_id: str) -> Response:
    """Show an application with all that a developer needs, and its last requests."""
    with visit().sandbox.reading() as db:
        application = _application(db, client_id)
        secret = applications.secret_of(db, application)
        subscriptions = webhooks.all_of(db, application)
        entries = request_journal.newest_first(db, PRODUCT, client_id)
        issuer = claims.issuer(db)
        is_live = db.clock.mode is ClockMode.LIVE
    return page(
        "openid/application.html",
        application.name,
        application=application,
        secret=secret,
        grants=applications.grant_types(application),
        webhooks=subscriptions,
        entries=entries,
        issuer=issuer,
        is_live=is_live,
        form=Plain(),
    )


@blueprint.route("/developer/applications/new", methods=["GET", "POST"])
@public
def add_application() -> Response:
    """Register an application."""
    form = EditApplication(kind=Kind.WEB.value, scopes="openid profile email offline_access", claims_in_id_token=True)
    if not form.is_submitted():
        form.allow(tuple(IdentityProvider))
    return _edit(form, None)


@blueprint.route("/developer/applications/<client_id>/edit", methods=["GET", "POST"])
@public
def edit_application(client_id: str) -> Response:
    """Change an application."""
    with visit().sandbox.reading() as db:
        application = _application(db, client_id)
    values = {name: getattr(application, name) for name in EditApplication.PLAIN}
    lists = {name: "\n".join(getattr(application, name)) for name in EditApplication.LISTS}
    form = EditApplication(**values, **lists, scopes=" ".join(application.scopes), client_id=client_id)
    if not form.is_submitted():
        form.allow(application.identity_providers)
    return _edit(form, client_id)


@blueprint.post("/developer/applications/<client_id>/remove")
@public
def remove_application(client_id: str) -> Response:
    """Remove an application with all its tokens."""
    with visit().sandbox.transaction() as db:
        applications.remove(db, _application(db, client_id))
    flash_text("openid.application.removed", name=client_id)
    return redirect(url_for(".list_applications"))


@blueprint.post("/developer/keys/rotate")
@public
def rotate_keys() -> Response:
    """Sign with a new key."""
    kid = keys.rotate(visit().sandbox)
    flash_text("openid.keys.rotated", kid=kid)
    return redirect(url_for(".list_applications"))


def _edit(form: EditApplication, client_id: str | None) -> Response:
    form.offer_choices()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                if client_id is None and applications.by_client_id(db, form.client_id.data) is not None:
                    raise RuleViolation("openid.taken", field="client_id", client=form.client_id.data)
                before = _application(db, client_id) if client_id is not None else None
                application = applications.add(db, _registration(form, before))
                address = url_for(".show_application", client_id=application.client_id)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("openid.application.saved", name=form.client_id.data)
            return redirect(address)
    title = i18n.t("openid.application.add" if client_id is None else "openid.application.edit")
    return page("openid/edit.html", title, status=status, form=form, client_id=client_id)


def _registration(form: EditApplication, before: Application | None) -> Registration:
    values: dict[str, Any] = {name: form[name].data for name in EditApplication.PLAIN}
    values = {name: value or None if name.endswith("_uri") else value for name, value in values.items()}
    values |= {name: (form[name].data or "").split() for name in (*EditApplication.LISTS, "scopes")}
    values |= {"client_id": form.client_id.data, "identity_providers": form.allowed}
    if before is not None:
        values |= {
            name: getattr(before, name) for name in ("client_id", "secret", "refresh_usage", "refresh_days", "grace_seconds")
        }
    return Registration(**values)


def _application(db: Db, client_id: str) -> Application:
    return applications.by_client_id(db, client_id) or abort(404)
