"""One charge more moves the screen, the sheet and the invoice by exactly that charge, whichever way it came."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from simulator.app import Platform
from simulator.billing import billing_runs, ledger
from simulator.billing.models import Invoice, Licence
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.core.texts import text
from simulator.directory.models import Company
from tests.reading import read
from tests.visits import Visitor, cast, make_platform, store_of

CREATION = {"scenario": "accountant-nl", "now": "2022-03-01T09:00:00+01:00", "seed": "seed", "language": "en"}
LOCAL = {"Host": "localhost"}
VAT = Decimal("0.21")
MONTH, DAY = date(2022, 1, 1), date(2022, 1, 17)
IN_JANUARY = "-43 days"
BAKERY = "Bakkerij Het Korenveld"


Row = tuple[str, int, Decimal, Decimal, str, str]


@dataclass(frozen=True)
class DisplayedInvoice:
    """An invoice as a person sees it."""

    screen: Counter[Row]
    sheet: Counter[Row]
    total_excluding_vat: Decimal
    vat: Decimal
    total: Decimal
    listed: Decimal


def number(displayed: str) -> Decimal:
    """Read a number as English pages write it."""
    return Decimal(displayed.replace(",", "").replace("EUR", "").strip())


def look(platform: Platform, sandbox: Sandbox) -> DisplayedInvoice:
    """Look at January's AutoInvoice invoice: the list, its specification, the sheet."""
    visitor = Visitor.of(platform, sandbox, cast(sandbox, "administrator").email, "en")
    with sandbox.reading() as db:
        invoices = db.scalars(select(Invoice).where(Invoice.period_from == MONTH, Invoice.system == "legacy")).all()
        (invoice,) = [row for row in invoices if row.licence and row.licence.product == "autoinvoice"]
    page = f"/settings/licenses/autoinvoice/invoices/{invoice.number}"
    root = read(visitor.get(page).text)
    values = {head.text: cell.text for head, cell in zip(root.all("dt"), root.all("dd"), strict=True)}
    cells = [[cell.text for cell in row.all("td")] for company in root.all("tbody") for row in company.all("tr")]
    cells = [row for row in cells if len(row) == 6]  # not the company's head, its subtotal and the total
    screen = [(c[0], int(number(c[1])), number(c[2]), number(c[3]), c[4].replace(" to ", " - "), c[5]) for c in cells]
    export = next(form for form in visitor.forms(page) if "/export/" in form.buttons[0][2])
    book = load_workbook(BytesIO(visitor.send(export).data)).worksheets[0]
    lines = list(book.iter_rows(values_only=True))[1:]
    sheet = [(str(r[0]), int(str(r[1])), money(r[2], 4), money(r[3], 2), str(r[4]), str(r[5])) for r in lines]
    rows = read(visitor.get("/settings/licenses/autoinvoice/invoices").text).all("tbody")[0].all("tr")
    (listed,) = [row.all("td")[3].text for row in rows if row.all("td")[0].text == invoice.number]
    total, vat, excluding = (
        number(values[text("en", f"settings.{key}")]) for key in ("total", "vat", "total_excluding_vat")
    )
    return DisplayedInvoice(Counter(screen), Counter(sheet), excluding, vat, total, number(listed))


