"""Routes of signing in with the external provider: to its page, and back from it; and the page of what is not allowed."""

from flask import redirect, request, session
from werkzeug.wrappers import Response

from simulator.directory.identity_providers import IdentityProvider
from simulator.products.connect.services import external as services
from simulator.products.connect.services.external import ExternalRefusal, Journey
from simulator.products.connect.views import flow
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.pages import flash_text, page
from simulator.web.visit import visit

JOURNEY = "external"


@blueprint.get("/login/external")
@public
def external() -> Response:
    """Lead the browser to the external provider, when that is allowed for the address or demanded by the application."""
    demands = flow.begin_request(request.args.get("request") or session.get("request"))
    with visit().sandbox.reading() as db:
        current = flow.find(db) if "request" not in request.args else None
        if current is not None:
            if IdentityProvider.EXTERNAL not in flow.identity_providers(db, current):
                return flow.begin_again(other=True)
            journey = Journey.begin(current.email, current.back_to, session.get("request"))
        elif demands is not None and demands.identity_providers == [IdentityProvider.EXTERNAL]:
            journey = Journey.begin(demands.email, demands.back_to, demands.id)
        else:
            return flow.begin_again()
        session[JOURNEY] = journey.stored
        return redirect(services.address(db, journey))


@blueprint.get("/login/external/callback")
@public
def external_callback() -> Response:
    """Read the answer of the external provider, and go on or say why it does not sign in."""
    journey = Journey.read(session.pop(JOURNEY, None))
    with visit().sandbox.transaction() as db:
        try:
            current = services.sign_in(db, journey, dict(request.args))
        except ExternalRefusal as refusal:
            flash_text(f"connect.external.{refusal.why}", "danger", email=refusal.email or "")
            return flow.begin_again(other=True)
        flow.go_on_with(current)
        return flow.go_on(db, current)


@blueprint.get("/login/denied")
@public
def denied() -> Response:
    """Say that the policies leave no way to sign in. Source: Connect help, policies, for the sentence."""
    return page("connect/denied.html", i18n.t("connect.external.denied_title"), status=403)
