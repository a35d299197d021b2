"""The endpoints for programs: token, introspection, revocation, userinfo. Authlib checks the grants; what they need is here.

Each call happens in one transaction, which is committed also when it is refused: a replayed token withdraws its family.
"""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Error, OAuth2Payload, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from sqlalchemy import select

from simulator.core import events
from simulator.core.request_journal import Reason
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import Person
from simulator.products.openid.models import Application, Code, ExternalAccount, RefreshToken, RefreshUsage, Subject
from simulator.products.openid.services import applications, claims, codes, identifiers, keys
from simulator.products.openid.services.applications import OFFLINE_ACCESS
from simulator.products.openid.services.claims import Grantee
from simulator.products.openid.services.keys import TokenKind

AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"]
"""How applications prove themselves; those without a secret by their id alone."""

Answer = tuple[int, dict[str, Any], Mapping[str, str]]
"""Status, document and headers."""


class InvalidTenantError(OAuth2Error):
    """The customer is not known, or not one that the application may act for."""

    error = "invalid_tenant"


class Trace:
    """What became of a call, for the journal of requests.

    Attributes:
        application: the application that calls, once it is known.
        person: the address of the user.
        reason: why it failed.
    """

    def __init__(self) -> None:
        self.application: Application | None = None
        self.person: str | None = None
        self.reason: Reason | None = None

    def because(self, text: str, **facts: Any) -> None:
        """Say why the call fails, by a text key; the first reason stays."""
        self.reason = self.reason or Reason(text, facts)


class Call(OAuth2Request):
    """A call as Authlib reads it. Its check of the address for TLS is left out: on this machine there is none.

    Args:
        form: the parameters of the body, each with its values.
        headers: the headers.
    """

    def __init__(self, form: Mapping[str, Sequence[str]], headers: Mapping[str, str]) -> None:
        super().__init__("POST", "https://localhost/", headers=_with_readable_credentials(headers))
        self._form = {name: values[0] for name, values in form.items() if values}
        self.payload = _Payload(form, self._form)

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the body."""
        return self._form


def _with_readable_credentials(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers without Basic credentials that are empty or no text, which prove nothing and which Authlib cannot read."""
    kind, _, value = headers.get("Authorization", "").partition(" ")
    try:
        if kind.lower() == "basic" and not b64decode(value.strip()).decode():
            raise ValueError("no credentials")
    except ValueError:
        return {name: value for name, value in headers.items() if name != "Authorization"}
    return headers


class _Payload(OAuth2Payload):
    def __init__(self, lists: Mapping[str, Sequence[str]], data: dict[str, str]) -> None:
        self._lists, self._data = lists, data

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, {name: list(values) for name, values in self._lists.items()})


