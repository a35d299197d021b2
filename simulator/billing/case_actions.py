"""What the cancellations desk does from a case: registers or refuses notice, withdraws it, and registers licences for reading.

Source: "Brukertips i Kundeservice": notice goes to *oppsigelse@visma.no*, and a confirmation comes back; a licence for reading is
ordered by mail. Own choice: what a case holds already is filled in, and the desk corrects it; a refusal is mailed only when the
desk chooses so.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from simulator.billing import access, cancellations, reading_licences
from simulator.billing.cancellations import Cancellation, CancellationRefused, CancellationRequest
from simulator.billing.models import Contract
from simulator.billing.products import BY_CODE, PRODUCTS
from simulator.core import formats
from simulator.core.desks import CANCELLATIONS, CUSTOMER_CENTRE
from simulator.core.errors import RuleViolation
from simulator.core.normal_forms import folded
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import countries, people
from simulator.directory.cases import commands
from simulator.directory.cases.actions import ActionField, CaseAction, FieldKind
from simulator.directory.cases.models import CaseEntry, CaseState, EntryKind, SupportCase
from simulator.directory.models import Customer, Person

LATER, REFUSE = "later", "refuse"
"""What the desk does with a notice that cannot be registered as it is; without either it is told the reason."""

PREVIEW = 50
_DAY = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{2,4}")
_NUMBER = re.compile(r"\d+")


def in_words(language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a text with days as the language writes them."""
    return {name: formats.short_date(language, value) if type(value) is date else value for name, value in values.items()}


def sender_of(case: SupportCase, entry: CaseEntry) -> str | None:
    """Return the address that an entry certainly came from: a mailbox's, or that of a person who was signed in."""
    if entry.message_id is not None:
        return entry.author
    return case.person.email if case.person is not None else None


def _check_open(case: SupportCase) -> None:
    if case.state == CaseState.CLOSED:
        raise commands.CaseOver("case.closed_for_staff", number=case.number)


def _entries(db: Db, case: SupportCase) -> Sequence[CaseEntry]:
    written = select(CaseEntry).where(CaseEntry.number == case.number, CaseEntry.kind == EntryKind.CUSTOMER)
    return db.scalars(written.order_by(CaseEntry.id)).all()


def _written(db: Db, case: SupportCase, language: str) -> list[tuple[str, str]]:
    """Return what the customer wrote, as choices: when it arrived, and how it begins."""
    zone = countries.BY_CODE[case.customer.country].time_zone if case.customer is not None else "Europe/Oslo"
    return [
        (str(entry.id), f"{formats.clock_time(language, entry.at, zone)} – {' '.join(entry.text.split())[:PREVIEW]}")
        for entry in _entries(db, case)
    ]


def _entry(db: Db, case: SupportCase, value: str) -> CaseEntry:
    entries = {entry.id: entry for entry in _entries(db, case)}
    entry = entries.get(whole_number(value) or 0)
    if entry is None:
        raise RuleViolation("cancellation.no_entry", field="written")
    return entry


def _otherwise(db: Db, case: SupportCase, language: str) -> list[tuple[str, str]]:
    return [(value, text(language, f"cancellation.otherwise.{value or 'ask'}")) for value in ("", LATER, REFUSE)]


def _customer_of(db: Db, case: SupportCase) -> Customer | None:
    """Return the customer of a case: the one that is certain, or the only one whose contract the mail names."""
    if case.customer is not None or case.person is None:
        return case.customer
    own = people.customers_of(db, case.person.id)
    contract = _contract(db, case, own)
    return contract.customer if contract is not None else None


def _contract(db: Db, case: SupportCase, customer_ids: Sequence[int]) -> Contract | None:
    """Return the first contract of some customers that a case names by its number."""
    written = " ".join([case.subject, *(entry.text for entry in _entries(db, case))])
    numbers = dict.fromkeys(_NUMBER.findall(written))
    query = select(Contract).where(Contract.customer_id.in_(customer_ids), Contract.number.in_(list(numbers)[:100]))
    named = {contract.number: contract for contract in db.scalars(query)}
    return next((named[number] for number in numbers if number in named), None)


def _product(case: SupportCase, entries: Sequence[CaseEntry]) -> str:
    """Return the name of the first product that a case names, or nothing."""
    written = folded(" ".join([case.subject, *(entry.text for entry in entries)]))
    return next((product.name for product in PRODUCTS if folded(product.name) in written), "")


def _day(case: SupportCase, entries: Sequence[CaseEntry]) -> str:
    """Return the last day that a case names, as it is written there, or nothing."""
    for entry in reversed(entries):
        for match in reversed(_DAY.findall(entry.text)):
            if _read_day(case.language, match) is not None:
                return str(match)
    return ""


def _read_day(language: str, typed: str) -> date | None:
    try:
        return formats.read_short_date(language, typed)
    except ValueError:
        return None


def _initial(db: Db, case: SupportCase) -> Mapping[str, str]:
    customer, entries = _customer_of(db, case), _entries(db, case)
    contract = _contract(db, case, [customer.id]) if customer is not None else None
    return {
        "customer_number": customer.number if customer is not None else "",
        "subject": contract.number if contract is not None else _product(case, entries),
        "end": _day(case, entries),
        "written": str(entries[0].id) if entries else "",
        "otherwise": "",
    }


