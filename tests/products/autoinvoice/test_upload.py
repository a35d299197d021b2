"""Uploading an invoice: one XML file, with all of its problems reported at once."""

from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import delete, func, select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from simulator.core.sandbox import Sandbox
from simulator.directory.models import SignInSession
from simulator.documents import ubl
from simulator.documents.accounts import accounts
from simulator.documents.model.models import Document, SyntheticDocuments
from tests.conftest import NOW
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.invoices import invoice as made_invoice
from tests.products.autoinvoice.browser import Browser, Page
from tests.products.autoinvoice.conftest import SignIn
from tests.waiting import before_the_write_lock

LARGEST = 10 * 1024 * 1024


@pytest.fixture
def user(sign_in: SignIn, norway: Sandbox) -> Browser:
    """Return the browser of an Autoinvoice user."""
    with norway.transaction() as db:
        db.execute(delete(SyntheticDocuments))
    return sign_in("user", "en")


def invoice(sandbox: Sandbox, seller: str = no.REGISTERED) -> bytes:
    """Return an invoice of a company as a file."""
    return ubl.write(travel.content(sandbox, travel.OUTSIDE, seller=seller))


def upload(browser: Browser, content: bytes, name: str = "invoice.xml") -> Page:
    """Send the form with a file."""
    token = browser.open("/autoinvoice/upload").form.fields.get("csrf_token") or ""
    # Encoded here, because the test client would leave a temporary file open for so large a form.
    boundary, data = encode_multipart({"csrf_token": token, "file": FileStorage(BytesIO(content), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    address = f"{browser.home}/autoinvoice/upload"
    return Page(browser.client.post(address, data=data, content_type=kind, follow_redirects=True))


def documents(sandbox: Sandbox) -> int:
    """Return the number of documents."""
    with sandbox.reading() as db:
        return db.scalar(select(func.count()).select_from(Document)) or 0


def test_an_invoice_is_accepted_and_shown(user: Browser, norway: Sandbox) -> None:
    before = documents(norway)
    page = upload(user, invoice(norway))
    assert (page.status, page.path.startswith("/autoinvoice/invoice/")) == (200, True)
    assert "was accepted and is on its way." in page.text
    assert documents(norway) == before + 1


def test_a_self_billed_invoice_is_accepted_from_the_buyer_and_called_so(user: Browser, norway: Sandbox) -> None:
    ours = travel.content(norway, travel.OUTSIDE, seller=no.REGISTERED).seller
    seller = replace(travel.OUTSIDE, vat_number="NO312002205MVA", **travel.HOUSE)
    page = upload(user, ubl.write(made_invoice(seller, ours, self_billed=True)))
    assert page.status == 200 and "1001 (Self-billed invoice)" in page.text
    assert "Self-billed invoice 1001" in user.open(f"{page.path}/view").response.text


@pytest.mark.parametrize(("code", "name"), [("386", "Prepayment invoice"), ("383", "Debit note")])
def test_an_invoice_of_another_type_is_called_by_its_name(user: Browser, norway: Sandbox, code: str, name: str) -> None:
    page = upload(user, invoice(norway).replace(b">380<", f">{code}<".encode()))
    assert page.status == 200 and f"1001 ({name})" in page.text


def test_an_invoice_of_a_user_who_is_signed_out_while_it_waits_is_not_accepted(user: Browser, norway: Sandbox) -> None:
    def sign_out() -> None:
        with norway.transaction() as db:
            db.execute(update(SignInSession).values(ended_at=NOW))

    before, content = documents(norway), invoice(norway)
    with before_the_write_lock(sign_out) as done:
        page = upload(user, content)
    assert done and page.path.startswith("/connect/")
    assert documents(norway) == before


def test_all_problems_are_listed_with_rule_and_place(user: Browser, norway: Sandbox) -> None:
    before = documents(norway)
    broken = invoice(norway).replace(b"<cbc:DocumentCurrencyCode>NOK<", b"<cbc:DocumentCurrencyCode>XYZ<")
    page = upload(user, broken, "broken <i>.xml")
    assert page.status == 422
    assert "What is wrong with broken &lt;i&gt;.xml" in page.response.text
    assert all(word in page.text for word in ("Rule", "Place", "Message"))
    assert documents(norway) == before


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "invoice.xml", "The file is empty."),
        (b"  \n", "invoice.xml", "The file is empty."),
        (b"%PDF-1.4", "invoice.pdf", "has to end in .xml"),
        (b"%PDF-1.4", "invoice.xml", "What is wrong with"),
        (b"<a/>", "invoice.xml", "What is wrong with"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>", "invoice.xml", "What is wrong with"),
        (b" " * (LARGEST + 1), "invoice.xml", "larger than 10 MB"),
    ],
    ids=["nothing", "blanks", "picture", "picture called xml", "other xml", "entities", "too large"],
)
def test_a_file_that_is_no_invoice_is_refused(user: Browser, norway: Sandbox, content: bytes, name: str, words: str) -> None:
    before = documents(norway)
    page = upload(user, content, name)
    assert page.status == 422
    assert words in page.text
    assert documents(norway) == before


def test_a_far_too_large_file_gets_a_page_that_says_so(user: Browser) -> None:
    content, kind = b" " * (LARGEST + 200_000), "multipart/form-data; boundary=x"
    page = Page(user.client.post(f"{user.home}/autoinvoice/upload", data=content, content_type=kind))
    assert page.status == 413
    assert page.heading


def test_no_file_is_refused(user: Browser) -> None:
    page = user.open("/autoinvoice/upload")
    refused = user.send(page)
    assert (refused.status, "Choose a file." in refused.text) == (422, True)


def test_an_invoice_of_another_company_is_refused(user: Browser, norway: Sandbox) -> None:
    before = documents(norway)
    assert upload(user, invoice(norway, no.UNREGISTERED)).status == 422
    assert documents(norway) == before


def test_a_company_that_is_not_verified_sends_nothing_and_is_told_so_on_every_page(user: Browser, norway: Sandbox) -> None:
    file, token = invoice(norway), user.open("/autoinvoice/upload").form.fields["csrf_token"]
    with norway.transaction() as db:
        accounts.of(db, no.company(db, no.REGISTERED)).verified = False
    for path in ("upload", "sent", "received", "consumers"):
        assert 'class="alert alert-warning"' in user.open(f"/autoinvoice/{path}").response.text, path
    assert "Send invoice" not in user.open("/autoinvoice/upload").buttons
    before = documents(norway)
    data = {"csrf_token": token, "file": (BytesIO(file), "invoice.xml")}
    assert user.client.post(f"{user.home}/autoinvoice/upload", data=data).status_code == 422
    assert documents(norway) == before


def test_a_user_without_a_role_uploads_nothing(sign_in: SignIn) -> None:
    assert sign_in("deputy").open("/autoinvoice/upload").status == 403
