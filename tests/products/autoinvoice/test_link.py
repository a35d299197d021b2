"""The page of a mailed link: it opens with the mail's passcode, notifies the sender, and takes the receiver's answer."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from simulator.app import Platform
from simulator.core.sandbox import Sandbox
from simulator.documents.model.content import Attached
from simulator.documents.model.models import Document
from tests.documents import norway as no
from tests.documents import travel
from tests.visits import Visitor, forms_on

BUYER = replace(travel.UNKNOWN, email="post@ukjent.example")


@pytest.fixture
def visitor(platform: Platform, norway: Sandbox) -> Visitor:
    """Return the browser of a receiver without an account."""
    travel.prepare(norway)
    travel.change(norway, email_how="WITH_LINK")
    return Visitor.of(platform, norway, None, "en")


def send(sandbox: Sandbox, **options: object) -> tuple[int, str, str]:
    """Mail an invoice with a link; returns its id, the path of the link, and the passcode."""
    id_ = travel.accept(sandbox, BUYER, **options)  # type: ignore[arg-type]
    no.pass_time(sandbox, 0)
    mail = travel.mails(sandbox, "document_with_link")[-1]
    assert mail.attachments == [] and mail.codes[0] in mail.text
    return id_, urlsplit(mail.links[0]).path, mail.codes[0]


def mark_of(sandbox: Sandbox, id_: int) -> str | None:
    """Return the receiver's mark on a document."""
    with sandbox.reading() as db:
        return db.get_one(Document, id_).mark


def test_the_page_opens_with_the_passcode_and_notifies_the_sender_once(visitor: Visitor, norway: Sandbox) -> None:
    id_, path, code = send(norway)
    form = forms_on(visitor.client.get(path).text, path)[0]
    assert mark_of(norway, id_) is None
    for _ in range(2):
        answered = visitor.send(form, passcode=code)
        assert answered.status_code == 200 and "Fjordlys Verksted AS" in answered.text and "1001" in answered.text
    assert mark_of(norway, id_) == "viewed"
    assert [mail.recipient for mail in travel.mails(norway, "document_viewed")] == [travel.PERSON]
    assert len(travel.journal_data(norway, "document.viewed")) == 1


def test_a_wrong_passcode_opens_nothing(visitor: Visitor, norway: Sandbox) -> None:
    id_, path, code = send(norway)
    form = forms_on(visitor.client.get(path).text, path)[0]
    for wrong in ("", "000000" if code != "000000" else "000001", code[:-1]):
        refused = visitor.send(form, passcode=wrong)
        assert refused.status_code == 422 and "Fjordlys Verksted AS" not in refused.text
    assert (
        visitor.client.post(path, data={"csrf_token": form.values["csrf_token"], "passcode": "1", "file": "pdf"}).status_code
        == 422
    )
    assert mark_of(norway, id_) is None


def test_eight_wrong_passcodes_lock_this_link_for_half_an_hour(visitor: Visitor, norway: Sandbox) -> None:
    _, path, code = send(norway)
    form = forms_on(visitor.client.get(path).text, path)[0]
    wrong = "000000" if code != "000000" else "000001"
    answers = [visitor.send(form, passcode=wrong) for _ in range(8)]
    assert {answer.status_code for answer in answers} == {422}
    assert ["locked" in answer.text for answer in answers] == [False] * 7 + [True]
    assert visitor.send(form, passcode=code).status_code == 422
    _, other, other_code = send(norway, number="1002")
    assert visitor.send(forms_on(visitor.client.get(other).text, other)[0], passcode=other_code).status_code == 200
    no.pass_time(norway, 31 * 60)
    assert visitor.send(form, passcode=code).status_code == 200


@pytest.mark.parametrize(("answer", "mark"), [("accept", "accepted"), ("decline", "declined")])
def test_the_receiver_accepts_or_objects(visitor: Visitor, norway: Sandbox, answer: str, mark: str) -> None:
    id_, path, code = send(norway)
    form = forms_on(visitor.client.get(path).text, path)[0]
    answered = visitor.client.post(path, data={"csrf_token": form.values["csrf_token"], "passcode": code, "answer": answer})
    assert answered.status_code == 200
    assert mark_of(norway, id_) == mark
    assert len(travel.journal_data(norway, f"document.{mark}")) == 1


def test_the_files_of_the_document_can_be_downloaded_and_no_others(visitor: Visitor, norway: Sandbox) -> None:
    _, path, code = send(norway, attachments=[Attached("plan.pdf", "application/pdf", b"%PDF plan")])
    form = forms_on(visitor.client.get(path).text, path)[0]
    fields = {"csrf_token": form.values["csrf_token"], "passcode": code}
    assert visitor.client.post(path, data={**fields, "file": "pdf"}).data.startswith(b"%PDF-")
    page = visitor.client.post(path, data=fields).text
    (number,) = [part.partition('"')[0] for part in page.split('name="file" value="')[2:]]
    assert visitor.client.post(path, data={**fields, "file": number}).data == b"%PDF plan"
    for other in ("1", "999999999999999999999", "x"):
        assert visitor.client.post(path, data={**fields, "file": other}).status_code == 404


def test_a_link_expires_ninety_days_after_the_document_was_due(visitor: Visitor, norway: Sandbox) -> None:
    _, path, _ = send(norway)
    # Due on 31 March; it is 1 March.
    no.pass_time(norway, 120 * 86400)
    assert visitor.client.get(path).status_code == 200
    no.pass_time(norway, 86400)
    assert visitor.client.get(path).status_code == 404


def test_an_invented_link_is_not_found(visitor: Visitor, norway: Sandbox) -> None:
    _, path, _ = send(norway)
    head, _, token = path.rpartition("/")
    for other in (token[:-1] + ("0" if token[-1] != "0" else "1"), token[::-1], token + "0", "x"):
        assert visitor.client.get(f"{head}/{other}").status_code == 404
