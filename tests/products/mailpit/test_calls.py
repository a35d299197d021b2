"""The calls of Mailpit's interface, as its clients make them."""

from base64 import b64encode
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask.testing import FlaskClient

from simulator.app import create_app
from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.settings import Settings

BASE = "/s/default/mailpit"
API = f"{BASE}/api/v1"
WELCOME: dict[str, Any] = {
    "From": {"Email": "app@shop.example", "Name": "My Äpp"},
    "To": [{"Email": "rec@shop.example", "Name": "Réc"}, {"Email": "second@shop.example"}],
    "Cc": [{"Email": "cc@shop.example"}],
    "Bcc": ["bcc@shop.example"],
    "ReplyTo": [{"Email": "answers@shop.example"}],
    "Subject": "Wélcome to the 1 shop",
    "Text": "Your code is 482913 (not 12).",
    "HTML": "<style>p {}</style><p>Your code is <b>482913</b>: <a href='https://shop.example/go?a=1&amp;b=2'>go</a></p>",
    "Attachments": [
        {"Content": b64encode(b"hello").decode(), "Filename": "Hei på.txt", "ContentType": "text/plain"},
        {
            "Content": "data:image/png;base64,iVBORw0KGgo=",
            "Filename": "logo.png",
            "ContentID": "logo",
            "ContentType": "image/png",
        },
    ],
    "Headers": {"X-IP": "192.0.2.1"},
    "Tags": ["Tag 2", "tag 1", "TAG 1"],
}


@pytest.fixture
def program(store: Store, sandbox: Sandbox) -> Iterator[FlaskClient]:
    """Return a client of a program, on the sandbox ``default`` with one mail of the platform."""
    with create_app(Settings(data_dir=sandbox.path.parents[1]), store).test_client() as client:
        client.delete(f"{API}/messages")
        yield client


def send(program: FlaskClient, **changes: Any) -> str:
    """Send the mail of welcome, changed, and return its identifier."""
    answer = program.post(f"{API}/send", json=WELCOME | changes)
    assert answer.status_code == 200, answer.text
    return str(answer.json["ID"])  # type: ignore[index]