def money(value: object, decimals: int) -> Decimal:
    """Read a number of the sheet."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals))


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("charges"), templates)


@pytest.fixture
def store(platform: Platform) -> Iterator[Store]:
    """Return the sandbox ``plain``, to compare with; all sandboxes go with the test."""
    create(platform, "plain")
    yield store_of(platform)
    for name in store_of(platform).names():
        store_of(platform).delete(name)


def create(platform: Platform, name: str, **more: Any) -> None:
    """Make a sandbox over the control API."""
    answer = platform.test_client().post("/_sim/sandboxes", json={**CREATION, "name": name, **more}, headers=LOCAL)
    assert answer.status_code == 201, answer.text


def by_overlay(platform: Platform, piece: tuple[str, int]) -> str:
    """Add a charge by an overlay at creation."""
    charge = {"company": "bakkerij", "unit": piece[0], "day": IN_JANUARY, "quantity": piece[1]}
    create(platform, "more", **{"with": {"charges": [charge]}})
    return "more"


def by_service(platform: Platform, piece: tuple[str, int]) -> str:
    """Add a charge to the ledger, and make the invoices anew from its month on."""
    create(platform, "more")
    with store_of(platform).open("more") as sandbox, sandbox.transaction() as db:
        company = db.scalars(select(Company).where(Company.key == "bakkerij")).one()
        licence = db.scalars(select(Licence).where(Licence.product == "autoinvoice")).one()
        ledger.add_charge(db, company, piece[0], DAY, piece[1])
        db.flush()
        billing_runs.rebill_from(db, licence, MONTH)
    return "more"


def compare(platform: Platform, store: Store, name: str) -> tuple[DisplayedInvoice, DisplayedInvoice]:
    """Look at the same invoice in two sandboxes."""
    with store.open("plain") as plain, store.open(name) as more:
        return look(platform, plain), look(platform, more)


@pytest.mark.parametrize("add", [by_overlay, by_service])
def test_more_of_what_is_there_makes_one_line_larger(platform: Platform, store: Store, add: Any) -> None:
    before, after = compare(platform, store, add(platform, ("EMAIL", 500)))
    for old_rows, new_rows in ((before.screen, after.screen), (before.sheet, after.sheet)):
        ((old, _),), ((new, _),) = (old_rows - new_rows).items(), (new_rows - old_rows).items()
        assert (new[0], *new[4:]) == (old[0], *old[4:])
        assert new[5] == BAKERY
        assert new[1] - old[1] == 500
        assert new[2] == old[2] == Decimal("0.10")
        assert new[3] - old[3] == Decimal("50.00")
    assert after.total_excluding_vat - before.total_excluding_vat == Decimal("50.00")
    assert after.vat - before.vat == Decimal("50.00") * VAT
    assert after.total - before.total == after.listed - before.listed == Decimal("60.50")


@pytest.mark.parametrize("add", [by_overlay, by_service])
def test_something_new_makes_one_line_more(platform: Platform, store: Store, add: Any) -> None:
    before, after = compare(platform, store, add(platform, ("SCAN_GOLD", 3)))
    for old_rows, new_rows in ((before.screen, after.screen), (before.sheet, after.sheet)):
        assert not old_rows - new_rows
        ((new, times),) = (new_rows - old_rows).items()
        assert (times, new[1], new[5]) == (1, 3, BAKERY)
        assert new[3] == 3 * new[2] > 0
        amount = new[3]
        assert after.total_excluding_vat - before.total_excluding_vat == amount
    vat = (amount * VAT).quantize(Decimal("0.01"))
    assert after.vat - before.vat == vat
    assert after.total - before.total == after.listed - before.listed == amount + vat


@pytest.mark.parametrize("add", [by_overlay, by_service])
def test_every_other_invoice_stays_as_it_was(platform: Platform, store: Store, add: Any) -> None:
    name = add(platform, ("EMAIL", 500))
    totals = []
    for sandbox_name in ("plain", name):
        with store.open(sandbox_name) as sandbox, sandbox.reading() as db:
            totals.append({(row.number, row.period_from): row.total for row in db.scalars(select(Invoice))})
    assert totals[0].keys() == totals[1].keys()
    ((_, month),) = [key for key in totals[0] if totals[0][key] != totals[1][key]]
    assert month == MONTH


def test_screen_sheet_and_total_say_the_same(platform: Platform, store: Store) -> None:
    with store.open("plain") as sandbox:
        displayed = look(platform, sandbox)
    assert displayed.screen == displayed.sheet
    assert sum(row[3] * times for row, times in displayed.screen.items()) == displayed.total_excluding_vat
    assert displayed.total == displayed.total_excluding_vat + displayed.vat == displayed.listed
