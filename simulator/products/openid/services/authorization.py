"""Authorization requests: read, checked against the application, and led through sign-in, choice of customer and consent.

Source: OpenID Connect Core, 3.1.2; RFC 6749, 4.1.1; RFC 7636; OAuth 2.0 Multiple Response Type Encoding; Connect help,
re-authentication and step-up. Own choice: errors before the redirect address is known are a page, all others go to the application.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from sqlalchemy import delete

from simulator.core import events
from simulator.core.normal_forms import is_email
from simulator.core.request_journal import Reason
from simulator.core.sandbox import Db
from simulator.core.texts import best_language
from simulator.directory.identity_providers import provider_of
from simulator.directory.models import SignInSession
from simulator.directory.signing_in import devices, pending_sign_ins
from simulator.directory.signing_in.models import Policy, SignInRequest
from simulator.products.openid.models import Application, Authorization, Consent, Participation
from simulator.products.openid.services import applications, claims, codes, identifiers, keys
from simulator.products.openid.services.claims import SECOND_FACTORS, Grantee
from simulator.products.openid.services.keys import TokenKind

STEP_UP = "urn:idp:vismaconnect:mfa"
"""Value of ``acr_values`` that demands a second step now. Source: Connect help, step-up authentication."""

LIFETIME = timedelta(hours=1)
"""Own choice: how long a request waits for its user."""

PROMPTS = ("none", "login", "consent", "select_account")
RESPONSE_TYPES = ("code", "code id_token", "id_token")
MODES = ("query", "fragment", "form_post")
CHALLENGE_METHODS = ("S256", "plain")
LONGEST_VALUE = 2048
_CHALLENGE_LENGTHS = range(43, 129)
_PKCE_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

events.declare(openid__authorized="A user signed in to an application.")


class Refusal(Exception):
    """An authorization request is refused.

    Args:
        error: the code of the error.
        reason: why, for people.
        demand: where the error is sent to; None for a page here.
    """

    def __init__(self, error: str, reason: Reason, demand: "Demand | None" = None) -> None:
        super().__init__(error)
        self.error, self.reason, self.demand = error, reason, demand


@dataclass(frozen=True)
class Demand:
    """What an application demands, once its redirect address is known to be its own.

    Attributes:
        parameters: the parameters as they were sent.
        max_age: seconds that a sign-in may be old.
        step_up: whether a second step is demanded now.
        subject: identifier of the user who is expected, from ``id_token_hint``.
    """

    application: Application
    parameters: Mapping[str, str]
    redirect_uri: str
    response_type: str = "code"
    response_mode: str = "query"
    scopes: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    max_age: int | None = None
    step_up: bool = False
    subject: str | None = None

    @property
    def state(self) -> str | None:
        """The value that the application gets back."""
        return self.parameters.get("state")

    @property
    def forces_sign_in(self) -> bool:
        """Whether no earlier sign-in does, however good it was."""
        return self.step_up or self.max_age == 0 or bool({"login", "select_account"}.intersection(self.prompts))


Refuse = Callable[..., Refusal]
"""Makes the refusal of a request: ``refuse(error, reason, **facts)``."""


class Next(Enum):
    """What an authorization request waits for."""

    SIGN_IN = auto()
    TENANT = auto()
    CONSENT = auto()
    NOTHING = auto()


def read(
    db: Db, lists: Mapping[str, Sequence[str]], find: Callable[[Db, str], Application | None] = applications.by_client_id
) -> Demand:
    """Read and check the parameters of a request.

    Args:
        db: the transaction.
        lists: the parameters, each with its values.
        find: finds an application of the provider by its id.

    Raises:
        Refusal: with the demand as soon as the redirect address is known to be the application's.
    """
    parameters = {name: values[0] for name, values in lists.items() if values and values[0] != ""}
    demand = _read_recipient(db, lists, parameters, find)
    # The mode decides how errors are sent, so it is read before anything else can be wrong.
    response_type = " ".join(sorted(parameters.get("response_type", "").split()))
    default = "query" if response_type in ("", "code") else "fragment"
    mode = parameters.get("response_mode", default)
    demand = _with(demand, response_type=response_type, response_mode=mode if mode in MODES else default)

    def refuse(error: str, text: str, **facts: object) -> Refusal:
        return Refusal(error, Reason(text, dict(facts)), demand)

    _check_parameters(lists, parameters, refuse)
    _check_response(demand, mode, refuse)
    demand = _with(demand, scopes=_scopes(demand, parameters, refuse), prompts=_prompts(parameters, refuse))
    _check_challenge(demand, refuse)
    if "id_token" in response_type and "nonce" not in parameters:
        raise refuse("invalid_request", "openid.why.missing", name="nonce")
    max_age = parameters.get("max_age")
    if max_age is not None and not (max_age.isascii() and max_age.isdigit() and len(max_age) <= 9):
        raise refuse("invalid_request", "openid.why.max_age", sent=max_age[:60])
    subject = None
    if "id_token_hint" in parameters:
        content = keys.claims_of(db, parameters["id_token_hint"], TokenKind.ID)
        if content is None or content["aud"] != demand.application.client_id:
            raise refuse("invalid_request", "openid.why.hint")
        subject = str(content["sub"])
    return _with(
        demand,
        max_age=int(max_age) if max_age is not None else None,
        step_up=STEP_UP in parameters.get("acr_values", "").split(),
        subject=subject,
    )


def wait(db: Db, demand: Demand, session: SignInSession | None) -> Authorization:
    """Store a request that waits for its user, with what the sign-in has to fulfil."""
    now = db.clock.now()
    db.execute(delete(Authorization).where(Authorization.expires_at <= now))
    hint = demand.parameters.get("login_hint", "")
    row = Authorization(
        id=db.chance.token(),
        application_id=demand.application.id,
        parameters=dict(demand.parameters),
        session_before=session.id if session is not None else None,
        tenant=None,
        agreed=False,
        expires_at=now + LIFETIME,
    )
    db.add(row)
    target = applications.origin_of(demand.redirect_uri)
    db.add(
        SignInRequest(
            id=row.id,
            name=demand.application.name,
            back_to=f"/s/{db.sandbox.name}/connect/authorize/login?request={row.id}",
            policy=demand.application.policy,
            step_up=demand.step_up,
            session_before=row.session_before,
            email=hint if is_email(hint) else None,
            form_targets=[target] if target is not None else [],
            identity_providers=demand.application.identity_providers,
            expires_at=row.expires_at,
        )
    )
    db.flush()
    return row


def expect_other_session(db: Db, row: Authorization, session: SignInSession) -> None:
    """Demand another session than the present one, which does not fulfil the request."""
    row.session_before = session.id
    request = pending_sign_ins.find_request(db, row.id)
    if request is not None:
        request.session_before = session.id


def find(db: Db, request_id: str | None) -> Authorization | None:
    """Return a request that waits, or None."""
    row = db.get(Authorization, request_id) if request_id else None
    return row if row is not None and row.expires_at > db.clock.now() else None


def finish(db: Db, row: Authorization) -> None:
    """Forget a request that has been answered."""
    request = pending_sign_ins.find_request(db, row.id)
    if request is not None:
        db.delete(request)
    db.delete(row)


def next_step(db: Db, demand: Demand, session: SignInSession | None, device: str | None, row: Authorization | None) -> Next:
    """Return what a request waits for.

    Args:
        db: the transaction.
        demand: what the application demands.
        session: the session of this browser.
        device: the value of this browser's cookie of a remembered device.
        row: the stored request; None when it has just come.

    Raises:
        Refusal: it would have to wait, and ``prompt=none`` forbids that, or the user has no customer.
    """

    def refuse(error: str, text: str, **facts: object) -> Refusal:
        return Refusal(error, Reason(text, dict(facts)), demand)

    silent = "none" in demand.prompts
    before = row.session_before if row is not None else None
    is_new = row is not None and (session is not None and session.id != before)
    if (
        session is None
        or (demand.forces_sign_in and not is_new)
        or not is_enough(db, demand, session, device, is_new=is_new)
    ):
        if silent:
            raise refuse("login_required" if session is None else "interaction_required", "openid.why.silent_sign_in")
        return Next.SIGN_IN
    sent = demand.parameters.get("tenant")
    is_needed = sent is not None or demand.application.asks_tenant
    own = [id_ for id_, _ in claims.tenants_of(db, session.person)] if is_needed else []
    if sent is not None and sent not in own:
        raise refuse("invalid_tenant", "openid.why.tenant_of_user", tenant=sent[:60], person=session.person.email)
    if demand.application.asks_tenant and not own:
        raise refuse("invalid_tenant", "openid.why.no_tenant", person=session.person.email)
    if demand.application.asks_tenant and sent is None and len(own) > 1 and (row is None or row.tenant not in own):
        if silent:
            raise refuse("account_selection_required", "openid.why.silent_tenant")
        return Next.TENANT
    if not (row is not None and row.agreed) and (needs_consent(db, demand, session) or "consent" in demand.prompts):
        if silent:
            raise refuse("consent_required", "openid.why.silent_consent")
        return Next.CONSENT
    return Next.NOTHING


def is_enough(db: Db, demand: Demand, session: SignInSession, device: str | None, *, is_new: bool) -> bool:
    """Return whether a session fulfils what the application demands, however it came to be."""
    if provider_of(session.methods) not in demand.application.identity_providers:
        return False
    has_second = bool(SECOND_FACTORS.intersection(session.methods))
    if demand.step_up and not has_second:
        return False
    policy = demand.application.policy
    if policy == Policy.REQUIRED and not (has_second or devices.is_remembered(db, session.person, device)):
        return False
    if session.bypassed and policy != Policy.BYPASS:
        return False
    if demand.subject is not None and identifiers.subject(db, session.person_id) != demand.subject:
        return False
    if demand.max_age is not None and not is_new:
        return db.clock.now() - session.started_at <= timedelta(seconds=demand.max_age)
    return True


def needs_consent(db: Db, demand: Demand, session: SignInSession) -> bool:
    """Return whether the user has not agreed yet to all that an application asks for."""
    if not demand.application.asks_consent:
        return False
    consent = db.get(Consent, (session.person_id, demand.application.id))
    return consent is None or not set(demand.scopes) <= set(consent.scopes)


def agree(db: Db, demand: Demand, session: SignInSession) -> None:
    """Store that the user agreed to what an application asks for."""
    consent = db.get(Consent, (session.person_id, demand.application.id))
    if consent is None:
        consent = Consent(person_id=session.person_id, application_id=demand.application.id, scopes=[])
        db.add(consent)
    consent.scopes = list(dict.fromkeys([*consent.scopes, *demand.scopes]))


def grant(db: Db, demand: Demand, session: SignInSession, tenant: str | None) -> dict[str, str]:
    """Issue what the application asked for; return the parameters of the answer."""
    if tenant is None and demand.application.asks_tenant:
        tenant = claims.only_tenant(db, session.person)
    grantee = Grantee(
        application=demand.application,
        subject=session.person,
        scopes=demand.scopes,
        session_id=session.id,
        signed_in_at=session.started_at,
        methods=session.methods,
        tenant=demand.parameters.get("tenant") or tenant,
        nonce=demand.parameters.get("nonce"),
    )
    if db.get(Participation, (session.id, demand.application.id)) is None:
        db.add(Participation(session_id=session.id, application_id=demand.application.id, person_id=session.person_id))
    events.record(
        db,
        "openid.authorized",
        actor=session.person.email,
        subject=session.person.email,
        client_id=demand.application.client_id,
        scopes=list(demand.scopes),
        tenant=grantee.tenant,
    )
    return issue(db, demand, grantee)


def issue(db: Db, demand: Demand, grantee: Grantee) -> dict[str, str]:
    """Issue a code, an ID token or both, as the response type says; return the parameters of the answer."""
    answer: dict[str, str] = {}
    if "code" in demand.response_type.split():
        challenge = demand.parameters.get("code_challenge")
        method = demand.parameters.get("code_challenge_method", "plain") if challenge else None
        answer["code"] = codes.issue_code(db, grantee, demand.redirect_uri, challenge, method)
    if "id_token" in demand.response_type.split():
        answer["id_token"] = claims.id_token(db, grantee, code=answer.get("code"))
    return answer


def language(demand: Demand) -> str | None:
    """Return the language that ``ui_locales`` prefers among those of the platform, or None."""
    languages = (best_language(tag, "") for tag in demand.parameters.get("ui_locales", "").split())
    return next(filter(None, languages), None)


def _with(demand: Demand, **changes: object) -> Demand:
    return Demand(**{**vars(demand), **changes})


def _read_recipient(
    db: Db,
    lists: Mapping[str, Sequence[str]],
    parameters: Mapping[str, str],
    find: Callable[[Db, str], Application | None],
) -> Demand:
    """Read who asks, and where the answer goes: nothing is sent to an address that is not registered."""

    def refuse(text: str, **facts: object) -> Refusal:
        return Refusal("invalid_request", Reason(text, dict(facts)))

    for name in ("client_id", "redirect_uri"):
        if len(lists.get(name, ())) > 1:
            raise refuse("openid.why.doubled", name=name)
    client_id = parameters.get("client_id")
    if client_id is None:
        raise refuse("openid.why.missing", name="client_id")
    application = find(db, client_id)
    if application is None:
        raise Refusal("invalid_client", Reason("openid.why.unknown_client", {"client": client_id[:100]}))
    address = parameters.get("redirect_uri")
    if address is None:
        # Source: OpenID Connect requires the address even when only one is registered.
        raise refuse("openid.why.missing", name="redirect_uri")
    if not applications.is_redirect_uri(application, address):
        registered, position = applications.closest_redirect_uri(application, address)
        raise refuse("openid.why.redirect_uri", sent=address[:300], registered=registered, position=position)
    return Demand(application, dict(parameters), address)


def _check_parameters(lists: Mapping[str, Sequence[str]], parameters: Mapping[str, str], refuse: Refuse) -> None:
    doubled = [name for name, values in lists.items() if len(values) > 1]
    if doubled:
        raise refuse("invalid_request", "openid.why.doubled", name=doubled[0][:60])
    too_long = [name for name, value in parameters.items() if len(value) > LONGEST_VALUE]
    if too_long:
        raise refuse("invalid_request", "openid.why.too_long", name=too_long[0][:60], most=LONGEST_VALUE)
    for name, error in (("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")):
        if name in parameters:
            raise refuse(error, "openid.why.request_object", name=name)


def _check_response(demand: Demand, mode: str, refuse: Refuse) -> None:
    kind, allowed = demand.response_type, applications.grant_types(demand.application)
    if not kind:
        raise refuse("invalid_request", "openid.why.missing", name="response_type")
    if kind not in RESPONSE_TYPES:
        raise refuse(
            "unsupported_response_type", "openid.why.response_type", sent=kind[:60], allowed=", ".join(RESPONSE_TYPES)
        )
    if "authorization_code" not in allowed:
        facts = {"grant": "authorization_code", "kind": demand.application.kind, "allowed": ", ".join(allowed)}
        raise refuse("unauthorized_client", "openid.why.grant_not_allowed", **facts)
    if mode not in MODES or (mode == "query" and kind != "code"):
        raise refuse("invalid_request", "openid.why.response_mode", sent=mode[:60], type=kind)
    if mode == "form_post" and not demand.redirect_uri.startswith(("http://", "https://")):
        raise refuse("invalid_request", "openid.why.response_mode", sent=mode, type=demand.redirect_uri[:60])


def _scopes(demand: Demand, parameters: Mapping[str, str], refuse: Refuse) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(parameters.get("scope", "").split()))
    if not scopes or (
        "openid" not in scopes and ("openid" in demand.application.scopes or "id_token" in demand.response_type)
    ):
        raise refuse("invalid_scope", "openid.why.scope_openid")
    wrong = [scope for scope in scopes if scope not in demand.application.scopes]
    if wrong:
        facts = {"scopes": " ".join(wrong)[:200], "registered": " ".join(demand.application.scopes)}
        raise refuse("invalid_scope", "openid.why.scope_not_registered", **facts)
    return scopes


def _prompts(parameters: Mapping[str, str], refuse: Refuse) -> tuple[str, ...]:
    prompts = tuple(dict.fromkeys(parameters.get("prompt", "").split()))
    unknown = [prompt for prompt in prompts if prompt not in PROMPTS]
    if unknown or ("none" in prompts and len(prompts) > 1):
        raise refuse("invalid_request", "openid.why.prompt", sent=" ".join(prompts)[:60], allowed=", ".join(PROMPTS))
    return prompts


def _check_challenge(demand: Demand, refuse: Refuse) -> None:
    challenge, method = demand.parameters.get("code_challenge"), demand.parameters.get("code_challenge_method")
    is_needed = applications.needs_pkce(demand.application) and "code" in demand.response_type.split()
    if challenge is None and (method is not None or is_needed):
        raise refuse("invalid_request", "openid.why.challenge_required", kind=demand.application.kind)
    if challenge is None:
        return
    if method is not None and method not in CHALLENGE_METHODS:
        raise refuse("invalid_request", "openid.why.challenge_method", sent=method[:60])
    if len(challenge) not in _CHALLENGE_LENGTHS or not _PKCE_LETTERS.issuperset(challenge):
        raise refuse("invalid_request", "openid.why.challenge_malformed")
