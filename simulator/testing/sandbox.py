"""A sandbox and what is in it, with the words of the control API.

Source: ``docs/control-api.md``. Own choice: the objects; each call is made when it is written down, and nothing is stored here but
what the sandbox was created with.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from inspect import isawaitable
from typing import Any, Literal
from urllib.parse import urlsplit

from simulator.testing.api import Api, Refused, in_path
from simulator.testing.messages import Message

Json = dict[str, Any]
SECONDS_FOR_A_MESSAGE = 10


class Sandbox:
    """One sandbox.

    Attributes:
        name: its name.
        url: its address, which mails and pages print.
        base_url: its address with the key that opens it on a network; suits pytest-playwright's ``base_url``.
        mailpit_url: the base address for clients of Mailpit.
        raw: what the control API answered when it was created.
    """

    def __init__(self, api: Api, raw: Json) -> None:
        self._api, self.raw = api, raw
        self.name: str = raw["name"]
        self.url: str = raw["url"]
        self.base_url: str = raw["join_base"]
        self.mailpit_url = f"{self.base_url}/mailpit"
        self._people = {cast["key"]: Person(self, cast) for cast in raw["people"]}
        self.inbox, self.clock, self.jobs = Inbox(self), Clock(self), Jobs(self)
        self.faults, self.journal = Faults(self), Journal(self)
        self.requests = Requests(self)

    def __repr__(self) -> str:
        return f"<Sandbox {self.name} at {self.url}>"

    def person(self, who: str) -> "Person":
        """Return a person by key, such as ``administrator``, or by e-mail address.

        Raises:
            LookupError: nobody in the sandbox is called so; the text names who is there.
        """
        if who in self._people:
            return self._people[who]
        people = self.get("/people") if "@" in who else []
        while people:
            for raw in people:
                if raw["email"] == who.lower():
                    return Person(self, raw)
            people = self.get("/people", after=people[-1]["email"])
        raise LookupError(f"There is no person {who!r} in {self.name}; there are {', '.join(sorted(self._people))}.")

    def check(self, *facts: Json) -> None:
        """Check facts, as ``{"person_status": {"person": "user", "status": "active"}}``.

        Raises:
            AssertionError: some do not hold; the text says of each what was found instead.
        """
        __tracebackhide__ = True
        wrong = [answer for answer in self.call("POST", "/check", {"facts": list(facts)}) if not answer["holds"]]
        if wrong:
            lines = [f"  {answer['fact']}\n    but: {answer['found']}" for answer in wrong]
            raise AssertionError("\n".join([f"{len(wrong)} of {len(facts)} facts do not hold in {self.name}:", *lines]))

    def diff(self, from_: datetime | str = "creation", language: str | None = None) -> Json:
        """Return what changed, with a sentence on each change: since the creation, a snapshot, or an instant."""
        start = from_.isoformat() if isinstance(from_, datetime) else from_
        answer: Json = self.get("/diff", **{"from": start, "language": language})
        return answer

    def snapshot(self, name: str) -> None:
        """Save the present state under a name."""
        self.call("POST", "/snapshots", {"name": name})

    def reset(self, snapshot: str | None = None) -> None:
        """Put the sandbox back to a snapshot, or to how it was created."""
        self.call("POST", "/reset", {"snapshot": snapshot} if snapshot is not None else {})

    def export(self) -> bytes:
        """Return the whole sandbox as one file, which ``vnsim sandbox import`` opens."""
        return self._api.content("GET", self._path("/export"))

    def delete(self) -> None:
        """Delete the sandbox; one that is gone already is fine."""
        try:
            self.call("DELETE", "")
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def get(self, path: str, **query: object) -> Any:
        """Make a call that reads, below the sandbox's own path; parameters that are None are left out."""
        return self._api.get(self._path(path), **query)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make any call of the control API below the sandbox's own path."""
        return self._api.call(method, self._path(path), body)

    def _path(self, path: str) -> str:
        return f"/sandboxes/{in_path(self.name)}{path}"


