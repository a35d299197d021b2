"""Facts about contracts and what access there is to products."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.billing import access, licences
from simulator.billing.access import AccessState
from simulator.billing.models import Contract, Transfer, TransferState
from simulator.billing.products import BY_CODE
from simulator.core.errors import BadInput
from simulator.core.facts import expiry, fact, read
from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.directory.models import Customer

CONTRACT_STATES = ("running", "under_notice", "ended")


def state_of(db: Db, contract: Contract) -> str:
    """Return whether a contract runs, is under notice, or has ended."""
    if contract.ends_on is None:
        return "running"
    return "ended" if contract.ends_on < licences.today_of(db, contract.customer) else "under_notice"


@fact("contract")
def contract(db: Db, what: Any) -> tuple[bool, Any]:
    """Check a contract: ``{number?, customer?, state?, notice_on?, ends_on?}``.

    ``customer`` is the number of a customer, days are in the form of ISO 8601. The actual state is the contract that fits, or else
    the newest of that number or customer.

    Raises:
        BadInput: the shape is not right, or there is no such state.
    """
    assertion = read("contract", what, {}, dict.fromkeys(("number", "customer", "state", "notice_on", "ends_on"), str))
    _check_word("contract.state", assertion.get("state"), CONTRACT_STATES)
    query = select(Contract).join(Customer, Customer.id == Contract.customer_id).order_by(Contract.id.desc())
    if "number" in assertion:
        query = query.where(Contract.number == assertion["number"])
    if "customer" in assertion:
        query = query.where(Customer.number == assertion["customer"])
    described = [describe(db, row) for row in db.scalars(query)]
    return _first_that_fits(described, assertion)


@expiry
def next_day(db: Db) -> datetime | None:
    """Return when the next day begins where a customer with a contract is: notice and access count by days."""
    codes = db.scalars(select(Customer.country).join(Contract, Contract.customer_id == Customer.id).distinct())
    now, days = db.clock.now(), []
    for zone in {ZoneInfo(countries.BY_CODE[code].time_zone) for code in codes}:
        days.append(datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(0), zone))
    return min(days, default=None)


@fact("access")
def access_to(db: Db, what: Any) -> tuple[bool, Any]:
    """Check a customer's access to a product of a contract: ``{customer, product, state?, until?}``.

    Raises:
        BadInput: the shape is not right, or there is no such product or state.
    """
    assertion = read("access", what, {"customer": str, "product": str}, {"state": str, "until": str})
    _check_word("access.state", assertion.get("state"), list(AccessState))
    _check_word("access.product", assertion["product"], list(BY_CODE))
    customer = db.scalar(select(Customer).where(Customer.number == assertion["customer"]))
    current = access.of_product(db, customer, assertion["product"]) if customer is not None else None
    if current is None:
        return False, None
    until = current.until.isoformat() if current.until else None
    actual = {"state": current.state.value, "until": until}
    return all(actual[key] == assertion[key] for key in actual if key in assertion), actual


@fact("transfer")
def transfer(db: Db, what: Any) -> tuple[bool, Any]:
    """Check a transfer of licences: ``{contract, state?, receiver?}``; ``receiver`` is its customer number or name.

    Raises:
        BadInput: the shape is not right, or there is no such state.
    """
    assertion = read("transfer", what, {"contract": str}, {"state": str, "receiver": str})
    _check_word("transfer.state", assertion.get("state"), list(TransferState))
    query = select(Transfer).join(Contract, Contract.id == Transfer.contract_id)
    rows = db.scalars(query.where(Contract.number == assertion["contract"]).order_by(Transfer.id.desc()))
    described = [
        {
            "contract": row.contract.number,
            "state": row.state,
            "receiver": row.receiver.number if row.receiver is not None else row.name,
        }
        for row in rows
    ]
    return _first_that_fits(described, assertion)


def describe(db: Db, row: Contract) -> dict[str, Any]:
    """Return a contract with its state, and its days in the form of ISO 8601."""
    return {
        "number": row.number,
        "customer": row.customer.number,
        "kind": row.kind,
        "state": state_of(db, row),
        "notice_on": row.notice_on.isoformat() if row.notice_on else None,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
    }


def _first_that_fits(described: list[dict[str, Any]], assertion: dict[str, Any]) -> tuple[bool, Any]:
    fits = next((row for row in described if all(row[key] == value for key, value in assertion.items())), None)
    return fits is not None, fits or next(iter(described), None)


def _check_word(where: str, word: str | None, words: Any) -> None:
    if word is not None and word not in set(words):
        raise BadInput([(where, f"there is no {word!r}; there are {', '.join(words)}")])
