"""Types of the control API's answers, from which they are described.

Each class becomes a schema of its name, unless the name begins with an underscore.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from simulator.core import events
from simulator.core import facts as core_facts
from simulator.core import fault_operations as faults
from simulator.core.clock import ClockMode
from simulator.core.jobs import JobState
from simulator.core.outbox import MessageState
from simulator.core.texts import LANGUAGES
from simulator.directory.models import Status
from simulator.directory.roles import ROLES, Level
from simulator.web.calls.openapi import Day, Instant, Keyword, Words

QUEUE_MODES = ("auto", "manual")
DELAYS = ("real", "none")
MESSAGE_KINDS = ("mail", "sms", "push")


ROUTES_AND_JOBS = rf"^({faults.ROUTES}|{faults.JOBS})(\.[A-Za-z0-9_.-]+)?$"
"""The names of operations that are not declared one by one; ``GET /operations`` lists them."""


def registered_facts() -> dict[str, core_facts.Check]:
    """Return every fact by its name, from all packages that have some."""
    from simulator.billing import facts as of_billing
    from simulator.directory import facts as of_directory
    from simulator.documents.model import facts as of_documents
    from simulator.sales import facts as of_sales

    assert of_billing and of_directory and of_documents and of_sales
    return dict(core_facts.FACTS)


def event_types() -> dict[str, str]:
    """Return the description of every event type, by type."""
    return dict(sorted(events.TYPES.items()))


def fault_operations() -> dict[str, str]:
    """Return the description of every declared operation that can fail, by name."""
    return {name: operation.meaning for name, operation in sorted(faults.OPERATIONS.items())}


def fault_outcomes() -> dict[str, str]:
    """Return the description of every outcome of a fault, with the operations that have it."""
    descriptions: dict[str, list[str]] = {}
    for name, outcomes in (
        *((name, operation.outcomes) for name, operation in sorted(faults.OPERATIONS.items())),
        (f"{faults.ROUTES}.*", faults.ROUTE_OUTCOMES),
        (f"{faults.JOBS}.*", faults.JOB_OUTCOMES),
    ):
        for outcome, description in outcomes.items():
            descriptions.setdefault(outcome, []).append(f"{name}: {description}")
    return {outcome: " ".join(parts) for outcome, parts in sorted(descriptions.items())}


ClockModeWord = Annotated[str, Words(ClockMode, "ClockMode")]
EventType = Annotated[str, Words(event_types, "EventType")]
FactName = Annotated[str, Words(lambda: sorted(registered_facts()), "FactName")]
FaultOperation = Annotated[str, Words(fault_operations, "FaultOperation", ROUTES_AND_JOBS)]
FaultOutcome = Annotated[str, Words(fault_outcomes, "FaultOutcome")]
JobStateWord = Annotated[str, Words(JobState, "JobState")]
Language = Annotated[str, Words(LANGUAGES)]
MessageKind = Annotated[str, Words(MESSAGE_KINDS, "MessageKind")]
MessageStateWord = Annotated[str, Words(MessageState, "MessageState")]
PersonStatus = Annotated[str, Words(Status, "PersonStatus")]
TextByLanguage = Annotated[dict[str, str], Keyword("required", LANGUAGES)]
TextByOtherLanguage = Annotated[dict[str, str], Keyword("required", LANGUAGES[1:])]


class Task(TypedDict):
    """What somebody does in a sandbox of a scenario, by language; ``person`` is the key of the person to act as."""

    person: str | None
    text: dict[str, str]


class ScenarioProblem(TypedDict):
    """A problem of a scenario file: where, and what was expected and found."""

    field: str
    message: str


class Scenario(TypedDict):
    """A scenario that sandboxes can be created from, unless it has ``problems``; ``solved`` are facts."""

    name: str
    title: str
    titles: TextByOtherLanguage | None
    languages: list[Language]
    description: str
    supporter: TextByLanguage | None
    task: Task | None
    solved: list[dict[str, Any]]
    problems: list[ScenarioProblem]


class Customer(TypedDict):
    """A customer that a person belongs to."""

    key: str
    number: str
    name: str
    country: str


class Company(TypedDict):
    """A company that a person can choose."""

    key: str | None
    name: str
    country: str
    organisation_number: str


class Grant(TypedDict):
    """A role of a person on a customer or company; ``on`` is its key, or the number of a company added since."""

    role: Annotated[str, Words(tuple(role.name for role in ROLES))]
    level: Annotated[str, Words(Level)]
    on: str | None
    name: str | None


class Person(TypedDict):
    """A person with all that is needed to sign in."""

    key: str | None
    first_name: str
    last_name: str
    email: str
    password: str | None
    language: str
    status: PersonStatus
    totp_secret: str | None
    emergency_code: str | None
    customers: list[Customer]
    companies: list[Company]
    roles: list[str]
    grants: list[Grant]


class Sandbox(TypedDict):
    """A sandbox with its scenario's named cast."""

    name: str
    scenario: str
    url: str
    join_url: str
    join_base: str
    now: Instant
    clock_mode: ClockModeWord
    language: Language
    created_at: Instant
    expires_at: Instant | None
    tags: list[str]
    people: list[Person]