class Person:
    """A person of the sandbox.

    Attributes:
        key: the name in the scenario; empty for others.
        email: the address to sign in with.
        name: first and last name.
        password: the password; None for a person who has none yet.
        phone: the person's phone.
        raw: all that the control API says of the person.
    """

    def __init__(self, sandbox: Sandbox, raw: Json) -> None:
        self._sandbox, self.raw = sandbox, raw
        self.phone = Phone(sandbox, f"/people/{in_path(raw['email'])}")
        self.key: str = raw.get("key") or ""
        self.email: str = raw["email"]
        self.name: str = f"{raw['first_name']} {raw['last_name']}"
        self.password: str | None = raw.get("password")

    def __repr__(self) -> str:
        return f"<Person {self.email}>"

    def code(self) -> str:
        """Return a code of the authenticator that was not used yet."""
        return self.phone.code()

    def session(self) -> Json:
        """Sign in without any page: the cookie, as ``{name, value, domain, path}`` for Playwright's ``add_cookies``."""
        cookie = self._sandbox.call("POST", self._path("/session"), {})["cookie"]
        return {**cookie, "domain": urlsplit(self._sandbox.url).hostname}

    def token(self, client_id: str, **more: object) -> Json:
        """Return what the token endpoint answers an application after this person signed in; ``scope``, ``tenant``, ``amr``."""
        answer: Json = self._sandbox.call("POST", self._path("/token"), {"client_id": client_id, **more})
        return answer

    def sign_in(self, page: Any, through: Literal["cookie", "pages"] = "cookie", to: str = "/home/") -> Any:
        """Sign in in a Playwright page and open a page of the sandbox.

        Args:
            page: a page of Playwright's sync or async API; with the async one the answer has to be awaited.
            through: by a cookie, or through the sign-in pages with password and the authenticator's code.
            to: the path that is opened then.

        Raises:
            ValueError: the person has no password to sign in with on the pages.
        """
        steps = self._by_cookie(page, to) if through == "cookie" else self._through_pages(page, to)
        for result in steps:
            if isawaitable(result):
                return _awaiting(result, steps)
        return None

    def _by_cookie(self, page: Any, to: str) -> Generator[Any, None, None]:
        # Before any page: a script of an open one may still be sent a cookie of its own.
        yield page.context.add_cookies([self.session()])
        yield page.goto(f"{self._sandbox.base_url}{to}")

    def _through_pages(self, page: Any, to: str) -> Generator[Any, None, None]:
        if self.password is None:
            raise ValueError(f"{self.email} has no password; sign in by cookie, or set one in the overlay.")
        yield page.goto(f"{self._sandbox.base_url}/connect/")
        yield page.locator("[name=Username]").fill(self.email)
        yield page.locator("[name=Username]").press("Enter")
        yield page.locator("[name=Password]").fill(self.password)
        yield page.locator("[name=Password]").press("Enter")
        if self.raw.get("totp_secret"):
            yield page.locator("[name=AuthCode]").fill(self.code())
            yield page.locator("[name=AuthCode]").press("Enter")
        yield page.wait_for_url("**/home/**")
        if to != "/home/":
            yield page.goto(f"{self._sandbox.base_url}{to}")

    def _path(self, path: str) -> str:
        return f"/people/{in_path(self.email)}{path}"


async def _awaiting(first: Any, steps: Generator[Any, None, None]) -> None:
    await first
    for result in steps:
        await result


@dataclass(frozen=True)
class Phone:
    """A person's phone: the authenticator on it, and the sign-ins that wait for its owner."""

    _sandbox: Sandbox
    _path: str

    def code(self) -> str:
        """Return a code of the authenticator that was not used yet."""
        return str(self._sandbox.get(f"{self._path}/totp")["code"])

    def number(self) -> str:
        """Return the number of the newest sign-in that waits, as the sign-in page shows it."""
        return str(self._sandbox.get(f"{self._path}/push")["number"])

    def approve(self) -> None:
        """Approve the newest sign-in."""
        self._sandbox.call("POST", f"{self._path}/push", {"answer": "approve"})

    def deny(self) -> None:
        """Deny the newest sign-in."""
        self._sandbox.call("POST", f"{self._path}/push", {"answer": "deny"})


@dataclass(frozen=True)
class Inbox:
    """The messages that the sandbox sent to anybody."""

    _sandbox: Sandbox

    def all(self, to: str | None = None, kind: str | None = None, after: int | None = None) -> list[Message]:
        """Return messages, oldest first: to an address, of a kind (``mail``, ``sms``, ``push``), after a message's id."""
        return [Message.of(raw) for raw in self._sandbox.get("/messages", to=to, kind=kind, after=after)]

    def wait(
        self,
        to: str | None = None,
        subject: str = "",
        kind: str = "mail",
        after: int = 0,
        seconds: int = SECONDS_FOR_A_MESSAGE,
    ) -> Message:
        """Return the first message that fits, and wait for it if need be.

        Args:
            to: the recipient's address; anybody's when None.
            subject: words of the subject.
            kind: ``mail``, ``sms`` or ``push``.
            after: the id of a message that came before.
            seconds: how long to wait, at most 30.

        Raises:
            AssertionError: none came; the text lists what did.
        """
        __tracebackhide__ = True
        while True:
            raw = self._sandbox.get("/messages", to=to, kind=kind, after=after, wait=seconds)
            fitting = [message for message in map(Message.of, raw) if subject.casefold() in message.subject.casefold()]
            if fitting:
                return fitting[0]
            if not raw:
                break
            after = raw[-1]["id"]
        others = [f"  {message.kind} to {message.recipient}: {message.subject}" for message in self.all()]
        sought = f"{kind} to {to or 'anybody'}" + (f" with {subject!r} in its subject" if subject else "")
        raise AssertionError("\n".join([f"No {sought} within {seconds} seconds. There are:", *(others or ["  none"])]))


