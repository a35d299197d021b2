"""The two ceremonies of WebAuthn: registering a key, and checking its signature.

Source: Web Authentication, sections 7.1 and 7.2. Own choice: no attestation is asked for, and one that comes is checked without its
root certificates. A refusal is returned and not raised: the challenge is used up, and the failure may be counted.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from simulator.core import events, outbox
from simulator.core.chance import secrets_urlsafe
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.people import record_security_change
from simulator.directory.security_keys import challenges, parties
from simulator.directory.security_keys.challenges import Purpose
from simulator.directory.security_keys.models import SecurityKey

PARTY_NAME = "Visma Connect"
ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA, RS256. Source: the COSE register of algorithms."""

MOST_KEYS = 20
LONGEST_RESPONSE = 20_000
"""Own choice: characters of a credential as JSON."""

TRANSPORTS = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")
"""Source: Web Authentication, section 5.8.4."""

events.declare(
    security_key__added="A person registered a security key or a passkey.",
    security_key__refused="A security key was refused, for the reason recorded.",
    security_key__counter_back="The counter of a security key went back: it may have been copied. It was refused.",
)


class KeyRefusal(StrEnum):
    """The reason why a key is not accepted; the text ``security_key.<reason>`` says it."""

    MALFORMED = "malformed"
    CHALLENGE = "challenge"
    ORIGIN = "origin"
    RELYING_PARTY = "relying_party"
    OTHER_SANDBOX = "other_sandbox"
    UNKNOWN = "unknown"
    SIGNATURE = "signature"
    USER_VERIFICATION = "user_verification"
    COUNTER = "counter"
    REGISTERED = "registered"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class _Response:
    """A credential as the browser sent it, with the parts that tell why it is refused."""

    credential: dict[str, Any]
    challenge: str
    origin: str
    embedded: bool
    handle: str | None


def creation_options(db: Db, person: Person, holder: str, *, passkey: bool) -> dict[str, Any]:
    """Return what the browser needs to create a key, as ``PublicKeyCredentialCreationOptionsJSON``.

    Args:
        db: the transaction; it stores the challenge.
        person: the person who registers the key.
        holder: id of the session, or of the mailed link.
        passkey: whether the key is to replace the password as well.
    """
    required = "required" if passkey else "discouraged"
    return {
        "rp": {"id": parties.relying_party(db), "name": PARTY_NAME},
        "user": {
            "id": parties.user_handle(db, person),
            "name": person.email,
            "displayName": f"{person.name} ({db.sandbox.name})",
        },
        "challenge": challenges.draw(db, holder, _purpose(passkey)),
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "timeout": _timeout(),
        "excludeCredentials": _descriptors(keys_of(db, person)),
        "authenticatorSelection": {
            "residentKey": required,
            "requireResidentKey": passkey,
            "userVerification": required,
        },
        "attestation": "none",
        "extensions": {"credProps": True},
    }


def request_options(db: Db, person: Person | None, holder: str) -> dict[str, Any]:
    """Return what the browser needs to sign, as ``PublicKeyCredentialRequestOptionsJSON``.

    Args:
        db: the transaction; it stores the challenge.
        person: the person whose keys are asked for as the second step; None for any passkey.
        holder: id of the sign-in, or of the browser.
    """
    return {
        "challenge": challenges.draw(db, holder, Purpose.PASSKEY if person is None else Purpose.SECOND_STEP),
        "timeout": _timeout(),
        "rpId": parties.relying_party(db),
        "allowCredentials": [] if person is None else _descriptors(keys_of(db, person)),
        "userVerification": "required" if person is None else "discouraged",
    }


