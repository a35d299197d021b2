"""The external provider: the same code as Connect's, with accounts, keys and an issuer of its own, and Connect as its application.

It stands for the sign-in of an organisation, such as Connect's customers have. Own choice: it asks for no password and remembers no
browser, because tests are about what comes of its answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from simulator.core import events, faults, normal_forms, request_journal
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.identity_providers import CLAIMED, REPORTED, IdentityProvider
from simulator.products.openid.models import Answer, Application, ExternalAccount, Kind
from simulator.products.openid.services import applications, authorization, keys
from simulator.products.openid.services.authorization import Demand
from simulator.products.openid.services.claims import Grantee
from simulator.products.openid.services.provider import Call, Provider

CLIENT_ID = "visma-connect"
"""The id of Connect at the external provider."""

EXTERNAL = IdentityProvider.EXTERNAL
SCOPES = ("openid", "profile", "email")
PAGE, TOKEN = "external_provider.page", "external_provider.token"
LONGEST = 60

faults.declare(PAGE, "The external provider shows its sign-in page.", down="The page says that it is not available.")
faults.declare(TOKEN, "Connect exchanges a code at the external provider.", down="The provider does not answer.")
events.declare(
    external_account__changed="An account at the external provider was added or changed.",
    external_account__removed="An account at the external provider was removed.",
)


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What the external provider tells of an account; see ``models.ExternalAccount``."""

    user_name: str
    email: str
    first_name: str
    last_name: str
    two_factors: bool = False
    answer: str = Answer.SIGNED_IN


def connect(db: Db) -> Application:
    """Return Connect as it is registered at the external provider; until its first sign-in the row is not stored."""
    application = applications.by_client_id(db, CLIENT_ID, EXTERNAL)
    return application or Application(
        provider=EXTERNAL,
        client_id=CLIENT_ID,
        name=CLAIMED[IdentityProvider.CONNECT],
        kind=Kind.WEB,
        secret_id=CLIENT_ID,
        redirect_uris=[db.address("connect", "login", "external", "callback")],
        post_logout_redirect_uris=[],
        origins=[],
        scopes=list(SCOPES),
        identity_providers=[EXTERNAL],
        asks_tenant=False,
        claims_in_id_token=True,
        created_at=db.clock.now(),
    )


def read(db: Db, lists: Mapping[str, Sequence[str]]) -> Demand:
    """Read and check an authorization request of Connect.

    Raises:
        Refusal: as for any application.
    """

    def find(db: Db, client_id: str) -> Application | None:
        return connect(db) if client_id == CLIENT_ID else None

    return authorization.read(db, lists, find)


def grant(db: Db, demand: Demand, account: ExternalAccount) -> dict[str, str]:
    """Issue what Connect asked for; return the parameters of the answer."""
    db.add(demand.application)
    db.flush()
    methods = ["pwd", *([REPORTED] if account.two_factors else [])]
    grantee = Grantee(
        application=demand.application,
        subject=account,
        scopes=demand.scopes,
        session_id=None,
        signed_in_at=db.clock.now(),
        methods=methods,
        nonce=demand.parameters.get("nonce"),
    )
    return authorization.issue(db, demand, grantee)


def answer_token_call(db: Db, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Answer Connect's call of the token endpoint, in its own transaction; return status and document."""
    if faults.triggered_outcome(db, TOKEN) is not None:
        return 503, {"error": "temporarily_unavailable"}
    made = Provider(db, EXTERNAL)
    sent = {**form, "client_secret": applications.secret_of(db, connect(db)) or ""}
    status, document, _ = made.answer_token_call(Call({name: [value] for name, value in sent.items()}, {}))
    error, reason, person = document.get("error"), made.trace.reason, made.trace.person
    request_journal.record(db, "openid", CLIENT_ID, "token", form, status, error=error, reason=reason, person=person)
    return status, document


def key_set(db: Db) -> dict[str, Any]:
    """Return the public keys of the external provider as a JWK set."""
    return keys.public_keys(db, EXTERNAL)


def all_of(db: Db) -> Sequence[ExternalAccount]:
    """Return all accounts, by user name."""
    return db.scalars(select(ExternalAccount).order_by(ExternalAccount.user_name)).all()


def by_user_name(db: Db, user_name: str) -> ExternalAccount | None:
    """Return the account with a user name, in upper or lower case, or None."""
    return db.scalar(select(ExternalAccount).where(ExternalAccount.user_name == normal_forms.email(user_name)))


def set_account(db: Db, particulars: Particulars) -> ExternalAccount:
    """Add an account, or change the one that has its user name.

    Raises:
        RuleViolation: ``external_account.name``.
    """
    user_name = normal_forms.email(particulars.user_name)
    for field, text in (
        ("user_name", user_name),
        ("first_name", particulars.first_name),
        ("last_name", particulars.last_name),
    ):
        if not 1 <= len(text.strip()) <= (254 if field == "user_name" else LONGEST) or not text.isprintable():
            raise RuleViolation("external_account.name", field=field)
    account = by_user_name(db, user_name)
    if account is None:
        account = ExternalAccount(user_name=user_name)
        db.add(account)
    account.email = normal_forms.email(particulars.email)
    account.first_name, account.last_name = particulars.first_name.strip(), particulars.last_name.strip()
    account.two_factors, account.answer = particulars.two_factors, particulars.answer
    db.flush()
    events.record(db, "external_account.changed", subject=account.user_name, email=account.email)
    return account


def remove(db: Db, account: ExternalAccount) -> None:
    """Remove an account."""
    events.record(db, "external_account.removed", subject=account.user_name)
    db.delete(account)
    db.flush()
