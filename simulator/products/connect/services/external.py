"""Signing in with the external provider: Connect as its application, by the code flow with PKCE, state and nonce.

Source: OpenID Connect Core, 3.1; RFC 9700, 2.1; RFC 9207. Connect help, single sign-on: only e-mail address, given name and surname
are taken over; a sign-in with an unverified domain is rejected; social sign-in works only when the address is exactly that of the
account. Own choice: the names of the account follow the provider's, whose code is called within this process; an account that is
not activated is activated by its first sign-in; signing out of Connect does not sign out of the provider.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Self
from urllib.parse import urlencode

from simulator.core import events, normal_forms
from simulator.core.chance import machine_secret
from simulator.core.sandbox import Db
from simulator.directory import administration, credentials, lockout, people
from simulator.directory.activation import EXTERNAL_PROVIDER
from simulator.directory.email_domains import policies
from simulator.directory.identity_providers import BY_EXTERNAL, CLAIMED, REPORTED, IdentityProvider
from simulator.directory.models import Person, Status
from simulator.directory.people import Particulars
from simulator.directory.signing_in import pending_sign_ins
from simulator.directory.signing_in.models import SignIn
from simulator.products.connect.services import steps

CLIENT_ID = "visma-connect"
LONGEST_NAME = 60


class Refused(StrEnum):
    """Why an answer of the external provider does not sign in; the text key is ``connect.external.<word>``."""

    STATE = "state"
    CANCELLED = "cancelled"
    DOWN = "down"
    INVALID = "invalid"
    OTHER_EMAIL = "other_email"
    OTHER_ACCOUNT = "other_account"
    NOT_VERIFIED = "not_verified"
    UNKNOWN = "unknown"
    INACTIVE = "inactive"


class ExternalRefusal(Exception):
    """An answer of the external provider is refused.

    Args:
        why: the reason.
        email: the address that the sign-in was for, when it is known.
    """

    def __init__(self, why: Refused, email: str | None = None) -> None:
        super().__init__(why)
        self.why, self.email = why, email


@dataclass(frozen=True)
class Journey:
    """What Connect remembers in this browser while its user is at the external provider.

    Attributes:
        email: the address that was typed; None when an application led to the provider at once.
        back_to: path of the page that was asked for.
        request_id: id of what an application demands.
    """

    state: str
    nonce: str
    verifier: str
    email: str | None
    back_to: str | None
    request_id: str | None

    @classmethod
    def begin(cls, email: str | None, back_to: str | None, request_id: str | None) -> Self:
        """Begin a sign-in with the external provider; its secrets are the machine's, and nowhere but in the browser."""
        return cls(machine_secret(), machine_secret(), machine_secret(), email, back_to, request_id)

    @classmethod
    def read(cls, stored: Any) -> Self | None:
        """Return what ``stored`` returned, or None for anything else."""
        return cls(**stored) if isinstance(stored, dict) else None

    @property
    def stored(self) -> dict[str, str | None]:
        """The journey as a cookie holds it."""
        return asdict(self)


def address(db: Db, journey: Journey) -> str:
    """Return the address of the external provider's page with the authorization request."""
    challenge = urlsafe_b64encode(sha256(journey.verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "client_id": CLIENT_ID,
        "redirect_uri": _callback(db),
        "response_type": "code",
        "scope": "openid profile email",
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"login_hint": journey.email} if journey.email else {}),
    }
    return f"{db.address('idp', 'authorize')}?{urlencode(parameters)}"


def sign_in(db: Db, journey: Journey | None, answer: Mapping[str, str]) -> SignIn:
    """Begin a sign-in whose first step was the external provider's; the further steps are those after a password.

    Args:
        db: the transaction; it must be committed also when the answer is refused, because its code is used up.
        journey: what this browser began.
        answer: the parameters of the answer.

    Raises:
        ExternalRefusal: the answer does not sign in; the login history has a line when somebody has the address.
    """
    if journey is None or not compare_digest(journey.state.encode(), answer.get("state", "").encode()):
        raise ExternalRefusal(Refused.STATE)
    try:
        return _sign_in(db, journey, answer)
    except ExternalRefusal as refusal:
        subject = refusal.email or journey.email
        provider = IdentityProvider.EXTERNAL
        events.record(db, "sign_in.failed", subject=subject, reason=f"external_{refusal.why}", provider=provider)
        raise