def register(db: Db, person: Person, holder: str, response: str, *, name: str, passkey: bool) -> SecurityKey | KeyRefusal:
    """Register a key.

    Args:
        db: the transaction.
        person: the person who registers the key.
        holder: the holder that the options were made for.
        response: ``RegistrationResponseJSON``.
        name: the name that the person gave it.
        passkey: whether it is to replace the password as well.
    """
    challenge = challenges.take(db, holder, _purpose(passkey))
    parsed = _parse(response)
    refusal = _refusal(db, parsed, challenge)
    if parsed is None or challenge is None or refusal is not None:
        return _refuse(db, person, refusal or KeyRefusal.MALFORMED)
    verified = _verify_registration(db, parsed, challenge)
    if isinstance(verified, KeyRefusal):
        return _refuse(db, person, verified)
    credential_id = secrets_urlsafe(verified.credential_id)
    if passkey and not verified.user_verified:
        return _refuse(db, person, KeyRefusal.USER_VERIFICATION)
    if db.scalar(select(SecurityKey.id).where(SecurityKey.credential_id == credential_id)) is not None:
        return _refuse(db, person, KeyRefusal.REGISTERED)
    if (db.scalar(select(func.count()).where(SecurityKey.person_id == person.id)) or 0) >= MOST_KEYS:
        return _refuse(db, person, KeyRefusal.TOO_MANY)
    transports = parsed.credential["response"].get("transports")
    key = SecurityKey(
        credential_id=credential_id,
        person=person,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name,
        passkey=passkey,
        transports=[transport for transport in TRANSPORTS if isinstance(transports, list) and transport in transports],
        created_at=db.clock.now(),
        last_used_at=None,
    )
    db.add(key)
    db.flush()
    record_security_change(db, person, "security_key.added", person.email, key=name, passkey=passkey)
    outbox.mail(db, "passkey_added" if passkey else "security_key_added", **_about(person), key_name=name)
    return key


def check(db: Db, person: Person | None, holder: str, response: str) -> SecurityKey | KeyRefusal:
    """Check the signature of a key, and note that it was used.

    Args:
        db: the transaction.
        person: the person whose key is the second step; None for any passkey, which must have verified its user.
        holder: the holder that the options were made for.
        response: ``AuthenticationResponseJSON``.
    """
    challenge = challenges.take(db, holder, Purpose.PASSKEY if person is None else Purpose.SECOND_STEP)
    parsed = _parse(response)
    refusal = _refusal(db, parsed, challenge)
    if parsed is None or challenge is None or refusal is not None:
        return _refuse(db, person, refusal or KeyRefusal.MALFORMED)
    key = _key_of(db, parsed)
    handle, owner = parsed.handle, key.person if key is not None else None
    if handle is not None and parties.person_id_of(db, handle) is None:
        return _refuse(db, person, KeyRefusal.OTHER_SANDBOX)
    if key is None or owner is None or (person is not None and person.id != owner.id):
        return _refuse(db, person, KeyRefusal.UNKNOWN)
    # A passkey says whose it is; a key as the second step may.
    if (handle is None and person is None) or (handle is not None and parties.person_id_of(db, handle) != owner.id):
        return _refuse(db, person, KeyRefusal.UNKNOWN)
    if person is None and not key.passkey:
        return _refuse(db, owner, KeyRefusal.UNKNOWN)
    verified = _verify_authentication(db, parsed, challenge, key)
    if isinstance(verified, KeyRefusal):
        return _refuse(db, owner, verified)
    if person is None and not verified.user_verified:
        return _refuse(db, owner, KeyRefusal.USER_VERIFICATION)
    count = verified.new_sign_count
    if (count or key.sign_count) and count <= key.sign_count:
        return _refuse_copy(db, key, count)
    key.sign_count, key.last_used_at = count, db.clock.now()
    return key


def owner_of(db: Db, response: str) -> Person | None:
    """Return the owner of the key that a response claims to be from, whose failures are counted."""
    parsed = _parse(response)
    key = _key_of(db, parsed) if parsed is not None else None
    return key.person if key is not None else None


def keys_of(db: Db, person: Person) -> list[SecurityKey]:
    """Return a person's security keys and passkeys, in the order in which they were added."""
    return list(db.scalars(select(SecurityKey).where(SecurityKey.person_id == person.id).order_by(SecurityKey.id)))


def _key_of(db: Db, parsed: _Response) -> SecurityKey | None:
    return db.scalar(select(SecurityKey).where(SecurityKey.credential_id == str(parsed.credential["id"])))


