"""Mail shows the sent messages, each in a frame that it cannot leave."""

from email import message_from_bytes
from email.policy import default

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from tests.reading import read
from tests.visits import Visitor


def test_mails_are_listed_newest_first_and_by_mailbox(visitor: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        for to in ("one@b.test", "two@b.test"):
            outbox.mail(db, "activation", to=to, language="en", first_name="x", email=to)
    rows = read(visitor.get("/mail/").text).all("tbody")[0].all("tr")
    assert ["two@b.test" in rows[0].text, "one@b.test" in rows[1].text] == [True, True]
    assert len(read(visitor.get("/mail/?to=one@b.test").text).all("tbody")[0].all("tr")) == 1
    assert "There are no e-mails." in visitor.get("/mail/?to=nobody@b.test").text


def test_a_mail_is_shown_in_a_frame_that_runs_nothing(visitor: Visitor) -> None:
    (frame,) = read(visitor.get("/mail/1").text).all("iframe")
    assert "allow-scripts" not in frame["sandbox"]
    assert "allow-same-origin" not in frame["sandbox"]
    policy = visitor.get(frame["src"]).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy


def test_the_message_can_be_downloaded_as_it_is(visitor: Visitor) -> None:
    response = visitor.get("/mail/1/raw")
    assert response.headers["Content-Disposition"] == 'attachment; filename="mail-1.eml"'
    assert message_from_bytes(response.data, policy=default)["To"] == "new@rietkraag.example"


def test_an_unknown_mail_is_not_found(visitor: Visitor, platform: Platform) -> None:
    for path in ("/mail/999", "/mail/999/html", "/mail/999/raw", "/mail/x"):
        assert visitor.get(path).status_code == 404