def get(program: FlaskClient, path: str, **query: Any) -> Any:
    """Return what a call answers."""
    answer = program.get(f"{API}{path}", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def count(program: FlaskClient, query: str, **more: Any) -> int:
    """Return how many mails a search matches."""
    return int(get(program, "/search", query=query, **more)["messages_count"])


def test_a_mail_of_the_platform_is_listed_and_read(program: FlaskClient, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        outbox.mail(db, "password_changed", to="user@rietkraag.example", language="nl", first_name="Ann", email="x")
    listed = get(program, "/messages")
    assert (listed["total"], listed["unread"], listed["messages_count"], listed["start"], listed["count"]) == (1, 1, 1, 0, 1)
    (summary,) = listed["messages"]
    assert summary["From"] == {"Name": outbox.SENDER_NAME, "Address": outbox.SENDER}
    assert summary["To"] == [{"Name": "", "Address": "user@rietkraag.example"}]
    assert (summary["Created"], summary["Read"], summary["Attachments"]) == ("2022-03-01T08:00:00+00:00", False, 0)
    whole = get(program, "/message/latest")
    raw = program.get(f"{API}/message/{whole['ID']}/raw").data
    assert whole["Size"] == summary["Size"] == len(raw)
    parsed = message_from_bytes(raw, policy=policy.default)
    assert parsed["Subject"] == whole["Subject"]
    assert parsed.get_body(("html",)).get_content().split() == whole["HTML"].split()  # type: ignore[union-attr]
    assert get(program, "/messages")["unread"] == 0


def test_a_mail_that_is_sent_comes_back_with_all_of_it(program: FlaskClient) -> None:
    identifier = send(program)
    whole = get(program, f"/message/{identifier}")
    assert whole["From"] == {"Name": "My Äpp", "Address": "app@shop.example"}
    assert whole["To"] == [
        {"Name": "Réc", "Address": "rec@shop.example"},
        {"Name": "", "Address": "second@shop.example"},
    ]
    assert [entry["Address"] for name in ("Cc", "Bcc", "ReplyTo") for entry in whole[name]] == [
        "cc@shop.example",
        "bcc@shop.example",
        "answers@shop.example",
    ]
    assert (whole["Text"].strip(), whole["HTML"].strip()) == (WELCOME["Text"], WELCOME["HTML"])
    assert whole["Tags"] == ["tag 1", "Tag 2"]
    (attachment,), (picture,) = whole["Attachments"], whole["Inline"]
    assert (attachment["FileName"], attachment["ContentType"], attachment["Size"]) == ("Hei på.txt", "text/plain", 5)
    assert (picture["FileName"], picture["ContentID"]) == ("logo.png", "logo")
    content = program.get(f"{API}/message/{identifier}/part/{attachment['PartID']}")
    assert (content.data, content.mimetype) == (b"hello", "text/plain")
    assert get(program, f"/message/{identifier}/headers")["X-Ip"] == ["192.0.2.1"]
    assert program.get(f"{BASE}/view/{identifier}.txt").text.strip() == WELCOME["Text"]
    html = program.get(f"{BASE}/view/latest.html")
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert html.headers["Content-Security-Policy"].startswith("sandbox;")


def test_it_is_one_mail_here_and_one_for_each_recipient_in_the_sandbox(program: FlaskClient, sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        before = len(outbox.after(db))
    send(program)
    assert get(program, "/messages")["total"] == 1
    with sandbox.reading() as db:
        messages = outbox.after(db)[before:]
    assert [message.recipient for message in messages] == [
        "rec@shop.example",
        "second@shop.example",
        "cc@shop.example",
        "bcc@shop.example",
    ]
    assert {(tuple(message.codes), tuple(message.links)) for message in messages} == {
        (("482913",), ("https://shop.example/go?a=1&b=2",))
    }


SEARCHES = (
    ("to:rec@shop.example", 1), ("TO:REC@", 1), ("to:réc", 1), ("to:app@shop.example", 0), ("cc:cc@", 1), ("bcc:bcc@", 1),
    ("from:äpp", 1), ("reply-to:answers", 1), ("addressed:second@", 1), ("subject:wélcome", 1), ('subject:"to the"', 1),
    ("subject:missing", 0), ('"code is 482913"', 1), ("code missing", 0), ("code 482913", 1), ("-482913", 1), ("!missing", 2),
    ("is:unread", 2), ("-is:unread", 0), ("is:tagged", 1), ('tag:"TAG 2"', 1), ("tag:tag", 0), ("-tag:tag", 2),
    ("has:attachment", 1), ("has:inlines", 1), ("after:2022-03-01", 2), ("after:2022-03-02", 0), ("before:2022-03-01", 0),
    ("before:2022/03/02", 2), ("before:nonsense", 2), ("larger:700", 1), ("smaller:700", 1), ("larger:0.001M", 1),
    ("larger:nonsense", 0), ("message-id:mailpit.example", 2), ("Hei", 1), ('" "', 2), ("from:", 2),
)  # fmt: skip
"""Search and how many of two mails it matches."""


def test_a_search_matches_what_mailpit_matches(program: FlaskClient) -> None:
    send(program)
    bare: dict[str, Any] = {name: [] for name in ("Attachments", "Tags", "Cc", "Bcc", "ReplyTo")}
    send(
        program,
        Subject="Second",
        Text="Another",
        HTML="",
        From={"Email": "a@b.example"},
        To=[{"Email": "c@d.example"}],
        **bare,
    )
    assert {query: count(program, query) for query, _ in SEARCHES} == dict(SEARCHES)


def test_a_date_without_a_zone_is_of_the_zone_that_is_named(program: FlaskClient) -> None:
    send(program)
    assert count(program, "after:2022-03-01T08:30", tz="America/Chicago") == 0
    assert count(program, "after:2022-03-01T01:30", tz="America/Chicago") == 1
    assert count(program, "after:2022-03-01T08:30", tz="no/zone") == 1


def test_pages_of_a_list(program: FlaskClient) -> None:
    newest_first = [send(program, Subject=f"Mail {number}") for number in range(5)][::-1]
    assert [mail["ID"] for mail in get(program, "/messages", start=1, limit=2)["messages"]] == newest_first[1:3]
    assert [mail["ID"] for mail in get(program, "/messages", limit=0)["messages"]] == newest_first
    page = get(program, "/search", query="subject:mail", start=4, limit="x")
    assert ([mail["ID"] for mail in page["messages"]], page["messages_count"]) == (newest_first[4:], 5)
    assert get(program, "/messages", before="2022-03-01T09:00")["messages"] == []


def test_read_unread_tagged_and_deleted(program: FlaskClient) -> None:
    first, second = send(program, Tags=[]), send(program, Tags=[])
    put, call = program.put, f"{API}/messages"
    assert put(call, json={"IDs": [first], "Read": True}).text == "ok"
    assert count(program, "is:read") == 1
    put(call, json={"Search": "is:read", "Read": False})
    assert count(program, "is:read") == 0
    put(call, json={"Read": True})
    assert get(program, "/messages")["unread"] == 0
    put(f"{API}/tags", json={"IDs": [second], "Tags": ["old", "ke$ep"]})
    put(f"{API}/tags/OLD", json={"Name": "new one"})
    assert get(program, "/tags") == ["keep", "new one"]
    program.delete(f"{API}/tags/keep")
    assert get(program, "/messages")["tags"] == ["new one"]
    program.delete(f"{API}/search", query_string={"query": "is:tagged"})
    assert [mail["ID"] for mail in get(program, "/messages")["messages"]] == [first]
    assert program.get(f"{API}/message/{second}").status_code == 404
    assert program.delete(call, json={"IDs": [first]}).text == "ok"
    assert get(program, "/messages")["total"] == 0


def test_what_is_deleted_here_stays_in_the_sandbox(program: FlaskClient, sandbox: Sandbox) -> None:
    send(program)
    program.delete(f"{API}/messages")
    with sandbox.reading() as db:
        assert outbox.newest_first(db, to="rec@shop.example", limit=1)[0].subject == WELCOME["Subject"]


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"From": None}, "From: expected an object"),
    ({"From": {"Email": "none"}}, "invalid From address: none"),
    ({"To": "rec@shop.example"}, "To: expected a list"),
    ({"To": [], "Cc": [], "Bcc": []}, "expected at least one recipient"),
    ({"Subject": "a\nBcc: x@y.example"}, "Subject: expected one line"),
    ({"Headers": {"Subject": "x"}}, 'cannot overwrite header: "Subject"'),
    ({"Headers": {"X-Y": "a\r\nBcc: x@y.example"}}, "X-Y: expected one line"),
    ({"Headers": ["x"]}, "a header cannot be written"),
    ({"Attachments": [{"Content": "%", "Filename": "x"}]}, 'error decoding base64 attachment "x"'),
    ({"Text": 1}, "Text: expected a text, found int"),
    ({"Tags": "x"}, "Tags: expected a list of texts"),
]


