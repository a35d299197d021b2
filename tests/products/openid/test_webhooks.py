"""Webhooks of Connect: on which events an application is called, how its receiver proves that, and what happens when it is down."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core import copies, events, faults, hosts, jobs, outgoing_calls
from simulator.core.clock import Clock
from simulator.core.jobs.recovery import resume_interrupted
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation
from simulator.core.webhook_calls import DELAYS, CallState
from simulator.directory import administration, companies, credentials, links, moving_companies, new_email, people
from simulator.directory.actors import actor_of
from simulator.directory.models import Company, Customer, LinkKind, Person
from simulator.directory.people import Particulars
from simulator.directory.signing_in import push
from simulator.directory.signing_in.models import SignIn
from simulator.products.openid.models import Webhook, WebhookCall
from simulator.products.openid.services import applications, identifiers, webhooks
from simulator.products.openid.webhook_events import EVENTS
from tests.conftest import NOW
from tests.products.openid.conftest import Client
from tests.visits import Form, Visitor, cast, fresh_sandbox, store_of

SECRET = "a-secret-for-tests"
AUTHORIZED, MODIFIED = "client_application_authorized", "user_account_modified"
DEVELOPER = "/developer/applications/web"


@dataclass
class Arrived:
    """A call as it arrived."""

    signature: str | None
    body: bytes

    @property
    def content(self) -> Any:
        """What it says."""
        return json.loads(self.body.decode("utf-8"))

    def is_signed_with(self, secret: str) -> bool:
        """Return whether its signature is right, computed as any receiver would."""
        digest = hmac.new(secret.encode("utf-8"), self.body, hashlib.sha256).digest()
        return hmac.compare_digest((self.signature or "").encode(), base64.b64encode(digest))


class Receiver(ThreadingHTTPServer):
    """A receiver at this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        self.calls: list[Arrived] = []
        self.status = 204
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}/hook?from=connect"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(Arrived(self.headers["X-VWD-Signature-V1"], body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver."""
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass
class Subscriber:
    """The web application, which subscribes its receiver."""

    platform: Platform
    sandbox: Sandbox
    receiver: Receiver

    def subscribe(self, *names: str, customer: str | None = None) -> None:
        """Subscribe the receiver to events."""
        with self.sandbox.transaction() as db:
            application = applications.by_client_id(db, "web")
            assert application is not None
            of = db.scalars(select(Customer).where(Customer.key == customer)).one() if customer else None
            for name in names:
                webhooks.add(db, application, name, self.receiver.url, of, SECRET)

    def run(self) -> list[Any]:
        """Do what is due, and return what the receiver has got since."""
        before = len(self.receiver.calls)
        while jobs.run_due(self.sandbox):
            assert outgoing_calls.wait_until_idle(self.sandbox.name, 30)
        return [call.content for call in self.receiver.calls[before:]]

    def after(self, act: Callable[[Db], object]) -> list[Any]:
        """Change something, and return what the receiver gets."""
        with self.sandbox.transaction() as db:
            act(db)
        return self.run()

    def advance(self, delay: timedelta) -> None:
        """Move the clock ahead."""
        seconds = int(delay.total_seconds())
        path = f"/_sim/sandboxes/{self.sandbox.name}/clock/advance"
        assert self.platform.test_client().post(path, json={"seconds": seconds}).status_code == 200

    @property
    def call(self) -> WebhookCall:
        """The only call."""
        with self.sandbox.reading() as db:
            return db.scalars(select(WebhookCall)).one()


@pytest.fixture
def subscriber(platform: Platform, sandbox: Sandbox, receiver: Receiver) -> Subscriber:
    """Return the subscriber."""
    return Subscriber(platform, sandbox, receiver)


def change_phone(db: Db, number: str = "1") -> None:
    """Change an account."""
    person = db.scalars(select(Person).where(Person.key == "user")).one()
    names = {"first_name": person.first_name, "last_name": person.last_name, "language": person.language}
    administration.change(db, "boss@office.example", person, Particulars(email=person.email, phone=number, **names))


