"""Notices, kept files and the outbox."""

from email import message_from_bytes
from email.policy import default

import pytest

from simulator.core import files, mime, notices, outbox
from simulator.core.outbox import PersonalMail
from simulator.core.sandbox import Sandbox


def test_a_notice_is_unread_until_it_is_read_and_only_for_its_person(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        first = notices.notify(db, 1, notices.NoticeKind.EXPORT_READY, text="home.name")
        notices.notify(db, 1, notices.NoticeKind.EXPORT_READY, text="home.name")
        notices.notify(db, 2, notices.NoticeKind.EXPORT_READY, text="home.name")
    with sandbox.transaction() as db:
        assert notices.unread(db, 1) == 2
        notices.mark_read(db, 2, first.id)
        assert notices.unread(db, 1) == 2
        notices.mark_read(db, 1, first.id)
        assert notices.unread(db, 1) == 1
        notices.mark_read(db, 1)
        assert (notices.unread(db, 1), notices.unread(db, 2)) == (0, 1)


def test_notices_are_shown_newest_first(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        made = [
            notices.notify(db, 1, notices.NoticeKind.EXPORT_READY, text="home.name", number=number) for number in range(3)
        ]
        db.flush()
        assert [row.id for row in notices.latest(db, 1)] == [row.id for row in reversed(made)]


def test_a_file_is_given_to_its_owner_only(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        saved = files.store(db, owner_id=1, name="a.csv", media_type="text/csv", content=b"a;b")
        file = files.of_owner(db, saved.id, 1)
        assert file is not None
        assert file.content == b"a;b"
        assert files.of_owner(db, saved.id, 2) is None
        assert files.of_owner(db, saved.id + 1, 1) is None


def test_a_mail_is_a_mime_message_in_the_recipients_language(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        sent = outbox.mail(
            db,
            "activation",
            to="ås@example.test",
            language="sv",
            link="http://localhost/x",
            first_name="Åse",
            email="ås@example.test",
        )
        raw = mime.write(sent)
        assert raw == mime.write(sent)
    read = message_from_bytes(raw, policy=default)
    assert read["Subject"] == "Aktivera ditt konto"
    assert read["Content-Language"] == "sv"
    assert read["Message-ID"].startswith("<")
    plain, html = read.iter_parts()
    assert "Hej Åse" in plain.get_content()
    assert 'href="http://localhost/x"' in html.get_content()


def test_what_is_written_into_a_mail_is_escaped_in_its_html(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        sent = outbox.mail(db, "activation", to="a@b.test", language="en", first_name="<b>x</b>", email="a@b.test")
    assert sent.html is not None
    assert "<b>x</b>" not in sent.html
    assert "&lt;b&gt;x&lt;/b&gt;" in sent.html
    assert "<b>x</b>" in sent.text


def test_messages_are_found_by_recipient_kind_and_place(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        last = outbox.newest_first(db)[0].id
        for to in ("one@b.test", "two@b.test", "one@b.test"):
            outbox.mail(db, "activation", to=to, language="en", first_name="x", email=to)
        ones = outbox.after(db, last, to="ONE@b.test ")
        assert [row.recipient for row in ones] == ["one@b.test", "one@b.test"]
        assert outbox.after(db, ones[-1].id, to="one@b.test") == []
        assert outbox.after(db, last, kind="sms") == []
        assert [row.id for row in outbox.newest_first(db, to="one@b.test")] == [row.id for row in reversed(ones)]


ODD = (
    "=?utf-8?q?x=0D=0ABcc:_evil=40x.example?=",
    "=?utf-8?b?QUJD?=",
    "before =?utf-8?q?a=0D=0ABcc:_x=40y.example?= after",
    "Åke, Chef <boss@elsewhere.example>",
    'Quoted "name", \\ and, a comma <boss@elsewhere.example>',
    "two  blanks  and =?",
    "Ж" * 90 + ", x <boss@elsewhere.example>",
    "😀" * 40,
    "plain words " * 12 + "end",
)
"""What somebody may type as a name, as a subject, and as the name of a file."""


@pytest.mark.parametrize("typed", ODD)
def test_whoever_parses_a_mail_reads_what_was_typed_and_no_more(sandbox: Sandbox, typed: str) -> None:
    with sandbox.transaction() as db:
        written = outbox.PersonalMail(
            sender="who@rietkraag.example", sender_name=typed, to="plain@rietkraag.example", subject=typed, text="x\n",
            language="en", files=[(typed, "text/plain", b"content"), ("usual.txt", "text/plain", b"2")],
        )  # fmt: skip
        raw = mime.write(outbox.write(db, written))
    whole = message_from_bytes(raw, policy=default)
    heads = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language"]
    assert sorted(whole.keys()) == sorted(heads)
    assert whole["Subject"] == typed
    (sender,) = whole["From"].addresses
    # Python reads several blanks in a name as one.
    assert (sender.display_name, sender.addr_spec) == (" ".join(typed.split()), "who@rietkraag.example")
    assert [part.get_filename() for part in whole.iter_attachments()] == [typed, "usual.txt"]
    assert [part.get_content() for part in whole.iter_attachments()] == ["content", "2"]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_what_cannot_be_printed_stays_out_of_the_head_of_a_mail(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        message = outbox.write(
            db,
            PersonalMail(
                sender="a@b.example",
                sender_name="Ola\u202e\r\nBcc: x",
                to="c@d.example",
                subject="Invoice 10\x9f01\u2028now",
                text="t",
                language="en",
                files=[("a\ufeff.pdf", "application/pdf", b"x")],
            ),
        )
        assert (message.sender_name, message.subject) == ("Ola Bcc: x", "Invoice 1001 now")
        assert message.attachments[0].name == "a.pdf"
