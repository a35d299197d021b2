"""Calls about applications that sign in with Connect, and tokens without a browser."""

from typing import Any, cast

from simulator.control import application_schemas as schemas
from simulator.control.table import Calls, store
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import Status
from simulator.directory.people import by_email
from simulator.directory.signing_in.models import Policy
from simulator.products.openid.models import Application, Kind, RefreshUsage
from simulator.web.calls.fields import choice, flag, list_of, text, whole
from simulator.web.problem_documents import Problem

blueprint = Calls("applications", __name__)

LONGEST = 2000
REGISTRATION = {
    "client_id": text(longest=100, required=True),
    "client_name": text(longest=100),
    "kind": choice(*Kind),
    "secret": text(longest=200),
    "redirect_uris": list_of(text(longest=LONGEST)),
    "post_logout_redirect_uris": list_of(text(longest=LONGEST)),
    "origins": list_of(text(longest=LONGEST)),
    "frontchannel_logout_uri": text(longest=LONGEST),
    "backchannel_logout_uri": text(longest=LONGEST),
    "scopes": list_of(text(longest=200)),
    "policy": choice(*Policy),
    "asks_consent": flag(),
    "asks_tenant": flag(),
    "claims_in_id_token": flag(),
    "refresh_usage": choice(*RefreshUsage),
    "refresh_days": whole(least=1, most=365),
    "grace_seconds": whole(most=60),
    "identity_providers": list_of(choice(*IdentityProvider), least=1),
}
TOKEN = {
    "client_id": text(longest=100, required=True),
    "scope": text(longest=LONGEST),
    "tenant": text(longest=60),
    "amr": list_of(text(longest=40)),
}


@blueprint.call("GET", "/sandboxes/{name}/applications", refusals=(404,))
def list_applications(name: str) -> list[schemas.Application]:
    """List the applications that sign in with Connect, with their secrets."""
    from simulator.products.openid.services import applications

    with store().open(name) as sandbox, sandbox.reading() as db:
        return [_describe(db, application) for application in applications.all_of(db)]


@blueprint.call("POST", "/sandboxes/{name}/applications", body=REGISTRATION, status=201, refusals=(404, 422))
def register_application(name: str, **values: Any) -> schemas.Application:
    """Register an application, or change the one with this client ID."""
    from simulator.products.openid.services import applications

    chosen = {key: value for key, value in values.items() if value is not None}
    registration = applications.Registration(name=chosen.pop("client_name", None), **chosen)
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return _describe(db, applications.add(db, registration))


@blueprint.call("DELETE", "/sandboxes/{name}/applications/{client_id}", status=204, refusals=(404,))
def remove_application(name: str, client_id: str) -> None:
    """Remove an application with all its codes and tokens."""
    from simulator.products.openid.services import applications

    with store().open(name) as sandbox, sandbox.transaction() as db:
        applications.remove(db, _application(db, client_id))


@blueprint.call("POST", "/sandboxes/{name}/keys/rotate", refusals=(404,))
def rotate_keys(name: str) -> schemas.SigningKey:
    """Sign tokens with a new key from now on; the old one stays in the key set."""
    from simulator.products.openid.services import keys

    with store().open(name) as sandbox:
        return {"kid": keys.rotate(sandbox)}


@blueprint.call("POST", "/sandboxes/{name}/people/{email}/token", body=TOKEN, refusals=(404, 409, 422))
def issue_token(
    name: str, email: str, client_id: str, scope: str | None, tenant: str | None, amr: list[str] | None
) -> schemas.Tokens:
    """Answer as the token endpoint does after this person signed in to an application, without any browser."""
    from simulator.products.openid.services import keys, tokens

    with store().open(name) as sandbox:
        keys.prepare(sandbox)
        with sandbox.transaction() as db:
            person, application = by_email(db, email), _application(db, client_id)
            if person is None:
                raise NotFound("person", email)
            status = person.status_at(db.clock.now())
            if status is not Status.ACTIVE:
                raise Problem(409, f"{person.email} cannot sign in: the account is {status}.")
            answer: Any = tokens.without_browser(db, person, application, scope, tenant, amr)
            return cast(schemas.Tokens, answer)


def _application(db: Db, client_id: str) -> Application:
    from simulator.products.openid.services import applications

    application = applications.by_client_id(db, client_id)
    if application is None:
        raise NotFound("application", client_id)
    return application


def _describe(db: Db, application: Application) -> schemas.Application:
    from simulator.products.openid.services import applications

    described: Any = {key: getattr(application, key) for key in REGISTRATION if key != "client_name"}
    return {**described, "client_name": application.name, "secret": applications.secret_of(db, application)}  # type: ignore[typeddict-item]
