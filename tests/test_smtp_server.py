"""Mails by SMTP, from a client of Python's standard library."""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from simulator.core import faults, outbox
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.server import listen
from simulator.settings import Settings
from simulator.smtp_listener import SmtpListener


@pytest.fixture
def started(store: Store, sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[int]:
    """Return the port of a listener on the store with the sandboxes ``default`` and ``other``; a parameter is the control token."""
    store.create("other", Creation(scenario="company-no"))
    settings = Settings(data_dir=sandbox.path.parents[1], control_token=getattr(request, "param", None))
    sockets = listen("localhost", 0)
    server = SmtpListener(store, settings, sockets)
    server.start()
    yield int(sockets[0].getsockname()[1])
    server.stop()
    for listener in sockets:
        listener.close()


def mail(**headers: str) -> EmailMessage:
    """Return a mail of an application."""
    message = EmailMessage()
    for name, value in ({"From": "app@shop.example", "To": "rec@shop.example", "Subject": "Hei på deg"} | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content("Din kode er 482913.")
    return message


def subjects(sandbox: Sandbox, to: str) -> list[str]:
    """Return the subjects of the mails in a mailbox."""
    with sandbox.reading() as db:
        return [message.subject for message in outbox.after(db, to=to)]


def test_the_user_name_chooses_the_sandbox(store: Store, sandbox: Sandbox, started: int) -> None:
    with smtplib.SMTP("localhost", started) as client:
        client.login("other", "any password")
        client.send_message(mail(), to_addrs=["rec@shop.example", "hidden@shop.example"])
    with store.open("other") as other:
        assert subjects(other, "rec@shop.example") == subjects(other, "hidden@shop.example") == ["Hei på deg"]
        with other.reading() as db:
            (message,) = outbox.after(db, to="hidden@shop.example")
            assert (message.codes, message.original and message.original.user_name) == (["482913"], "other")
    assert subjects(sandbox, "rec@shop.example") == []


def test_without_a_user_name_mail_is_for_the_sandbox_default(sandbox: Sandbox, started: int) -> None:
    with smtplib.SMTP("localhost", started) as client:
        assert client.sendmail("", ["plain@shop.example"], b"Subject: plain\r\n\r\nx") == {}
        client.send_message(mail(Subject="second"))
    assert subjects(sandbox, "rec@shop.example") == ["second"]


def test_a_sandbox_that_is_not_there_is_refused(started: int) -> None:
    with smtplib.SMTP("localhost", started) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login("missing", "x")


@pytest.mark.parametrize("started", ["a-control-token"], indirect=True)
def test_on_a_network_the_password_is_the_join_key(store: Store, sandbox: Sandbox, started: int) -> None:
    with smtplib.SMTP("localhost", started) as client:
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.send_message(mail())
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("default", "wrong")
        client.login("default", sandbox.join_key())
        client.send_message(mail())
    assert subjects(sandbox, "rec@shop.example") == ["Hei på deg"]


def test_a_mail_for_more_recipients_than_one_mail_has_is_sent_to_the_first_ones(sandbox: Sandbox, started: int) -> None:
    with smtplib.SMTP("localhost", started) as client:
        refused = client.send_message(mail(), to_addrs=[f"r{number}@shop.example" for number in range(101)])
    assert {address: status for address, (status, _) in refused.items()} == {"r100@shop.example": 452}
    assert subjects(sandbox, "r99@shop.example") == ["Hei på deg"]


def test_a_mail_that_is_too_large_is_refused(sandbox: Sandbox, started: int) -> None:
    with smtplib.SMTP("localhost", started) as client, pytest.raises(smtplib.SMTPSenderRefused) as refusal:
        client.sendmail("a@b.example", ["rec@shop.example"], b"x" * (21 * 1024 * 1024))
    assert refusal.value.smtp_code == 552
    assert subjects(sandbox, "rec@shop.example") == []


def test_a_fault_refuses_a_mail_once(sandbox: Sandbox, started: int) -> None:
    with sandbox.transaction() as db:
        faults.add(db, "smtp.receive", outcome="later")
        faults.add(db, "smtp.receive", outcome="refused", nth=2)
    with smtplib.SMTP("localhost", started) as client:
        statuses = []
        for _ in range(2):
            with pytest.raises(smtplib.SMTPDataError) as refusal:
                client.send_message(mail())
            statuses.append(refusal.value.smtp_code)
        client.send_message(mail())
    assert statuses == [451, 550]
    assert subjects(sandbox, "rec@shop.example") == ["Hei på deg"]


def test_what_speaks_smtp_is_imported_with_the_first_connection() -> None:
    code = "import sys, simulator.server, simulator.smtp_listener; sys.exit('aiosmtpd' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_client_that_leaves_in_the_middle_leaves_nothing(sandbox: Sandbox, started: int) -> None:
    client = smtplib.SMTP("localhost", started)
    client.mail("a@b.example")
    client.rcpt("rec@shop.example")
    client.docmd("DATA")
    client.send(b"Subject: half")
    client.close()
    with smtplib.SMTP("localhost", started) as other:
        other.send_message(mail(Subject="whole"))
    assert subjects(sandbox, "rec@shop.example") == ["whole"]
