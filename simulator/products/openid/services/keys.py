"""Keys that sign tokens: RS256, of each sandbox and provider its own, made by the machine's randomness when the first is needed."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import select

from simulator.core import events
from simulator.core.chance import machine_rsa_key
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.identity_providers import IdentityProvider
from simulator.products.openid.models import SigningKey

ALGORITHM = "RS256"
MOST_KEYS = 5
"""Own choice: so many keys can be rotated through before the oldest one checks no tokens any longer."""


class TokenKind(StrEnum):
    """The kind of a token, the ``typ`` of its header, so that none passes for another. Source: RFC 8725, 3.11; RFC 9068."""

    ID = "JWT"
    ACCESS = "at+jwt"
    LOGOUT = "logout+jwt"


events.declare(
    openid__key_rotated="The OpenID provider signs with a new key; tokens of the one before can still be checked."
)


CONNECT = IdentityProvider.CONNECT
_NEWEST_FIRST = select(SigningKey).order_by(SigningKey.id.desc())


def prepare(sandbox: Sandbox, provider: IdentityProvider = CONNECT) -> None:
    """Make the first key, unless there is one: outside of any transaction, because it takes a tenth of a second."""
    with sandbox.reading() as db:
        if _rows(db, provider):
            return
    pem = machine_rsa_key().decode()
    with sandbox.transaction() as db:
        if not _rows(db, provider):
            _add(db, provider, pem)


def rotate(sandbox: Sandbox) -> str:
    """Sign Connect's tokens with a new key from now on; return its ``kid``."""
    pem = machine_rsa_key().decode()
    with sandbox.transaction() as db:
        kid = _add(db, CONNECT, pem)
        for old in _rows(db, CONNECT)[MOST_KEYS:]:
            db.delete(old)
        events.record(db, "openid.key_rotated", subject=kid)
    return kid


def published(sandbox: Sandbox, provider: IdentityProvider = CONNECT) -> dict[str, Any]:
    """Return the public keys of a provider, with its first one if it had none."""
    with sandbox.reading() as db:
        present = public_keys(db, provider)
    if present["keys"]:
        return present
    prepare(sandbox, provider)
    with sandbox.reading() as db:
        return public_keys(db, provider)


def public_keys(db: Db, provider: IdentityProvider = CONNECT) -> dict[str, Any]:
    """Return the public keys as a JWK set, the one that signs first."""
    rows = _rows(db, provider)
    return {"keys": [{**_public_key(row.pem), "kid": row.kid, "use": "sig", "alg": ALGORITHM} for row in rows]}


def key_set(db: Db, provider: IdentityProvider = CONNECT) -> KeySet:
    """Return the public keys, for checking tokens of this sandbox."""
    return KeySet.import_key_set(public_keys(db, provider))  # type: ignore[arg-type]


def sign(db: Db, claims: Mapping[str, Any], kind: TokenKind, provider: IdentityProvider = CONNECT) -> str:
    """Return a signed token with claims."""
    newest = _rows(db, provider)[0]
    header = {"alg": ALGORITHM, "kid": newest.kid, "typ": kind}
    return jwt.encode(header, dict(claims), _key(newest.pem), [ALGORITHM])


def claims_of(db: Db, token: str, kind: TokenKind, provider: IdentityProvider = CONNECT) -> dict[str, Any] | None:
    """Return the claims of a token of a kind that a key of the provider signed, or None; when it expires is not looked at."""
    try:
        content = jwt.decode(token, key_set(db, provider), [ALGORITHM])
        return dict(content.claims) if content.header.get("typ") == kind else None
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _rows(db: Db, provider: IdentityProvider) -> Sequence[SigningKey]:
    return db.scalars(_NEWEST_FIRST.where(SigningKey.provider == provider)).all()


def _add(db: Db, provider: IdentityProvider, pem: str) -> str:
    public = _key(pem).as_pem(private=False).decode()
    kid = sha256_hex(public)[:32].upper()
    db.add(SigningKey(provider=provider, kid=kid, pem=pem, made_at=db.clock.now()))
    db.flush()
    return kid


@lru_cache(256)
def _key(pem: str) -> RSAKey:
    return RSAKey.import_key(pem)


@lru_cache(256)
def _public_key(pem: str) -> Mapping[str, Any]:
    return _key(pem).as_dict(private=False)
