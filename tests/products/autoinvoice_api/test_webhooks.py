"""Webhooks: who is told, what, how often it is tried, and that nobody waits for a receiver that hangs."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core import copies, faults, hosts, jobs, outgoing_calls
from simulator.core.clock import machine_ticks
from simulator.core.jobs.recovery import resume_interrupted
from simulator.core.sandbox import Sandbox
from simulator.core.webhook_calls import DELAYS, CallState
from simulator.documents.model.models import Document
from simulator.products.autoinvoice_api.models import WebhookDelivery
from simulator.settings import Settings
from tests.products.autoinvoice_api.conftest import Program, invoice, program_of
from tests.visits import make_platform, store_of

SENT, DELIVERED = "DOCUMENTS.INVOICE.DELIVERED", "DOCUMENTS.INVOICE.DELIVERY_CONFIRMED"


class Receiver(ThreadingHTTPServer):
    """A receiver of webhooks at this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        self.let_go = Event()
        self.let_go.set()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}/hook?key=1"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.let_go.wait(30)
        self.server.got.append(json.loads(body))
        with suppress(OSError):
            self.send_response(self.server.status)
            self.send_header("Location", self.server.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver."""
    made = Receiver()
    thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        made.let_go.set()
        made.shutdown()
        thread.join()
        made.server_close()


def subscribe(program: Program, destination: str, *events: str, kind: str = "WEBHOOK") -> Any:
    """Register a webhook, and return what is answered."""
    fields = {"destination_type": kind, "destination": destination, "events": list(events or (SENT,))}
    return program.call("POST", "/v1/company/notifications", json=fields)


def run(sandbox: Sandbox) -> None:
    """Do what is due, in the queue and outside, until nothing is."""
    while True:
        ran = jobs.run_due(sandbox)
        assert outgoing_calls.wait_until_idle(sandbox.name, 30)
        if not ran:
            return


def advance(platform: Platform, seconds: int, name: str = "default") -> list[str]:
    """Move the clock ahead, and return the types of what happened."""
    answer = platform.test_client().post(f"/_sim/sandboxes/{name}/clock/advance", json={"seconds": seconds})
    assert answer.status_code == 200, answer.text
    return [line["type"] for line in answer.get_json()["fired"]]


def deliveries(sandbox: Sandbox) -> list[WebhookDelivery]:
    """Return what was or is to be told."""
    with sandbox.reading() as db:
        return list(db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_a_webhook_is_told_of_each_event_it_asked_for_once(program: Program, sandbox: Sandbox, receiver: Receiver) -> None:
    assert subscribe(program, receiver.url, SENT, DELIVERED).status_code == 201
    made = program.sent(invoice())
    run(sandbox)
    assert sorted(call["event"] for call in receiver.got) == [SENT, DELIVERED]
    (content,) = (call for call in receiver.got if call["event"] == SENT)
    assert (content["invoice_id"], content["company_id"]) == (made["id"], program.keys["client_id"])
    assert content["happened_at"] == "2022-03-01T08:00:00Z"
    assert program.get(content["href"].partition("/autoinvoice/api")[2])["number"] == "1001"


def test_a_received_invoice_is_told_and_the_other_company_is_not(
    platform: Platform, program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    subscribe(program, receiver.url, "DOCUMENTS.INVOICE.RECEIVED")
    supplier = program_of(platform, "supplier")
    with sandbox.reading() as db:
        from simulator.directory.models import Company
        from simulator.documents.model import parties

        seller, buyer = (
            parties.of_company(db.scalars(select(Company).where(Company.key == key)).one())
            for key in ("supplier", "registered")
        )
    supplier.sent(invoice("31", seller=seller, buyer=buyer))
    run(sandbox)
    assert [call["company_id"] for call in receiver.got] == [program.keys["client_id"]]


def test_a_receiver_that_is_down_gets_it_when_it_is_up_again(
    platform: Platform, program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.status = 500
    subscribe(program, receiver.url)
    program.sent(invoice())
    run(sandbox)
    assert [call.state for call in deliveries(sandbox)] == [CallState.WAITING]
    assert advance(platform, 59) == []
    advance(platform, 1)
    advance(platform, 5 * 60)
    assert [call.attempts for call in deliveries(sandbox)] == [3]
    receiver.status = 200
    fired = advance(platform, 30 * 60)
    assert "webhook.delivered" in fired
    (delivery,) = deliveries(sandbox)
    assert (delivery.state, delivery.attempts) == (CallState.DELIVERED, 4)
    assert len({call["id"] for call in receiver.got}) == 1


def test_one_long_step_of_the_clock_makes_every_attempt_on_the_way(
    platform: Platform, program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.status = 503
    subscribe(program, receiver.url)
    program.sent(invoice())
    run(sandbox)
    advance(platform, 10 * 24 * 3600)
    (delivery,) = deliveries(sandbox)
    assert (delivery.state, delivery.attempts) == (CallState.GIVEN_UP, len(DELAYS) + 1)
    assert len(receiver.got) == delivery.attempts


def test_a_receiver_that_hangs_keeps_no_document_waiting(program: Program, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.let_go.clear()
    subscribe(program, receiver.url)
    program.sent(invoice())
    begun = machine_ticks()
    jobs.run_due(sandbox)
    program.sent(invoice("1002"))
    jobs.run_due(sandbox)
    assert machine_ticks() - begun < 20
    with sandbox.reading() as db:
        states = set(db.scalars(select(Document.status).where(Document.number.in_(["1001", "1002"]))))
    assert states == {"delivered"}
    assert receiver.got == []
    receiver.let_go.set()
    assert outgoing_calls.wait_until_idle(sandbox.name, 30)


def test_no_redirect_is_followed(program: Program, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.status = 307
    subscribe(program, receiver.url)
    program.sent(invoice())
    run(sandbox)
    assert len(receiver.got) == 1
    (delivery,) = deliveries(sandbox)
    assert (delivery.state, delivery.answer) == (CallState.WAITING, 307)


def test_a_server_that_takes_over_makes_the_calls_at_which_the_one_before_was_killed(
    program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    subscribe(program, receiver.url)
    program.sent(invoice())
    run(sandbox)
    with sandbox.transaction() as db:
        delivery = db.scalars(select(WebhookDelivery)).one()
        delivery.state = CallState.SENDING
    with sandbox.transaction() as db:
        resume_interrupted(db)
    run(sandbox)
    (delivery,) = deliveries(sandbox)
    assert (delivery.state, delivery.attempts) == (CallState.DELIVERED, 2)
    assert [call["id"] for call in receiver.got] == [delivery.uuid] * 2


def test_a_copy_makes_the_calls_that_were_under_way_when_it_was_taken(
    program: Program, sandbox: Sandbox, receiver: Receiver, platform: Platform
) -> None:
    store = store_of(platform)
    receiver.let_go.clear()
    subscribe(program, receiver.url)
    program.sent(invoice())
    jobs.run_due(sandbox)
    copies.make_snapshot(store, sandbox.name, "halfway")
    receiver.let_go.set()
    assert outgoing_calls.wait_until_idle(sandbox.name, 30)
    copies.restore(store, sandbox.name, "halfway")
    with store.open(sandbox.name) as restored:
        run(restored)
        (delivery,) = deliveries(restored)
        assert (delivery.state, delivery.attempts) == (CallState.DELIVERED, 2)


def test_a_fault_lets_a_call_fail_without_a_receiver_that_is_down(
    program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    with sandbox.transaction() as db:
        faults.add(db, "webhook.deliver")
    subscribe(program, receiver.url)
    program.sent(invoice())
    run(sandbox)
    assert receiver.got == []
    assert [call.state for call in deliveries(sandbox)] == [CallState.WAITING]


def test_a_removed_webhook_is_told_nothing_more(
    platform: Platform, program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.status = 500
    made = subscribe(program, receiver.url).get_json()
    program.sent(invoice())
    run(sandbox)
    content = len(receiver.got)
    assert program.call("DELETE", f"/v1/company/notifications/{made['id']}").status_code == 204
    program.sent(invoice("1002"))
    advance(platform, 24 * 3600)
    assert len(receiver.got) == content
    assert [call.state for call in deliveries(sandbox)] == [CallState.GIVEN_UP]


def test_a_vendors_webhook_is_told_of_all_its_companies(
    platform: Platform, program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    supplier = program_of(platform, "supplier")
    supplier.get("/v1/companies")
    assert subscribe(supplier, receiver.url, kind="VENDOR_WEBHOOK").status_code == 201
    program.sent(invoice())
    run(sandbox)
    assert [call["company_id"] for call in receiver.got] == [program.keys["client_id"]]


def test_webhooks_are_listed_shown_and_removed_by_their_company_only(
    platform: Platform, program: Program, receiver: Receiver
) -> None:
    made = subscribe(program, receiver.url).get_json()
    assert program.get("/v1/company/notifications") == [made]
    assert program.get(f"/v1/company/notifications/{made['id']}") == made
    other = program_of(platform, "supplier")
    assert other.get("/v1/company/notifications") == []
    assert other.call("DELETE", f"/v1/company/notifications/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    "destination",
    [
        "http://192.0.2.1/hook", "http://hook.example/", "http://10.0.0.1:80/", "http://[fe80::1]/", "ftp://localhost/",
        "file:///etc/passwd", "http://localhost:99999/", "http://user:secret@localhost/", "http://localhost.hook.example/",
        "http://2130706433/", "http:///hook", "localhost:80", "http://local\thost/", "http://169.254.169.254/latest",
    ],
)  # fmt: skip
def test_an_address_elsewhere_is_refused_with_a_reason(program: Program, destination: str) -> None:
    answer = subscribe(program, destination)
    assert answer.status_code in (400, 422), answer.text
    assert "destination" in answer.get_json()["details"][0]


@pytest.mark.parametrize("destination", ["http://localhost:9/", "http://127.0.0.1:9/a?b=c", "https://[::1]:9/"])
def test_an_address_at_this_machine_is_taken(program: Program, destination: str) -> None:
    assert subscribe(program, destination).status_code == 201


@pytest.fixture
def put_back() -> Iterator[Callable[..., None]]:
    """Let a test say which hosts may be called, and put that back afterwards."""
    yield hosts.use
    hosts.use((), loopback=True)


def test_hosts_that_the_server_was_started_for_are_taken(
    program: Program, put_back: Callable[..., None], tmp_path: Any, templates: Any
) -> None:
    make_platform(tmp_path / "more", templates, webhook_hosts=("hook.example",))
    assert subscribe(program, "https://hook.example/in").status_code == 201
    assert subscribe(program, "https://other.example/in").status_code == 422


def test_a_server_that_others_use_calls_nothing_at_its_own_machine(
    program: Program, put_back: Callable[..., None], tmp_path: Any
) -> None:
    public = Settings(data_dir=tmp_path, control_token="a-token", public_url="https://simulator.example")
    assert not public.is_private
    put_back(public.webhook_hosts, loopback=public.is_private)
    assert subscribe(program, "http://localhost:9/").status_code == 422
    put_back(("localhost",), loopback=False)
    assert subscribe(program, "http://localhost:9/").status_code == 201


def test_an_address_that_may_no_longer_be_called_is_not(
    program: Program, sandbox: Sandbox, receiver: Receiver, put_back: Callable[..., None]
) -> None:
    subscribe(program, receiver.url)
    put_back((), loopback=False)
    program.sent(invoice())
    run(sandbox)
    assert receiver.got == []
    assert "was started for none" in (deliveries(sandbox)[0].error or "")


def test_an_unknown_event_or_kind_is_refused(program: Program) -> None:
    answer = subscribe(program, "http://localhost:9/", "DOCUMENTS.INVOICE.EATEN")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_parameters")
    without = replace(program, keys={**program.keys}, scope="eui", token=None)
    del without.keys["vendor_api_key"]
    answer = subscribe(without, "http://localhost:9/", kind="VENDOR_WEBHOOK")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "vendor_api_key_missing")


def test_a_sandbox_that_was_reset_meanwhile_is_left_alone(
    platform: Platform, program: Program, sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.let_go.clear()
    subscribe(program, receiver.url)
    program.sent(invoice())
    jobs.run_due(sandbox)
    store_of(platform).reset("default")
    receiver.let_go.set()
    assert outgoing_calls.wait_until_idle("default", 30)
    with store_of(platform).open("default") as fresh:
        assert deliveries(fresh) == []