@dataclass(frozen=True)
class Clock:
    """The clock of the sandbox."""

    _sandbox: Sandbox

    def now(self) -> datetime:
        """Return what the clock shows."""
        return datetime.fromisoformat(self._sandbox.get("/clock")["now"])

    def set(self, now: datetime | str | None = None, mode: Literal["live", "running", "frozen"] | None = None) -> None:
        """Set the clock, also back; an instant without an offset is one of UTC."""
        text = now.isoformat() if isinstance(now, datetime) else now
        changes = {"now": text, "mode": mode}
        self._sandbox.call("PUT", "/clock", {name: value for name, value in changes.items() if value is not None})

    def advance(self, **how_far: float) -> list[Json]:
        """Move the clock ahead by ``seconds``, ``minutes``, ``hours``, ``days`` or ``weeks``; return the events that it caused.

        The clock moves by whole seconds.
        """
        seconds = round(timedelta(**how_far).total_seconds())
        fired: list[Json] = self._sandbox.call("POST", "/clock/advance", {"seconds": seconds})["fired"]
        return fired


@dataclass(frozen=True)
class Jobs:
    """The queue of the sandbox."""

    _sandbox: Sandbox

    def hold(self) -> None:
        """Let jobs run only when ``run`` is called."""
        self._sandbox.call("PUT", "/jobs", {"mode": "manual"})

    def release(self) -> None:
        """Let jobs run by themselves again."""
        self._sandbox.call("PUT", "/jobs", {"mode": "auto"})

    def run(self) -> list[Json]:
        """Run the jobs that are due, and return them."""
        done: list[Json] = self._sandbox.call("POST", "/jobs/run", {})
        return done

    def all(self) -> list[Json]:
        """Return the jobs."""
        jobs: list[Json] = self._sandbox.get("/jobs")["jobs"]
        return jobs


@dataclass(frozen=True)
class Faults:
    """What fails in the sandbox because a test says so."""

    _sandbox: Sandbox

    def add(self, operation: str | None = None, **more: object) -> Json:
        """Let an operation fail, or a ``route``: ``outcome``, ``nth``, ``person`` and so on, as the control API takes them."""
        named = {"operation": operation} if operation is not None else {}
        fault: Json = self._sandbox.call("POST", "/faults", {**named, **more})
        return fault

    def all(self) -> list[Json]:
        """Return the faults, with how often each was met."""
        faults: list[Json] = self._sandbox.get("/faults")
        return faults

    def clear(self) -> None:
        """Remove all faults."""
        self._sandbox.call("DELETE", "/faults")


@dataclass(frozen=True)
class Requests:
    """What browsers and programs requested of the sandbox."""

    _sandbox: Sandbox

    def all(self, **filters: object) -> list[Json]:
        """Return requests, oldest first: ``method``, ``path`` (``*`` stands for anything), ``status``, ``person``, ``product``."""
        requests: list[Json] = []
        while page := self._sandbox.get("/requests", **{**filters, "after": requests[-1]["id"] if requests else None}):
            requests += page
        return requests

    def verify(self, **expected: object) -> int:
        """Verify that requests came: the filters of ``all``, ``body``, and ``times``, or ``at_least`` and ``at_most``.

        Returns:
            How many came.

        Raises:
            AssertionError: too few or too many came; the text says what came closest, and in what it differs.
        """
        __tracebackhide__ = True
        answer = self._sandbox.call("POST", "/requests/verify", expected)
        if not answer["holds"]:
            lines = [f"{answer['count']} requests to {self._sandbox.name} are as {expected}."]
            for miss in answer["near_misses"]:
                request = miss["request"]
                lines.append(f"  near miss: {request['method']} {request['path']} → {request['status']}, but")
                lines += [f"    {name}: {at['found']!r}, not {at['expected']!r}" for name, at in miss["differs"].items()]
            raise AssertionError("\n".join(lines))
        return int(answer["count"])

    def har(self) -> Json:
        """Return the requests as an HTTP Archive, which the network panel of a browser imports."""
        archive: Json = self._sandbox.get("/requests.har")
        return archive

    def forget(self) -> None:
        """Forget the requests so far."""
        self._sandbox.call("DELETE", "/requests")


@dataclass(frozen=True)
class Journal:
    """What happened in the sandbox."""

    _sandbox: Sandbox

    def all(self, type: str | None = None, after: int | None = None) -> list[Json]:
        """Return events, oldest first, 1000 at most: of a type, after an event's id."""
        events: list[Json] = self._sandbox.get("/events", type=type, after=after)
        return events
