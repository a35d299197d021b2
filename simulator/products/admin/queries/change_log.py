"""Queries of the change log: who changed what of a customer, its companies, users and groups, and when.

Source: Visma Admin help, Change log: on the pages of a customer, a company and a role, with filters by action and an export. Own
choice: the columns; lines are those of the journal that name the customer. A change of how an account signs in is in the change log
of each customer that lists its owner then; another change of an account that several customers list is in nobody's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, or_, select

from simulator.billing.products import BY_CODE as PRODUCTS
from simulator.core import formats
from simulator.core.events import Event
from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.core.texts import NAMES, catalogue, text
from simulator.directory import people
from simulator.directory.models import Membership, Person
from simulator.directory.roles import BY_NAME
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.web.listing import Listing, PageRequest

ACTIONS = (
    "user.invited",
    "user.added",
    "user.changed",
    "details.changed",
    "user.deactivated",
    "user.reactivated",
    "user.removed",
    "user.made_primary_contact",
    "user.activation_resent",
    "two_step.enabled",
    "two_step.authenticator_removed",
    "two_step.authenticator_lost",
    "two_step.disabled",
    "security_key.added",
    "security_key.renamed",
    "security_key.removed",
    "security_key.lost",
    "emergency_code.generated",
    "emergency_code.used",
    "emergency_code.right_granted",
    "role.granted",
    "role.revoked",
    "role.assigned",
    "role.unassigned",
    "group.added",
    "group.renamed",
    "group.members_changed",
    "group.roles_changed",
    "group.joined",
    "group.left",
    "user.access_changed",
    "group.deleted",
    "company.added",
    "company.changed",
    "company.service_activated",
    "company.service_deactivated",
    "company.deactivated",
    "company.reactivated",
    "company.terminated",
    "company.deleted",
    "company.moved",
    "company_move.requested",
    "company_move.refused",
    "company_move.withdrawn",
    "customer.policy_changed",
    "email_domain.added",
    "email_domain.verified",
    "email_domain.policy_changed",
    "email_domain.removed",
    "support_access.given",
    "support_access.changed",
    "support_access.withdrawn",
    "support_access.ended",
    "contract.signed",
    "licence.ordered",
    "cancellation.registered",
    "cancellation.refused",
    "cancellation.withdrawn",
    "transfer.requested",
    "transfer.confirmed",
    "transfer.carried_out",
    "transfer.refused",
    "transfer.withdrawn",
)
"""Events that the change log lists; the text key of each is ``admin.change_log.<type>``, with a line for the dot."""

ACTIONS_ON_ROLES = (
    "role.granted",
    "role.revoked",
    "role.assigned",
    "role.unassigned",
    "group.roles_changed",
    "user.access_changed",
)
"""Those of the actions that change which roles somebody has."""

DOORS = {"details": "details.name", "connect": "connect.name", "admin": "admin.name", "support": "support.name"}
"""Products by which people change how an account signs in, with the text keys of their names."""

ROWS_AT_ONCE = 500
"""The number of lines in memory while a file is written."""

_LABELS = {
    "first_name": "admin.user.first_name",
    "last_name": "admin.user.last_name",
    "phone": "admin.user.phone",
    "language": "admin.user.language",
    "name": "admin.company.name",
    "organisation_number": "admin.company.organisation_number",
    "internal_number": "admin.company.internal_number",
    "vat_number": "admin.company.vat_number",
    "street": "admin.company.street",
    "postal_code": "admin.company.postal_code",
    "city": "admin.company.city",
    "email": "admin.company.email",
    "demo": "admin.company.demo",
    "last_day": "admin.support.to",
    "customer": "admin.configuration.customer",
    "require_two_step": "admin.configuration.two_step",
    "password_rules": "admin.domains.password_rules",
    "identity_providers": "identity_provider.allowed",
}
"""Fields in the changes of an event, with the text keys of their labels."""

_POLICIES = {"require_two_step": "admin.configuration.two_step", "may_change_email": "admin.configuration.email"}
"""Settings of a customer that are on or off, with the text keys of their labels."""


@dataclass(frozen=True)
class Filter:
    """Filters of the change log.

    Attributes:
        search: part of the name or address of a person who made or underwent a change, or of what was changed.
        action: one type of event, or None for all.
        since: the first day, or None.
        until: the last day, or None.
        company: id of a company whose changes are listed, with those of the roles on it; None for the whole customer.
        person: address of a user whose changes are listed, or None.
        roles: whether only changes of roles are listed.
    """

    search: str = ""
    action: str | None = None
    since: date | None = None
    until: date | None = None
    company: int | None = None
    person: str | None = None
    roles: bool = False

    @property
    def actions(self) -> Sequence[str]:
        """The actions that can be listed with it."""
        return ACTIONS_ON_ROLES if self.roles else ACTIONS


@dataclass(frozen=True)
class Change:
    """A line of the change log, in words of a language.

    Attributes:
        at: when it was made.
        by: name of the person who made it; the platform's when nobody did.
        email: the person's address, or empty.
        action: what was done.
        subject: to whom or to what.
        before: the values before, if any.
        after: the values after, if any.
    """

    at: datetime
    by: str
    email: str
    action: str
    subject: str
    before: str
    after: str


def read_filter(stored: Mapping[str, Any]) -> Filter:
    """Return the filters that were stored with a job."""
    days = {name: date.fromisoformat(stored[name]) if stored.get(name) else None for name in ("since", "until")}
    return Filter(
        search=stored.get("search", ""),
        action=stored.get("action"),
        since=days["since"],
        until=days["until"],
        company=stored.get("company"),
        person=stored.get("person"),
        roles=bool(stored.get("roles")),
    )


def text_of(action: str) -> str:
    """Return the text key of an action."""
    return f"admin.change_log.{action.replace('.', '_')}"


def change_log(
    db: Db, customer_id: int, filters: Filter, zone: ZoneInfo, language: str, page_request: PageRequest
) -> Listing[Change]:
    """Return a page of a customer's change log, newest first.

    Args:
        db: the transaction.
        customer_id: the customer.
        filters: filters of the list.
        zone: the time zone of the days.
        language: the language of the words.
        page_request: the page.
    """
    conditions = _conditions(customer_id, filters, zone)
    total = db.execute(select(func.count()).select_from(Event).where(*conditions)).scalar_one()
    page = page_request.nearest(total)
    query = select(Event).where(*conditions).order_by(Event.id.desc()).limit(page.size).offset(page.start)
    lines = _in_words(db, customer_id, db.scalars(query).all(), language)
    return Listing(lines, total, page.number, page.count, page_request)


def every_change(db: Db, customer_id: int, filters: Filter, zone: ZoneInfo, language: str) -> Iterator[Change]:
    """Return all lines that match, newest first; read in portions."""
    conditions, before = _conditions(customer_id, filters, zone), None
    while True:
        query = select(Event).where(*conditions).order_by(Event.id.desc()).limit(ROWS_AT_ONCE)
        events = db.scalars(query if before is None else query.where(Event.id < before)).all()
        yield from _in_words(db, customer_id, events, language)
        if len(events) < ROWS_AT_ONCE:
            return
        before = events[-1].id
        for event in events:
            db.expunge(event)


def _conditions(customer_id: int, filters: Filter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    of_several = select(func.json_each(Event.data, "$.customers").table_valued("value").c.value)
    shared = Event.customer_id.is_(None) & literal(customer_id).in_(of_several)
    conditions: list[ColumnElement[bool]] = [or_(Event.customer_id == customer_id, shared)]
    conditions.append(Event.type == filters.action if filters.action is not None else Event.type.in_(filters.actions))
    if filters.person is not None:
        conditions.append(Event.subject == filters.person)
    if filters.since is not None and filters.since > date.min:
        conditions.append(Event.at >= datetime.combine(filters.since, time(0), zone))
    if filters.until is not None and filters.until < date.max:
        conditions.append(Event.at < datetime.combine(filters.until + timedelta(days=1), time(0), zone))
    if filters.company is not None:
        of_company = Event.data["company"].as_integer() == filters.company
        conditions.append(or_(of_company, Event.data["place"].as_string() == f"company-{filters.company}"))
    if term := folded(filters.search[:LONGEST_SEARCH]):
        matching = select(Person.email).where(func.instr(Person.search, term) > 0)
        subject = func.instr(func.lower(Event.subject), term) > 0
        # Who changed something of a shared person may be of another customer, whose people cannot be searched for here.
        own = select(Membership.person_id).where(Membership.customer_id == customer_id)
        by = Event.actor.in_(matching.where(or_(Person.id.in_(own), Person.desk)))
        by_anybody = Event.actor.in_(matching) & (Event.customer_id == customer_id)
        conditions.append(or_(by, by_anybody, Event.subject.in_(matching), subject))
    return conditions


def _in_words(db: Db, customer_id: int, events: Sequence[Event], language: str) -> list[Change]:
    addresses = {address for event in events for address in (event.actor, event.subject) if address}
    query = select(Person.email, Person.first_name, Person.last_name).where(Person.email.in_(addresses))
    names = {email: f"{first} {last}" for email, first, last in db.execute(query)}
    strangers = _strangers(db, customer_id, events)
    return [_change(event, names, language, is_by_stranger=event.actor in strangers) for event in events]


def _strangers(db: Db, customer_id: int, events: Sequence[Event]) -> set[str]:
    """Return who changed something of people that several customers list, and is listed by other customers only.

    Own choice: a customer does not learn who works at another one. The vendor's staff have their names everywhere.
    """
    actors = {event.actor for event in events if event.customer_id is None and event.actor and event.actor != event.subject}
    if not actors:
        return set()
    query = select(Person.id, Person.email).where(Person.email.in_(actors), Person.desk.is_(False))
    return {email for id_, email in db.execute(query) if customer_id not in people.customers_of(db, id_)}


def _change(event: Event, names: Mapping[str, str], language: str, *, is_by_stranger: bool) -> Change:
    before, after = _values(event, names, language)
    subject, door = event.subject or "", event.data.get("door")
    name = event.data.get("name") or names.get(subject)
    if event.actor is None or is_by_stranger:
        by = text(language, "admin.change_log.by_stranger" if is_by_stranger else "admin.change_log.by_itself")
    else:
        by = names.get(event.actor, event.actor)
    return Change(
        at=event.at,
        by=by,
        email="" if is_by_stranger else event.actor or "",
        action=text(language, text_of(event.type)) + (f" ({text(language, DOORS[door])})" if door in DOORS else ""),
        subject=f"{name} ({subject})" if name and "@" in subject else subject,
        before=before,
        after=after,
    )


def _values(event: Event, names: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return what was before and after a change, in words."""
    data = event.data
    if isinstance(changes := data.get("changes"), dict):
        pairs = [(name, text(language, _LABELS[name]), values) for name, values in changes.items() if name in _LABELS]
        return (
            "; ".join(f"{label}: {_word(name, values[0], language)}" for name, label, values in pairs),
            "; ".join(f"{label}: {_word(name, values[1], language)}" for name, label, values in pairs),
        )
    if event.type == "user.made_primary_contact":
        previous = data.get("before") or ""
        return names.get(previous, previous), data.get("name") or names.get(event.subject or "", "")
    if event.type == "group.renamed":
        return str(data.get("before") or ""), str(data.get("after") or "")
    if isinstance(data.get("gained"), int) and isinstance(data.get("lost"), int):
        return f"−{data['lost']}" if data["lost"] else "", f"+{data['gained']}" if data["gained"] else ""
    if isinstance(data.get("added"), list) and isinstance(data.get("removed"), list):
        return "; ".join(map(str, data["removed"])), "; ".join(map(str, data["added"]))
    if event.type.partition(".")[0] in ("security_key", "emergency_code"):
        return _of_sign_in(event.type, data)
    if event.type.partition(".")[0] in ("contract", "licence", "cancellation", "transfer"):
        return _of_contract(event.type, data, language)
    if event.type in ("group.joined", "group.left"):
        words = str(data.get("on") or "")
        return (words, "") if event.type == "group.left" else ("", words)
    if "role" in data:
        role = BY_NAME.get(str(data["role"]))
        words = f"{text(language, role.text) if role is not None else data['role']}, {data.get('on', '')}".rstrip(", ")
        return (words, "") if event.type in ("role.revoked", "role.unassigned") else ("", words)
    if "service" in data:
        key = f"service.{data['service']}"
        words = text(language, key) if key in catalogue(language) else str(data["service"])
        return (words, "") if event.type == "company.service_deactivated" else ("", words)
    policy = next((name for name in _POLICIES if name in data), None)
    if policy is not None:
        label = text(language, _POLICIES[policy])
        before, after = (_word("demo", value, language) for value in (not data[policy], bool(data[policy])))
        return f"{label}: {before}", f"{label}: {after}"
    if "until" in data:
        words = f"{text(language, 'admin.support.to')}: {_word('last_day', data['until'], language)}"
        return (words, "") if event.type in ("support_access.withdrawn", "support_access.ended") else ("", words)
    return "", ""


