"""Routes of the authorization endpoint: the request, the choice of a customer, consent, and the way back.

Source: OpenID Connect Core, 3.1.2; OAuth 2.0 Form Post Response Mode; RFC 9207.
"""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from flask import abort, redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core import request_journal
from simulator.core.sandbox import Db
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import SignInSession
from simulator.products.openid.models import Authorization, Participation
from simulator.products.openid.services import applications, authorization, claims, keys, logout, provider
from simulator.products.openid.services.authorization import Demand, Next, Refusal
from simulator.products.openid.views.blueprint import PRODUCT, blueprint, current_session
from simulator.web import i18n
from simulator.web.access import for_programs, public
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.security_headers import lead_forms_to
from simulator.web.visit import visit

PAGES = {Next.TENANT: ".choose_tenant", Next.CONSENT: ".consent"}


@blueprint.get("/connect/authorize")
@public
def authorize() -> Response:
    """Begin an authorization request."""
    return _begin(dict(request.args.lists()))


@blueprint.post("/connect/authorize")
@public
@for_programs
def authorize_by_form() -> Response:
    """Check an authorization request that the form of another site sent; it goes on as a link, with the session's cookie."""
    with visit().sandbox.transaction() as db:
        try:
            demand = authorization.read(db, dict(request.form.lists()))
        except Refusal as refusal:
            return refuse(db, refusal, {name: values[0] for name, values in request.form.lists()})
        # Joined here, because ``url_for`` has a meaning of its own for names such as ``_external``.
        return redirect(f"{url_for('.authorize')}?{urlencode(demand.parameters)}", 303)


@blueprint.get("/connect/authorize/login")
@public
def resume() -> Response:
    """Go on with a request after the user signed in. Source: Connect's own path for it."""
    with visit().sandbox.transaction() as db:
        row = authorization.find(db, request.args.get("request"))
        if row is None:
            return _over()
        return _proceed(db, row)


@blueprint.route("/connect/authorize/tenant", methods=["GET", "POST"])
@public
def choose_tenant() -> Response:
    """Let the user choose the customer to act for."""
    form = Plain()
    with visit().sandbox.transaction() as db:
        row, demand, current = _waiting(db)
        if current is None:
            return _proceed(db, row)
        tenants = claims.tenants_of(db, current.person)
        if form.validate_on_submit():
            if request.form.get("tenant") in [id_ for id_, _ in tenants]:
                row.tenant = request.form["tenant"]
                return _proceed(db, row)
            abort(422)
        _lead_to(demand)
        title = i18n.t("openid.tenant.title")
        return page("openid/tenant.html", title, form=form, application=demand.application, tenants=tenants)


@blueprint.route("/connect/authorize/consent", methods=["GET", "POST"])
@public
def consent() -> Response:
    """Ask the user whether the application may have what it asks for."""
    form = Plain()
    with visit().sandbox.transaction() as db:
        row, demand, current = _waiting(db)
        if current is None:
            return _proceed(db, row)
        choice = request.form.get("choice")
        if form.validate_on_submit() and choice == "deny":
            authorization.finish(db, row)
            reason = request_journal.Reason("openid.why.denied", {"person": current.person.email})
            return refuse(db, Refusal("access_denied", reason, demand), demand.parameters)
        if form.validate_on_submit() and choice == "allow":
            authorization.agree(db, demand, current)
            row.agreed = True
            return _proceed(db, row)
        _lead_to(demand)
        scopes = [
            (scope, i18n.t(f"openid.scope.{scope}") if scope in applications.STANDARD_SCOPES else "")
            for scope in demand.scopes
        ]
        title = i18n.t("openid.consent.title", application=demand.application.name)
        return page("openid/consent.html", title, form=form, application=demand.application, scopes=scopes)


def _begin(lists: Mapping[str, list[str]]) -> Response:
    sandbox = visit().sandbox
    keys.prepare(sandbox)
    with sandbox.transaction() as db:
        try:
            demand = authorization.read(db, lists)
            current = current_session(db)
            waits_for = authorization.next_step(db, demand, current, _device(), None)
        except Refusal as refusal:
            return refuse(db, refusal, {name: values[0] for name, values in lists.items()})
        _use_language(demand)
        if waits_for is Next.NOTHING and current is not None:
            return _finish(db, demand, current, None)
        row = authorization.wait(db, demand, current)
        return _to_page(row, waits_for)


