"""The simulated security key on each person's phone: an authenticator in software, for machines without one.

Own choice: it has a button and a fingerprint reader, so it is a passkey as well; its signatures are ES256, its counter begins at 1.
"""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from simulator.core.chance import secrets_urlsafe
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.security_keys import parties
from simulator.directory.security_keys.models import PhoneKey, SecurityKey

FOREIGN_ORIGIN = "https://signin.phishing.example"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
"""Flags of authenticator data. Source: Web Authentication, section 6.1."""
ES256 = -7
AAGUID = bytes(16)
FIRST_COUNT = 1
"""The counter of a new key."""
TRANSPORTS = ["hybrid", "internal"]


class KeyFault(StrEnum):
    """What goes wrong with the key on the phone, for tests."""

    OTHER_ORIGIN = "other_origin"
    COUNTER_BACK = "counter_back"
    NO_USER_VERIFICATION = "no_user_verification"


class NoSuchKey(Exception):
    """The phone has no key that may be used, or already has the one to be created; a browser refuses then too."""


def create(db: Db, person: Person, options: Mapping[str, Any], fault: KeyFault | None = None) -> dict[str, Any]:
    """Create a credential on a person's phone, as the browser's ``navigator.credentials.create`` does.

    Args:
        db: the transaction.
        person: the owner of the phone.
        options: ``PublicKeyCredentialCreationOptionsJSON``.
        fault: what goes wrong.

    Returns:
        ``RegistrationResponseJSON``.

    Raises:
        BadInput: the options are none.
        NoSuchKey: the phone has one of the excluded credentials.
    """
    from webauthn.helpers import encode_cbor

    selection = options.get("authenticatorSelection")
    selection = selection if isinstance(selection, Mapping) else {}
    if _ids(options, "excludeCredentials") & _stored_ids(db, person):
        raise NoSuchKey("The phone has a key of this account already.")
    client_data = _client_data(db, options, "webauthn.create", fault)
    resident = selection.get("residentKey") in ("required", "preferred") or selection.get("requireResidentKey") is True
    key, public_key = _draw(db, person, discoverable=resident)
    raw_id = parties.decoded(key.credential_id)
    party = options.get("rp")
    party_id = party.get("id") if isinstance(party, Mapping) else None
    attested = AAGUID + len(raw_id).to_bytes(2, "big") + raw_id + public_key
    flags = _flags(selection.get("userVerification"), fault) | ATTESTED
    data = _authenticator_data(db, party_id, flags, key.sign_count) + attested
    db.add(key)
    db.flush()
    return {
        "id": key.credential_id,
        "rawId": key.credential_id,
        "type": "public-key",
        "authenticatorAttachment": "cross-platform",
        "clientExtensionResults": {"credProps": {"rk": key.discoverable}},
        "response": {
            "clientDataJSON": secrets_urlsafe(client_data),
            "attestationObject": secrets_urlsafe(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "authenticatorData": secrets_urlsafe(data),
            "transports": TRANSPORTS,
            "publicKeyAlgorithm": ES256,
        },
    }


def get(db: Db, person: Person, options: Mapping[str, Any], fault: KeyFault | None = None) -> dict[str, Any]:
    """Sign with a credential on a person's phone, as the browser's ``navigator.credentials.get`` does.

    Args:
        db: the transaction; it counts the signature.
        person: the owner of the phone.
        options: ``PublicKeyCredentialRequestOptionsJSON``.
        fault: what goes wrong.

    Returns:
        ``AuthenticationResponseJSON``.

    Raises:
        BadInput: the options are none.
        NoSuchKey: the phone has none of the credentials that are allowed, or no passkey when any is.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    client_data = _client_data(db, options, "webauthn.get", fault)
    allowed = _ids(options, "allowCredentials")
    query = select(PhoneKey).where(PhoneKey.person_id == person.id)
    query = query.where(PhoneKey.credential_id.in_(allowed) if allowed else PhoneKey.discoverable)
    key = db.scalar(query.order_by(PhoneKey.discoverable.desc(), PhoneKey.credential_id).limit(1))
    if key is None:
        raise NoSuchKey("The phone has no key that may be used here.")
    if fault is KeyFault.COUNTER_BACK:
        # As of a copy made with the key: with each refused signature the phone's counter runs ahead of the platform's.
        count = FIRST_COUNT
    else:
        count = key.sign_count = key.sign_count + 1
    flags = _flags(options.get("userVerification"), fault)
    data = _authenticator_data(db, options.get("rpId"), flags, count)
    private_key = load_der_private_key(key.private_key, None)
    signature = private_key.sign(data + sha256(client_data).digest(), ECDSA(SHA256()))  # type: ignore[union-attr, call-arg, arg-type]
    return {
        "id": key.credential_id,
        "rawId": key.credential_id,
        "type": "public-key",
        "authenticatorAttachment": "cross-platform",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": secrets_urlsafe(client_data),
            "authenticatorData": secrets_urlsafe(data),
            "signature": secrets_urlsafe(signature),
            "userHandle": parties.user_handle(db, person) if key.discoverable else None,
        },
    }


def provide(db: Db, person: Person, name: str, *, passkey: bool, lost: bool) -> None:
    """Register a key of the phone without the ceremony, for scenarios.

    Args:
        db: the transaction.
        person: the owner of the phone.
        name: the name of the key.
        passkey: whether it replaces the password as well.
        lost: whether the account has the key, but no phone.
    """
    key, public_key = _draw(db, person, discoverable=passkey)
    db.add(
        SecurityKey(
            credential_id=key.credential_id,
            person=person,
            public_key=public_key,
            sign_count=key.sign_count,
            name=name,
            passkey=passkey,
            transports=TRANSPORTS,
            created_at=db.clock.now(),
            last_used_at=None,
        )
    )
    if not lost:
        db.add(key)
    db.flush()


def forget(db: Db, person: Person) -> None:
    """Remove all keys from a person's phone."""
    db.execute(delete(PhoneKey).where(PhoneKey.person_id == person.id))


def _draw(db: Db, person: Person, *, discoverable: bool) -> tuple[PhoneKey, bytes]:
    """Draw a credential; return it with its public key as a COSE key."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key
    from webauthn.helpers import encode_cbor

    key = PhoneKey(
        credential_id=db.chance.token(),
        person_id=person.id,
        private_key=db.chance.ec_key(),
        sign_count=FIRST_COUNT,
        discoverable=discoverable,
    )
    numbers = load_der_private_key(key.private_key, None).public_key().public_numbers()  # type: ignore[union-attr]
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")  # type: ignore[union-attr]
    return key, encode_cbor({1: 2, 3: ES256, -1: 1, -2: x, -3: y})


def _client_data(db: Db, options: Mapping[str, Any], type_: str, fault: KeyFault | None) -> bytes:
    import json

    challenge = options.get("challenge")
    if not isinstance(challenge, str) or not challenge:
        raise BadInput([("options.challenge", "is missing: send the options that the page got")])
    origin = FOREIGN_ORIGIN if fault is KeyFault.OTHER_ORIGIN else parties.origin(db)
    return json.dumps({"type": type_, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def _flags(verification: object, fault: KeyFault | None) -> int:
    verifies = verification != "discouraged" and fault is not KeyFault.NO_USER_VERIFICATION
    return PRESENT | (VERIFIED if verifies else 0)


def _authenticator_data(db: Db, party_id: object, flags: int, count: int) -> bytes:
    name = party_id if isinstance(party_id, str) else urlsplit(parties.origin(db)).hostname or ""
    return sha256(name.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")


def _ids(options: Mapping[str, Any], name: str) -> set[str]:
    """Return the credential ids of a list of descriptors."""
    descriptors = options.get(name) or []
    if not isinstance(descriptors, list) or not all(isinstance(descriptor, Mapping) for descriptor in descriptors):
        raise BadInput([(f"options.{name}", "is no list of credentials: send the options that the page got")])
    return {str(descriptor.get("id")) for descriptor in descriptors}


def _stored_ids(db: Db, person: Person) -> set[str]:
    return set(db.scalars(select(PhoneKey.credential_id).where(PhoneKey.person_id == person.id)))