def _purpose(passkey: bool) -> Purpose:
    return Purpose.NEW_PASSKEY if passkey else Purpose.NEW_KEY


def _timeout() -> int:
    """Return the life of a challenge in milliseconds."""
    return int(challenges.LIFETIME.total_seconds()) * 1000


def _descriptors(keys: list[SecurityKey]) -> list[dict[str, Any]]:
    return [
        {"type": "public-key", "id": key.credential_id} | ({"transports": key.transports} if key.transports else {})
        for key in keys
    ]


def _parse(response: str) -> _Response | None:
    """Return a credential with the parts that are looked at here, or None if it is none."""
    if len(response) > LONGEST_RESPONSE:
        return None
    try:
        credential = json.loads(response)
        inner = credential["response"]
        client = json.loads(parties.decoded(inner["clientDataJSON"]))
        handle = inner.get("userHandle") or None
        texts = (credential["id"], client["challenge"], client["origin"], handle or "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not all(isinstance(text, str) for text in texts):
        return None
    embedded = client.get("crossOrigin", False) is not False or "topOrigin" in client
    return _Response(credential, client["challenge"].rstrip("="), client["origin"], embedded, handle)


def _refusal(db: Db, parsed: _Response | None, challenge: str | None) -> KeyRefusal | None:
    """Return why a response is refused before its signature is looked at."""
    if parsed is None:
        return KeyRefusal.MALFORMED
    if challenge is None or parsed.challenge != challenge:
        return KeyRefusal.CHALLENGE
    # No page of another origin embeds ours. Source: Web Authentication Level 3, sections 7.1 and 7.2, crossOrigin.
    return KeyRefusal.ORIGIN if parsed.origin != parties.origin(db) or parsed.embedded else None


def _verify_registration(db: Db, parsed: _Response, challenge: str) -> Any:
    from webauthn import verify_registration_response
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    try:
        return verify_registration_response(
            credential=parsed.credential,
            expected_challenge=parties.decoded(challenge),
            expected_rp_id=parties.relying_party(db),
            expected_origin=parties.origin(db),
            supported_pub_key_algs=[COSEAlgorithmIdentifier(algorithm) for algorithm in ALGORITHMS],
        )
    except Exception as error:  # a stranger's bytes go through parsers of several libraries, each with errors of its own
        return _reason(error)


def _verify_authentication(db: Db, parsed: _Response, challenge: str, key: SecurityKey) -> Any:
    """Verify the signature; the counter is compared afterwards, so that only the key itself can be called a copy."""
    from webauthn import verify_authentication_response

    try:
        return verify_authentication_response(
            credential=parsed.credential,
            expected_challenge=parties.decoded(challenge),
            expected_rp_id=parties.relying_party(db),
            expected_origin=parties.origin(db),
            credential_public_key=key.public_key,
            credential_current_sign_count=0,
        )
    except Exception as error:  # as above
        return _reason(error)


def _reason(error: Exception) -> KeyRefusal:
    message = str(error)
    if "RP ID hash" in message:
        return KeyRefusal.RELYING_PARTY
    return KeyRefusal.SIGNATURE if "verif" in message else KeyRefusal.MALFORMED


def _refuse(db: Db, person: Person | None, refusal: KeyRefusal) -> KeyRefusal:
    events.record(db, "security_key.refused", subject=person.email if person else None, reason=str(refusal))
    return refusal


def _refuse_copy(db: Db, key: SecurityKey, count: int) -> KeyRefusal:
    """Refuse a key whose counter went back, and inform its owner.

    Source: Web Authentication, section 6.1.1: the authenticator may have been cloned. Own choice: it is refused.
    """
    events.record(db, "security_key.counter_back", subject=key.person.email, name=key.name, counter=[key.sign_count, count])
    outbox.mail(db, "security_key_counter_back", **_about(key.person), key_name=key.name)
    return _refuse(db, key.person, KeyRefusal.COUNTER)


def _about(person: Person) -> dict[str, Any]:
    return {"to": person.email, "language": person.language, "first_name": person.first_name, "email": person.email}
