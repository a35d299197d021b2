"""Authorization codes and refresh tokens: issued, used once, withdrawn with all that came of them.

Source: RFC 6749, 4.1.2 and 10.5; RFC 9700, 4.14. Connect help, offline access: refresh tokens are used once or again and again,
last a number of days, and the old one works for some seconds more. Own choice: a code lasts five minutes.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from simulator.core import events
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.models import Person, Status
from simulator.products.openid.models import Application, Code, RefreshToken, RefreshUsage, Subject
from simulator.products.openid.services.claims import Grantee

CODE_LIFETIME = timedelta(minutes=5)
CODE, REFRESH_TOKEN = "openid code", "openid refresh token"
"""Purposes of seals."""

events.declare(
    openid__code_issued="A user signed in to an application, which got an authorization code.",
    openid__tokens_issued="An application got tokens.",
    openid__family_revoked="A code or refresh token was used twice; all refresh tokens that came of it are withdrawn.",
)


def issue_code(db: Db, grantee: Grantee, redirect_uri: str, challenge: str | None, method: str | None) -> str:
    """Issue an authorization code."""
    _sweep(db)
    identifier, family, subject = db.chance.token(), db.chance.token(), grantee.subject
    db.add(
        Code(
            hash=sha256_hex(identifier),
            application_id=grantee.application.id,
            person_id=subject.id if isinstance(subject, Person) else None,
            account_id=None if isinstance(subject, Person) else subject.id,
            session_id=grantee.session_id,
            redirect_uri=redirect_uri,
            scope=" ".join(grantee.scopes),
            nonce=grantee.nonce,
            challenge=challenge,
            challenge_method=method,
            signed_in_at=grantee.signed_in_at,
            methods=list(grantee.methods),
            tenant=grantee.tenant,
            family=family,
            expires_at=db.clock.now() + CODE_LIFETIME,
            used_at=None,
        )
    )
    events.record(
        db,
        "openid.code_issued",
        actor=subject.email,
        subject=grantee.application.client_id,
        scopes=list(grantee.scopes),
    )
    return db.sealed(CODE, identifier)


def find_code(db: Db, code: str) -> Code | None:
    """Return a code of this sandbox, also one that was used or has expired."""
    identifier = db.unseal(CODE, code)
    return db.get(Code, sha256_hex(identifier)) if identifier else None


def grantee_of(code: Code) -> Grantee:
    """Return for whom tokens are issued in exchange for a code."""
    return Grantee(
        application=code.application,
        subject=code.subject,
        scopes=code.scope.split(),
        session_id=code.session_id,
        signed_in_at=code.signed_in_at,
        methods=code.methods,
        tenant=code.tenant,
        nonce=code.nonce,
    )


def issue_refresh_token(db: Db, grantee: Grantee, family: str) -> str:
    """Issue a refresh token of a family, for a person: the external provider issues none."""
    assert isinstance(grantee.subject, Person)
    identifier, now = db.chance.token(), db.clock.now()
    db.add(
        RefreshToken(
            hash=sha256_hex(identifier),
            family=family,
            application_id=grantee.application.id,
            person_id=grantee.subject.id,
            session_id=grantee.session_id or "",
            scope=" ".join(grantee.scopes),
            signed_in_at=grantee.signed_in_at,
            methods=list(grantee.methods),
            tenant=grantee.tenant,
            issued_at=now,
            expires_at=now + timedelta(days=grantee.application.refresh_days),
            replaced_at=None,
            revoked_at=None,
        )
    )
    return db.sealed(REFRESH_TOKEN, identifier)


def find_refresh_token(db: Db, token: str) -> RefreshToken | None:
    """Return a refresh token of this sandbox, also one that does not work any longer."""
    identifier = db.unseal(REFRESH_TOKEN, token)
    return db.get(RefreshToken, sha256_hex(identifier)) if identifier else None


def grantee_of_token(token: RefreshToken, scopes: Sequence[str]) -> Grantee:
    """Return for whom tokens are issued in exchange for a refresh token."""
    return Grantee(
        application=token.application,
        subject=token.person,
        scopes=scopes,
        session_id=token.session_id or None,
        signed_in_at=token.signed_in_at,
        methods=token.methods,
        tenant=token.tenant,
    )


def is_replayed(db: Db, token: RefreshToken) -> bool:
    """Return whether a refresh token for single use was used before, longer ago than the grace of its application."""
    if token.replaced_at is None or token.application.refresh_usage == RefreshUsage.REUSE:
        return False
    return db.clock.now() > token.replaced_at + timedelta(seconds=token.application.grace_seconds)


def revoke_family(db: Db, family: str, *, replayed: bool = False) -> None:
    """Withdraw all refresh tokens of a family; recorded when the reason is that one was used twice."""
    db.flush()
    open_ones = update(RefreshToken).where(RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
    db.execute(open_ones.values(revoked_at=db.clock.now()))
    if replayed:
        events.record(db, "openid.family_revoked")


def may_use(subject: Subject) -> bool:
    """Return whether tokens of a person or account still work."""
    return not isinstance(subject, Person) or subject.status == Status.ACTIVE


def tokens_of(db: Db, application: Application, person: Person) -> Sequence[RefreshToken]:
    """Return the refresh tokens that a person has with an application, in order of issue."""
    query = select(RefreshToken).filter_by(application_id=application.id, person_id=person.id)
    return db.scalars(query.order_by(RefreshToken.issued_at, RefreshToken.hash)).all()


def _sweep(db: Db) -> None:
    """Remove what expired long ago: it explains no failure any longer."""
    before = db.clock.now() - timedelta(days=1)
    db.execute(delete(Code).where(Code.expires_at < before))
    db.execute(delete(RefreshToken).where(RefreshToken.expires_at < before))
