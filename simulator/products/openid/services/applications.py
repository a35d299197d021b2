"""Applications: declared by scenarios, the control API and the page for developers; and what each of them may do.

Source: Connect help, create your application: the types with their grants and secrets; a redirect address must match a registered
one exactly. Own choice: a native application may use any port of a loopback address (RFC 8252, 7.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.signing_in.models import Policy
from simulator.products.openid.models import (
    Application,
    Authorization,
    Code,
    Consent,
    Kind,
    Participation,
    RefreshToken,
    RefreshUsage,
    Webhook,
)

OFFLINE_ACCESS = "offline_access"
STANDARD_SCOPES = ("openid", "profile", "email", "phone", "tenants", "roles", OFFLINE_ACCESS)
"""Scopes that the provider knows by itself; others are names of programs' interfaces, such as ``payments:read``."""

LONGEST = 2000
LONGEST_NAME = 100
LOOPBACK = ("127.0.0.1", "::1")
NO_SCHEMES = ("", "javascript", "data", "vbscript", "file", "blob", "about", "view-source")
"""Schemes that no application can have for itself."""
_NOT_IN_ADDRESSES = frozenset(" \"<>\\^`{|};,'")

events.declare(
    openid__application_added="An application was registered at the OpenID provider.",
    openid__application_removed="An application was removed from the OpenID provider.",
)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What is registered of an application; see ``models.Application``.

    Attributes:
        client_id: its id.
        secret: a secret that was chosen; None for a secret of this sandbox, or none at all.
    """

    client_id: str
    name: str | None = None
    kind: str = Kind.WEB
    secret: str | None = None
    redirect_uris: Sequence[str] = ()
    post_logout_redirect_uris: Sequence[str] = ()
    origins: Sequence[str] = ()
    frontchannel_logout_uri: str | None = None
    backchannel_logout_uri: str | None = None
    scopes: Sequence[str] = field(default=("openid", "profile", "email", OFFLINE_ACCESS))
    policy: str = Policy.OWN
    asks_consent: bool = False
    asks_tenant: bool = False
    claims_in_id_token: bool = True
    refresh_usage: str = RefreshUsage.SINGLE_USE
    refresh_days: int = 30
    grace_seconds: int = 5
    identity_providers: Sequence[str] = tuple(IdentityProvider)


def add(db: Db, registration: Registration) -> Application:
    """Register an application, or change the one that has its id.

    Raises:
        RuleViolation: an address or a word is wrong; its field says which.
    """
    _check(registration)
    kind = Kind(registration.kind)
    application = by_client_id(db, registration.client_id)
    if application is None:
        application = Application(client_id=registration.client_id, created_at=db.clock.now(), secret_id=None)
        application.provider = IdentityProvider.CONNECT
        db.add(application)
    values: dict[str, Any] = dict(vars(registration))
    values["name"] = registration.name or registration.client_id
    for name in ("redirect_uris", "post_logout_redirect_uris", "origins", "scopes"):
        values[name] = list(dict.fromkeys(values[name]))
    values["identity_providers"] = [code.value for code in IdentityProvider if code in values["identity_providers"]]
    values["origins"] = [origin.rstrip("/").lower() for origin in values["origins"]]
    for name, value in values.items():
        setattr(application, name, value)
    if kind in (Kind.WEB, Kind.SERVICE):
        application.secret_id = application.secret_id or db.chance.token()
    else:
        application.secret_id = application.secret = None
    db.flush()
    events.record(db, "openid.application_added", subject=application.client_id)
    return application


def remove(db: Db, application: Application) -> None:
    """Remove an application with all its codes, tokens and webhooks."""
    for table in (Authorization, Code, RefreshToken, Consent, Participation, Webhook):
        db.execute(delete(table).where(table.application_id == application.id))
    events.record(db, "openid.application_removed", subject=application.client_id)
    db.delete(application)
    db.flush()


def by_client_id(db: Db, client_id: str | None, provider: IdentityProvider = IdentityProvider.CONNECT) -> Application | None:
    """Return the application with an id at a provider, or None."""
    query = select(Application).where(Application.client_id == client_id, Application.provider == provider)
    return db.scalar(query) if client_id else None


def all_of(db: Db) -> Sequence[Application]:
    """Return all applications that sign in with Connect, by name."""
    query = select(Application).where(Application.provider == IdentityProvider.CONNECT)
    return db.scalars(query.order_by(Application.name, Application.client_id)).all()


def scopes_of_all(db: Db) -> list[str]:
    """Return the scopes that any application may have, in order."""
    return sorted({scope for application in all_of(db) for scope in application.scopes})


def has_secret(application: Application) -> bool:
    """Return whether an application proves itself with a secret."""
    return application.secret_id is not None


def secret_of(db: Db, application: Application) -> str | None:
    """Return the secret of an application, for the people who test with it; None when it has none.

    Own choice: unless one was chosen, it is new in each sandbox and each copy of it.
    """
    if application.secret_id is None:
        return None
    return application.secret or db.sealed("openid secret", application.secret_id)


def is_secret(db: Db, application: Application, submitted: str) -> bool:
    """Return whether a secret is an application's."""
    secret = secret_of(db, application)
    return secret is not None and compare_digest(secret.encode(), submitted.encode(errors="replace"))


