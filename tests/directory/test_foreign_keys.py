"""Keys that we did not make: registrations and signatures of the standard's test vectors are accepted, and altered ones refused.

Source: W3C, Web Authentication Level 3, section "Test Vectors", and a recorded key of the tests of py_webauthn. The sandbox has the
address of their relying parties. The vectors with attestations of TPM, Android and Apple are left out: they are from no
manufacturer that the library accepts; browsers send none of these, because the platform asks for no attestation.
"""

import json
import tomllib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Person
from simulator.directory.security_keys import ceremonies, challenges
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.security_keys.challenges import Purpose
from simulator.directory.security_keys.models import Challenge, SecurityKey

Vector = dict[str, dict[str, str]]

VECTORS: dict[str, Vector] = tomllib.loads((Path(__file__).parent / "webauthn_vectors.toml").read_text(encoding="utf-8"))
ACCEPTED = ("none-es256", "packed-self-es256", "packed-es256", "packed-rs256", "packed-eddsa")
RECORDED = "yubikey-u2f"
HOLDER = "holder"


@pytest.fixture
def example(sandbox: Sandbox) -> Sandbox:
    """Return a sandbox whose address is that of the vectors."""
    sandbox.base_address = "https://example.org"
    return sandbox


def owner(db: Db) -> Person:
    return db.scalars(select(Person).where(Person.key == "administrator")).one()


def expect(db: Db, purpose: Purpose, challenge: str) -> None:
    """Let the challenge of a vector be the one that was drawn."""
    challenges.draw(db, HOLDER, purpose)
    db.get_one(Challenge, (HOLDER, purpose)).value = challenge


def register(db: Db, vector: Vector, **changes: str) -> SecurityKey | KeyRefusal:
    """Register the key of a vector."""
    values = vector["registration"] | changes
    expect(db, Purpose.NEW_KEY, values["challenge"])
    response = {name: values[name] for name in ("clientDataJSON", "attestationObject")}
    credential = {"id": values["id"], "rawId": values["id"], "type": "public-key", "response": response}
    return ceremonies.register(db, owner(db), HOLDER, json.dumps(credential), name="Foreign", passkey=False)


def sign(db: Db, vector: Vector, **changes: str) -> SecurityKey | KeyRefusal:
    """Sign in with the key of a vector as the second step."""
    values = vector["authentication"] | changes
    expect(db, Purpose.SECOND_STEP, values["challenge"])
    response = {name: values[name] for name in ("clientDataJSON", "authenticatorData", "signature")}
    id_ = vector["registration"]["id"]
    credential = {"id": id_, "rawId": id_, "type": "public-key", "response": response}
    return ceremonies.check(db, owner(db), HOLDER, json.dumps(credential))


def altered(text: str, position: int) -> str:
    """Return base64url with one bit turned over."""
    content = bytearray(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    content[position] ^= 1
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_foreign_key_is_registered_and_signs(example: Sandbox, name: str) -> None:
    vector = VECTORS[name]
    with example.transaction() as db:
        key = register(db, vector)
        assert isinstance(key, SecurityKey)
        assert key.credential_id == vector["registration"]["id"]
        assert sign(db, vector) is key
        assert register(db, vector) is KeyRefusal.REGISTERED
        for part, position, refusal in (
            ("signature", -1, KeyRefusal.SIGNATURE),
            ("authenticatorData", -1, KeyRefusal.SIGNATURE),
            ("authenticatorData", 0, KeyRefusal.RELYING_PARTY),
            ("challenge", 0, KeyRefusal.CHALLENGE),
        ):
            assert sign(db, vector, **{part: altered(vector["authentication"][part], position)}) is refusal
        assert sign(db, vector, clientDataJSON=vector["registration"]["clientDataJSON"]) is KeyRefusal.CHALLENGE


def test_a_recorded_key_is_registered(sandbox: Sandbox) -> None:
    sandbox.base_address = "http://localhost:5000"
    with sandbox.transaction() as db:
        assert isinstance(register(db, VECTORS[RECORDED]), SecurityKey)


@pytest.mark.parametrize("name", [*(name for name in ACCEPTED if not name.startswith("none")), RECORDED])
def test_an_altered_attestation_is_refused(example: Sandbox, name: str) -> None:
    if name == RECORDED:
        example.base_address = "http://localhost:5000"
    registration = VECTORS[name]["registration"]
    changed = registration["clientDataJSON"]
    content: dict[str, Any] = json.loads(urlsafe_b64decode(changed + "=" * (-len(changed) % 4)))
    # Whatever the attestation is made with, it covers what the browser said.
    content["more"] = True
    changed = urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    with example.transaction() as db:
        refusal = register(db, VECTORS[name], clientDataJSON=changed)
        assert refusal in (KeyRefusal.SIGNATURE, KeyRefusal.MALFORMED)
        assert register(db, VECTORS[name], challenge=altered(registration["challenge"], 0)) is KeyRefusal.CHALLENGE
        assert db.scalars(select(SecurityKey).where(SecurityKey.name == "Foreign")).all() == []


def test_a_foreign_key_is_of_no_use_at_another_address(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        for name in ACCEPTED:
            assert register(db, VECTORS[name]) is KeyRefusal.ORIGIN
            assert sign(db, VECTORS[name]) is KeyRefusal.ORIGIN


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("none-es256-crossOrigin", KeyRefusal.ORIGIN),
        ("none-es256-topOrigin", KeyRefusal.ORIGIN),
        ("packed-es384", KeyRefusal.MALFORMED),
    ],
)
def test_a_page_within_another_and_an_algorithm_that_is_not_offered_are_refused(
    example: Sandbox, name: str, refusal: KeyRefusal
) -> None:
    with example.transaction() as db:
        assert register(db, VECTORS[name]) is refusal
