"""What the lobby shows of sandboxes and their people, prepared for its templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from simulator.control.damage import DAMAGE, reason
from simulator.core.companions import companion
from simulator.core.sandbox import Db
from simulator.core.store import Store, sandboxes_of
from simulator.core.texts import NAMES
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person
from simulator.directory.roles import BY_CODE
from simulator.web import i18n
from simulator.web.product import Products

SANDBOXES_SHOWN = 200
PEOPLE_SHOWN = 100


@dataclass(frozen=True)
class SandboxRow:
    """One sandbox in the list; ``title`` is its scenario's, where that is known.

    ``refusal`` says why it cannot be opened, and then nothing else is known of it.
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
    """One person of the chosen sandbox, with what is needed to sign in."""

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
    """The sandbox that is shown in full; ``supporter`` is what somebody at a support desk hears in its scenario."""

    row: SandboxRow
    address: str
    supporter: str | None
    links: Sequence[Link]
    people: Sequence[PersonRow]


def sandbox_rows(store: Store) -> list[SandboxRow]:
    """Return the first 200 sandboxes, by name."""
    rows, named = [], titles()
    for sandbox in sandboxes_of(store):
        try:
            with sandbox.reading() as db:
                rows.append(_row(db, named))
        except DAMAGE as error:
            rows.append(SandboxRow(sandbox.name, refusal=reason(error)))
        if len(rows) == SANDBOXES_SHOWN:
            break
    return rows


def chosen(store: Store, name: str, products: Products, *, join: bool) -> Chosen:
    """Return one sandbox in full.

    Args:
        store: where it is.
        name: its name.
        products: what it has to offer.
        join: put the key that opens it on a network into its links.

    Raises:
        Unknown: there is none of that name.
        Unreadable: its file is damaged, or another release wrote it.
        DatabaseError: its file is damaged further down.
    """
    with store.open(name) as sandbox, sandbox.reading() as db:
        key = db.record.join_key if join else None
        return Chosen(
            row=_row(db, titles()),
            address=sandbox.base_address + (f"/?join={key}" if key else "/"),
            supporter=_supporter(db.record.scenario),
            links=_links(name, products, key),
            people=_people(db, key),
        )


def _supporter(scenario: str) -> str | None:
    for one in companion("seed").list_scenarios():
        if one["name"] == scenario and one["supporter"]:
            told = one["supporter"]
            return str(told.get(i18n.language(), told["en"]))
    return None


def titles() -> dict[str, str]:
    """Return what every scenario is called in the visitor's language, by name."""
    found = companion("seed").list_scenarios()
    return {one["name"]: str((one["titles"] or {}).get(i18n.language(), one["title"])) for one in found}


def _row(db: Db, named: Mapping[str, str]) -> SandboxRow:
    record = db.record
    return SandboxRow(
        name=record.name,
        scenario=record.scenario,
        title=named.get(record.scenario, ""),
        language=NAMES.get(record.language, record.language),
        clock=i18n.t(f"lobby.clock.{record.clock_mode}"),
        now=db.clock.now(),
    )


def _links(name: str, products: Products, key: str | None) -> list[Link]:
    def to(text: str, endpoint: str, icon: str) -> Link:
        return Link(i18n.t(text), url_for(endpoint, sandbox=name, join=key), icon)

    tiles = [product.tile for product in products.all if product.tile is not None]
    return [
        to("home.name", "home.overview", "house"),
        *(to(tile.text, tile.endpoint, tile.icon) for tile in tiles),
        to("elma.name", "elma.search", "broadcast"),
        to("mail.name", "mail.inbox", "inbox"),
        to("phone.name", "phone.phones", "phone"),
    ]


def _people(db: Db, key: str | None) -> list[PersonRow]:
    query = (
        select(Person)
        .options(selectinload(Person.grants), joinedload(Person.lock))
        .order_by(Person.key.is_(None), Person.id)
        .limit(PEOPLE_SHOWN)
    )
    people = db.scalars(query).all()
    wanted = select(ClearTextSecrets).where(ClearTextSecrets.person_id.in_([person.id for person in people]))
    passwords = {note.person_id: note.password for note in db.scalars(wanted)}
    return [_person(db, person, passwords.get(person.id), key) for person in people]


def _person(db: Db, person: Person, password: str | None, key: str | None) -> PersonRow:
    has_phone = credentials.is_on_a_phone(db, person)
    code = credentials.next_code(db, person) if has_phone else None
    address = url_for("phone.phone", sandbox=db.sandbox.name, person_id=person.id, join=key)
    return PersonRow(
        name=person.name,
        email=person.email,
        password=password,
        status=i18n.t(f"status.{person.status_at(db.clock.now())}"),
        roles=_role_names(person),
        has_phone=has_phone,
        code=code.code if code else None,
        phone=address if has_phone else None,
    )


def _role_names(person: Person) -> list[str]:
    """Say what a person may do: the roles, and the vendor's desk."""
    roles = [i18n.t(BY_CODE[role].text) for role in dict.fromkeys(grant.role for grant in person.grants)]
    return [*roles, *([i18n.t("support.name")] if person.desk else [])]
