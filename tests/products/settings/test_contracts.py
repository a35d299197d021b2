"""Contracts, their invoices and orders on the pages of Settings and Admin, in the scenario of the manual's examples."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from tests.reading import read
from tests.visits import Form, Visitor, cast, forms_on, fresh_sandbox, make_platform, store_of

NOW = datetime(2018, 3, 1, 8, 0, tzinfo=UTC)
Visit = Callable[[str], Visitor]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: object) -> Platform:
    return make_platform(tmp_path_factory.mktemp("contracts"), templates)  # type: ignore[arg-type]


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the scenario."""
    with fresh_sandbox(platform, "year", Creation(scenario="contracts-no", clock=Clock.frozen(NOW))) as opened:
        yield opened


@pytest.fixture
def visit(platform: Platform, sandbox: Sandbox) -> Visit:
    """Return what signs a person of the cast in, in Norwegian."""
    return lambda key: Visitor.of(platform, sandbox, cast(sandbox, key).email, "nb")


def words(visitor: Visitor, path: str, status: int = 200) -> str:
    """Return the words of a page."""
    answer = visitor.get(path, follow_redirects=True)
    assert answer.status_code == status
    return text_of(answer.text)


def text_of(html: str) -> str:
    """Return the words of a page's text."""
    return " ".join(" ".join(text for _, text in read(html).nodes()).replace("\xa0", " ").split())


def test_the_licences_say_until_when_they_bind_and_by_when_notice_is_due(visit: Visit) -> None:
    text = words(visit("administrator"), "/settings/licenses")
    yearly = "Kontrakt 60101 (Årskontrakt med vedlikehold) Signert 02.05.2014 Bundet til 31.12.2018 "
    assert f"{yearly}Siste dag for oppsigelse 30.09.2018 Neste faktura 01.01.2019" in text
    quarterly = "Kontrakt 60103 (Kvartalsabonnement) Signert 01.02.2018 Bundet til 01.02.2019 "
    assert f"{quarterly}Siste dag for oppsigelse 31.12.2018 Neste faktura 01.05.2018" in text
    payroll = "Oppsigelse mottatt 20.02.2018 Siste dag 31.12.2018 Neste faktura ingen"
    assert f"{payroll} Tilgang til og med kan slås opp" in text


def test_the_lines_of_both_examples_explain_their_quantities(visit: Visit) -> None:
    administrator = visit("administrator")
    yearly = words(administrator, "/settings/licenses/visma_business/invoices/72000022")
    assert (
        "Visma Bizweb, oppdatert kunde- og leverandørinformasjon 12 1 79,0000 948,00 12 ÷ 12 (måneder) = 1 (lisenser)"
        in yearly
    )
    assert (
        "Bruksrett Visma Business Design Regnskap Komplett 108 9 215,0000 23 220,00 108 ÷ 12 (måneder) = 9 (brukere)"
        in yearly
    )
    assert "Distribusjonskost 1 495,0000 495,00 Det som det koster" in yearly
    quarterly = words(administrator, "/settings/licenses/expense/invoices/72000021")
    assert "32 32 50,0000 4 800,00 01.12.2017-28.02.2018 32 (brukere) × 50,00 × 3 (måneder) = 4 800,00." in quarterly
    extra = words(administrator, "/settings/licenses/visma_business/invoices/72000023")
    assert "Bestilt 01.09.2017 i tillegg til kontrakten" in extra
    assert "KON-ABO00" in extra


def test_the_file_keeps_the_columns_of_the_manual_and_adds_those_of_orders_last(visit: Visit) -> None:
    administrator = visit("administrator")
    path = "/settings/licenses/visma_business/invoices/72000022"
    form = next(form for form in administrator.forms(path) if "xlsx" in str(form.buttons))
    sheet = openpyxl.load_workbook(BytesIO(administrator.send(form).data)).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == [
        "Type forbruk",
        "Antall",
        "Pris per stykk",
        "Delsum",
        "Periode",
        "Firma",
        "Brukere/lisenser",
        "Måneder",
        "Kode",
    ]
    assert [rows[4][at] for at in (1, 4, 6, 7)] == [108, None, 9, 12]


