"""Sandboxes and their people, prepared for the lobby's templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from simulator.control import answers
from simulator.control.class_sandboxes import ClassSandbox
from simulator.control.damage import reason
from simulator.control.expiry import present_sandboxes
from simulator.control.scenario_tasks import summary_of
from simulator.control.table import scenarios
from simulator.core.sandbox import Db
from simulator.core.store import Store
from simulator.core.texts import NAMES
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person
from simulator.directory.people import role_keys
from simulator.sales.models import Client, InstalledProgram
from simulator.web import i18n
from simulator.web.addresses import product_address
from simulator.web.product import Products

MOST_SANDBOXES = 200
MOST_PEOPLE = 100


@dataclass(frozen=True)
class SandboxRow:
    """A sandbox in the list; ``title`` is that of its scenario, empty when there is no such scenario any more.

    ``refusal`` says why it cannot be opened; then all but the name is empty.
    """

    name: str
    scenario: str = ""
    title: str = ""
    language: str = ""
    clock: str = ""
    now: datetime | None = None
    refusal: str | None = None


@dataclass(frozen=True)
class PersonRow:
    """A person of the chosen sandbox, with the credentials to sign in."""

    name: str
    email: str
    password: str | None
    status: str
    roles: Sequence[str]
    has_phone: bool
    code: str | None
    phone: str | None


@dataclass(frozen=True)
class Link:
    """A link with its text and icon."""

    text: str
    href: str
    icon: str


@dataclass(frozen=True)
class Chosen:
    """The sandbox that is shown in full; ``supporter`` is the scenario's text for a trainee at a support desk.

    ``has_clients``: whether there are programs to set.
    """

    row: SandboxRow
    address: str
    supporter: str | None
    links: Sequence[Link]
    people: Sequence[PersonRow]
    has_clients: bool


def sandbox_rows(store: Store, of_classes: Mapping[str, ClassSandbox]) -> list[SandboxRow]:
    """Return the first 200 sandboxes of no class, by name; those whose time is over are removed."""
    rows: list[SandboxRow] = []
    named = titles()
    for name, entry in present_sandboxes(store):
        if len(rows) == MOST_SANDBOXES or name in of_classes:
            # Expired ones further down are removed all the same.
            continue
        if isinstance(entry, Exception):
            rows.append(SandboxRow(name, refusal=reason(entry)))
        else:
            rows.append(_row(name, entry.summary, named))
    return rows


def sandboxes_by_class(store: Store, of_classes: Mapping[str, ClassSandbox]) -> list[list[ClassSandbox]]:
    """Return the sandboxes of each class that are there, those of the newest class first."""
    grouped: dict[str, list[ClassSandbox]] = {}
    for in_class in of_classes.values():
        if store.exists(in_class.sandbox):
            grouped.setdefault(in_class.class_name, []).append(in_class)
    return list(grouped.values())


def chosen(store: Store, name: str, products: Products, *, join: bool) -> Chosen:
    """Return a sandbox in full.

    Args:
        store: where it is.
        name: its name.
        products: the products that it links to.
        join: put the key that opens it on a network into its links.

    Raises:
        NotFound: there is none of that name.
        Unreadable: its file is damaged, or another release wrote it.
        DatabaseError: its file is damaged further down.
    """
    with store.open(name) as sandbox, sandbox.reading() as db:
        key = db.record.join_key if join else None
        return Chosen(
            row=_row(name, answers.summary(db), titles(db.record.scenario, db.record.scenario_text)),
            address=sandbox.base_address + (f"/?join={key}" if key else "/"),
            supporter=_supporter(db),
            links=_links(db, products, key),
            people=_people(db, key),
            has_clients=db.scalar(select(Client.id).limit(1)) is not None,
        )


def _supporter(db: Db) -> str | None:
    summary = summary_of(db)
    return spoken(summary["supporter"]) if summary and summary["supporter"] else None


def titles(scenario: str = "", text: str | None = None) -> dict[str, str]:
    """Return the title of every scenario in the visitor's language, by name.

    Args:
        scenario: the scenario of a sandbox, which the server may not have.
        text: its text, if it did not come with the simulator.
    """
    of_sandbox = scenarios().summary(scenario, text) if text is not None else None
    return {
        summary["name"]: title_of(summary)
        for summary in (*scenarios().summaries(), *([of_sandbox] if of_sandbox else []))
        if not summary["problems"]
    }


def title_of(summary: Mapping[str, Any]) -> str:
    """Return the title of a scenario in the visitor's language."""
    return str((summary["titles"] or {}).get(i18n.language(), summary["title"]))


def spoken(texts: Mapping[str, str]) -> str:
    """Return a text of a scenario in the visitor's language, or another that it has."""
    return texts.get(i18n.language()) or texts.get("en") or next(iter(texts.values()))


def broken_scenarios() -> list[str]:
    """Return the problems of the scenario files that cannot be used, a line each."""
    return [
        f"{problem['field']}: {problem['message']}" for summary in scenarios().summaries() for problem in summary["problems"]
    ]


def _row(name: str, summary: answers.Summary, named: Mapping[str, str]) -> SandboxRow:
    return SandboxRow(
        name=name,
        scenario=summary["scenario"],
        title=named.get(summary["scenario"], ""),
        language=NAMES.get(summary["language"], summary["language"]),
        clock=i18n.t(f"lobby.clock.{summary['clock_mode']}"),
        now=answers.clock_of(summary).now(),
    )


def _links(db: Db, products: Products, key: str | None) -> list[Link]:
    def to(text: str, code: str, icon: str) -> Link:
        return Link(i18n.t(text), product_address(code, db.sandbox.name, join=key), icon)

    with_tiles = [product for product in products.all if product.tile is not None]
    installed = set(db.scalars(select(InstalledProgram.program).distinct()))
    return [
        to("home.name", "home", "house"),
        *(
            to(product.tile.text, product.code, product.tile.icon)
            for product in with_tiles
            if product.tile and (not product.on_computer or product.code in installed)
        ),
        to("elma.name", "elma", "broadcast"),
        to("mail.name", "mail", "inbox"),
        to("phone.name", "phone", "phone"),
        to("contact.name", "contact", "life-preserver"),
        to("openid.name", "openid", "key"),
    ]


def _people(db: Db, key: str | None) -> list[PersonRow]:
    query = (
        select(Person)
        .options(selectinload(Person.grants), joinedload(Person.lock))
        .order_by(Person.key.is_(None), Person.id)
        .limit(MOST_PEOPLE)
    )
    people = db.scalars(query).all()
    query_passwords = select(ClearTextSecrets).where(ClearTextSecrets.person_id.in_([person.id for person in people]))
    passwords = {secrets.person_id: secrets.password for secrets in db.scalars(query_passwords)}
    return [_person(db, person, passwords.get(person.id), key) for person in people]


def _person(db: Db, person: Person, password: str | None, key: str | None) -> PersonRow:
    has_phone = credentials.has_phone(db, person)
    code = credentials.next_code(db, person) if has_phone else None
    address = url_for("phone.phone", sandbox=db.sandbox.name, person_id=person.id, join=key)
    return PersonRow(
        name=person.name,
        email=person.email,
        password=password,
        status=i18n.t(f"status.{person.status_at(db.clock.now())}"),
        roles=role_names(person),
        has_phone=has_phone,
        code=code.code if code else None,
        phone=address if has_phone else None,
    )


def role_names(person: Person) -> list[str]:
    """Return the names of a person's roles, and of the vendor's support desk for its staff."""
    return [i18n.t(key) for key in role_keys(person)]
