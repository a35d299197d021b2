"""The lists of received and sent invoices: search, counts, and files with one page."""

import csv
import re
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest
from sqlalchemy import delete, inspect, select

from simulator.core.sandbox import Sandbox
from simulator.documents.model.models import Document, SyntheticDocuments
from simulator.documents.synthetic import consumption
from tests.crawl.page_rules import refusal
from tests.documents import norway as no
from tests.products.autoinvoice.browser import Browser, Page
from tests.products.autoinvoice.conftest import SignIn
from tests.reading import read


@pytest.fixture(autouse=True)
def single(norway: Sandbox) -> None:
    """Leave only the documents that the scenario names one by one."""
    with norway.transaction() as db:
        db.execute(delete(SyntheticDocuments))


@pytest.fixture
def drift(administrator: Browser) -> Browser:
    """Return the administrator's browser, in which the company with documents is chosen."""
    page = administrator.open("/autoinvoice")
    administrator.send(page, company=page.buttons["Fjordlys Drift AS"])
    return administrator


def numbers(page: Page) -> list[str]:
    """Return the invoice numbers on a page of a list."""
    body = page.response.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'<a href="[^"]*/autoinvoice/invoice/[^"]*">([^<]*)</a>', body)


def count_text(page: Page) -> str:
    """Return the sentence with the number of matches, under the search field."""
    return " ".join(page.response.text.partition('id="found"')[2].partition(">")[2].partition("<")[0].split())


def test_recorded_consumption_of_a_scenario_is_listed_as_well(sign_in: SignIn, norway: Sandbox) -> None:
    with norway.transaction() as db:
        company = no.company(db, no.REGISTERED)
        consumption.record_consumption(db, company, "autoinvoice", "INCOMING_EINVOICE", date(2022, 2, 14), 30)
    page = sign_in("user").open("/autoinvoice/received?from=2022-02-14&to=2022-02-14")
    assert count_text(page) == "Fakturaer funnet: 30"
    assert len(numbers(page)) == 25


def test_both_lists_are_in_the_menu_and_show_what_there_is_newest_first(drift: Browser) -> None:
    start = drift.open("/autoinvoice/start")
    received = drift.open(start.links["Inngående fakturaer"])
    assert (received.heading, count_text(received)) == ("Inngående fakturaer", "Fakturaer funnet: 7")
    assert numbers(received) == ["20377", "70247", "20358", "K-88", "70190", "20331", "70115"]
    sent = drift.open(start.links["Utgående fakturaer"])
    assert sent.heading == "Utgående fakturaer"
    assert numbers(sent)[:3] == ["5012", "5011", "5010"]
    assert len(numbers(sent)) == 12


def test_the_number_of_matches_is_under_the_search_field_and_says_how_many_were_charged(drift: Browser) -> None:
    page = drift.open("/autoinvoice/sent")
    field = page.response.text.index('id="q"')
    assert page.response.text.index('id="found"') > field
    assert count_text(page) == "Fakturaer funnet: 12, hvorav 10 belastet"
    assert count_text(drift.open("/autoinvoice/sent?q=Skogvang")) == "Fakturaer funnet: 3"


def test_each_row_shows_channel_and_status(drift: Browser) -> None:
    text = drift.open("/autoinvoice/sent").text
    for words in ("Elektronisk faktura (Peppol)", "Internt (AutoInvoice)", "E-post", "Brev", "Levert", "Feil", "På vent"):
        assert words in text
    received = drift.open("/autoinvoice/received").text
    assert "Skanning" in received
    assert "Hentet" in received


SEARCHES: dict[str, list[str]] = {
    "q=5003": ["5003"],
    "q=holmen+trevare": ["5012", "5003"],
    "q=HOLMEN": ["5012", "5003"],
    "q=nothing+at+all": [],
    "q=100%25": [],
    "q=5_03": [],
    "failed=1": ["5006"],
    "hold=1": ["5010"],
    "from=2022-02-26&to=2022-02-26": ["5012"],
    "from=2022-02-23&to=2022-02-26": ["5012", "5011"],
    "from=2022-02-27": [],
    "to=2022-01-06": ["5002", "5001"],
    "from=2022-02-26&to=2022-02-23": [],
    "q=5012&from=2022-02-23&to=2022-02-24": [],
}


