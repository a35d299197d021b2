"""Recorded consumption becomes documents: as many as were charged, the same for every first reader."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from simulator.billing.models import Charge
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.models import Company
from simulator.documents.model import lists
from simulator.documents.model.models import Account, Direction, Document, Party, SyntheticDocuments
from simulator.documents.registers import receivers
from simulator.documents.synthetic import consumption, partners
from tests.conftest import NOW

Row = tuple[Any, ...]


def company_id(sandbox: Sandbox, key: str) -> int:
    """Return the id of a company."""
    with sandbox.reading() as db:
        return db.scalars(select(Company.id).where(Company.key == key)).one()


def unpacked(sandbox: Sandbox, key: str) -> list[Row]:
    """Unpack a company, and return its documents as they are stored."""
    id_ = company_id(sandbox, key)
    consumption.unpack(sandbox, id_)
    with sandbox.reading() as db:
        columns = [column for column in Document.__table__.columns if column.key not in ("id", "party_id")]
        query = select(*columns, Party.name).join(Party, Party.id == Document.party_id)
        return [tuple(row) for row in db.execute(query.where(Document.company_id == id_).order_by(Document.uuid))]


def test_there_is_a_document_for_every_charge_of_documents(sandbox: Sandbox) -> None:
    id_ = company_id(sandbox, "transport")
    consumption.unpack(sandbox, id_)
    with sandbox.reading() as db:
        charged = select(Charge.unit, Charge.day, func.sum(Charge.quantity)).where(Charge.company_id == id_)
        rows = db.execute(charged.group_by(Charge.unit, Charge.day))
        expected = {(unit, day): quantity for unit, day, quantity in rows if consumption.is_document(unit)}
        made = select(Document.unit, Document.created_on, func.count()).where(Document.company_id == id_)
        unpacked_counts = {(unit, day): n for unit, day, n in db.execute(made.group_by(Document.unit, Document.created_on))}
    assert unpacked_counts == expected
    assert sum(unpacked_counts.values()) > 1000


def test_pages_are_those_of_the_letters_of_the_day(sandbox: Sandbox) -> None:
    id_ = company_id(sandbox, "bakkerij")
    consumption.unpack(sandbox, id_)
    with sandbox.reading() as db:
        charged = select(func.sum(Charge.quantity)).where(Charge.company_id == id_, Charge.unit == "PRINT_PRIORITY_PAGE")
        more = select(func.sum(Document.pages - 1)).where(Document.company_id == id_, Document.unit == "PRINT_PRIORITY")
        assert db.scalar(charged) == db.scalar(more)
        elsewhere = select(func.max(Document.pages)).where(Document.company_id == id_, Document.unit != "PRINT_PRIORITY")
        assert db.scalar(elsewhere) == 1


def test_documents_are_the_same_in_every_sandbox_and_whoever_is_unpacked_first(store: Store) -> None:
    for name, order in (("one", ["fietsen", "sauna"]), ("two", ["sauna", "fietsen"])):
        store.create(name, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed=name))
        with store.open(name) as sandbox:
            for key in order:
                consumption.unpack(sandbox, company_id(sandbox, key))
    with store.open("one") as first, store.open("two") as second:
        for key in ("fietsen", "sauna"):
            assert unpacked(first, key) == unpacked(second, key) != []


def test_names_are_given_once(sandbox: Sandbox) -> None:
    consumption.unpack_all(sandbox)
    with sandbox.reading() as db:
        rows = db.execute(select(func.count(), func.count(Document.uuid.distinct()))).one()
        assert rows[0] == rows[1] > 10_000
        sent = (
            select(func.count()).where(Document.direction == Direction.SENT).group_by(Document.company_id, Document.number)
        )
        assert set(db.scalars(sent)) == {1}
        assert db.scalar(select(func.count()).select_from(SyntheticDocuments)) == 0


def test_documents_are_created_in_working_hours_and_never_after_the_birth(sandbox: Sandbox) -> None:
    id_ = company_id(sandbox, "sauna")
    consumption.unpack(sandbox, id_)
    zone = ZoneInfo("Europe/Helsinki")
    with sandbox.reading() as db:
        for document in db.scalars(select(Document).where(Document.company_id == id_)):
            here = document.created_at.astimezone(zone)
            assert here.date() == document.created_on
            assert document.created_at <= NOW and document.delivered_at is not None and document.delivered_at <= NOW
            assert 8 <= here.hour < 17 or document.created_on == NOW.date()


def test_what_was_charged_on_the_day_of_birth_is_there_before_the_instant_of_birth(store: Store) -> None:
    early = datetime.fromisoformat("2022-03-01T00:00:07+01:00")
    with_today = {"charges": [{"company": "fietsen", "unit": "EMAIL", "day": "today", "quantity": 40}]}
    for name, now in (("early", early), ("later", NOW)):
        store.create(name, Creation(scenario="accountant-nl", clock=Clock.frozen(now), overlay=with_today))
        with store.open(name) as sandbox:
            id_ = company_id(sandbox, "fietsen")
            consumption.unpack(sandbox, id_)
            with sandbox.reading() as db:
                today = select(Document).where(Document.company_id == id_, Document.created_on == early.date())
                documents = db.scalars(today).all()
                assert len(documents) == 40
                assert all(datetime(2022, 2, 28, 23, tzinfo=UTC) <= document.created_at <= now for document in documents)


def test_some_are_dated_in_another_month_than_they_were_created_in(sandbox: Sandbox) -> None:
    id_ = company_id(sandbox, "rietkraag")
    consumption.unpack(sandbox, id_)
    with sandbox.reading() as db:
        documents = db.scalars(select(Document).where(Document.company_id == id_)).all()
        earlier = [
            document
            for document in documents
            if (document.issue_date.year, document.issue_date.month) < (document.created_on.year, document.created_on.month)
        ]
        later = [
            document
            for document in documents
            if (document.issue_date.year, document.issue_date.month) > (document.created_on.year, document.created_on.month)
        ]
        assert earlier and later
        assert len(earlier) + len(later) < len(documents) / 4


def test_a_range_of_days_counts_by_creation_and_not_by_the_date_on_the_document(sandbox: Sandbox) -> None:
    id_ = company_id(sandbox, "rietkraag")
    consumption.unpack(sandbox, id_)
    first, last = NOW.date().replace(month=1), NOW.date().replace(month=1, day=31)
    with sandbox.reading() as db:
        company = db.get_one(Company, id_)
        search = lists.Search(direction=Direction.SENT, first=first, last=last)
        number, charged = lists.counted(db, company, search)
        mine = Document.company_id == id_, Document.direction == Direction.SENT
        inside = Document.created_on.between(first, last), ~Document.issue_date.between(first, last)
        outside = ~Document.created_on.between(first, last), Document.issue_date.between(first, last)
        assert db.scalar(select(func.count()).where(*mine, *inside)) and db.scalar(
            select(func.count()).where(*mine, *outside)
        )
        assert number == charged
        units = select(func.sum(Charge.quantity)).where(
            Charge.company_id == id_, Charge.day.between(first, last), Charge.unit.in_(["EMAIL", "EINVOICE"])
        )
        assert number == db.scalar(units)


def test_two_who_look_at_once_unpack_once(store: Store) -> None:
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    with store.open("default") as sandbox:
        id_ = company_id(sandbox, "schoonmaak")

        def look(_: int) -> None:
            with store.open("default") as mine:
                consumption.unpack(mine, id_)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(look, range(8)))
        with sandbox.reading() as db:
            documents = db.scalar(select(func.count()).where(Document.company_id == id_))
            charged = db.scalar(select(func.sum(Charge.quantity)).where(Charge.company_id == id_))
            assert documents == charged


def test_consumption_laid_over_a_scenario_is_documents_too(store: Store) -> None:
    more = {"charges": [{"company": "fietsen", "unit": "EMAIL", "day": "-2 months", "quantity": 7}]}
    store.create("plain", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    store.create("more", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), overlay=more))
    with store.open("plain") as plain, store.open("more") as other:
        before = {row[0] for row in unpacked(plain, "fietsen")}
        after = {row[0] for row in unpacked(other, "fietsen")}
        # What was there is the same as it is without.
        assert len(after) == len(before) + 7
    store.reset("more")
    with store.open("more") as again:
        with again.reading() as db:
            assert db.scalar(select(func.count()).select_from(Document)) == 0
        assert {row[0] for row in unpacked(again, "fietsen")} == after


def test_more_laid_down_after_unpacking_gets_names_of_its_own(sandbox: Sandbox) -> None:
    id_ = company_id(sandbox, "fietsen")
    day = NOW.date() - timedelta(days=3)
    for _ in range(2):
        with sandbox.transaction() as db:
            consumption.record_consumption(db, db.get_one(Company, id_), "autoinvoice", "EMAIL", day, 3)
        consumption.unpack(sandbox, id_)
    with sandbox.reading() as db:
        mine = Document.company_id == id_, Document.created_on == day, Document.unit == "EMAIL"
        names = db.scalars(select(Document.uuid).where(*mine)).all()
        assert len(set(names)) == len(names) >= 6


def test_names_stay_apart_when_a_document_was_charged_another_way_meanwhile(sandbox: Sandbox) -> None:
    id_ = company_id(sandbox, "fietsen")
    day = NOW.date() - timedelta(days=3)
    for _ in range(2):
        with sandbox.transaction() as db:
            consumption.record_consumption(db, db.get_one(Company, id_), "autoinvoice", "EMAIL", day, 3)
        consumption.unpack(sandbox, id_)
        with sandbox.transaction() as db:
            query = select(Document).where(Document.company_id == id_, Document.created_on == day, Document.unit == "EMAIL")
            db.scalars(query.order_by(Document.id).limit(1)).one().unit = "EINVOICE"
    with sandbox.reading() as db:
        names = db.scalars(select(Document.uuid).where(Document.company_id == id_, Document.created_on == day)).all()
        assert len(set(names)) == len(names) >= 6


def test_a_company_that_sent_letters_has_letters_on(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        query = select(Company.key, Account.print_enabled).join(Account, Account.company_id == Company.id)
        on = {key for key, enabled in db.execute(query) if enabled}
        assert {"bakkerij", "transport", "tandarts", "catering"} <= on
        assert "rietkraag" not in on
        assert all(db.scalars(select(Account.verified)))


def test_no_document_is_dated_after_the_day_of_the_sandbox(norway: Sandbox, sandbox: Sandbox) -> None:
    for each in (norway, sandbox):
        consumption.unpack_all(each)
        with each.reading() as db:
            today = db.clock.now().astimezone(ZoneInfo("Europe/Oslo")).date()
            later = (Document.issue_date > today) | (Document.created_at > db.clock.now())
            assert db.scalars(select(Document.id).where(Document.unpacked).limit(1)).all()
            assert db.scalars(select(Document.number).where(later)).all() == []


@pytest.mark.parametrize("scenario", ["accountant-nl", "company-no", "company-se"])
def test_new_documents_go_to_the_other_sides_of_recorded_ones_as_those_went(store: Store, scenario: str) -> None:
    store.create("routes", Creation(scenario=scenario, clock=Clock.frozen(NOW)))
    with store.open("routes") as sandbox:
        consumption.unpack_all(sandbox)
        with sandbox.reading() as db:
            query = (
                select(Party.country, Party.organisation_number, Document.unit)
                .join(Document, Document.party_id == Party.id)
                .where(Document.unpacked, Document.direction == Direction.SENT, Document.unit.in_(("EINVOICE", "EMAIL")))
            )
            made_up = {partner.organisation_number for partner in (*partners.of_country("NO"), *partners.of_country("SE"))}
            made_up |= {partner.organisation_number for partner in partners.of_country("NL")}
            rows = [row for row in db.execute(query.distinct()) if row.organisation_number in made_up]
            assert {unit for _, _, unit in rows} == {"EINVOICE", "EMAIL"}
            for country, number, unit in rows:
                matches = receivers.find(db, country=country, organisation_number=number)
                assert [match.network for match in matches] == (["peppol"] if unit == "EINVOICE" else []), number