class Snapshot(TypedDict):
    """A stored state of a sandbox; ``now`` is what its clock shows, ``size`` in bytes."""

    name: str
    created_at: Instant
    now: Instant
    size: int


class Clock(TypedDict):
    """The clock of a sandbox."""

    mode: ClockModeWord
    now: Instant


class Event(TypedDict):
    """A line of the journal."""

    id: int
    at: Instant
    type: EventType
    actor: str | None
    subject: str | None
    data: dict[str, Any]


class Advanced(TypedDict):
    """The clock after it was moved, and the events that this recorded."""

    now: Instant
    fired: list[Event]


class Code(TypedDict):
    """A code of an authenticator, and for how many seconds it is valid."""

    code: str
    valid_for: int


class _Cookie(TypedDict):
    name: str
    value: str
    path: str


class Session(TypedDict):
    """The cookie of a session."""

    cookie: _Cookie


class _Attachment(TypedDict):
    name: str
    media_type: str
    size: int


Message = TypedDict(
    "Message",
    {
        "id": int,
        "kind": MessageKind,
        "from": str,
        "to": str,
        "subject": str,
        "text": str,
        "html": str | None,
        "links": list[str],
        "codes": list[str],
        "attachments": list[_Attachment],
        "sent_at": Instant,
        "state": MessageStateWord,
    },
)
"""A mail or text message in the outbox."""


class LongTask(TypedDict):
    """Work of the server that takes long; ``total`` is 0 while the number of its steps is unknown."""

    kind: Literal["scenario", "import"]
    name: str
    started_at: Instant
    done: int
    total: int


class Job(TypedDict):
    """A job of the queue."""

    id: int
    kind: str
    state: JobStateWord
    data: dict[str, Any]
    queued_at: Instant
    due_at: Instant
    finished_at: Instant | None
    attempts: int
    error: str | None


class Queue(TypedDict):
    """The settings of the queue, and its jobs."""

    mode: Annotated[str, Words(QUEUE_MODES)]
    delay_seconds: int
    delays: Annotated[str, Words(DELAYS)]
    jobs: list[Job]


class Operation(TypedDict):
    """An operation that can fail; ``methods`` and ``path`` are those of a route."""

    operation: str
    meaning: str
    outcomes: dict[str, str]
    methods: list[str]
    path: str | None


class Fault(TypedDict):
    """A fault: ``times`` 0 stands for always, ``seen`` counts the attempts, ``used`` the failures."""

    id: int
    operation: FaultOperation
    outcome: FaultOutcome
    method: str | None
    person: str | None
    company: str | None
    nth: int
    times: int
    probability: float | None
    until: Instant | None
    seconds: float | None
    hidden: bool
    seen: int
    used: int


class Finding(TypedDict):
    """Whether a fact holds, and the actual state."""

    fact: Mapping[str, Any]
    holds: bool
    found: Any


class SupportAccess(TypedDict):
    """A consultant's access to a customer, a number; ``ended_at`` is None while it lasts, ``ended_by`` unless it was withdrawn."""

    id: int
    customer: str
    consultant: str
    begins_at: Instant
    last_day: Day
    ends_at: Instant
    ended_at: Instant | None
    ended_by: str | None


class DnsRecords(TypedDict):
    """The texts of a domain's TXT records in the simulated DNS."""

    domain: str
    txt: list[str]


class _FieldError(TypedDict):
    field: str
    message: str


class Problem(TypedDict):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[_FieldError]]