class Client(ClientMixin):
    """An application as Authlib asks about it."""

    def __init__(self, db: Db, application: Application, trace: Trace) -> None:
        self._db, self._trace = db, trace
        self.application = application

    def get_client_id(self) -> str:
        """Return its id."""
        return self.application.client_id

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare a secret; one that came in a header may be encoded as a form is."""
        candidates = (client_secret, unquote_plus(client_secret))
        right = any(applications.is_secret(self._db, self.application, candidate) for candidate in candidates)
        if not right:
            self._trace.because(
                "openid.why.secret_wrong" if applications.has_secret(self.application) else "openid.why.secret_for_public"
            )
        return right

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Return whether it proves itself in a way."""
        if method == "none" and applications.has_secret(self.application):
            self._trace.because("openid.why.secret_missing")
            return False
        return (method == "none") != applications.has_secret(self.application)

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether it may use a grant."""
        allowed = applications.grant_types(self.application)
        if grant_type in allowed:
            return True
        # Asked of a code's application too, to decide whether it gets a refresh token: no failure then.
        if grant_type != "refresh_token":
            facts = {"grant": grant_type, "kind": self.application.kind, "allowed": ", ".join(allowed)}
            self._trace.because("openid.why.grant_not_allowed", **facts)
        return False

    def get_allowed_scope(self, scope: str) -> str:
        """Return the scopes that it may have of those it asks for."""
        return " ".join(word for word in scope.split() if word in self.application.scopes)


class CodeGrant(grants.AuthorizationCodeGrant):
    """Exchanges an authorization code."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION
    server: "Provider"

    def query_authorization_code(self, code: str, client: Client) -> "_CodeView | None":
        """Find a code that can be used; one that was used before withdraws what came of it."""
        db, trace = self.server.db, self.server.trace
        row = codes.find_code(db, code)
        if row is None:
            trace.because("openid.why.code_unknown")
            return None
        trace.person = row.subject.email
        if row.application_id != client.application.id:
            trace.because("openid.why.code_of_other", application=row.application.client_id)
            return None
        if row.used_at is not None:
            codes.revoke_family(db, row.family, replayed=True)
            trace.because("openid.why.code_used", at=row.used_at.isoformat())
            return None
        if row.expires_at <= db.clock.now():
            trace.because("openid.why.code_expired", minutes=int(codes.CODE_LIFETIME.total_seconds() // 60))
            return None
        sent = self.request.payload.redirect_uri
        if sent != row.redirect_uri:
            trace.because("openid.why.code_redirect", sent=sent or "", expected=row.redirect_uri)
        return _CodeView(row)

    def authenticate_user(self, authorization_code: "_CodeView") -> Any:
        """Return the person or account, unless it was deactivated since."""
        subject = authorization_code.row.subject
        if not codes.may_use(subject):
            self.server.trace.because("openid.why.person_inactive", person=subject.email)
            return None
        return subject

    def generate_token(self, **_: Any) -> dict[str, Any]:
        """Return the answer: tokens for the scopes of the code."""
        row: Code = self.request.authorization_code.row
        return self.server.tokens(codes.grantee_of(row), row.family)

    def save_token(self, token: dict[str, Any]) -> None:
        """Do nothing: refresh tokens are stored when they are made, access tokens not at all."""

    def delete_authorization_code(self, authorization_code: "_CodeView") -> None:
        """Mark the code as used."""
        authorization_code.row.used_at = self.server.db.clock.now()


class Pkce(CodeChallenge):
    """Compares the verifier with the challenge of the code, and says what was wrong."""

    def validate_code_verifier(self, grant: CodeGrant, result: Any) -> None:
        """Compare.

        Raises:
            OAuth2Error: as Authlib does; a verifier that does not fit uses the code up.
        """
        row: Code = grant.request.authorization_code.row
        verifier = grant.request.form.get("code_verifier")
        try:
            super().validate_code_verifier(grant, result)
        except OAuth2Error as error:
            if not verifier:
                grant.server.trace.because("openid.why.verifier_missing")
            elif row.challenge is None:
                grant.server.trace.because("openid.why.challenge_missing")
            elif isinstance(error, InvalidGrantError):
                row.used_at = grant.server.db.clock.now()
                grant.server.trace.because("openid.why.verifier_wrong", method=row.challenge_method or "plain")
            else:
                grant.server.trace.because("openid.why.verifier_malformed")
            raise


class RefreshGrant(grants.RefreshTokenGrant):
    """Exchanges a refresh token."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION
    server: "Provider"

    def authenticate_refresh_token(self, refresh_token: str) -> "_TokenView | None":
        """Find a refresh token that can be used; one that was used before withdraws its family."""
        db, trace = self.server.db, self.server.trace
        row = codes.find_refresh_token(db, refresh_token)
        if row is None:
            trace.because("openid.why.refresh_unknown")
            return None
        trace.person = row.person.email
        mine = trace.application is not None and row.application_id == trace.application.id
        if not mine:
            trace.because("openid.why.refresh_of_other", application=row.application.client_id)
        elif row.revoked_at is not None:
            trace.because("openid.why.refresh_revoked", at=row.revoked_at.isoformat())
        elif row.expires_at <= db.clock.now():
            trace.because("openid.why.refresh_expired", days=row.application.refresh_days)
        elif codes.is_replayed(db, row):
            assert row.replaced_at is not None
            codes.revoke_family(db, row.family, replayed=True)
            trace.because("openid.why.refresh_used", at=row.replaced_at.isoformat(), grace=row.application.grace_seconds)
        else:
            return _TokenView(row)
        return None

    def authenticate_user(self, refresh_token: "_TokenView") -> Any:
        """Return the person.

        Raises:
            InvalidGrantError: the account was deactivated since.
        """
        person = refresh_token.row.person
        if not codes.may_use(person):
            self.server.trace.because("openid.why.person_inactive", person=person.email)
            raise InvalidGrantError()
        return person

    def _validate_token_scope(self, token: "_TokenView") -> None:
        try:
            super()._validate_token_scope(token)
        except InvalidScopeError:
            self.server.trace.because("openid.why.scope_not_granted", scopes=self.request.payload.scope)
            raise

    def issue_token(self, user: Any, refresh_token: "_TokenView") -> dict[str, Any]:
        """Return the answer: tokens for the same scopes or fewer."""
        row = refresh_token.row
        scopes = (self.request.payload.scope or row.scope).split()
        again = row.application.refresh_usage == RefreshUsage.REUSE
        answer = self.server.tokens(codes.grantee_of_token(row, scopes), None if again else row.family)
        if again:
            answer["refresh_token"] = self.request.form["refresh_token"]
        return answer

    def save_token(self, token: dict[str, Any]) -> None:
        """Do nothing: refresh tokens are stored when they are made, access tokens not at all."""

    def revoke_old_credential(self, refresh_token: "_TokenView") -> None:
        """Mark the token as used; within the grace it works again, which does not lengthen the grace."""
        refresh_token.row.replaced_at = refresh_token.row.replaced_at or self.server.db.clock.now()


class ServiceGrant(grants.ClientCredentialsGrant):
    """Gives an application a token in its own name.

    Source: Connect help, service applications: without ``scope`` it gets all its scopes; ``tenant_id`` names a customer.
    """

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION
    server: "Provider"

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Return the answer.

        Raises:
            OAuth2Error: ``invalid_scope``, ``invalid_tenant``.
        """
        db, application = self.server.db, self.request.client.application
        own = [scope for scope in application.scopes if scope not in applications.STANDARD_SCOPES]
        sent = self.request.payload.scope
        scopes = list(dict.fromkeys(sent.split())) if sent else own
        wrong = [scope for scope in scopes if scope not in own]
        if wrong:
            self.server.trace.because("openid.why.scope_not_registered", scopes=" ".join(wrong), registered=" ".join(own))
            raise InvalidScopeError()
        tenant = self.request.form.get("tenant_id")
        if tenant is not None and tenant not in claims.tenant_ids(db):
            self.server.trace.because("openid.why.tenant_unknown", tenant=tenant[:60])
            raise InvalidTenantError("The tenant is not known.")
        events.record(db, "openid.tokens_issued", actor=application.client_id, subject=application.client_id, scopes=scopes)
        return 200, _bearer(claims.service_token(db, application, scopes, tenant), scopes), self.TOKEN_RESPONSE_HEADER


class Introspection(IntrospectionEndpoint):
    """Says whether a token works. Source: RFC 7662."""

    CLIENT_AUTH_METHODS = AUTHENTICATION[:2]
    server: "Provider"

    def query_token(self, token_string: str, token_type_hint: str | None) -> Any:
        """Find a token of this sandbox, of either kind."""
        row = codes.find_refresh_token(self.server.db, token_string)
        return row if row is not None else keys.claims_of(self.server.db, token_string, TokenKind.ACCESS)

    def check_permission(self, token: Any, client: Client, request: Call) -> bool:
        """Return whether an application may know: of every access token, which it may be shown, and of its own refresh tokens."""
        return isinstance(token, dict) or token.application_id == client.application.id

    def create_introspection_payload(self, token: Any) -> dict[str, Any]:
        """Return the answer; only that it is not active when it is not."""
        db = self.server.db
        if isinstance(token, RefreshToken):
            if token.revoked_at is not None or token.expires_at <= db.clock.now() or codes.is_replayed(db, token):
                return {"active": False}
            return {
                "active": codes.may_use(token.person),
                "token_type": "refresh_token",
                "client_id": token.application.client_id,
                "scope": token.scope,
                "sub": identifiers.subject(db, token.person_id),
                "iss": claims.issuer(db),
                "iat": int(token.issued_at.timestamp()),
                "exp": int(token.expires_at.timestamp()),
            }
        if not isinstance(token, dict) or _person_of(db, token) is None:
            return {"active": False}
        return {**token, "active": True, "token_type": "Bearer", "scope": " ".join(token["scope"])}


class Revocation(RevocationEndpoint):
    """Withdraws refresh tokens. Source: RFC 7009; Connect help, token revocation: access tokens cannot be withdrawn."""

    CLIENT_AUTH_METHODS = AUTHENTICATION
    server: "Provider"

    def query_token(self, token_string: str, token_type_hint: str | None) -> Any:
        """Find a refresh token."""
        row = codes.find_refresh_token(self.server.db, token_string)
        return _TokenView(row) if row is not None else None

    def revoke_token(self, token: "_TokenView", request: Call) -> None:
        """Withdraw its family."""
        codes.revoke_family(self.server.db, token.row.family)


class Provider(AuthorizationServer):
    """A provider in one transaction.

    Args:
        db: the transaction.
        identity_provider: which of the two.

    Attributes:
        trace: what became of the call.
    """

    def __init__(self, db: Db, identity_provider: IdentityProvider = IdentityProvider.CONNECT) -> None:
        super().__init__()
        self.db, self.trace = db, Trace()
        self._identity_provider = identity_provider
        self.register_grant(CodeGrant, [Pkce(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(ServiceGrant)
        self.register_endpoint(Introspection)
        self.register_endpoint(Revocation)

    def query_client(self, client_id: str) -> Client | None:
        """Find an application; its id may be encoded as a form is."""
        application = applications.by_client_id(self.db, client_id, self._identity_provider) or applications.by_client_id(
            self.db, unquote_plus(client_id), self._identity_provider
        )
        if application is None:
            self.trace.because("openid.why.unknown_client", client=client_id[:100])
            return None
        self.trace.application = application
        return Client(self.db, application, self.trace)

    def tokens(self, grantee: Grantee, family: str | None) -> dict[str, Any]:
        """Return the answer with the tokens of a person; a refresh token only for a family."""
        self.trace.person = grantee.subject.email
        access_token = claims.access_token(self.db, grantee)
        answer = _bearer(access_token, grantee.scopes)
        if "openid" in grantee.scopes:
            answer["id_token"] = claims.id_token(self.db, grantee, access_token=access_token)
        if family is not None and OFFLINE_ACCESS in grantee.scopes:
            answer["refresh_token"] = codes.issue_refresh_token(self.db, grantee, family)
        events.record(
            self.db,
            "openid.tokens_issued",
            actor=grantee.application.client_id,
            subject=grantee.subject.email,
            scopes=list(grantee.scopes),
        )
        return answer

    def create_oauth2_request(self, request: Call) -> Call:
        """Return the call as it is."""
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        """Return the answer as it is."""
        return status, body if isinstance(body, dict) else {}, dict(headers or ())

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Do nothing: nobody listens."""

    def answer_token_call(self, call: Call) -> Answer:
        """Answer the token endpoint."""
        doubled = [name for name, values in call.payload.datalist.items() if len(values) > 1]
        if doubled:
            self.trace.because("openid.why.doubled", name=doubled[0][:60])
            return self.handle_error_response(call, InvalidRequestError(f"Multiple '{doubled[0][:60]}' in request."))  # type: ignore[no-any-return]
        answer: Answer = self.create_token_response(call)
        return self._explained(answer)

    def answer_endpoint_call(self, name: str, call: Call) -> Answer:
        """Answer the introspection or revocation endpoint."""
        return self._explained(_endpoint(self, name, call))

    def _explained(self, answer: Answer) -> Answer:
        """Write into a refusal why it is one, for the developer who reads it. Source: RFC 6749, 5.2, on its letters."""
        status, document, headers = answer
        if status < 400:
            self.trace.reason = None
            return answer
        if self.trace.reason is None:
            self.trace.because(
                "openid.why.other", description=str(document.get("error_description", document.get("error", "")))
            )
        assert self.trace.reason is not None
        return status, {**document, "error_description": in_ascii(self.trace.reason)}, headers


def in_ascii(reason: Reason) -> str:
    """Return a reason in the letters that error descriptions may have."""
    description = text("en", reason.text, **reason.facts).replace('"', "'").replace("\\", "/")
    return description.encode("ascii", "replace").decode()


class _CodeView:
    """A code as Authlib asks about it."""

    def __init__(self, row: Code) -> None:
        self.row = row
        self.code_challenge, self.code_challenge_method = row.challenge, row.challenge_method

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return self.row.scope


class _TokenView:
    """A refresh token as Authlib asks about it."""

    def __init__(self, row: RefreshToken) -> None:
        self.row = row

    def check_client(self, client: Client) -> bool:
        return self.row.application_id == client.application.id

    def get_scope(self) -> str:
        return self.row.scope


def bearer_claims(
    db: Db, token: str | None, trace: Trace, provider: IdentityProvider = IdentityProvider.CONNECT
) -> dict[str, Any] | None:
    """Return the claims of an access token of a person or account that works, or None."""
    if not token:
        trace.because("openid.why.bearer_missing")
        return None
    content = keys.claims_of(db, token, TokenKind.ACCESS, provider)
    if content is None or content["iss"] != claims.issuer(db, provider):
        trace.because("openid.why.bearer_unknown")
        return None
    trace.application = applications.by_client_id(db, content.get("client_id"), provider)
    if content["exp"] <= db.clock.now().timestamp():
        trace.because("openid.why.bearer_expired")
        return None
    if "sub" not in content:
        trace.because("openid.why.bearer_of_service")
        return None
    if trace.application is None or subject_of(db, content["sub"], provider) is None:
        trace.because("openid.why.bearer_person")
        return None
    return content


def _person_of(db: Db, content: dict[str, Any]) -> Any:
    """Return whom an access token that has not expired is about: a person, or the application itself; None when it is over."""
    if content["exp"] <= db.clock.now().timestamp() or applications.by_client_id(db, content["client_id"]) is None:
        return None
    if "sub" not in content:
        return content["client_id"]
    return person_of_subject(db, content["sub"])


def person_of_subject(db: Db, subject: str) -> Person | None:
    """Return the active person with an identifier, or None."""
    number = identifiers.person_id_of(db, subject)
    person = db.get(Person, number) if number is not None else None
    return person if person is not None and codes.may_use(person) else None


def subject_of(db: Db, subject: str, provider: IdentityProvider) -> Subject | None:
    """Return the active person, or the account at the external provider, with an identifier, or None."""
    if provider is IdentityProvider.CONNECT:
        return person_of_subject(db, subject)
    accounts = db.scalars(select(ExternalAccount).order_by(ExternalAccount.id))
    return next((account for account in accounts if identifiers.account(db, account.id) == subject), None)


def _endpoint(provider: Provider, name: str, call: Call) -> Answer:
    answer: Callable[..., Answer] = provider.create_endpoint_response
    return answer(name, call)


def _bearer(access_token: str, scopes: Sequence[str]) -> dict[str, Any]:
    return {
        "access_token": access_token,
        "expires_in": int(claims.ACCESS_TOKEN_LIFETIME.total_seconds()),
        "token_type": "Bearer",
        "scope": " ".join(scopes),
    }