def test_the_search_finds(drift: Browser) -> None:
    for query, expected in SEARCHES.items():
        page = drift.open(f"/autoinvoice/sent?{query}")
        assert numbers(page) == expected, query
        assert count_text(page).startswith(f"Fakturaer funnet: {len(expected)}"), query


def test_the_documents_own_name_is_found_whole(drift: Browser, norway: Sandbox) -> None:
    with norway.reading() as db:
        uuid = db.scalars(select(Document.uuid).where(Document.number == "5009")).one()
    assert numbers(drift.open(f"/autoinvoice/sent?q={uuid.upper()}")) == ["5009"]
    assert numbers(drift.open(f"/autoinvoice/sent?q={uuid[:8]}")) == []


def test_the_day_of_creation_counts_and_not_that_of_the_invoice(drift: Browser) -> None:
    """Invoice 5005 was created forty days before and is dated seventy-two days before."""
    assert numbers(drift.open("/autoinvoice/sent?from=2022-01-20&to=2022-01-20")) == ["5005"]
    assert numbers(drift.open("/autoinvoice/sent?from=2021-12-19&to=2021-12-19")) == []


def test_a_day_is_one_of_the_companys_time_zone(drift: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        first, second = db.scalars(select(Document).where(Document.number.in_(["5001", "5002"])).order_by(Document.number))
        first.created_at = datetime(2022, 2, 14, 22, 59, 59, 999999, UTC)
        second.created_at = datetime(2022, 2, 14, 23, 0, 0, 0, UTC)
    assert numbers(drift.open("/autoinvoice/sent?from=2022-02-14&to=2022-02-14")) == ["5001"]
    assert numbers(drift.open("/autoinvoice/sent?from=2022-02-15&to=2022-02-15")) == ["5002"]


def test_unreadable_filters_in_an_address_are_ignored(drift: Browser) -> None:
    junk = ("from=yesterday", "from=2022-02-30", "to=2022-13-1", "size=7", "page=x", "page=-1", "sort=password")
    assert {query: len(numbers(drift.open(f"/autoinvoice/sent?{query}"))) for query in junk} == dict.fromkeys(junk, 12)


def test_days_are_typed_and_shown_as_the_language_writes_them(drift: Browser) -> None:
    page = drift.open("/autoinvoice/sent?from=26.02.2022&to=2022-02-26")
    assert numbers(page) == ["5012"]
    assert page.response.text.count('value="26.02.2022"') == 2
    assert "from=2022-02-26" in page.links["Opprettelsesdato ▼"]
    assert 'type="date"' not in page.response.text


def test_a_day_that_is_none_stays_in_its_field_and_the_page_says_so(drift: Browser) -> None:
    page = drift.open("/autoinvoice/sent?from=02/26/2022")
    assert 'value="02/26/2022"' in page.response.text
    root = read(page.response.text)
    assert refusal(root) == []
    assert root.all("title")[0].text.startswith("Feil: ")
    assert "#from" in page.links.values()
    assert "Skriv en dag som 27.03.2022." in page.text


@pytest.mark.parametrize("query", ["to=9999-12-31", "from=0001-01-01", "from=0001-01-01&to=9999-12-31"])
def test_days_at_the_ends_of_the_calendar_filter_nothing(drift: Browser, query: str) -> None:
    assert count_text(drift.open(f"/autoinvoice/sent?{query}")) == count_text(drift.open("/autoinvoice/sent"))
    assert (
        numbers(drift.open("/autoinvoice/sent?from=9999-12-31"))
        == numbers(drift.open("/autoinvoice/sent?to=0001-01-01"))
        == []
    )


def test_the_cross_clears_the_days_and_keeps_the_rest(drift: Browser) -> None:
    page = drift.open("/autoinvoice/sent?q=Holmen&from=2022-02-26&to=2022-02-26")
    assert numbers(page) == ["5012"]
    assert numbers(drift.open(page.links["✕"])) == ["5012", "5003"]


def test_a_page_beyond_the_last_is_the_last(drift: Browser) -> None:
    page = drift.open("/autoinvoice/sent?page=99")
    assert len(numbers(page)) == 12


def test_lists_have_pages_and_count_all_of_them(drift: Browser, norway: Sandbox) -> None:
    add_documents(norway, 60)
    first, third = drift.open("/autoinvoice/sent"), drift.open("/autoinvoice/sent?page=3")
    assert count_text(first).startswith("Fakturaer funnet: 72")
    assert count_text(third) == count_text(first)
    assert len(numbers(first)) == 25
    assert len(numbers(third)) == 22
    assert len(numbers(drift.open("/autoinvoice/sent?size=100"))) == 72
    assert set(numbers(first)).isdisjoint(numbers(third))


def test_every_order_shows_each_document_once(drift: Browser, norway: Sandbox) -> None:
    add_documents(norway, 60)
    every = sorted(numbers(drift.open("/autoinvoice/sent?size=100")))
    for sort in ("number", "party", "issue_date", "due_date", "sent", "delivered", "net", "total", "status", "channel"):
        pages = [numbers(drift.open(f"/autoinvoice/sent?sort={sort}&page={page}")) for page in (1, 2, 3)]
        assert sorted(number for page in pages for number in page) == every, sort


def test_older_ones_are_neither_listed_nor_found(drift: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        old, young = db.scalars(select(Document).where(Document.number.in_(["5001", "5002"])).order_by(Document.number))
        old.created_at = datetime(2020, 2, 29, 22, 59, 59, tzinfo=UTC)
        young.created_at = datetime(2020, 2, 29, 23, 0, 0, tzinfo=UTC)
    page = drift.open("/autoinvoice/sent?size=100")
    assert "5001" not in numbers(page)
    assert numbers(page)[-1] == "5002"
    assert numbers(drift.open("/autoinvoice/sent?q=5001")) == []
    assert "siste 24 månedene" in page.text
    with norway.transaction() as db:
        db.record.retention_months = 36
    assert numbers(drift.open("/autoinvoice/sent?q=5001")) == ["5001"]


def test_columns_are_chosen_per_person_and_list(drift: Browser, sign_in: SignIn) -> None:
    assert "Mottakerens ID" not in heads(drift.open("/autoinvoice/sent"))
    page = drift.open("/autoinvoice/sent?choose=1&column=recipient_id&column=net&column=junk&q=Holmen")
    assert page.path == "/autoinvoice/sent"
    assert page.response.request.args.to_dict() == {"q": "Holmen"}
    assert heads(page) == ["Fakturanummer", "Mottakerens ID", "Opprettelsesdato", "Beløp ekskl. mva", "Kanal", "Status"]
    assert "0192:310000043" in page.text or "310000043" in page.text
    assert "Leverandør" in heads(drift.open("/autoinvoice/received"))
    none = drift.open("/autoinvoice/sent?choose=1")
    assert heads(none) == ["Fakturanummer", "Opprettelsesdato", "Kanal", "Status"]


def heads(page: Page) -> list[str]:
    """Return the headings of the columns."""
    head = page.response.text.partition("<thead>")[2].partition("</thead>")[0]
    cells = [
        re.sub(r"<span[^>]*>.*?</span>|<[^>]*>", "", cell) for cell in re.findall(r"<th[^>]*>(.*?)</th>", head, re.DOTALL)
    ]
    return [" ".join(cell.split()) for cell in cells if cell.strip()]


def test_the_displayed_page_is_downloaded_as_csv(drift: Browser, norway: Sandbox) -> None:
    add_documents(norway, 60)
    displayed = drift.open("/autoinvoice/sent?page=2")
    response = drift.client.get(displayed.links["CSV"])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "utgaende-fakturaer-2.csv" in response.headers["Content-Disposition"]
    rows = list(csv.reader(StringIO(response.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == heads(displayed)
    assert [row[0] for row in rows[1:]] == numbers(displayed)


def test_the_displayed_page_is_downloaded_as_excel_with_numbers_and_dates(drift: Browser) -> None:
    displayed = drift.open("/autoinvoice/sent?q=5012")
    response = drift.client.get(displayed.links["XLS"])
    (sheet,) = openpyxl.load_workbook(BytesIO(response.data)).worksheets
    head, row = list(sheet.iter_rows(values_only=True))
    cells = dict(zip(head, row, strict=True))
    assert cells["Fakturanummer"] == "5012"
    assert cells["Opprettelsesdato"] == datetime(2022, 2, 26)
    assert cells["Beløp inkl. mva"] == 1237.5
    assert cells["Kanal"] == "Brev"


@pytest.mark.parametrize(
    "path", ["/autoinvoice/sent/download/pdf", "/autoinvoice/inbox/download/csv", "/autoinvoice/sent/download/"]
)
def test_there_are_no_other_files(drift: Browser, path: str) -> None:
    assert drift.open(path).status == 404


def test_a_list_holds_the_documents_of_the_chosen_company_only(administrator: Browser) -> None:
    page = administrator.open("/autoinvoice")
    administrator.send(page, company=page.buttons["Fjordlys Verksted AS"])
    assert numbers(administrator.open("/autoinvoice/sent?size=100")) == []
    assert count_text(administrator.open("/autoinvoice/received")) == "Fakturaer funnet: 0"


@pytest.mark.parametrize("path", ["/autoinvoice/received", "/autoinvoice/sent", "/autoinvoice/sent/download/csv"])
def test_a_user_without_a_role_sees_no_list(sign_in: SignIn, path: str) -> None:
    assert sign_in("deputy").open(path).status == 403


def test_a_user_sees_the_lists_as_well(sign_in: SignIn) -> None:
    assert len(numbers(sign_in("user").open("/autoinvoice/sent"))) == 12


@pytest.mark.parametrize(
    ("language", "received", "sent", "count"),
    [
        ("en", "Received invoices", "Sent invoices", "Invoices found: 7"),
        ("nl", "Inkomende facturen", "Uitgaande facturen", "Gevonden facturen: 7"),
        ("sv", "Inkommande fakturor", "Utgående fakturor", "Hittade fakturor: 7"),
        ("nb", "Inngående fakturaer", "Utgående fakturaer", "Fakturaer funnet: 7"),
    ],
)
def test_the_words_are_those_of_each_language(sign_in: SignIn, language: str, received: str, sent: str, count: str) -> None:
    browser = sign_in("user", language)
    page = browser.open("/autoinvoice/received")
    assert (page.heading, count_text(page)) == (received, count)
    assert sent in page.links


def test_the_consumer_register_is_there_for_norwegian_companies_and_says_that_it_is_left_out(
    drift: Browser, norway: Sandbox
) -> None:
    page = drift.open(drift.open("/autoinvoice/start").links["Forbrukerregister"])
    assert page.heading == "Forbrukerregister"
    assert "Ikke simulert" in page.text
    with norway.transaction() as db:
        no.company(db, no.REGISTERED).country = "SE"
    assert "Forbrukerregister" not in drift.open("/autoinvoice/start").links
    assert drift.open("/autoinvoice/consumers").status == 404


def add_documents(sandbox: Sandbox, count: int) -> None:
    """Add sent documents like an existing one, several in the same instant."""
    with sandbox.transaction() as db:
        like = db.scalars(select(Document).where(Document.number == "5001")).one()
        names = [column.key for column in inspect(Document).column_attrs if column.key not in ("id", "uuid", "number")]
        same = {name: getattr(like, name) for name in names}
        for position in range(count):
            db.add(Document(**same, number=f"M{position:03}", uuid=f"00000000-0000-4000-8000-{position:012}"))