def test_a_sign_in_to_the_application_is_called_with_a_signature_that_the_receiver_can_check(
    client: Client, subscriber: Subscriber, sandbox: Sandbox
) -> None:
    subscriber.subscribe(AUTHORIZED)
    client.code()
    (content,) = subscriber.run()
    person = cast(sandbox, "administrator")
    with sandbox.reading() as db:
        subject, tenant = identifiers.subject(db, person.id), identifiers.tenant(db, people.customers_of(db, person.id)[0])
    assert content == {
        "id": subscriber.call.uuid,
        "type": AUTHORIZED,
        "time": "2022-03-01T08:00:00+00:00",
        "tenantId": tenant,
        "data": {
            "userId": subject,
            "email": person.email,
            "clientId": "web",
            "scopes": ["openid", "profile", "email", "offline_access"],
        },
    }
    (arrived,) = subscriber.receiver.calls
    assert arrived.is_signed_with(SECRET)
    assert not arrived.is_signed_with(SECRET + "x")
    assert not Arrived(arrived.signature, arrived.body + b" ").is_signed_with(SECRET)


def test_the_sign_in_to_another_application_is_no_event_of_this_one(
    platform: Platform, client: Client, sandbox: Sandbox, subscriber: Subscriber
) -> None:
    subscriber.subscribe(AUTHORIZED)
    client.client_id, client.secret = "native", None
    client.code()
    assert subscriber.run() == []


def test_letters_beyond_ascii_are_signed_as_they_are_sent(subscriber: Subscriber) -> None:
    subscriber.subscribe(AUTHORIZED)

    def sign_in(db: Db) -> None:
        person = db.scalars(select(Person).where(Person.key == "user")).one()
        about: dict[str, Any] = {"client_id": "web", "scopes": ["Ålesund"], "tenant": None}
        events.record(db, "openid.authorized", subject=person.email, **about)

    subscriber.after(sign_in)
    (arrived,) = subscriber.receiver.calls
    assert "Ålesund".encode() in arrived.body
    assert arrived.is_signed_with(SECRET)


def test_each_change_of_an_account_is_called_with_what_changed(subscriber: Subscriber, sandbox: Sandbox) -> None:
    subscriber.subscribe(MODIFIED)
    new = Particulars(email="new@example.test", first_name="Nora", last_name="Ny", language="nb")

    def invite(db: Db) -> None:
        customer = db.scalars(select(Customer).where(Customer.key == "office")).one()
        people.invite(db, db.scalars(select(Person).where(Person.key == "administrator")).one(), customer, new, [])

    def activate(db: Db) -> None:
        person = people.by_email(db, new.email)
        assert person is not None
        credentials.activate(db, person)

    def move(db: Db) -> None:
        person = people.by_email(db, new.email)
        assert person is not None
        db.get_one(Customer, people.customers_of(db, person.id)[0]).may_change_email = True
        link = links.find(db, links.make(db, person, LinkKind.EMAIL, new_email="other@example.test"), LinkKind.EMAIL)
        assert link is not None
        new_email.confirm(db, link)

    contents = [content for act in (invite, activate, change_phone, move) for content in subscriber.after(act)]
    assert [(content["data"]["email"], content["data"]["change"]) for content in contents] == [
        ("new@example.test", "created"),
        ("new@example.test", "email_verified"),
        (cast(sandbox, "user").email, "details_changed"),
        ("other@example.test", "email_changed"),
    ]
    assert contents[2]["data"]["fields"] == ["phone"]
    assert contents[0]["data"]["userId"] == contents[3]["data"]["userId"]


def test_requests_on_the_phone_are_called_when_they_wait_and_when_they_are_answered(subscriber: Subscriber) -> None:
    name = "authenticator_push_notification"
    subscriber.subscribe(*(f"{name}_{state}" for state in ("pending", "approved", "denied")))

    def send(db: Db, number: Callable[[str], str | None]) -> None:
        person = db.scalars(select(Person).where(Person.key == "user")).one()
        until = db.clock.now() + timedelta(hours=1)
        sign_in = SignIn(id=db.chance.token(), email=person.email, person=person, methods=[], expires_at=until)
        db.add(sign_in)
        request = push.send(db, sign_in)
        assert request is not None
        push.answer(db, request, number(request.number))

    approved = subscriber.after(lambda db: send(db, lambda number: number))
    denied = subscriber.after(lambda db: send(db, lambda number: None))
    # Two webhooks are called at the same instant: which call arrives first is not promised.
    assert sorted(content["type"] for content in approved) == [f"{name}_approved", f"{name}_pending"]
    assert sorted(content["type"] for content in denied) == [f"{name}_denied", f"{name}_pending"]
    assert all("number" not in content["data"] for content in approved + denied)