def _of_sign_in(type_: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what was before and after a change of how an account signs in: a key's name, or the domains of a right."""
    if type_ == "emergency_code.right_granted":
        return "", ", ".join(map(str, data["domains"])) or "–"
    key = str(data.get("key") or "")
    return ("", key) if type_ == "security_key.added" else (key, "")


def _of_contract(type_: str, data: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Return what was before and after a change of a contract: users, products with a last day, or who receives licences."""
    if type_ == "licence.ordered":
        name = PRODUCTS[data["product"]].name
        return f"{name}: {data['before']}", f"{name}: {data['users']}"
    if type_ == "contract.signed":
        return "", str(data.get("company") or "")
    products = ", ".join(PRODUCTS[code].name for code in data.get("products", ()))
    if type_ == "cancellation.registered":
        return products, f"{text(language, 'admin.support.to')}: {_word('last_day', data['ends_on'], language)}"
    if type_ == "cancellation.withdrawn":
        return "", products
    return "", str(data.get("reason") or data.get("receiver") or "") if type_.startswith("transfer.") else ""


def _word(name: str, value: Any, language: str) -> str:
    """Return the stored value of a field as people read it."""
    if isinstance(value, bool):
        return text(language, "admin.yes" if value else "admin.no")
    if value is None or value == "":
        return "–"
    if name == "identity_providers" and isinstance(value, list):
        return ", ".join(text(language, f"identity_provider.{code}") for code in value)
    if name == "password_rules":
        return text(language, f"password_rules.{value}")
    if name == "language":
        return NAMES.get(value, str(value))
    if name == "last_day":
        return formats.short_date(language, date.fromisoformat(value))
    return str(value)
