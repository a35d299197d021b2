"""Rules of reading the outbox, and of waiting for what is about to arrive in it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from typing import Any

import pytest

from simulator.app import Platform
from simulator.control.long_poll import LongPollLimiter
from simulator.core import outbox, text_messages
from simulator.core.clock import machine_ticks
from simulator.core.store import Store
from tests.control.conftest import Client, client_of
from tests.control.test_guard import assert_problem

AT = "/_sim/sandboxes/default"
TO = "reader@class.example"


def send(store: Store, to: str = TO, name: str = "default") -> None:
    """Put a mail into the outbox of a sandbox."""
    with store.open(name) as sandbox, sandbox.transaction() as db:
        link = db.address("connect", "activate", "token")
        outbox.mail(db, "activation", to=to, language="nl", link=link, codes=["123456"], first_name="R", email=to)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Return threads for calls that wait."""
    with ThreadPoolExecutor(8) as threads:
        yield threads


def until_waiting(limiter: LongPollLimiter, count: int) -> None:
    """Return when that many calls wait; fail after ten seconds."""
    end = machine_ticks() + 10
    while limiter.waiting < count:
        assert machine_ticks() < end, "the calls did not begin to wait"


def limiter_of(platform: Platform) -> LongPollLimiter:
    """Return the limiter of a platform."""
    limiter: LongPollLimiter = platform.extensions["control.long_poll"]
    return limiter


def test_messages_are_listed_oldest_first_with_everything_a_test_needs(client: Client, store: Store) -> None:
    send(store)
    send(store, to="other@class.example")
    mine, other = client.get(f"{AT}/messages").json[-2:]
    assert mine.keys() == {
        "id", "kind", "from", "to", "subject", "text", "html", "links", "codes", "attachments", "sent_at", "state",
    }  # fmt: skip
    assert mine["id"] < other["id"]
    assert (mine["kind"], mine["to"], mine["codes"]) == ("mail", TO, ["123456"])
    assert mine["links"] == ["http://localhost:8000/s/default/connect/activate/token"]


def test_messages_are_found_by_recipient_kind_and_id(client: Client, store: Store) -> None:
    send(store)
    send(store)
    first, second = client.get(f"{AT}/messages", query_string={"to": TO.upper()}).json
    assert client.get(f"{AT}/messages?to={TO}&kind=sms").json == []
    assert client.get(f"{AT}/messages?to={TO}&kind=mail&after={first['id']}").json == [second]
    assert client.get(f"{AT}/messages?to=&kind=&after=&wait=").status_code == 200


def test_a_mail_can_be_fetched_as_mime(client: Client, store: Store) -> None:
    send(store)
    (result,) = client.get(f"{AT}/messages?to={TO}").json
    answer = client.get(f"{AT}/messages/{result['id']}/raw")
    assert answer.mimetype == "message/rfc822"
    assert message_from_bytes(answer.data, policy=policy.default)["Subject"] == result["subject"]


@pytest.mark.parametrize("message_id", ["0", "999999", "x", "-1", str(2**70)])
def test_a_message_that_is_not_there_is_a_problem_404(client: Client, message_id: str) -> None:
    assert_problem(client.get(f"{AT}/messages/{message_id}/raw"), 404)


@pytest.mark.parametrize("query", ["wait=31", "wait=-1", "wait=x", "wait=nan", "wait=inf", "kind=fax", "after=x", "too=x"])
def test_a_wrong_question_is_refused(client: Client, query: str) -> None:
    assert_problem(client.get(f"{AT}/messages?{query}"), 422)


def test_a_call_waits_until_a_message_fits(platform: Platform, store: Store, pool: ThreadPoolExecutor) -> None:
    waiting = pool.submit(lambda: client_of(platform).get(f"{AT}/messages?to={TO}&wait=30").json)
    until_waiting(limiter_of(platform), 1)
    send(store, to="other@class.example")
    assert not waiting.done()
    send(store)
    assert [message["to"] for message in waiting.result(10)] == [TO]


def test_a_call_that_waits_in_vain_answers_with_nothing(client: Client) -> None:
    assert client.get(f"{AT}/messages?to={TO}&wait=0.05").json == []