def _sign_in(db: Db, journey: Journey, answer: Mapping[str, str]) -> SignIn:
    if answer.get("iss") != _issuer(db):
        raise ExternalRefusal(Refused.INVALID)
    if "error" in answer:
        raise ExternalRefusal(Refused.CANCELLED if answer["error"] == "access_denied" else Refused.INVALID)
    identity = _identity(db, journey, answer.get("code", ""))
    email = normal_forms.email(str(identity.get("email", "")))
    if journey.email is not None and email != journey.email:
        has_password = IdentityProvider.CONNECT in _allowed(db, journey, journey.email)
        raise ExternalRefusal(Refused.OTHER_EMAIL if has_password else Refused.OTHER_ACCOUNT, journey.email)
    if policies.policy_of(db, email) is None:
        raise ExternalRefusal(Refused.NOT_VERIFIED, email)
    person = people.by_email(db, email)
    if person is None:
        raise ExternalRefusal(Refused.UNKNOWN, email)
    if person.status == Status.INACTIVE:
        raise ExternalRefusal(Refused.INACTIVE, email)
    started = steps.start(db, email, journey.back_to, journey.request_id)
    if IdentityProvider.EXTERNAL in _allowed(db, journey, email) and lockout.locked_until(db, email) is None:
        _take_over(db, person, identity)
    started.person = person
    started.methods = [BY_EXTERNAL, *([REPORTED] if REPORTED in (identity.get("amr") or ()) else [])]
    return started


def _allowed(db: Db, journey: Journey, email: str) -> list[IdentityProvider]:
    request = pending_sign_ins.find_request(db, journey.request_id)
    of_application = request.identity_providers if request is not None else tuple(IdentityProvider)
    return policies.identity_providers_of(db, email, of_application)


def _identity(db: Db, journey: Journey, code: str) -> dict[str, Any]:
    """Exchange a code, and return the claims of the ID token once signature, issuer, audience, times and nonce are right.

    Source: OpenID Connect Core, 3.1.3.7.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": code,
        "redirect_uri": _callback(db),
        "code_verifier": journey.verifier,
    }
    status, document = EXTERNAL_PROVIDER["token"](db, form)
    if status >= 500:
        raise ExternalRefusal(Refused.DOWN)
    if status >= 400:
        raise ExternalRefusal(Refused.INVALID)
    checks = jwt.JWTClaimsRegistry(
        now=int(db.clock.now().timestamp()),
        iss={"essential": True, "value": _issuer(db)},
        aud={"essential": True, "value": CLIENT_ID},
        exp={"essential": True},
        nonce={"essential": True, "value": journey.nonce},
    )
    try:
        token = jwt.decode(document["id_token"], KeySet.import_key_set(EXTERNAL_PROVIDER["key_set"](db)), ["RS256"])
        checks.validate(token.claims)
    except (JoseError, KeyError, ValueError):
        raise ExternalRefusal(Refused.INVALID) from None
    return dict(token.claims)


def _take_over(db: Db, person: Person, identity: Mapping[str, Any]) -> None:
    """Activate the account if it was not, and give it the names that the provider tells."""
    if person.status == Status.NOT_ACTIVATED:
        credentials.activate(db, person)
    names = {
        field: str(identity.get(claim) or "").strip()[:LONGEST_NAME] or getattr(person, field)
        for field, claim in (("first_name", "given_name"), ("last_name", "family_name"))
    }
    particulars = Particulars(email=person.email, language=person.language, phone=person.phone, **names)
    administration.change(db, CLAIMED[IdentityProvider.EXTERNAL], person, particulars)


def _issuer(db: Db) -> str:
    return db.program_address("idp")


def _callback(db: Db) -> str:
    return db.address("connect", "login", "external", "callback")