def test_a_tenant_has_a_service_from_its_first_company_to_its_last(subscriber: Subscriber, sandbox: Sandbox) -> None:
    subscriber.subscribe("tenant_application_added", "tenant_application_deleted")
    service = "payroll"

    def of(db: Db, key: str) -> Company:
        return db.scalars(select(Company).where(Company.key == key)).one()

    def switch(db: Db, key: str, change: Callable[..., None]) -> None:
        company = of(db, key)
        actor = actor_of(db, db.scalars(select(Person).where(Person.key == "administrator")).one())
        assert actor is not None
        change(db, actor, company, service)

    def move(db: Db) -> None:
        other = Customer(key="other", number="100999", name="Other", country="NL")
        db.add(other)
        db.flush()
        moving_companies.move_company(db, "boss@office.example", of(db, "fietsen"), other)

    def added(db: Db, key: str) -> None:
        switch(db, key, companies.activate_service)

    def ended(db: Db, key: str) -> None:
        switch(db, key, companies.deactivate_service)

    steps = [
        subscriber.after(act)
        for act in (
            lambda db: added(db, "fietsen"),
            lambda db: added(db, "bakkerij"),
            lambda db: ended(db, "bakkerij"),
            lambda db: ended(db, "fietsen"),
            lambda db: added(db, "fietsen"),
            move,
        )
    ]
    with sandbox.reading() as db:
        tenant, other = (identifiers.tenant(db, of(db, key).customer_id) for key in ("bakkerij", "fietsen"))
    assert [[(content["type"], content["tenantId"], content["data"]) for content in step] for step in steps] == [
        [("tenant_application_added", tenant, {"application": service})],
        [],
        [],
        [("tenant_application_deleted", tenant, {"application": service})],
        [("tenant_application_added", tenant, {"application": service})],
        [
            ("tenant_application_deleted", tenant, {"application": service}),
            ("tenant_application_added", other, {"application": "autoinvoice"}),
            ("tenant_application_added", other, {"application": service}),
        ],
    ]


