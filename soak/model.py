"""What must be in a sandbox: every state that it may have after the calls that were made.

A call that was answered changes each possible state. A call that the server did not live to answer adds the states that it may have
made. Whatever is found afterwards must be one of them: nothing that was acknowledged is lost, and nothing is half done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from soak.served import Failed, Served, Unanswered

COMPANY = "310000019"
SUPPLIER = {"name": "Solvik Papir AS", "organisation_number": "313001121"}
PREFIX = "SOAK-"
PAGE = 200
FULL = 507


@dataclass(frozen=True)
class State:
    """A sandbox: the numbers of the invoices that were sent to it, and those in each of its snapshots."""

    documents: frozenset[str] = frozenset()
    snapshots: frozenset[tuple[str, frozenset[str]]] = frozenset()


Possible = State | None
"""None is a sandbox that does not exist."""


@dataclass
class Sandbox:
    """A sandbox and its possible states; one caller at a time changes it.

    Attributes:
        name: its name.
        served: where it is.
        states: what it may be.
        acknowledged: how many calls that change something were acknowledged.
    """

    name: str
    served: Served
    states: set[Possible] = field(default_factory=lambda: {None})
    acknowledged: int = 0

    def create(self, **options: Any) -> None:
        """Create it."""
        body = {"scenario": "company-no", "name": self.name, **options}
        self._change("POST", "/sandboxes", body, lambda state: State())

    def delete(self) -> None:
        """Delete it."""
        self._change("DELETE", self.path(), None, lambda state: None)

    def reset(self) -> None:
        """Reset it to its creation."""
        self._change("POST", self.path("/reset"), {}, _of_a_sandbox(lambda state: replace(state, documents=frozenset())))

    def send(self, number: str) -> None:
        """Send an invoice to a company of it."""
        body = {"from": SUPPLIER, "to": COMPANY, "number": number}
        added = _of_a_sandbox(lambda state: replace(state, documents=state.documents | {number}))
        self._change("POST", self.path("/documents"), body, added)

    def make_snapshot(self, name: str) -> None:
        """Make a snapshot of it."""
        made = _of_a_sandbox(lambda state: replace(state, snapshots=state.snapshots | {(name, state.documents)}))
        self._change("POST", self.path("/snapshots"), {"name": name}, made)

    def restore(self, name: str) -> None:
        """Reset it to a snapshot."""
        back = _of_a_sandbox(lambda state: replace(state, documents=dict(state.snapshots)[name]))
        self._change("POST", self.path("/reset"), {"snapshot": name}, back)

    def play(self, chance: Random) -> None:
        """Make a call that is drawn, one that its present state allows.

        Raises:
            Unanswered: the server ended meanwhile.
            Failed: the call was refused.
        """
        (state,) = self.states
        if state is None:
            return self.create()
        action = chance.choices(("send", "reset", "delete", "snapshot", "restore"), (12, 3, 1, 2, 2))[0]
        snapshots = sorted(name for name, _ in state.snapshots)
        if action == "snapshot" and len(snapshots) < 3:
            return self.make_snapshot(f"s{chance.randrange(10**9)}")
        if action == "restore" and snapshots:
            return self.restore(chance.choice(snapshots))
        if action == "reset":
            return self.reset()
        if action == "delete":
            return self.delete()
        return self.send(f"{PREFIX}{chance.randrange(10**9)}")

    def check(self) -> None:
        """Compare what is there with what may be there; from then on that is its only state.

        Raises:
            Failed: it is none of the possible states.
        """
        state = self._read_state()
        if state not in self.states:
            possible = "\n".join(f"  {possible_state}" for possible_state in self.states)
            raise Failed(f"the sandbox {self.name} is\n  {state}\nand must be one of\n{possible}")
        self.states = {state}

    def path(self, below: str = "") -> str:
        """Return its path in the control API."""
        return f"/sandboxes/{self.name}{below}"

    def _change(self, method: str, path: str, body: Any, change: Callable[[Possible], Possible]) -> None:
        before = set(self.states)
        changed = {change(state) for state in before}
        # In doubt until it is answered.
        self.states = before | changed
        status, answer = self.served.call(method, path, body)
        if status == FULL:
            self.states = before
            return
        if status >= 300:
            raise Failed(f"{method} {path} is answered with {status}: {answer}")
        self.states = changed
        self.acknowledged += 1

    def _read_state(self) -> Possible:
        status, _ = self._read("")
        if status == 404:
            return None
        snapshots = {row["name"] for row in self._read("/snapshots")[1]}
        expected = {name: documents for state in self.states if state for name, documents in state.snapshots}
        documents = frozenset(self._documents())
        return State(documents, frozenset((name, expected.get(name, frozenset())) for name in snapshots))

    def _documents(self) -> list[str]:
        numbers: list[str] = []
        after = 0
        while True:
            _, page = self._read(f"/documents?company={COMPANY}&direction=received&after={after}")
            numbers += [row["number"] for row in page if row["number"].startswith(PREFIX)]
            if len(page) < PAGE:
                break
            after = page[-1]["id"]
        if len(set(numbers)) != len(numbers):
            raise Failed(f"the sandbox {self.name} has an invoice twice")
        return numbers

    def _read(self, below: str) -> tuple[int, Any]:
        status, answer = self.served.call("GET", self.path(below))
        if status not in (200, 404):
            raise Failed(f"GET {self.path(below)} is answered with {status}: {answer}")
        return status, answer


def _of_a_sandbox(change: Callable[[State], State]) -> Callable[[Possible], Possible]:
    return lambda state: state and change(state)


def play_until_it_ends(sandboxes: list[Sandbox], chance: Random, go_on: Callable[[], bool]) -> None:
    """Make calls on sandboxes in turn until told to stop, or until the server ends.

    Raises:
        Failed: a call was refused.
    """
    try:
        while go_on():
            chance.choice(sandboxes).play(chance)
    except Unanswered:
        return