def test_a_call_that_waits_sees_the_sandbox_that_was_reset(
    platform: Platform, client: Client, store: Store, pool: ThreadPoolExecutor
) -> None:
    waiting = pool.submit(lambda: client_of(platform).get(f"{AT}/messages?to={TO}&wait=30").json)
    until_waiting(limiter_of(platform), 1)
    client.post(f"{AT}/reset")
    send(store)
    assert [message["to"] for message in waiting.result(10)] == [TO]


def test_a_call_that_waits_is_told_that_the_sandbox_was_deleted(
    platform: Platform, client: Client, pool: ThreadPoolExecutor
) -> None:
    waiting = pool.submit(lambda: client_of(platform).get(f"{AT}/messages?to={TO}&wait=30"))
    until_waiting(limiter_of(platform), 1)
    client.delete(AT)
    assert_problem(waiting.result(10), 404)


def test_a_full_lane_answers_503_and_pages_go_on(platform: Platform, store: Store, pool: ThreadPoolExecutor) -> None:
    limiter = platform.extensions["control.long_poll"] = LongPollLimiter(3)

    def wait() -> Any:
        return client_of(platform).get(f"{AT}/messages?to={TO}&wait=30")

    waiting = [pool.submit(wait) for _ in range(3)]
    until_waiting(limiter, 3)
    refused = wait()
    assert_problem(refused, 503)
    assert int(refused.headers["Retry-After"]) > 0
    client = client_of(platform)
    assert client.get(f"{AT}/messages?to={TO}").status_code == 200
    assert client.get("/s/default/connect/").status_code == 200
    send(store)
    assert all(item.result(10).status_code == 200 for item in waiting)
    assert limiter.waiting == 0


def test_calls_that_wait_are_sent_away_when_the_server_stops(platform: Platform, pool: ThreadPoolExecutor) -> None:
    waiting = pool.submit(lambda: client_of(platform).get(f"{AT}/messages?to={TO}&wait=30"))
    until_waiting(limiter_of(platform), 1)
    limiter_of(platform).close()
    assert_problem(waiting.result(10), 503)


def test_a_message_in_one_sandbox_wakes_nobody_in_another(
    platform: Platform, client: Client, store: Store, pool: ThreadPoolExecutor
) -> None:
    client.post("/_sim/sandboxes", json={"scenario": "accountant-nl", "name": "other"})
    waiting = pool.submit(lambda: client_of(platform).get(f"/_sim/sandboxes/other/messages?to={TO}&wait=1").json)
    until_waiting(limiter_of(platform), 1)
    send(store)
    assert waiting.result(10) == []


@pytest.mark.parametrize("sent_to", ["Kari.Kunde@Privat.Example", " kari.kunde@privat.example", "KARI.KUNDE@PRIVAT.EXAMPLE"])
@pytest.mark.parametrize(
    "to", ["kari.kunde@privat.example", "Kari.Kunde@Privat.Example", "\u200bkari.kunde@privat.example "]
)
def test_capitals_in_an_address_make_no_difference(client: Client, store: Store, sent_to: str, to: str) -> None:
    send(store, to=sent_to)
    (result,) = client.get(f"{AT}/messages", query_string={"to": to}).json
    assert result["to"] == "kari.kunde@privat.example"
    facts = [{"mailed": {"to": to}}, {"event": {"type": "mail.sent", "subject": to}}]
    assert all(finding["holds"] for finding in client.post(f"{AT}/check", json={"facts": facts}).json)


@pytest.mark.parametrize("to", ["+4790000001", "0047 900 00 001", "+47-90-00-00-01", " 4790000001"])
def test_a_number_can_be_written_in_several_ways(client: Client, store: Store, to: str) -> None:
    with store.open("default") as sandbox, sandbox.transaction() as db:
        text_messages.sms(db, "text_code", to="+47 900 00 001", language="en", codes=["123456"], code="123456")
    (result,) = client.get(f"{AT}/messages", query_string={"to": to}).json
    assert result["to"] == "+4790000001"


def test_a_plus_that_a_query_string_turned_into_a_blank_counts_as_one(client: Client, store: Store) -> None:
    send(store, to="kari+test@privat.example")
    assert len(client.get(f"{AT}/messages?to=kari+test@privat.example").json) == 1