def test_a_webhook_of_a_tenant_is_called_on_that_tenants_events_only(subscriber: Subscriber, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.add(Customer(key="other", number="100999", name="Other", country="NL"))
    subscriber.subscribe(MODIFIED, customer="other")
    assert subscriber.after(change_phone) == []
    subscriber.subscribe(MODIFIED, customer="office")
    (content,) = subscriber.after(lambda db: change_phone(db, "2"))
    with sandbox.reading() as db:
        own = db.scalars(select(Customer).where(Customer.key == "office")).one()
        assert content["tenantId"] == identifiers.tenant(db, own.id)


def test_a_receiver_that_is_down_gets_the_same_call_when_it_is_up_again(subscriber: Subscriber) -> None:
    subscriber.receiver.status = 503
    subscriber.subscribe(MODIFIED)
    subscriber.after(change_phone)
    assert (subscriber.call.state, subscriber.call.answer) == (CallState.WAITING, 503)
    subscriber.receiver.status = 200
    subscriber.advance(DELAYS[0])
    assert (subscriber.call.state, subscriber.call.attempts) == (CallState.DELIVERED, 2)
    first, second = subscriber.receiver.calls
    assert (first.body, first.signature) == (second.body, second.signature)


def test_a_call_is_given_up_after_the_last_delay_and_can_be_sent_again(subscriber: Subscriber, platform: Platform) -> None:
    subscriber.receiver.status = 500
    subscriber.subscribe(MODIFIED)
    subscriber.after(change_phone)
    subscriber.advance(sum(DELAYS, timedelta(minutes=1)))
    assert (subscriber.call.state, subscriber.call.attempts) == (CallState.GIVEN_UP, len(DELAYS) + 1)
    subscriber.receiver.status = 200
    visitor = Visitor.of(platform, subscriber.sandbox, None, "en")
    path = page_of(subscriber.sandbox)
    assert "Given up (500)" in visitor.get(path).text
    assert visitor.send(command(visitor, path, "/send")).status_code == 302
    (content,) = subscriber.run()
    assert content["id"] == subscriber.call.uuid
    assert "Accepted (200)" in visitor.get(path).text


def test_a_call_that_waits_is_sent_at_once_and_not_twice(subscriber: Subscriber) -> None:
    subscriber.receiver.status = 500
    subscriber.subscribe(MODIFIED)
    subscriber.after(change_phone)
    subscriber.receiver.status = 200
    for _ in range(2):
        with subscriber.sandbox.transaction() as db:
            webhooks.send_again(db, db.scalars(select(Webhook)).one(), subscriber.call.uuid)
    subscriber.run()
    subscriber.advance(DELAYS[0])
    assert (subscriber.call.state, len(subscriber.receiver.calls)) == (CallState.DELIVERED, 2)


def test_a_webhook_or_application_that_was_removed_in_between_is_not_called(subscriber: Subscriber) -> None:
    for number in ("1", "2"):
        subscriber.subscribe(MODIFIED)
        with subscriber.sandbox.transaction() as db:
            change_phone(db, number)
            call = db.scalars(select(WebhookCall)).one()
            assert call.state == CallState.WAITING
            if number == "1":
                webhooks.remove(db, call.webhook)
            else:
                applications.remove(db, call.webhook.application)
        assert subscriber.run() == []
        with subscriber.sandbox.reading() as db:
            assert db.scalars(select(WebhookCall)).all() == []


def test_a_server_that_takes_over_makes_the_calls_at_which_the_one_before_was_killed(
    subscriber: Subscriber, platform: Platform
) -> None:
    subscriber.subscribe(MODIFIED)
    subscriber.after(change_phone)
    with subscriber.sandbox.transaction() as db:
        db.scalars(select(WebhookCall)).one().state = CallState.SENDING
    assert subscriber.after(resume_interrupted) == [subscriber.call.payload]
    with subscriber.sandbox.transaction() as db:
        db.scalars(select(WebhookCall)).one().state = CallState.SENDING
    store = store_of(platform)
    copies.make_snapshot(store, subscriber.sandbox.name, "halfway")
    copies.restore(store, subscriber.sandbox.name, "halfway")
    with store.open(subscriber.sandbox.name) as restored:
        subscriber.sandbox = restored
        assert subscriber.run() == [subscriber.call.payload]
        assert subscriber.receiver.calls[-1].is_signed_with(SECRET)


def test_a_fault_lets_a_call_fail_without_a_receiver_that_is_down(subscriber: Subscriber, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        faults.add(db, "openid.webhook", person=cast(sandbox, "user").email)
    subscriber.subscribe(MODIFIED)
    assert subscriber.after(change_phone) == []
    assert subscriber.call.state == CallState.WAITING
    with sandbox.reading() as db:
        (line,) = events.after(db, type_="openid.webhook_failed")
    assert (line.subject, line.data["event"], line.data["attempt"]) == ("web", MODIFIED, 1)


def command(visitor: Visitor, path: str, ending: str) -> Form:
    """Return the form of a page whose address ends so."""
    return next(form for form in visitor.forms(path) if form.action.endswith(ending))


def page_of(sandbox: Sandbox) -> str:
    """Return the path of the page of the only webhook."""
    with sandbox.reading() as db:
        return f"{DEVELOPER}/webhooks/{db.scalars(select(Webhook)).one().uuid}"


def test_the_developer_reads_the_secret_once(platform: Platform, subscriber: Subscriber, sandbox: Sandbox) -> None:
    visitor = Visitor.of(platform, sandbox, None, "en")
    values: Any = {"event": MODIFIED, "url": subscriber.receiver.url}
    answer = visitor.send(visitor.form(f"{DEVELOPER}/webhooks/new", "url"), **values)
    with sandbox.reading() as db:
        secret = db.scalars(select(Webhook)).one().secret
    assert answer.status_code == 200
    assert secret in answer.text.replace("<wbr>", "")
    subscriber.after(change_phone)
    assert subscriber.receiver.calls[0].is_signed_with(secret)
    for path in (DEVELOPER, page_of(sandbox)):
        assert secret not in visitor.get(path).text.replace("<wbr>", "")
    assert visitor.send(visitor.form(f"{DEVELOPER}/webhooks/new", "url"), **values).status_code == 422
    assert visitor.send(command(visitor, page_of(sandbox), "/remove")).status_code == 302
    assert MODIFIED not in visitor.get(DEVELOPER).text


ELSEWHERE = [
    "http://192.0.2.1/hook",
    "ftp://localhost/",
    "http://user:secret@localhost/",
    "localhost:80",
    "http://localhost/#x",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_an_address_that_may_not_be_called_is_refused(platform: Platform, sandbox: Sandbox, url: str) -> None:
    visitor = Visitor.of(platform, sandbox, None, "en")
    answer = visitor.send(visitor.form(f"{DEVELOPER}/webhooks/new", "url"), event=MODIFIED, url=url)
    assert answer.status_code == 422
    assert "cannot be called" in answer.text
    assert call_control(platform, sandbox, "POST", event=MODIFIED, url=url).status_code == 422


def test_an_address_that_may_no_longer_be_called_is_not(subscriber: Subscriber) -> None:
    subscriber.subscribe(MODIFIED)
    hosts.use((), loopback=False)
    try:
        assert subscriber.after(change_phone) == []
    finally:
        hosts.use((), loopback=True)
    assert "was started for none" in (subscriber.call.error or "")


def call_control(platform: Platform, sandbox: Sandbox, method: str, path: str = "", **body: Any) -> Any:
    """Call the control API about the webhooks of the web application."""
    address = f"/_sim/sandboxes/{sandbox.name}/applications/web/webhooks{path}"
    return platform.test_client().open(address, method=method, json=body or None)


def test_programs_add_list_and_remove_webhooks(platform: Platform, sandbox: Sandbox) -> None:
    values = {"event": MODIFIED, "url": "http://localhost:9/hook", "tenant": "office"}
    answer = call_control(platform, sandbox, "POST", **values, secret=SECRET)
    assert answer.status_code == 201
    added = answer.get_json()
    assert added == values | {"id": added["id"], "secret": SECRET}
    assert call_control(platform, sandbox, "GET").get_json() == [values | {"id": added["id"]}]
    assert call_control(platform, sandbox, "POST", **values).status_code == 422
    assert call_control(platform, sandbox, "DELETE", f"/{added['id']}").status_code == 204
    assert call_control(platform, sandbox, "DELETE", f"/{added['id']}").status_code == 404
    drawn = call_control(platform, sandbox, "POST", **values).get_json()["secret"]
    assert len(drawn) == 43


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"event": "user_eaten"}, 422), ({"tenant": "nobody"}, 404), ({"secret": "ø"}, 422), ({"url": ""}, 422)],
)
def test_what_is_wrong_with_a_webhook_is_refused(
    platform: Platform, sandbox: Sandbox, changes: dict[str, str], status: int
) -> None:
    values = {"event": MODIFIED, "url": "http://localhost:9/hook"} | changes
    assert call_control(platform, sandbox, "POST", **values).status_code == status
    assert call_control(platform, sandbox, "GET").get_json() == []


