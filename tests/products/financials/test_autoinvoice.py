"""AutoInvoice from within Financials: the number found, at the bottom right, is that of the portal and of the specification."""

import re
from datetime import date

import pytest
from sqlalchemy import delete, func, select

from simulator.billing.models import Charge
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES, text
from simulator.directory.models import Company, Grant
from simulator.directory.roles import AUTOINVOICE_USER
from simulator.documents.synthetic.consumption import RECEIVED
from tests.products.financials.conftest import SignIn
from tests.products.financials.screens import count, element
from tests.reading import read
from tests.visits import Visitor

JANUARY = (date(2022, 1, 1), date(2022, 1, 31))


def number_in(words: str) -> int:
    """Return the number of a sentence such as ``Gevonden facturen: 27``."""
    (number,) = re.findall(r": (\d+)", words)
    return int(number)


def charged(sandbox: Sandbox, direction: str, first: date, last: date) -> int:
    """Return how many documents of the company the ledger has charged on these days."""
    with sandbox.reading() as db:
        company = db.scalars(select(Company.id).where(Company.key == "vlijt")).one()
        rows = db.execute(
            select(Charge.unit, func.sum(Charge.quantity))
            .where(Charge.company_id == company, Charge.day >= first, Charge.day <= last)
            .group_by(Charge.unit)
        )
        return sum(quantity for unit, quantity in rows if (unit in RECEIVED) == (direction == "received"))


@pytest.mark.parametrize("direction", ["received", "sent"])
@pytest.mark.parametrize("range_", [JANUARY, (date(2021, 12, 30), date(2022, 2, 3))])
def test_the_number_is_that_of_the_portal_and_of_the_specification(
    visitor: Visitor, vlijt: Sandbox, direction: str, range_: tuple[date, date]
) -> None:
    query = f"?from={range_[0]}&to={range_[1]}"
    portal = element(visitor.get(f"/autoinvoice/{direction}{query}").text, "found").text
    number = number_in(count(visitor.get(f"/financials/autoinvoice/{direction}{query}").text))
    assert number == number_in(portal) == charged(vlijt, direction, *range_) > 0


def test_the_number_is_below_the_list_and_counts_all_pages(visitor: Visitor) -> None:
    html = visitor.get("/financials/autoinvoice/sent").text
    assert html.index("</table>") < html.index('class="status-line"')
    assert len(read(html).all("tbody")[0].all("tr")) == 25 < number_in(count(html))


def test_each_row_shows_channel_and_status(visitor: Visitor) -> None:
    page = read(visitor.get("/financials/autoinvoice/received").text)
    headings = [heading.text for heading in page.all("th")]
    assert {"Aanmaakdatum", "Kanaal", "Status"} <= {heading.rstrip(" ▼▲") for heading in headings}
    cells = page.all("tbody")[0].all("td")
    assert {"Kanaal", "Status"} <= {cell["data-label"] for cell in cells if cell.text}


def test_only_what_the_form_shows_filters_so_that_no_hidden_filter_changes_the_number(visitor: Visitor) -> None:
    everything = count(visitor.get("/financials/autoinvoice/sent").text)
    assert count(visitor.get("/financials/autoinvoice/sent?failed=1&hold=1&new=1").text) == everything
    html = visitor.get("/financials/autoinvoice/sent?q=Mole").text
    assert element(html, "q")["value"] == "Mole"
    assert count(html) != everything


def test_days_that_are_none_are_said_at_their_field(visitor: Visitor) -> None:
    html = visitor.get("/financials/autoinvoice/sent?from=31-2-2022&to=gisteren").text
    assert element(html, "from")["aria-invalid"] == element(html, "to")["aria-invalid"] == "true"
    assert "31-2-2022" in element(html, "from-problem").text
    assert "De eerste dag ligt na de laatste" in visitor.get("/financials/autoinvoice/sent?from=2-2-22&to=1-2-22").text


def test_somebody_who_may_not_open_autoinvoice_sees_the_list_without_links_to_it(visitor: Visitor, vlijt: Sandbox) -> None:
    def leads_to_portal() -> bool:
        links = [link["href"] for link in read(visitor.get("/financials/autoinvoice/sent").text).all("a")]
        return any("/autoinvoice/invoice/" in link for link in links)

    assert leads_to_portal()
    with vlijt.transaction() as db:
        db.execute(delete(Grant).where(Grant.role == AUTOINVOICE_USER.code))
    assert not leads_to_portal()


@pytest.mark.parametrize("language", LANGUAGES)
def test_financials_opens_from_home_and_autoinvoice_from_financials(sign_in: SignIn, language: str) -> None:
    visitor = sign_in(language=language)
    home = {link.text: link["href"] for link in read(visitor.get("/home/").text).all("a")}
    start = {link.text: link["href"] for link in read(visitor.get(home[text(language, "financials.tile")]).text).all("a")}
    page = visitor.get(start[text(language, "autoinvoice.sent")])
    assert read(page.text).all("h1")[0].text == text(language, "autoinvoice.sent")