def _request(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> CancellationRequest:
    entry = _entry(db, case, values["written"])
    typed = values["end"].strip()
    end = (_read_day(staff.language, typed) or _read_day(case.language, typed)) if typed else None
    if typed and end is None:
        raise RuleViolation("cancellation.no_day", field="end")
    arrived_at: datetime = entry.at
    return CancellationRequest(
        values["customer_number"], values["subject"], sender_of(case, entry) or case.requester, arrived_at, end
    )


def _register(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    _check_open(case)
    request = _request(db, staff, case, values)
    try:
        if sender_of(case, _entry(db, case, values["written"])) is None:
            raise CancellationRefused("cancellation.unverified", field="written", email=case.requester)
        cancellation = cancellations.register(db, staff, request, later=values["otherwise"] == LATER)
    except CancellationRefused as refusal:
        if values["otherwise"] != REFUSE:
            raise
        cancellations.refuse(db, staff, request, refusal)
        reason = text(case.language, f"error.{refusal.code}", **in_words(case.language, refusal.facts))
        answer = text(case.language, "cancellation.refusal", reason=reason)
        commands.add_change(db, case, "cancellation_refused", staff.email, staff.name)
    else:
        case.customer_id = cancellation.contract.customer_id
        answer = confirmation(case.language, cancellation)
        number = cancellation.contract.number
        commands.add_change(db, case, "cancellation_registered", staff.email, staff.name, number=number)
    commands.answer(db, case, staff, answer, version=None, solve=True)
    return {"email": case.requester}


def confirmation(language: str, cancellation: Cancellation) -> str:
    """Return the confirmation of a registered notice: its end, and until when there is access to what."""
    contract = cancellation.contract
    values = {
        "number": contract.number,
        "customer": contract.customer.name,
        "product": cancellation.products,
        "arrived": cancellation.arrived_on,
        "end": cancellation.ends_on,
    }
    lines = []
    for licence in cancellation.licences:
        last = access.last_day(licence)
        remains = access.after_end(licence)
        product = {"product": BY_CODE[licence.product].name, "day": last}
        lines.append(text(language, f"cancellation.access.{remains.value}", **in_words(language, product)))
    return "\n\n".join([text(language, "cancellation.confirmation", **in_words(language, values)), *dict.fromkeys(lines)])


def _withdraw(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    _check_open(case)
    sender = sender_of(case, _entry(db, case, values["written"]))
    withdrawal = cancellations.withdraw(db, staff, values["customer_number"], values["subject"], sender or "")
    contract = withdrawal.contract
    case.customer_id = contract.customer_id
    commands.add_change(db, case, "cancellation_withdrawn", staff.email, staff.name, number=contract.number)
    facts = {"number": contract.number, "customer": contract.customer.name, "product": withdrawal.products}
    answer = text(case.language, "cancellation.withdrawal", **facts)
    commands.answer(db, case, staff, answer, version=None, solve=True)
    return {"email": case.requester}


def _initial_withdrawal(db: Db, case: SupportCase) -> Mapping[str, str]:
    initial = _initial(db, case)
    return {name: initial[name] for name in ("customer_number", "subject", "written")}


def _products(db: Db, case: SupportCase, language: str) -> list[tuple[str, str]]:
    return [(product.code, product.name) for product in reading_licences.PRODUCTS]


def _initial_reading(db: Db, case: SupportCase) -> Mapping[str, str]:
    initial = _initial(db, case)
    named = _product(case, _entries(db, case))
    product = next((product for product in reading_licences.PRODUCTS if product.name == named), reading_licences.PRODUCTS[0])
    return {"customer_number": initial["customer_number"], "product": product.code, "written": initial["written"]}


def _read_only(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    _check_open(case)
    sender = sender_of(case, _entry(db, case, values["written"]))
    licence = reading_licences.register(db, staff, values["customer_number"], BY_CODE[values["product"]], sender or "")
    case.customer_id = licence.customer_id
    product = BY_CODE[licence.product].name
    commands.add_change(db, case, "reading_licence", staff.email, staff.name, product=product)
    answer = text(case.language, "cancellation.reading_licence", product=product, customer=licence.customer.name)
    commands.answer(db, case, staff, answer, version=None, solve=True)
    return {"email": case.requester}


_CUSTOMER = ActionField("customer_number", "case.administrator.customer_number")
_WRITTEN = ActionField("written", "cancellation.written", FieldKind.CHOICE, choices=_written)
_DESKS = (CANCELLATIONS.code, CUSTOMER_CENTRE.code)

ACTIONS = (
    CaseAction(
        code="cancellation",
        desks=_DESKS,
        fields=(
            _CUSTOMER,
            ActionField("subject", "cancellation.subject"),
            _WRITTEN,
            ActionField("end", "cancellation.end", required=False),
            ActionField("otherwise", "cancellation.otherwise", FieldKind.CHOICE, required=False, choices=_otherwise),
        ),
        initial=_initial,
        run=_register,
    ),
    CaseAction(
        code="withdraw_cancellation",
        desks=_DESKS,
        fields=(_CUSTOMER, ActionField("subject", "cancellation.subject"), _WRITTEN),
        initial=_initial_withdrawal,
        run=_withdraw,
    ),
    CaseAction(
        code="reading_licence",
        desks=_DESKS,
        fields=(_CUSTOMER, ActionField("product", "settings.product", FieldKind.CHOICE, choices=_products), _WRITTEN),
        initial=_initial_reading,
        run=_read_only,
    ),
)
