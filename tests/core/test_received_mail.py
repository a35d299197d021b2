"""Mails of programs: what is read of them, however they are written."""

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from simulator.app import create_app
from simulator.core import outbox, received_mail
from simulator.core.outbox import Message, MessageState
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.directory import support
from simulator.directory.cases.models import SupportCase
from simulator.settings import Settings


def stored(sandbox: Sandbox, content: bytes, *recipients: str) -> list[Message]:
    """Store a mail and read it again."""
    with sandbox.transaction() as db:
        ids = [message.id for message in received_mail.store(db, content, sender="mail@from.example", recipients=recipients)]
    with sandbox.reading() as db:
        return [db.get_one(Message, number) for number in ids]


MALFORMED = {
    "nothing": b"",
    "no headers": b"just words",
    "broken from": b"From: @@<<\r\nTo: ,,;:\r\nSubject: =?utf-8?b?!!?=\r\n\r\nx",
    "unknown charset": b"Subject: =?x-none?q?a?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n\xff\xfe",
    "bytes in headers": b"Subject: \xe6\xf8\xe5 \xff\r\nFrom: \xe6 <a@b.example>\r\n\r\n\xe6",
    "half a boundary": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>a",
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\nwords",
    "mail in a mail": b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nwords",
    "bad base64": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n=====a",
    "unending name": b"Content-Disposition: attachment; filename*=utf-8''%zz%\r\n\r\nx",
    "zero bytes": b"Subject: a\0b\r\n\r\na\0b",
    "folded": b'Subject: a\r\n b\r\n\tc\r\nFrom: "x\r\n y" <a@b.example>\r\n\r\n',
    "group": b"To: friends: a@b.example, c@d.example;\r\n\r\n",
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_mail_is_stored_as_it_came(sandbox: Sandbox, content: bytes) -> None:
    (message,) = stored(sandbox, content, "to@shop.example")
    with sandbox.reading() as db:
        assert db.get_one(outbox.Original, message.original_id).content == content
    assert "\n" not in message.subject + message.sender_name
    assert message.recipient == "to@shop.example"


def test_an_answer_belongs_to_the_message_that_it_answers(sandbox: Sandbox) -> None:
    (question,) = stored(sandbox, b"Message-ID: <q1@shop.example>\r\nSubject: Q\r\n\r\nx", "a@shop.example")
    (answer,) = stored(sandbox, b"In-Reply-To: <q1@shop.example>\r\nSubject: Re: Q\r\n\r\nx", "b@shop.example")
    assert answer.answers_id == question.id


def test_a_mail_to_a_mailbox_that_is_not_there_comes_back(sandbox: Sandbox) -> None:
    first, second = stored(sandbox, b"Subject: x\r\n\r\nx", "bounce@shop.example", "ok@shop.example")
    assert (first.state, second.state) == (MessageState.BOUNCED, MessageState.DELIVERED)


def test_a_mail_to_support_becomes_a_case(store: Store, sandbox: Sandbox) -> None:
    create_app(Settings(data_dir=sandbox.path.parents[1]), store)  # connects the desks
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "user@rietkraag.example", support.ADDRESS, "Help"
    mail.set_content("It does not work.")
    with sandbox.reading() as db:
        before = db.scalars(select(SupportCase.number)).all()
    stored(sandbox, mail.as_bytes())
    with sandbox.reading() as db:
        (case,) = db.scalars(select(SupportCase).where(SupportCase.number.not_in(before)))
        assert (case.requester, case.subject) == ("user@rietkraag.example", "Help")


def test_only_numbers_that_may_be_codes_are_codes(sandbox: Sandbox) -> None:
    text = b"Subject: x\r\n\r\nCode 123456. Or 1234, 12345678; not 123, 123456789, 12.3456, 2022-03-01, 10:4500 or a1234b."
    (message,) = stored(sandbox, text, "a@shop.example")
    assert message.codes == ["123456", "1234", "12345678"]
