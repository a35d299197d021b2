"""What tokens and the userinfo answer say.

Source: Connect help, ID token, access token, userinfo endpoint.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.identity_providers import CLAIMED, IdentityProvider, provider_of
from simulator.directory.models import Customer, Grant, Membership, Person
from simulator.products.openid.models import Application, ExternalAccount, Subject
from simulator.products.openid.services import identifiers, keys
from simulator.products.openid.services.keys import TokenKind

ACCESS_TOKEN_LIFETIME = timedelta(seconds=3600)
ID_TOKEN_LIFETIME = timedelta(seconds=300)
"""Source: an hour for access tokens is documented of several interfaces. Own choice: five minutes for ID tokens."""

PATHS = {IdentityProvider.CONNECT: "connect", IdentityProvider.EXTERNAL: "idp"}
"""The path of each provider below the sandbox. Own choice for the second one."""

LOCALES = {"nb": "nb-NO", "nl": "nl-NL", "sv": "sv-SE", "en": "en-GB"}
SECOND_FACTORS = frozenset(("otp", "sms", "push", "hwk", "pop", "mfa"))
BY_PASSWORD, BY_TWO_STEPS = "2", "3"
"""Values of ``acr``."""


@dataclass(frozen=True)
class Grantee:
    """For whom a token is issued, and how that person signed in.

    Attributes:
        scopes: the scopes that were granted.
        session_id: the session; None for a token that no browser was signed in for.
        methods: values of ``amr``.
        tenant: identifier of the chosen customer.
    """

    application: Application
    subject: Subject
    scopes: Sequence[str]
    session_id: str | None
    signed_in_at: datetime
    methods: Sequence[str]
    tenant: str | None = None
    nonce: str | None = None


def issuer(db: Db, provider: IdentityProvider = IdentityProvider.CONNECT) -> str:
    """Return the issuer: the address of a provider in this sandbox, with the join key on a network."""
    return db.program_address(PATHS[provider])


def amr(methods: Collection[str]) -> list[str]:
    """Return the methods of a sign-in as ``amr`` says them; a session made by the control API counts as one by password."""
    return [method for method in methods if method != "api"] or ["pwd"]


def acr(methods: Collection[str]) -> str:
    """Return the level of a sign-in. Source: 2 is a password, 3 and above a second factor."""
    return BY_TWO_STEPS if SECOND_FACTORS.intersection(methods) else BY_PASSWORD


def id_token(db: Db, grantee: Grantee, *, access_token: str | None = None, code: str | None = None) -> str:
    """Return a signed ID token."""
    now, provider = db.clock.now(), IdentityProvider(grantee.application.provider)
    claims: dict[str, Any] = {
        "iss": issuer(db, provider),
        "aud": grantee.application.client_id,
        "nbf": _epoch(now),
        "iat": _epoch(now),
        "exp": _epoch(now + ID_TOKEN_LIFETIME),
        **_about_sign_in(db, grantee),
    }
    if grantee.nonce is not None:
        claims["nonce"] = grantee.nonce
    if access_token is not None:
        claims["at_hash"] = _half_hash(access_token)
    if code is not None:
        claims["c_hash"] = _half_hash(code)
    if grantee.application.claims_in_id_token:
        claims |= about_subject(db, grantee.subject, grantee.scopes)
    return keys.sign(db, claims, TokenKind.ID, provider)


def access_token(db: Db, grantee: Grantee) -> str:
    """Return a signed access token of a person or account."""
    about: dict[str, Any] = {"sub": subject_of(db, grantee.subject), "auth_time": _epoch(grantee.signed_in_at)}
    about["amr"] = amr(grantee.methods)
    if isinstance(grantee.subject, Person):
        about["idp"] = CLAIMED[provider_of(grantee.methods)]
    if grantee.session_id is not None:
        about["sid"] = identifiers.session(db, grantee.session_id)
    return _access_token(db, grantee.application, grantee.scopes, grantee.tenant, about)


def service_token(db: Db, application: Application, scopes: Sequence[str], tenant: str | None) -> str:
    """Return a signed access token of an application itself: nobody is its subject."""
    return _access_token(db, application, scopes, tenant, {})


def subject_of(db: Db, subject: Subject) -> str:
    """Return ``sub``."""
    return identifiers.subject(db, subject.id) if isinstance(subject, Person) else identifiers.account(db, subject.id)


def about_subject(db: Db, subject: Subject, scopes: Collection[str]) -> dict[str, Any]:
    """Return what the scopes tell of a person, or of an account at the external provider: its names and its e-mail address."""
    if isinstance(subject, Person):
        return about_person(db, subject, scopes)
    details: dict[str, Any] = {}
    if "profile" in scopes:
        details |= {"name": subject.name, "given_name": subject.first_name, "family_name": subject.last_name}
    if "email" in scopes:
        details |= {"email": subject.email, "email_verified": True}
    return details


def about_person(db: Db, person: Person, scopes: Collection[str]) -> dict[str, Any]:
    """Return what the scopes tell of a person."""
    details: dict[str, Any] = {}
    if "profile" in scopes:
        details["name"] = person.name
        details["given_name"], details["family_name"] = person.first_name, person.last_name
        details["locale"] = LOCALES.get(person.language, person.language)
    if "email" in scopes:
        details["email"], details["email_verified"] = person.email, True
    if "phone" in scopes and (person.sms_number or person.phone):
        details["phone_number"] = person.sms_number or person.phone
        details["phone_number_verified"] = person.sms_number is not None
    if "roles" in scopes:
        details["roles"] = sorted(set(db.scalars(select(Grant.role).where(Grant.person_id == person.id))))
    if "tenants" in scopes:
        details["tenants"] = [{"id": id_, "name": name} for id_, name in tenants_of(db, person)]
    return details


def userinfo(db: Db, subject: Subject, claims: dict[str, Any]) -> dict[str, Any]:
    """Return the userinfo answer for the claims of an access token. Source: ``auth_time`` is a text there."""
    about = {"sub": claims["sub"], **about_subject(db, subject, claims["scope"])}
    about |= {name: claims[name] for name in ("idp", "sid", "tenant_id") if name in claims}
    return {**about, "auth_time": str(claims["auth_time"])}


def tenants_of(db: Db, person: Person) -> list[tuple[str, str]]:
    """Return identifier and name of the customers that list a person, by name."""
    query = (
        select(Customer.id, Customer.name)
        .join(Membership, Membership.customer_id == Customer.id)
        .where(Membership.person_id == person.id)
        .order_by(Customer.name, Customer.id)
    )
    return [(identifiers.tenant(db, id_), name) for id_, name in db.execute(query)]


def only_tenant(db: Db, person: Person) -> str | None:
    """Return the identifier of the customer that lists a person, if there is exactly one."""
    own = tenants_of(db, person)
    return own[0][0] if len(own) == 1 else None


def tenant_ids(db: Db) -> set[str]:
    """Return the identifiers of all customers."""
    return {identifiers.tenant(db, id_) for id_ in db.scalars(select(Customer.id))}


def _about_sign_in(db: Db, grantee: Grantee) -> dict[str, Any]:
    subject = grantee.subject
    about: dict[str, Any] = {
        "sub": subject_of(db, subject),
        "amr": amr(grantee.methods),
        "auth_time": _epoch(grantee.signed_in_at),
    }
    if isinstance(subject, ExternalAccount):
        return about
    about |= {"idp": CLAIMED[provider_of(grantee.methods)], "acr": acr(grantee.methods)}
    if grantee.session_id is not None:
        about["sid"] = identifiers.session(db, grantee.session_id)
    if subject.last_signed_in_at is not None:
        about["llt"] = _epoch(subject.last_signed_in_at)
    if grantee.tenant is not None:
        about["tenant_id"] = grantee.tenant
    return about


def _access_token(db: Db, application: Application, scopes: Sequence[str], tenant: str | None, about: dict[str, Any]) -> str:
    now, provider = db.clock.now(), IdentityProvider(application.provider)
    interfaces = sorted({scope.partition(":")[0] for scope in scopes if ":" in scope})
    claims: dict[str, Any] = {
        "iss": issuer(db, provider),
        "aud": [f"{issuer(db, provider)}/resources", *interfaces],
        "nbf": _epoch(now),
        "iat": _epoch(now),
        "exp": _epoch(now + ACCESS_TOKEN_LIFETIME),
        "jti": db.chance.token()[:32],
        "client_id": application.client_id,
        "scope": list(scopes),
        **about,
    }
    if tenant is not None:
        claims["tenant_id"] = tenant
    return keys.sign(db, claims, TokenKind.ACCESS, provider)


def _epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def _half_hash(text: str) -> str:
    """Return the left half of a hash, for ``at_hash`` and ``c_hash``. Source: OpenID Connect Core, 3.1.3.6."""
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()