def test_a_scenario_subscribes_its_applications(platform: Platform) -> None:
    entries = [{"event": name, "url": "http://localhost:9/hook", "tenant": "office", "secret": SECRET} for name in EVENTS]
    overlay: Any = {"applications": [{"client_id": "shop", "webhooks": entries}]}
    creation = Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="openid", overlay=overlay)
    with fresh_sandbox(platform, "subscribed", creation) as sandbox, sandbox.reading() as db:
        rows = db.scalars(select(Webhook).order_by(Webhook.id)).all()
        assert [row.event for row in rows] == list(EVENTS)
        assert {(row.secret, row.customer.key if row.customer else None) for row in rows} == {(SECRET, "office")}


@pytest.mark.parametrize(
    ("changes", "where"),
    [({"tenant": "nobody"}, ".tenant"), ({"event": "eaten"}, ".event"), ({"url": "http://192.0.2.1/"}, "")],
)
def test_a_wrong_webhook_of_a_scenario_is_named_by_its_path(platform: Platform, changes: dict[str, str], where: str) -> None:
    entry = {"event": MODIFIED, "url": "http://localhost:9/hook"} | changes
    overlay = {"applications": [{"client_id": "shop", "webhooks": [entry]}]}
    answer = platform.test_client().post("/_sim/sandboxes", json={"scenario": "accountant-nl", "with": overlay})
    assert answer.status_code == 422
    assert f"with.applications.0.webhooks.0{where}" in answer.text
