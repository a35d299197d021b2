"""The page of one invoice: its content, its files and its commands."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from simulator.core import events, jobs
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.roles import AUTOINVOICE_USER
from simulator.documents.accounts import accounts
from simulator.documents.model import files
from simulator.documents.model.models import Document, FileKind
from simulator.documents.synthetic import consumption
from tests.documents import norway as no
from tests.products.autoinvoice.browser import Browser, Page
from tests.products.autoinvoice.conftest import SignIn


@pytest.fixture
def user(sign_in: SignIn) -> Browser:
    """Return the browser of an Autoinvoice user of the company with documents."""
    return sign_in("user", "en")


def uuid_of(sandbox: Sandbox, number: str, direction: str) -> str:
    """Return the UUID of a document of that company."""
    with sandbox.reading() as db:
        company = no.company(db, no.REGISTERED)
        query = select(Document.uuid).where(
            Document.number == number, Document.direction == direction, Document.company_id == company.id
        )
        return db.scalars(query).one()


def open_invoice(browser: Browser, sandbox: Sandbox, number: str, direction: str = "sent") -> Page:
    """Open the page of a document."""
    return browser.open(f"/autoinvoice/invoice/{uuid_of(sandbox, number, direction)}")


def send(browser: Browser, page: Page, path: str, **fields: str) -> Page:
    """Send a form of a page to one of its addresses."""
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]*)"', page.response.text)[-1]
    address = f"{browser.home}/autoinvoice/invoice/{path}"
    return Page(browser.client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True))


def journal(sandbox: Sandbox, type_: str) -> list[tuple[str | None, str | None]]:
    """Return actor and subject of the events of a type."""
    with sandbox.reading() as db:
        return [(event.actor, event.subject) for event in events.after(db) if event.type == type_]


def test_the_page_shows_head_sides_sums_and_history(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "5003")
    assert page.heading == "Invoice 5003"
    for words in ("Delivered", "Letter", "Fjordlys Drift AS", "0192:310000019", "Holmen Trevare AS", "310000043"):
        assert words in page.text
    for amount in ("4,200.00", "1,050.00", "5,250.00"):
        assert amount in page.text
    assert "Created in AutoInvoice" in page.text


def steps_on(page: Page) -> list[tuple[str, bool]]:
    """Return the text of each step in the course of an invoice, and whether it is the present one."""
    course = page.response.text.partition('<ol class="steps"')[2].partition("</ol>")[0]
    items = re.findall(r"<li ([^>]*)>(.*?)</li>", course, re.DOTALL)
    return [(" ".join(re.sub(r"<[^>]*>", " ", text).split()), 'aria-current="step"' in rest) for rest, text in items]


@pytest.mark.parametrize(
    ("number", "course"),
    [
        ("5003", ["Created", "Sent Letter", "Delivered"]),
        ("5006", ["Created", "Sent E-mail", "Error"]),
    ],
)
def test_the_course_of_an_invoice_is_a_list_of_steps_whose_last_is_the_present_one(
    user: Browser, norway: Sandbox, number: str, course: list[str]
) -> None:
    steps = steps_on(open_invoice(user, norway, number))
    assert [re.sub(r" \d.*", "", text) for text, _ in steps] == course
    assert [is_present for _, is_present in steps] == [False, False, True]


def test_the_course_shows_what_is_still_to_come(user: Browser, norway: Sandbox) -> None:
    uuid = uuid_of(norway, "5003", "sent")
    with norway.transaction() as db:
        document = db.scalars(select(Document).where(Document.uuid == uuid)).one()
        document.status, document.delivered_at = "sent", None
    assert steps_on(open_invoice(user, norway, "5003"))[-1] == ("Delivered not yet", False)


def test_the_numbers_of_both_sides_have_labels(user: Browser, norway: Sandbox) -> None:
    text = open_invoice(user, norway, "5003").text
    assert "Electronic address 0192:310000019" in text
    assert "Organisation number 310000043" in text


def test_a_failure_is_shown_at_the_top_and_among_the_events(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "5006")
    assert 'class="alert alert-danger"' in page.response.text
    assert page.text.count("The e-mail to bounce.faktura@moen-maskin.example came back") == 2


def test_files_are_downloaded_and_never_opened_here(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "5003")
    for link, begin, name in (("Download XML", b"<?xml", "5003.xml"), ("Download PDF", b"%PDF-", "5003.pdf")):
        response = user.client.get(page.links[link])
        assert response.data.startswith(begin)
        assert response.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
        assert response.headers["Content-Security-Policy"].startswith("sandbox;")


def test_the_content_of_the_invoice_is_shown_in_a_frame_that_may_do_nothing(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "5003")
    frame = re.findall(r"<iframe([^>]*)>", page.response.text)
    assert len(frame) == 1
    assert re.search(r'\ssandbox(=""|\s)', frame[0])
    response = user.client.get(re.findall(r'src="([^"]*)"', frame[0])[0])
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert "Holmen Trevare AS" in response.text


def test_attachments_are_listed_and_downloaded(user: Browser, norway: Sandbox) -> None:
    uuid = uuid_of(norway, "5003", "sent")
    with norway.transaction() as db:
        document = db.scalars(select(Document).where(Document.uuid == uuid)).one()
        files.keep(db, document, FileKind.ATTACHMENT, "tegning <b>.html", "text/html", b"<script>alert(1)</script>")
    page = open_invoice(user, norway, "5003")
    assert "tegning &lt;b&gt;.html" in page.response.text
    (link,) = re.findall(r'href="([^"]*/attachments/\d+)"', page.response.text)
    response = user.client.get(link)
    assert response.data == b"<script>alert(1)</script>"
    assert response.mimetype == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    other = uuid_of(norway, "5004", "sent")
    assert user.client.get(link.replace(uuid, other)).status_code == 404


PATHS = ("", "/view", "/xml", "/pdf", "/resend")
POSTS = ("/resend", "/receiver", "/processed", "/scam", "/attachments")


def test_documents_of_another_company_are_not_found_and_stay_as_they_are(sign_in: SignIn, norway: Sandbox) -> None:
    with norway.transaction() as db:
        deputy = people.by_email(db, "deputy@fjordlys.example")
        assert deputy is not None
        people.grant(db, None, deputy, AUTOINVOICE_USER, company=no.company(db, no.UNREGISTERED))
        db.get_one(type(deputy), deputy.id).company_id = no.company(db, no.UNREGISTERED).id
    browser = sign_in("deputy", "en")
    start = browser.open("/autoinvoice/upload")
    for number, direction in (("5003", "sent"), ("20377", "received"), ("5010", "sent")):
        uuid = uuid_of(norway, number, direction)
        assert {path: browser.open(f"/autoinvoice/invoice/{uuid}{path}").status for path in PATHS} == dict.fromkeys(
            PATHS, 404
        )
        answers = {
            path: send(browser, start, f"{uuid}{path}", route="email", receiver="0192:310000051").status for path in POSTS
        }
        assert answers == dict.fromkeys(POSTS, 404)
    assert journal(norway, "document.resent") == []


def test_a_user_without_a_role_can_neither_open_nor_resend_an_invoice(
    sign_in: SignIn, user: Browser, norway: Sandbox
) -> None:
    uuid = uuid_of(norway, "5003", "sent")
    deputy = sign_in("deputy", "en")
    assert deputy.open(f"/autoinvoice/invoice/{uuid}").status == 403
    assert send(deputy, deputy.open("/home/notices"), f"{uuid}/resend", route="email").status == 403
    assert journal(norway, "document.resent") == []


def test_a_sent_document_is_sent_again_by_another_route_to_another_address(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "5006")
    page = user.open(page.links["Resend invoice .."])
    assert "Same route: E-mail" in page.text
    done = user.send(page, route="email", address="faktura@moen-maskin.example")
    assert (done.status, done.heading) == (200, "Invoice 5006")
    assert "Invoice 5006 is on its way." in done.text
    assert len(journal(norway, "document.resent")) == 1
    jobs.run_due(norway)
    text = open_invoice(user, norway, "5006").text
    assert text.index("Sent by e-mail") < text.index("Sent again (2)") < text.rindex("faktura@moen-maskin.example")


def test_a_form_that_is_sent_twice_sends_once(user: Browser, norway: Sandbox) -> None:
    page = user.open(f"/autoinvoice/invoice/{uuid_of(norway, '5006', 'sent')}/resend")
    user.send(page, route="email")
    again = user.send(page, route="email")
    assert again.status in (404, 422)
    assert len(journal(norway, "document.resent")) == 1


@pytest.mark.parametrize(
    ("route", "address"),
    [("email", "nobody"), ("email", "a b@c.example"), ("einvoice", "nowhere"), ("pigeon", ""), ("", "")],
)
def test_an_unknown_route_or_address_is_refused(user: Browser, norway: Sandbox, route: str, address: str) -> None:
    page = user.open(f"/autoinvoice/invoice/{uuid_of(norway, '5003', 'sent')}/resend")
    refused = user.send(page, route=route, address=address)
    assert refused.status == 422
    assert journal(norway, "document.resent") == []


def test_a_received_document_cannot_be_sent_again(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "20377", "received")
    assert "Resend invoice .." not in page.links
    assert user.open(f"/autoinvoice/invoice/{uuid_of(norway, '20377', 'received')}/resend").status == 404


def test_an_unverified_company_sends_nothing_again(user: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        accounts.of(db, no.company(db, no.REGISTERED)).verified = False
    page = user.open(f"/autoinvoice/invoice/{uuid_of(norway, '5003', 'sent')}/resend")
    assert user.send(page, route="email", address="a@b.example").status == 422
    assert journal(norway, "document.resent") == []


def test_a_document_on_hold_goes_to_the_chosen_receiver(user: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        waiting = db.scalars(select(Document).where(Document.number == "5010")).one()
        waiting.party.scheme = waiting.party.identifier = None  # two addresses, and the invoice names neither
    page = open_invoice(user, norway, "5010")
    receivers = re.findall(r'name="receiver"[^>]*value="([^"]*)"', page.response.text)
    assert len(receivers) == 2
    uuid = uuid_of(norway, "5010", "sent")
    nothing = send(user, page, f"{uuid}/receiver")
    assert (nothing.status, "Choose a recipient." in nothing.text) == (422, True)
    assert send(user, page, f"{uuid}/receiver", receiver="0192:310000019").status == 422
    done = send(user, page, f"{uuid}/receiver", receiver=receivers[0])
    assert done.status == 200
    assert "On hold" not in done.text.partition("Events")[0]
    assert send(user, page, f"{uuid}/receiver", receiver=receivers[0]).status == 422


def test_a_received_document_is_marked_as_processed_once(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "20377", "received")
    uuid = uuid_of(norway, "20377", "received")
    done = send(user, page, f"{uuid}/processed")
    assert "Processed" in done.text
    assert "Mark as processed" not in done.buttons
    send(user, page, f"{uuid}/processed")
    assert journal(norway, "document.processed") == [("user@fjordlys.example", uuid)]


def test_a_scam_is_reported_once(user: Browser, norway: Sandbox) -> None:
    page = open_invoice(user, norway, "K-88", "received")
    uuid = uuid_of(norway, "K-88", "received")
    done = send(user, page, f"{uuid}/scam")
    assert "This invoice was reported as a scam." in done.text
    send(user, page, f"{uuid}/scam")
    assert len(journal(norway, "document.scam_reported")) == 1


def test_a_document_of_recorded_consumption_has_a_page_and_files_too(user: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        consumption.record_consumption(db, no.company(db, no.REGISTERED), "autoinvoice", "EINVOICE", date(2022, 2, 14), 1)
    page = user.open("/autoinvoice/sent?from=2022-02-14&to=2022-02-14")
    (link, *_) = re.findall(r'href="([^"]*/autoinvoice/invoice/[^"]*)"', page.response.text)
    page = user.open(link)
    assert user.client.get(page.links["Download PDF"]).data.startswith(b"%PDF-")
    assert user.client.get(page.links["Download XML"]).data.startswith(b"<?xml")
    with norway.reading() as db:
        document = db.scalars(select(Document).where(Document.created_on == date(2022, 2, 14))).first()
        assert document is not None
        assert document.total == document.net + document.tax > Decimal(0)


def test_unknown_uuids_are_not_found(user: Browser) -> None:
    for uuid in ("00000000-0000-4000-8000-000000000000", "1", "%00", "x" * 500, "..%2f.."):
        assert user.open(f"/autoinvoice/invoice/{uuid}").status in (404, 400)
