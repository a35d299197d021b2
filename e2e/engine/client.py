"""A small client of the control API: what a walk needs of it, over plain HTTP."""

import json
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime
from typing import Any

JSON = dict[str, Any]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class PlatformError(Exception):
    """The platform did not do what it was asked; the text is for people.

    Attributes:
        status: The HTTP status, or 0 when there was no answer at all.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ControlClient:
    """The control API of one server.

    Args:
        base_url: The server's address, such as `http://localhost:8000`.
        token: The control token, where the server was started with one.
        timeout: Seconds that one call may take.
    """

    def __init__(self, base_url: str, token: str | None = None, timeout: float = 40) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._open = _opener(self.base_url).open

    def health(self) -> JSON:
        """Say whether the server is ready: `{status, version}`."""
        answer: JSON = self._call("GET", "/health")
        return answer

    def texts(self, language: str) -> dict[str, str]:
        """Give what the screens say in one language: key → text."""
        answer: dict[str, str] = self._call("GET", f"/texts/{_quoted(language)}")
        return answer

    def create_sandbox(self, **options: Any) -> JSON:
        """Create a sandbox; `scenario`, and whatever else the control API takes.

        Returns:
            The sandbox, with `name`, `url` and the named cast as `people`.
        """
        answer: JSON = self._call("POST", "/sandboxes", options)
        return answer

    def delete_sandbox(self, name: str) -> None:
        """Delete a sandbox; one that is gone already is fine."""
        try:
            self._call("DELETE", f"/sandboxes/{_quoted(name)}")
        except PlatformError as error:
            if error.status != 404:
                raise

    def people(self, name: str) -> list[JSON]:
        """List the first page of people of a sandbox."""
        answer: list[JSON] = self._call("GET", f"/sandboxes/{_quoted(name)}/people")
        return answer

    def totp(self, name: str, email: str) -> str:
        """Give the code that the person's authenticator shows, one that was not used yet."""
        answer = self._call("GET", f"/sandboxes/{_quoted(name)}/people/{_quoted(email)}/totp")
        return str(answer["code"])

    def push_number(self, name: str, email: str) -> str:
        """Give the number of the sign-in that waits to be approved on the person's phone."""
        return str(self._call("GET", f"/sandboxes/{_quoted(name)}/people/{_quoted(email)}/push")["number"])

    def now(self, name: str) -> datetime:
        """Give the time of a sandbox."""
        return datetime.fromisoformat(self._call("GET", f"/sandboxes/{_quoted(name)}/clock")["now"])

    def advance(self, name: str, seconds: int) -> datetime:
        """Move the clock of a sandbox ahead with all that becomes due, and give its time then."""
        return datetime.fromisoformat(
            self._call("POST", f"/sandboxes/{_quoted(name)}/clock/advance", {"seconds": seconds})["now"]
        )

    def session(self, name: str, email: str) -> JSON:
        """Sign a person in without the sign-in pages: `{name, value, path}` of the cookie."""
        answer: JSON = self._call("POST", f"/sandboxes/{_quoted(name)}/people/{_quoted(email)}/session", {})["cookie"]
        return answer

    def messages(self, name: str, to: str | None = None, kind: str | None = None, wait: float | None = None) -> list[JSON]:
        """List what the platform sent, oldest first.

        Args:
            name: The sandbox.
            to: The address it was sent to.
            kind: `mail`, `sms` or `push`.
            wait: Seconds to wait for the first match, at most 30.
        """
        query = {"to": to, "kind": kind, "wait": wait}
        answer: list[JSON] = self._call("GET", f"/sandboxes/{_quoted(name)}/messages" + _query(query))
        return answer

    def events(self, name: str, type: str | None = None, after: int | str | None = None) -> list[JSON]:
        """List the journal, oldest first."""
        query = {"type": type, "after": after}
        answer: list[JSON] = self._call("GET", f"/sandboxes/{_quoted(name)}/events" + _query(query))
        return answer

    def check(self, name: str, facts: list[JSON]) -> list[JSON]:
        """Ask whether facts hold: `[{fact, holds, found}]`, in the order of the question."""
        answer: list[JSON] = self._call("POST", f"/sandboxes/{_quoted(name)}/check", {"facts": facts})
        return answer

    def supplier_sends(self, name: str, invoice: JSON) -> JSON:
        """Let a supplier outside send an invoice; the answer says which way it went."""
        answer: JSON = self._call("POST", f"/sandboxes/{_quoted(name)}/documents", invoice)
        return answer

    def hold_jobs(self, name: str) -> None:
        """Let the queue of a sandbox run only when it is told to, so that two walks see the same pages."""
        self._call("PUT", f"/sandboxes/{_quoted(name)}/jobs", {"mode": "manual"})

    def run_jobs(self, name: str) -> None:
        """Run what is due in the queue of a sandbox."""
        self._call("POST", f"/sandboxes/{_quoted(name)}/jobs/run", {})

    def _call(self, method: str, path: str, body: JSON | None = None) -> Any:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self.base_url + "/_sim" + path, data, headers, method=method)
        call = f"{method} /_sim{urllib.parse.unquote(path)}"
        try:
            with self._open(request, timeout=self._timeout) as response:
                content = response.read()
        except urllib.error.HTTPError as error:
            with error:
                raise PlatformError(f"{call} was refused: {_problem(error)}", error.code) from None
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise PlatformError(f"{self.base_url} does not answer ({reason}); asked was {call}") from None
        if not content:
            return None
        try:
            return json.loads(content)
        except ValueError:
            raise PlatformError(f"{call} was answered with something that is no JSON") from None


def _opener(base_url: str) -> urllib.request.OpenerDirector:
    """Build what opens addresses: through the proxy of the environment, but never to a server on this machine."""
    host = urllib.parse.urlsplit(base_url).hostname
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if host in LOOPBACK else []))


def _quoted(part: str) -> str:
    return urllib.parse.quote(part, safe="@")


def _query(values: dict[str, Any]) -> str:
    present = {key: value for key, value in values.items() if value is not None}
    return "?" + urllib.parse.urlencode(present) if present else ""


def _problem(error: urllib.error.HTTPError) -> str:
    """Read a problem document (RFC 9457) as a sentence."""
    try:
        document = json.loads(error.read())
        sentence = " - ".join(str(document[key]) for key in ("title", "detail") if document.get(key))
        wrong = [f"{item['field']}: {item['message']}" for item in document.get("errors", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{error.code} {error.reason}"
    more = [line for line in wrong if line not in sentence]
    return f"{error.code} {'; '.join([sentence or str(error.reason), *more])}"