def test_a_corrected_invoice_and_its_correction_lead_to_each_other(visit: Visit) -> None:
    administrator = visit("administrator")
    assert "Denne fakturaen er korrigert: 79000001" in words(administrator, "/settings/licenses/bizweb/invoices/72000022")
    credit = words(administrator, "/settings/licenses/find?number=79000001")
    assert "Dette er en kreditnota. Den korrigerer faktura 72000022." in credit
    assert "-12 ÷ 12 (måneder) = -1 (lisenser)" in credit


def test_one_overview_has_the_invoices_of_both_numbers_and_leads_to_each(visit: Visit) -> None:
    administrator = visit("administrator")
    page = read(administrator.get("/settings/invoices?size=100").text)
    rows = page.all("tbody")[0].all("tr")
    numbers = [row.all("td")[0].text.strip() for row in rows]
    assert {"INV00010001", "INV50000001", "72000022", "79000001", "71000014"} <= set(numbers)
    for link in [row.all("td")[0].all("a")[0]["href"] for row in rows]:
        assert administrator.get(link).status_code == 200
    products = {row.all("td")[0].text.strip(): " ".join(row.all("td")[3].text.split()) for row in rows}
    assert products["72000022"] == "Visma Bizweb og 1 til Visma Business"
    assert (products["79000001"], products["INV00010001"]) == ("Visma Business", "Visma.net AutoInvoice")
    assert [
        row.all("td")[0].text.strip()
        for row in read(administrator.get("/settings/invoices?type=correction").text).all("tbody")[0].all("tr")
    ] == ["79000001"]


def test_invoices_are_listed_as_far_back_as_the_scenario_keeps_them(platform: Platform, visit: Visit) -> None:
    visitor = visit("administrator")
    assert "72000001" in words(visitor, "/settings/licenses/visma_business/invoices")
    store = store_of(platform)
    store.create("later", Creation(scenario="contracts-no", clock=Clock.frozen(NOW.replace(year=2021))))
    with store.open("later") as later:
        text = words(
            Visitor.of(platform, later, cast(later, "administrator").email, "nb"), "/settings/licenses/bizweb/invoices"
        )
    store.delete("later")
    assert "72000002" not in text
    assert "01.01.2017" in text


def test_a_number_typed_in_the_other_place_leads_to_its_invoice(visit: Visit) -> None:
    administrator = visit("administrator")
    assert "Faktura INV50000001" in words(administrator, "/settings/licenses/find?number=inv50000001")
    elsewhere = read(administrator.get("/admin/reports/invoices/72000022").text)
    link = next(a["href"] for a in elsewhere.all("a") if "number=72000022" in a["href"])
    assert "Spesifikasjon 72000022" in words(administrator, link)


def test_consumption_that_is_split_over_two_invoices_is_named_on_both(visit: Visit) -> None:
    administrator = visit("administrator")
    assert "firmaene og månedene, står på en faktura av den andre typen: INV00010001" in words(
        administrator, "/settings/licenses/autoinvoice/invoices/71000014"
    )
    assert "av den andre typen: 71000014" in words(administrator, "/admin/reports/invoices/INV00010001")
    assert "av den andre typen" not in words(administrator, "/settings/licenses/autoinvoice/invoices/71000012")


def test_the_contract_is_a_document_with_its_terms(visit: Visit) -> None:
    text = words(visit("administrator"), "/settings/contracts/60101")
    assert "Nordvik Handel AS, 310000019" in text
    assert "senest 30. september" in text
    assert "Visma Business er åpen til og med 30. juni året etter" in text
    assert "går foran generelle beskrivelser" in text
    words(visit("second_administrator"), "/settings/contracts/60101", status=404)


def order(visitor: Visitor, licence_id: int, users: str) -> str:
    """Ask for so many users, confirm, and return the words of the answer."""
    path = f"/settings/licenses/{licence_id}/users"
    answer = visitor.send(visitor.form(path, "users"), users=users)
    if answer.status_code == 200:
        form = next(form for form in _forms(visitor, answer.text, path) if "confirmed" in form.fields)
        answer = visitor.send(form, follow=True)
    return text_of(answer.text)


