"""Mail is written inside the sandbox: a real message, with attachments that nothing here ever opens."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from simulator.app import Platform
from simulator.core import desks, events, outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import support
from simulator.web.attachments import LARGEST as LARGEST_MAIL
from tests.reading import read
from tests.visits import Visitor, cast, password_of

USER = "user@rietkraag.example"
SCRIPT = b"<script>parent.document.title = 'caught'</script>"


def write(visitor: Visitor, path: str = "/mail/new", **values: Any) -> TestResponse:
    """Fill in the form for a new message and send it."""
    form = visitor.form(path, "subject")
    defaults = {"sender": USER, "to": support.ADDRESS, "subject": "Locked out", "text": "Dear support,\nplease help."}
    return visitor.send(form, **{**defaults, **values})


def newest(sandbox: Sandbox, to: str = support.ADDRESS) -> outbox.Message:
    """Return the newest mail to an address."""
    with sandbox.reading() as db:
        return outbox.newest_first(db, to=to, kind="mail")[0]


def count(sandbox: Sandbox) -> int:
    """Count the messages of the sandbox."""
    with sandbox.reading() as db:
        return len(outbox.newest_first(db))


@pytest.fixture
def refused(visitor: Visitor, sandbox: Sandbox) -> Iterator[Any]:
    """Return a function that sends a message which must be refused; it returns the texts at the fields."""
    before = count(sandbox)

    def sent(**values: Any) -> str:
        response = write(visitor, **values)
        assert response.status_code == 422
        return " ".join(element.text for element in read(response.text) if "invalid-feedback" in element["class"])

    yield sent
    assert count(sandbox) == before


def test_a_message_arrives_with_its_attachment_in_the_recipients_mailbox(visitor: Visitor, sandbox: Sandbox) -> None:
    answer = write(visitor, to=USER.upper(), attachments=(BytesIO("één ✓".encode()), "vraag é.txt", "text/plain"))
    assert answer.status_code == 302
    page = read(visitor.get(f"/mail/?to={USER}").text)
    (link,) = (anchor for anchor in page.all("a") if anchor.text == "Locked out")
    message = visitor.get(link["href"])
    assert "Dear support," in message.text
    (file,) = (anchor for anchor in read(message.text).all("a") if anchor.text == "vraag é.txt")
    assert visitor.get(file["href"]).data == "één ✓".encode()
    assert newest(sandbox, USER).state == "delivered"


def test_a_message_is_a_real_mime_message_the_same_each_time(visitor: Visitor, sandbox: Sandbox) -> None:
    write(visitor, subject="Forespørsel", attachments=[(BytesIO(b"a,b"), "a.csv"), (BytesIO(SCRIPT), "b.html")])
    path = f"/mail/{newest(sandbox).id}/raw"
    content = visitor.get(path).data
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    assert (message["To"], message["Subject"]) == (support.ADDRESS, "Forespørsel")
    assert message["From"] == f"Bram Teunisse <{USER}>"
    body = message.get_body(("plain",))
    assert body is not None and "please help." in body.get_content()
    assert [part.get_filename() for part in message.iter_attachments()] == ["a.csv", "b.html"]
    assert list(message.iter_attachments())[1].get_payload(decode=True) == SCRIPT
    assert visitor.get(path).data == content


def test_the_control_api_lists_a_message_and_its_attachments(visitor: Visitor, sandbox: Sandbox) -> None:
    write(visitor, attachments=(BytesIO(b"12345"), "form.txt", "text/plain"))
    listed: Any = visitor.client.get("/_sim/sandboxes/default/messages", query_string={"to": support.ADDRESS}).json
    (message,) = listed
    assert (message["from"], message["subject"], message["html"]) == (USER, "Locked out", None)
    assert message["attachments"] == [{"name": "form.txt", "media_type": "text/plain", "size": 5}]
    raw = visitor.client.get(f"/_sim/sandboxes/default/messages/{message['id']}/raw").data
    assert b"form.txt" in raw
    with sandbox.reading() as db:
        event, confirmation = events.after(db, type_="mail.sent")
    assert (event.actor, event.subject, event.data["mail"]) == (USER, support.ADDRESS, "written")
    assert (confirmation.subject, confirmation.data["mail"]) == (USER, "case_received")


def test_an_attachment_never_runs_in_our_origin(visitor: Visitor, sandbox: Sandbox) -> None:
    write(visitor, attachments=(BytesIO(SCRIPT), "page.html", "text/html"))
    message = newest(sandbox)
    answer = visitor.get(f"/mail/{message.id}/files/{message.attachments[0].id}")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_an_attachment_is_reached_by_its_own_message_only(visitor: Visitor, sandbox: Sandbox) -> None:
    write(visitor, attachments=(BytesIO(b"1"), "one.txt"))
    message = newest(sandbox)
    assert visitor.get(f"/mail/{message.id - 1}/files/{message.attachments[0].id}").status_code == 404
    assert visitor.get(f"/mail/{message.id}/files/{message.attachments[0].id + 1}").status_code == 404


def test_a_written_message_is_plain_text(visitor: Visitor, sandbox: Sandbox) -> None:
    write(visitor, text=SCRIPT.decode(), subject="<b>bold</b>")
    page = read(visitor.get(f"/mail/{newest(sandbox).id}").text)
    assert not page.all("b")
    assert all("caught" not in script.text for script in page.all("script"))
    assert visitor.get(f"/mail/{newest(sandbox).id}/html").status_code == 404


def test_an_answer_goes_to_the_writer_and_refers_to_the_question(
    visitor: Visitor, platform: Platform, sandbox: Sandbox
) -> None:
    write(visitor)
    question = newest(sandbox)
    desk = Visitor.of(platform, sandbox, cast(sandbox, "support").email)
    form = desk.form(f"/mail/new?answer={question.id}", "subject")
    assert (form.values["sender"], form.values["to"]) == (support.ADDRESS, USER)
    assert form.values["subject"] == "Re: Locked out"
    assert "> please help." in form.values["text"]
    desk.send(form, text="Done.")
    answer = newest(sandbox, USER)
    head = message_from_bytes(desk.get(f"/mail/{answer.id}/raw").data, policy=default)
    assert head["In-Reply-To"] == f"<{question.message_id}>"


@pytest.mark.parametrize("sender", ["nobody@rietkraag.example", support.ADDRESS])
def test_nobody_writes_from_an_address_that_is_not_theirs_to_write_from(refused: Any, sender: str) -> None:
    assert "Nobody in this sandbox can write from" in refused(sender=sender)


def test_a_signed_in_person_writes_from_the_own_mailbox_unless_another_is_chosen(
    platform: Platform, sandbox: Sandbox
) -> None:
    browser = Visitor.of(platform, sandbox, USER)
    assert browser.form("/mail/new", "subject").values["sender"] == USER
    assert browser.form("/mail/new?from=plain@rietkraag.example", "subject").values["sender"] == "plain@rietkraag.example"
    assert browser.form("/mail/new?support=1", "subject").values["to"] == support.ADDRESS


@pytest.mark.parametrize("to", ["somebody@gmail.com", "skysupport@real-vendor.com"])
def test_a_real_address_is_not_written_to(refused: Any, to: str) -> None:
    assert support.ADDRESS in refused(to=to)


@pytest.mark.parametrize("to", ["kundesenter@visma.com", "oppsigelse@visma.com", "support@visma.com", "SkySupport@visma.no"])
def test_the_refusal_of_another_real_address_names_those_that_work(refused: Any, to: str) -> None:
    text = refused(to=to)
    assert all(address in text for desk in desks.DESKS for address in [desk.alias])


DESK_ADDRESSES = [
    ("skysupport@visma.com", "skysupport@visma.com"),
    (" SkySupport@VISMA.com", "skysupport@visma.com"),
    ("Visma Support <skysupport@visma.com>", "skysupport@visma.com"),
    ('"Kundesenter, Visma" <Kundesenteret@visma.com>', "kundesenteret@visma.com"),
    ("mailto:oppsigelse@visma.no", "oppsigelse@visma.no"),
]


@pytest.mark.parametrize(("typed", "address"), DESK_ADDRESSES)
def test_the_addresses_that_manuals_print_are_written_to_and_marked_as_simulated(
    visitor: Visitor, sandbox: Sandbox, typed: str, address: str
) -> None:
    assert write(visitor, to=typed).status_code == 302
    mail = newest(sandbox, address)
    assert mail.recipient == address
    assert f"{address} is simulated: the message is in this sandbox" in visitor.get("/mail/").text
    assert f"{address} (simulated)" in visitor.get("/mail/").text
    assert f"{address} is simulated" in visitor.get(f"/mail/{mail.id}").text
    desk = desks.at(address)
    assert desk is not None
    assert newest(sandbox, desk.address).id == newest(sandbox, desk.alias.upper()).id == mail.id


def test_support_finds_and_answers_what_was_sent_to_its_printed_address(
    visitor: Visitor, platform: Platform, sandbox: Sandbox
) -> None:
    write(visitor, to="skysupport@visma.com")
    question = newest(sandbox)
    desk = Visitor.of(platform, sandbox, cast(sandbox, "support").email)
    assert "Locked out" in desk.get("/support/").text
    desk.send(desk.form(f"/mail/new?answer={question.id}", "subject"), text="Done.")
    assert newest(sandbox, USER).sender == "skysupport@visma.com"
    assert "Nobody in this sandbox can write from" in write(visitor, sender="oppsigelse@visma.no").text


def test_an_address_of_the_sandbox_is_written_to_whatever_its_domain(visitor: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        outbox.mail(db, "activation", to="new@office.com", language="en", first_name="N", email="new@office.com")
    assert write(visitor, to="new@office.com").status_code == 302


@pytest.mark.parametrize("field", ["sender", "to", "subject"])
@pytest.mark.parametrize("typed", ["a@b.example\r\nBcc: c@d.example", "a\x00@b.example"])
def test_a_head_cannot_be_broken(refused: Any, field: str, typed: str) -> None:
    assert refused(**{field: typed})


def test_a_name_of_a_file_cannot_break_a_head_either(visitor: Visitor, sandbox: Sandbox) -> None:
    write(visitor, attachments=(BytesIO(b"1"), "C:/fake/path/a'; b=ç.txt"))
    message = newest(sandbox)
    assert message.attachments[0].name == "a'; b=ç.txt"
    answer = visitor.get(f"/mail/{message.id}/files/{message.attachments[0].id}")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%27%3B%20b%3D%C3%A7.txt"
    content = message_from_bytes(visitor.get(f"/mail/{message.id}/raw").data, policy=default)
    assert isinstance(content, EmailMessage)
    assert [part.get_filename() for part in content.iter_attachments()] == ["a'; b=ç.txt"]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"text": "x" * 20_001}, "20000"),
        ({"subject": "x" * 201}, "200"),
        ({"text": " "}, "Fill in"),
        ({"to": "support"}, "valid e-mail address"),
        ({"attachments": [(BytesIO(b"x"), f"{n}.txt") for n in range(6)]}, "6 files are too many"),
        ({"attachments": (BytesIO(b"x"), "x" * 121)}, "120 characters"),
    ],
    ids=["long text", "long subject", "no text", "no address", "many files", "long name"],
)
def test_an_impossible_value_is_reported_at_its_field(refused: Any, values: dict[str, Any], word: str) -> None:
    assert word in refused(**values)


def test_files_that_are_too_large_together_are_refused_with_their_size(visitor: Visitor, sandbox: Sandbox) -> None:
    before, form = count(sandbox), visitor.form("/mail/new", "subject")
    half = b"x" * (LARGEST_MAIL // 2 + 1)
    values = {**form.values, "sender": USER, "to": support.ADDRESS, "subject": "Large", "text": "Both."}
    files = [FileStorage(BytesIO(half), filename=f"{n}.bin", name="attachments") for n in range(2)]
    boundary, body = encode_multipart({**values, "attachments": files})
    kind = f"multipart/form-data; boundary={boundary}"
    answer = visitor.client.post(form.action, data=body, content_type=kind)
    assert answer.status_code == 422
    assert "The files are 1,025 kB together, and at most 1,024 kB can be sent." in answer.text
    assert count(sandbox) == before


def test_the_typed_text_stays_when_a_message_is_refused(visitor: Visitor) -> None:
    page = write(visitor, to="nobody", attachments=(BytesIO(b"1"), "a.txt")).text
    assert "please help." in page
    assert "Choose the attachments again" in page


def test_a_medium_that_could_nest_a_message_is_just_bytes(visitor: Visitor, sandbox: Sandbox) -> None:
    kinds = ["message/rfc822", "multipart/mixed; boundary=x", "nonsense", "text/plain"]
    write(visitor, attachments=[(BytesIO(b"1"), f"{n}.bin", kind) for n, kind in enumerate(kinds)])
    media_types = [file.media_type for file in newest(sandbox).attachments]
    assert media_types == ["application/octet-stream"] * 3 + ["text/plain"]


def test_a_person_who_writes_from_the_sign_in_pages_writes_as_herself_and_finds_the_link_back(
    visitor: Visitor, sandbox: Sandbox
) -> None:
    email = "user@rietkraag.example"
    visitor.begin_sign_in(email)
    visitor.type_password(password_of(sandbox, email))
    page = read(visitor.get("/connect/2fa/emergency-code").text)
    assert [heading.text for heading in page.all("h1")] == ["Use one-time emergency code"]
    (link,) = (anchor["href"] for anchor in page.all("a") if anchor.text == "Write to support")
    form = visitor.form(link, "subject")
    assert (form.values["sender"], form.values["to"]) == (email, support.ADDRESS)
    inbox = visitor.send(form, subject="Locked out", text="Help", follow=True)
    assert inbox.status_code == 200
    (home,) = (anchor["href"] for anchor in read(inbox.text).all("a") if anchor["aria-label"] == "Visma Home")
    assert visitor.get(home, follow_redirects=True).request.path == "/s/default/connect/"


def test_a_subject_is_text_in_the_inbox_and_on_the_page_of_the_mail(visitor: Visitor, sandbox: Sandbox) -> None:
    assert write(visitor, subject="<script>alert(1)</script> & <b>").status_code == 302
    mail = newest(sandbox)
    for path in ("/mail/", f"/mail/{mail.id}"):
        page = visitor.get(path).text
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page