def test_a_mail_that_cannot_be_sent_is_refused(program: FlaskClient) -> None:
    for change, sentence in REFUSALS:
        answer = program.post(f"{API}/send", json=WELCOME | change)
        assert (answer.status_code, sentence in answer.json["Error"]) == (400, True), answer.text  # type: ignore[index]
    assert get(program, "/messages")["total"] == 0


def test_calls_that_are_wrong_are_answered_as_mailpit_does(program: FlaskClient) -> None:
    assert program.get(f"{API}/search").text == "Error: no search query"
    assert program.get(f"{API}/message/latest").status_code == 404
    assert program.get(f"{API}/message/9999999999999").status_code == 404
    assert program.get(f"{API}/nothing").text == "404 page not found"
    assert program.put(f"{API}/messages", data="{}", content_type="text/plain").status_code == 400
    assert program.put(f"{API}/messages", data="{", content_type="application/json").status_code == 400
    both = program.put(f"{API}/messages", json={"IDs": ["1"], "Search": "x"})
    assert both.text == "You may specify either IDs or a search query, not both"


def test_what_is_left_out_says_so(program: FlaskClient) -> None:
    socket = program.get(f"{BASE}/api/events", headers={"Connection": "Upgrade", "Upgrade": "websocket"})
    assert (socket.status_code, socket.text[:34]) == (501, "The simulator has no WebSocket for")
    for path in ("html-check", "link-check", "sa-check", "part/1/thumb"):
        assert program.get(f"{API}/message/latest/{path}").status_code == 501
    assert program.post(f"{API}/message/latest/release", json=["a@b.example"]).status_code == 501
    assert program.get(f"{API}/chaos").status_code == program.put(f"{API}/chaos", json={}).status_code == 501
    assert get(program, "/info")["Messages"] == 0
    assert get(program, "/webui")["MessageRelay"]["Enabled"] is False


def test_on_a_network_http_basic_with_the_join_key_opens_it(store: Store, sandbox: Sandbox) -> None:
    settings = Settings(data_dir=sandbox.path.parents[1], control_token="t" * 20)
    client = create_app(settings, store).test_client()
    assert client.get(f"{API}/messages").status_code == 403
    assert client.get(f"{API}/messages", auth=("anybody", sandbox.join_key())).status_code == 200