def _forms(visitor: Visitor, html: str, path: str) -> list[Form]:
    return forms_on(html, visitor.path(path))


def licence_id(visitor: Visitor, product: str) -> int:
    """Return the id of the licence of a product, from the link of its order."""
    rows = read(visitor.get("/settings/licenses").text).all("tbody")[0].all("tr")
    at = next(at for at, row in enumerate(rows) if product in row.text)
    link = next(a["href"] for a in rows[at + 1].all("a") if a["href"].endswith("/users"))
    return int(link.split("/")[-2])


def test_more_users_are_confirmed_after_the_consequence_was_said(visit: Visit, sandbox: Sandbox) -> None:
    visitor = visit("administrator")
    number = licence_id(visitor, "Visma.net Expense")
    path = f"/settings/licenses/{number}/users"
    answer = visitor.send(visitor.form(path, "users"), users="35")
    text = text_of(answer.text)
    assert "Fra 32 til 35 brukere, 01.03.2018. Det lages en faktura på 450,00 NOK ekskl. mva 01.03.2018" in text
    assert "har nå 35 brukere. Faktura 72000028 er laget" in order(visitor, number, "35")
    with sandbox.reading() as db:
        mail = db.scalars(select(Message).order_by(Message.id.desc())).first()
        assert mail is not None
        assert "Hei Ingrid,\n\nVi bekrefter bestillingen for Nordvik Gruppen AS på kontrakt 60102" in mail.text
    assert "32 35" not in words(visitor, path)


def test_an_order_of_more_says_that_fewer_were_agreed_for_later(visit: Visit, sandbox: Sandbox) -> None:
    visitor = visit("administrator")
    number = licence_id(visitor, "Visma.net Expense")
    order(visitor, number, "10")
    with sandbox.reading() as db:
        mail = db.scalars(select(Message).order_by(Message.id.desc())).first()
        assert mail is not None
        assert "10 brukere i stedet for 32 fra og med 01.06.2018." in mail.text
        assert "Faktura" not in mail.text
    path = f"/settings/licenses/{number}/users"
    text = text_of(visitor.send(visitor.form(path, "users"), users="35").text)
    assert "Fra og med 01.06.2018 er det 13 brukere, fordi færre er bestilt fra da av." in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "fra 1 til"),
        ("-1", "fra 1 til"),
        ("10000000", "fra 1 til"),
        ("99999999999999999999", "høyst 12 tegn"),
        ("<b>", "fra 1 til"),
        ("", "Nytt antall brukere"),
        ("32", "allerede 32 brukere"),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_the_reason(visit: Visit, typed: str, said: str) -> None:
    visitor = visit("administrator")
    assert said in order(visitor, licence_id(visitor, "Visma.net Expense"), typed)
    assert "Visma.net Expense 800100 Abonnement 32" in words(visitor, "/settings/licenses")


def test_two_who_order_at_once_do_not_both_get_theirs(visit: Visit) -> None:
    first, second = visit("administrator"), visit("administrator")
    number = licence_id(first, "Visma.net Expense")
    path = f"/settings/licenses/{number}/users"
    answer = second.send(second.form(path, "users"), users="34")
    waiting = next(form for form in forms_on(answer.text, second.path(path)) if "confirmed" in form.fields)
    order(first, number, "33")
    refused = second.send(waiting)
    assert refused.status_code == 422
    assert "har nå 33 brukere" in refused.text.replace("\xa0", " ")


def test_no_order_on_a_licence_under_notice_or_of_others(visit: Visit) -> None:
    visitor = visit("administrator")
    number = licence_id(visitor, "Visma.net Expense")
    other = visit("second_administrator")
    assert other.get(f"/settings/licenses/{number}/users").status_code == 404
    assert visit("user").get(f"/settings/licenses/{number}/users").status_code == 403
    payroll = next(
        id_ for id_ in range(1, 12) if "Huldt" in visitor.get(f"/settings/licenses/{id_}/users", follow_redirects=True).text
    )
    assert "avsluttes for dette produktet 31.12.2018" in order(visitor, payroll, "3")
