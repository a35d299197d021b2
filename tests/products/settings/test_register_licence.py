"""Rules of registering a licence in Settings."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from simulator.billing.models import Licence
from simulator.core import outbox
from simulator.core.events import Event
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory.models import Customer
from tests.billing.books import add_licence
from tests.products.settings.conftest import SignIn
from tests.products.settings.visitor import PageReader, Visitor, read

ADDRESS = "/settings/licenses/register"
KEY = "WF-100200-34"


def send(visitor: Visitor, address: str = ADDRESS, status: int = 200, **values: str) -> PageReader:
    """Send a form of the page."""
    token = re.search(r'name="csrf_token".*?value="([^"]+)"', visitor.get(ADDRESS).text)
    assert token is not None
    data = {"csrf_token": token[1], **values}
    answer = visitor.client.post(visitor.home + address, data=data, follow_redirects=True)
    assert answer.status_code == status
    return read(answer.text)


def registered(sandbox: Sandbox) -> list[tuple[str, str, date, date | None]]:
    """Return the licences of WebFaktura: number of the customer, number printed, first and last day."""
    with sandbox.reading() as db:
        query = select(Customer.number, Licence.customer_number, Licence.valid_from, Licence.valid_to)
        rows = db.execute(query.join(Customer).where(Licence.product == "webfaktura").order_by(Licence.id))
        return [(number, printed, first, last) for number, printed, first, last in rows]


def test_a_licence_is_registered_by_the_key_that_was_mailed(administrator: Visitor, sandbox: Sandbox) -> None:
    page = administrator.follow(administrator.page("/settings/licenses"), "Licentie registreren")
    assert page.heading == "Licentie registreren"
    page = send(administrator, "/settings/licenses/key", product="webfaktura")
    assert "De sleutel van WebFaktura Visma.net is onderweg naar anna@office.example." in page.text
    with sandbox.reading() as db:
        mail = outbox.newest_first(db, "anna@office.example", "mail")[0]
        assert (mail.subject, list(mail.codes)) == ("Uw licentie van WebFaktura Visma.net", [KEY])
        assert KEY in mail.text and mail.links == [f"{db.address('settings', 'licenses/register')}"]
    page = send(administrator, customer_number="100200", key=KEY)
    assert page.heading == "Licenties"
    assert ["WebFaktura Visma.net", "100200", "Abonnement", "1", "1-3-22", "", "", "Facturen"] in page.tables[0]
    assert registered(sandbox) == [("100200", "100200", date(2022, 3, 1), None)]
    with sandbox.reading() as db:
        event = db.scalars(select(Event).where(Event.type == "licence.registered")).one()
        assert (event.actor, event.subject, event.data) == ("anna@office.example", "100200", {"product": "webfaktura"})
    assert administrator.follow(page, "Facturen").heading == "Facturen"


@pytest.mark.parametrize(
    ("number", "key", "sentence"),
    [
        ("100200", "WF-100200-35", "Dit is geen licentiesleutel. Een sleutel ziet eruit als WF-100000-52"),
        ("100201", KEY, "Dit is niet het klantnummer van Customer 100200; dat is 100200."),
        ("100200", "WF-100201-31", "Deze sleutel is voor klant 100201. De uwe, Customer 100200, is klant 100200"),
        ("", KEY, "Klantnummer: Vul dit veld in"),
        ("100200", "", "Licentiesleutel: Vul dit veld in"),
        ("100200", "x" * 500, "Gebruik hoogstens 40 tekens"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(
    administrator: Visitor, sandbox: Sandbox, number: str, key: str, sentence: str
) -> None:
    page = send(administrator, status=422, customer_number=number, key=key)
    assert sentence in page.text, page.text
    assert registered(sandbox) == []


def test_a_licence_is_registered_once_and_again_when_it_has_ended(administrator: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        office = db.scalars(select(Customer).where(Customer.number == "100200")).one()
        ended = add_licence(db, office, "webfaktura", valid_from=date(2021, 1, 1), valid_to=date(2022, 2, 28))
        ended.customer_number = office.number
    assert len(send(administrator, customer_number=" 100 200 ", key="wf 100200 34").tables[0]) == 5
    page = send(administrator, status=422, customer_number="100200", key=KEY)
    assert "Customer 100200 heeft al een licentie van WebFaktura Visma.net, geldig vanaf 1-3-22." in page.text
    assert [line[2:] for line in registered(sandbox)] == [
        (date(2021, 1, 1), date(2022, 2, 28)),
        (date(2022, 3, 1), None),
    ]


@pytest.mark.parametrize("product", ["", "autoinvoice", "nothing"])
def test_only_products_with_a_key_have_one_mailed(administrator: Visitor, sandbox: Sandbox, product: str) -> None:
    send(administrator, "/settings/licenses/key", status=404, product=product)
    with sandbox.reading() as db:
        assert outbox.newest_first(db, "anna@office.example") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_there_in_every_language(sign_in: SignIn, language: str) -> None:
    page = sign_in("anna@office.example", language).page(ADDRESS)
    assert "WF-100000-52" in page.text


def test_only_a_customer_administrator_registers(sign_in: SignIn) -> None:
    assert sign_in("bob@office.example").get(ADDRESS).status_code == 403
