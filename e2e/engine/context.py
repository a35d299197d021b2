"""What one walk has in its hands: a sandbox, its cast, a page, the labels of one language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from simulator.testing import CallFailed, Message, Person, Sandbox

from .actions import Advance, EnterCode, ReadMail, SupplierSends
from .authenticator import code_at
from .model import Fact
from .roles import NotFound
from .texts import Labels
from .words import Label, fill_variables, written_day

T = TypeVar("T")

SIGN_IN_KEYS = {
    "email": "connect.sign_in.email",
    "next": "connect.sign_in.next",
    "password": "connect.sign_in.password",
    "submit": "connect.sign_in.submit",
    "code": "connect.two_step.code",
    "confirm": "connect.two_step.confirm",
    "later": "connect.enroll.later",
}
"""The text keys of the sign-in pages: two fields and two buttons, a field and a button for the code, and the button that puts
two-step verification off where it is offered."""

REFUSAL = 403
"""A page that refuses says why and whom to ask: a manual can show it, and what its step sees decides."""


@dataclass(kw_only=True)
class WalkContext:
    """One walk, with or without a browser: its sandbox and cast, the labels of its language, mails and codes.

    Attributes:
        base_url: The server's address.
        sandbox: The sandbox of the walk.
        reader: The person that the manual is written for, or None when nobody is signed in.
        mail: The mail that is being read.
        key: The key that was put into the authenticator app last.
    """

    base_url: str
    labels: Labels
    sandbox: Sandbox
    reader: str | None
    mail: Message | None = None
    key: bytes | None = None

    def label(self, label: Label) -> str:
        """Give a label in the language of the walk, with its variables replaced."""
        return self.fill(self.labels.of(label))

    def address(self, path: str) -> str:
        """Make the address of a product or a path below the sandbox.

        Raises:
            NotFound: The path leads to another host.
        """
        root = f"{self.base_url}/s/{self.sandbox.name}"
        if "://" in path:
            if not path.startswith(self.base_url + "/"):
                raise NotFound(f"{path} is not on {self.base_url}, and nothing else is opened")
            return path
        return f"{root}/{path.strip('/')}" if path.strip("/") else root + "/"

    def person(self, key: str | None) -> Person:
        """Find a person as the sandbox knows them now, by key of the cast or by address; None is the reader.

        Raises:
            NotFound: Nobody has this key or address.
        """
        key_or_address = key or self.reader
        if key_or_address is None:
            raise NotFound("the manual has no person, so it must say here which one is meant")
        cast = self.sandbox.raw["people"]
        addresses = {item.get("key"): item["email"] for item in cast}
        for item in self.sandbox.get("/people"):
            if item["email"] == addresses.get(key_or_address, key_or_address):
                return Person(self.sandbox, item)
        for item in cast:
            if key_or_address in (item.get("key"), item["email"]):
                return Person(self.sandbox, item)
        raise NotFound(f"the scenario has nobody called {key_or_address}; its cast is {', '.join(filter(None, addresses))}")

    def fill(self, text: str) -> str:
        """Replace the variables of a text by what they are in this sandbox."""
        return fill_variables(text, self._value_of)

    def typed(self, value: date | str) -> str:
        """Return what is typed: a text with its variables replaced, or a day as the language of the walk writes it."""
        return written_day(value, self.labels.language) if isinstance(value, date) else self.fill(value)

    def fill_all(self, value: Any, key: str = "") -> Any:
        """Replace the variables in a fact, and keys of the cast where a person is meant."""
        if isinstance(value, dict):
            return {name: self.fill_all(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.fill_all(item, key) for item in value]
        if isinstance(value, str):
            if key in ("person", "to", "actor", "who", "by"):
                for item in self.sandbox.raw["people"]:
                    if item.get("key") == value:
                        return item["email"]
            return self.fill(value)
        return value

    def until(self, attempt: Callable[[], T]) -> T:
        """Try until it succeeds: again once the queue of the sandbox has run.

        Raises:
            NotFound: What the last attempt said.
        """
        try:
            return attempt()
        except NotFound:
            self.sandbox.jobs.run()
            return attempt()

    def await_facts(self, facts: list[Fact]) -> None:
        """Wait until every fact holds.

        Raises:
            NotFound: One does not.
        """
        filled = [self.fill_all(fact) for fact in facts]
        if not filled:
            return

        def attempt() -> None:
            for answer in self.sandbox.call("POST", "/check", {"facts": filled}):
                if not answer["holds"]:
                    fact, instead = _as_written(answer["fact"]), _as_written(answer["found"])
                    raise NotFound(f"the fact {fact} does not hold; found: {instead}")

        self.until(attempt)

    def await_event(self, type_: str) -> None:
        """Wait until the journal of the sandbox has an event.

        Raises:
            NotFound: It did not happen.
        """

        def attempt() -> None:
            if not self.sandbox.journal.all(type=type_):
                raise NotFound(f"the event {type_} did not happen")

        self.until(attempt)

    def pick_mail(self, action: ReadMail) -> str:
        """Take the newest mail that an action means as the one that is being read.

        Returns:
            The path of its page.

        Raises:
            NotFound: There is none.
        """
        to = self.fill(action.to) if action.to else None
        address = to if to and "@" in to else self.person(to).email
        subject = self.label(action.subject) if action.subject else ""

        def newest() -> Message:
            mails = self.sandbox.inbox.all(to=address, kind="mail")
            matches = [mail for mail in mails if subject in mail.subject]
            if not matches:
                others = ", ".join(f"'{mail.subject}'" for mail in mails) or "none"
                about = f" about '{subject}'" if subject else ""
                raise NotFound(f"no mail{about} was sent to {address}; what was sent there: {others}")
            return matches[-1]

        self.mail = self.until(newest)
        return f"mail/{self.mail.id}"

    def code_to_enter(self, action: EnterCode) -> str:
        """Give the code that an action types.

        Raises:
            NotFound: There is none.
        """
        person, by = self.person(action.person), action.by
        if by == "authenticator":
            return person.code()
        if by == "scanned":
            if self.key is None:
                raise NotFound("no key is in the app: scan comes before a code by: scanned")
            return code_at(self.key, self.sandbox.clock.now())
        if by == "emergency":
            if not person.raw.get("emergency_code"):
                raise NotFound(f"{person.email} has no emergency code")
            return str(person.raw["emergency_code"])

        def newest() -> str:
            to = person.email if by == "mail" else None
            codes = [code for message in self.sandbox.inbox.all(to=to, kind=by) for code in message.codes]
            if not codes:
                raise NotFound(f"no {by} with a code was sent to {person.email}")
            return codes[-1]

        return self.until(newest)

    def send_from_supplier(self, invoice: SupplierSends) -> None:
        """Let a supplier outside send an invoice.

        Raises:
            NotFound: It was refused.
        """
        body = {"from": invoice.sender.model_dump(), "to": invoice.to, "number": invoice.number}
        try:
            self.sandbox.call("POST", "/documents", body)
        except CallFailed as error:
            raise NotFound(f"the supplier's invoice {invoice.number} was refused: {in_a_line(error)}") from None

    def advance(self, advance: Advance) -> datetime:
        """Let time pass on the sandbox's clock, and return what it shows then.

        Raises:
            NotFound: It cannot pass: a job has failed, or the clock's last year is over.
        """
        try:
            self.sandbox.clock.advance(days=advance.days, minutes=advance.minutes)
        except CallFailed as error:
            how_long = timedelta(days=advance.days, minutes=advance.minutes)
            raise NotFound(f"{how_long} cannot pass: {in_a_line(error)}") from None
        return self.sandbox.clock.now()

    def _value_of(self, name: str) -> str:
        if name == "code":
            codes = self.mail.codes if self.mail else ()
            if not codes:
                raise NotFound("{code} is the code of the mail that was read last, and there is none")
            return codes[0]
        if name == "number":
            return self.person(None).phone.number()
        key, attribute = name.split(".")
        person = self.person(None if key == "person" else key)
        return person.name if attribute == "name" else str(person.raw[attribute])


def in_a_line(error: Exception) -> str:
    """Return the text of an error in one line, as the report of a walk has it."""
    return "; ".join(line.strip() for line in str(error).splitlines())


def _as_written(value: Any) -> str:
    """Write a fact or what was found as the manual does: `event: invoice.exported`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_as_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_as_written(item) for item in value) + "]" if value else "nothing"
    return "nothing" if value is None else str(value)