def grant_types(application: Application) -> tuple[str, ...]:
    """Return the grants that an application may use.

    Source: Connect help, create your application. Own choice: a grant in the application's own name needs a secret, and refresh
    tokens the scope ``offline_access``.
    """
    refresh = ("refresh_token",) if OFFLINE_ACCESS in application.scopes else ()
    if application.kind == Kind.SERVICE:
        return ("client_credentials",)
    if application.kind == Kind.WEB:
        return ("authorization_code", *refresh, "client_credentials")
    return ("authorization_code", *refresh)


def needs_pkce(application: Application) -> bool:
    """Return whether an application must send a code challenge: one without a secret."""
    return not has_secret(application)


def is_redirect_uri(application: Application, address: str) -> bool:
    """Return whether an answer may be sent to an address."""
    if address in application.redirect_uris:
        return True
    if application.kind != Kind.NATIVE:
        return False
    plain = _without_port(address)
    return plain is not None and plain in map(_without_port, application.redirect_uris)


def closest_redirect_uri(application: Application, address: str) -> tuple[str, int]:
    """Return the registered address that is most like another one, and at which character they begin to differ."""
    best, length = "", -1
    for registered in application.redirect_uris:
        same = next(
            (index for index, pair in enumerate(zip(registered, address, strict=False)) if pair[0] != pair[1]),
            min(len(registered), len(address)),
        )
        if same > length:
            best, length = registered, same
    return best, max(length, 0)


def origin_of(address: str) -> str | None:
    """Return the source that a policy for forms and frames names an address by: its origin, or the scheme of an own one."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else None
    return f"{parts.scheme}:" if parts.scheme else None


def allows_origin(application: Application, origin: str) -> bool:
    """Return whether scripts of an origin may call the provider: registered for it, or of a single-page application's address."""
    if origin in application.origins:
        return True
    return application.kind == Kind.SINGLE_PAGE and origin in map(origin_of, application.redirect_uris)


def _without_port(address: str) -> str | None:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.username is not None:
        return None
    host = parts.netloc.removesuffix(f":{port}") if port is not None else parts.netloc
    return parts._replace(netloc=host).geturl()


def _check(registration: Registration) -> None:
    words = (("kind", Kind), ("policy", Policy), ("refresh_usage", RefreshUsage))
    for name, choices in words:
        if getattr(registration, name) not in tuple(choices):
            raise RuleViolation(
                "openid.unknown_word", field=name, word=getattr(registration, name), words=", ".join(choices)
            )
    _check_providers(registration.identity_providers)
    for name in ("client_id", "name"):
        text = getattr(registration, name)
        if text is not None and not (1 <= len(text) <= LONGEST_NAME and text.isprintable() and text == text.strip()):
            raise RuleViolation("openid.bad_name", field=name)
    if not registration.client_id.isascii() or any(letter in registration.client_id for letter in " :/?#&"):
        raise RuleViolation("openid.bad_name", field="client_id")
    addresses = [
        *(("redirect_uris", address) for address in registration.redirect_uris),
        *(("post_logout_redirect_uris", address) for address in registration.post_logout_redirect_uris),
        *((name, getattr(registration, name)) for name in ("frontchannel_logout_uri", "backchannel_logout_uri")),
    ]
    for name, address in addresses:
        if address is not None and not _is_address(address, own_scheme=registration.kind == Kind.NATIVE):
            raise RuleViolation("openid.bad_address", field=name, address=address[:200])
    for origin in registration.origins:
        if not _is_address(origin, own_scheme=False) or urlsplit(origin).path not in ("", "/"):
            raise RuleViolation("openid.bad_origin", field="origins", address=origin[:200])
    for scope in registration.scopes:
        if not scope or not scope.isascii() or any(letter in scope for letter in ' "\\') or not scope.isprintable():
            raise RuleViolation("openid.bad_scope", field="scopes", scope=scope[:100])
    if not 1 <= registration.refresh_days <= 365 or not 0 <= registration.grace_seconds <= 60:
        raise RuleViolation("openid.bad_number", field="refresh_days")


def _check_providers(words: Sequence[str]) -> None:
    unknown = [word for word in words if word not in tuple(IdentityProvider)]
    if unknown or not words:
        facts = {"word": ", ".join(unknown)[:100] or "-", "words": ", ".join(IdentityProvider)}
        raise RuleViolation("openid.unknown_word", field="identity_providers", **facts)


def _is_address(address: str, *, own_scheme: bool) -> bool:
    """Return whether an address may be registered: absolute, plain, without a fragment, no user name, no script."""
    plain = address.isascii() and address.isprintable() and not _NOT_IN_ADDRESSES.intersection(address)
    if not address or len(address) > LONGEST or not plain:
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if parts.fragment or "#" in address or parts.username is not None or port == 0:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname)
    return own_scheme and parts.scheme not in NO_SCHEMES