def _proceed(db: Db, row: Authorization) -> Response:
    """Go on with a stored request: to the next page, or back to the application."""
    demand = _demand_of(db, row)
    if isinstance(demand, Response):
        return demand
    current = current_session(db)
    try:
        waits_for = authorization.next_step(db, demand, current, _device(), row)
    except Refusal as refusal:
        authorization.finish(db, row)
        return refuse(db, refusal, demand.parameters)
    if waits_for is Next.NOTHING and current is not None:
        tenant = row.tenant
        authorization.finish(db, row)
        return _finish(db, demand, current, tenant)
    if waits_for is Next.SIGN_IN and current is not None:
        authorization.expect_other_session(db, row, current)
    return _to_page(row, waits_for)


def _waiting(db: Db) -> tuple[Authorization, Demand, SignInSession | None]:
    """Return the request of a page, and the session of this browser if it fulfils the request."""
    row = authorization.find(db, request.args.get("request"))
    demand = _demand_of(db, row) if row is not None else None
    if row is None or not isinstance(demand, Demand):
        abort(_over())
    current = current_session(db)
    try:
        waits_for = authorization.next_step(db, demand, current, _device(), row)
    except Refusal:
        return row, demand, None
    return row, demand, current if waits_for in PAGES else None


def _demand_of(db: Db, row: Authorization) -> Demand | Response:
    parameters = {name: [value] for name, value in row.parameters.items()}
    try:
        return authorization.read(db, parameters)
    except Refusal as refusal:
        # The application was changed meanwhile.
        return refuse(db, refusal, {name: values[0] for name, values in parameters.items()})


def _to_page(row: Authorization, waits_for: Next) -> Response:
    if waits_for is Next.SIGN_IN:
        other = 1 if "select_account" in row.parameters.get("prompt", "").split() else None
        return redirect(url_for("connect.sign_in", request=row.id, other=other))
    return redirect(url_for(PAGES.get(waits_for, ".resume"), request=row.id))


def _finish(db: Db, demand: Demand, current: SignInSession, tenant: str | None) -> Response:
    parameters = authorization.grant(db, demand, current, tenant)
    participation = db.get(Participation, (current.id, demand.application.id))
    assert participation is not None
    logout.expect_end(db, participation, current)
    caller, email = demand.application.client_id, current.person.email
    request_journal.record(db, PRODUCT, caller, "authorize", demand.parameters, 302, person=email)
    return send_back(db, demand, parameters)


def refuse(db: Db, refusal: Refusal, parameters: Mapping[str, str]) -> Response:
    """Say that a request is refused: to the application, or here when nobody knows where it is."""
    demand, reason = refusal.demand, refusal.reason
    caller = parameters.get("client_id", "")
    status = 302 if demand is not None else 400
    request_journal.record(db, PRODUCT, caller, "authorize", parameters, status, error=refusal.error, reason=reason)
    if demand is not None:
        description = provider.in_ascii(reason)
        registered_at = IdentityProvider(demand.application.provider)
        return send_back(db, demand, {"error": refusal.error, "error_description": description}, registered_at)
    title = i18n.t("openid.refused.title")
    return page("openid/refused.html", title, status=400, error=refusal.error, reason=reason, caller=caller)


def send_back(
    db: Db, demand: Demand, parameters: Mapping[str, str], provider: IdentityProvider = IdentityProvider.CONNECT
) -> Response:
    """Send the browser back to the application, in the mode that it asked for."""
    answer = dict(parameters)
    if demand.state is not None:
        answer["state"] = demand.state
    answer["iss"] = claims.issuer(db, provider)
    if demand.response_mode == "form_post":
        _lead_to(demand)
        return page("openid/form_post.html", i18n.t("openid.form_post.title"), address=demand.redirect_uri, answer=answer)
    sign = "#" if demand.response_mode == "fragment" else "&" if urlsplit(demand.redirect_uri).query else "?"
    return redirect(f"{demand.redirect_uri}{sign}{urlencode(answer)}", 302)


def _lead_to(demand: Demand) -> None:
    target = applications.origin_of(demand.redirect_uri)
    lead_forms_to([target] if target is not None else [])


def _use_language(demand: Demand) -> None:
    """Show the pages in the language that the application asks for, unless the visitor chose one."""
    language = authorization.language(demand)
    if language is not None and "language" not in session:
        session["language"] = language


def _device() -> str | None:
    return request.cookies.get(f"remember2sv_{visit().sandbox.name}")


def _over() -> Response:
    return page("openid/over.html", i18n.t("openid.over.title"), status=400)
