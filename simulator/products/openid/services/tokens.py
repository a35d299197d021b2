"""Tokens of a person without any browser, for tests that are not about signing in."""

from typing import Any

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import sign_in_sessions
from simulator.directory.models import Person
from simulator.products.openid.models import Application, Participation
from simulator.products.openid.services import applications, claims
from simulator.products.openid.services.claims import Grantee
from simulator.products.openid.services.provider import Provider


def without_browser(
    db: Db, person: Person, application: Application, scope: str | None, tenant: str | None, amr: list[str] | None
) -> dict[str, Any]:
    """Return what the token endpoint answers after a person signed in to an application.

    Args:
        db: the transaction.
        person: the person.
        application: the application.
        scope: the scopes, with blanks between them; all of the application when None.
        tenant: identifier of the customer to act for.
        amr: how the person signed in; by password when None.

    Raises:
        RuleViolation: ``openid.grant``, ``openid.scope`` or ``openid.tenant``.
    """
    if "authorization_code" not in applications.grant_types(application):
        raise RuleViolation("openid.no_users", field="client_id", client=application.client_id)
    scopes = tuple(dict.fromkeys(scope.split())) if scope else tuple(application.scopes)
    wrong = [word for word in scopes if word not in application.scopes]
    if wrong:
        facts = {"scope": " ".join(wrong), "registered": " ".join(application.scopes)}
        raise RuleViolation("openid.scope_not_registered", field="scope", **facts)
    own = [id_ for id_, _ in claims.tenants_of(db, person)]
    if tenant is None and application.asks_tenant and len(own) == 1:
        tenant = own[0]
    if tenant not in own and (tenant is not None or application.asks_tenant):
        raise RuleViolation("openid.tenant", field="tenant", tenants=", ".join(own) or "-")
    session = sign_in_sessions.begin(db, person, amr or ["pwd"])
    db.add(Participation(session_id=session.id, application_id=application.id, person_id=person.id))
    grantee = Grantee(
        application=application,
        subject=person,
        scopes=scopes,
        session_id=session.id,
        signed_in_at=session.started_at,
        methods=session.methods,
        tenant=tenant,
    )
    return Provider(db).tokens(grantee, db.chance.token())
