"""Several platforms in one: a sandbox of each scenario, frozen; two with notices in the bell and mails in the boxes."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from waitress.server import create_server

from simulator.app import Platform
from simulator.core import jobs, notices, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation
from simulator.core.webhook_calls import CallState
from simulator.directory import code_right_form, emergency_codes, people, support
from simulator.directory.code_right_form import CodeRightForm
from simulator.directory.models import Person
from simulator.documents.synthetic import consumption
from simulator.products.openid.models import WebhookCall
from simulator.products.openid.services import applications, webhooks
from tests.conftest import NOW
from tests.crawl.site import LIMITED_TO, SCENARIOS, Site
from tests.suite.once import shared_directory
from tests.visits import Visitor, cast, make_platform, store_of

CONTACT = "ida@havbris.example"
"""Who is mailed the link that confirms a transfer."""
HOOK = "http://localhost:3000/hook"


@pytest.fixture(scope="session")
def listening() -> Iterator[socket.socket]:
    """Return a socket on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture(scope="session")
def platform(listening: socket.socket, templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform with its sandboxes."""
    made = make_platform(tmp_path_factory.mktemp("crawl"), templates, port=listening.getsockname()[1])
    store = store_of(made)
    for scenario, name in SCENARIOS.items():
        store.create(name, Creation(scenario=scenario, clock=Clock.frozen(NOW), seed=scenario))
        if name in LIMITED_TO:
            with store.open(name) as sandbox:
                consumption.unpack_all(sandbox)
                if name == "contracts":
                    request_transfer(made, sandbox)
            continue
        with store.open(name) as sandbox:
            administrator, user = cast(sandbox, "administrator"), cast(sandbox, "user")
            with sandbox.transaction() as db:
                person = people.by_email(db, user.email)
                assert person is not None
                people.send_activation(db, person)
                emergency_codes.grant_right(db, person, ["asked.example"], None)
                ask_support(db, user)
                for what in ("registered", "removed"):
                    notices.notify(
                        db,
                        administrator.id,
                        notices.NoticeKind.REGISTRATION_CHANGED,
                        text=f"notice.elma.{what}",
                        link="/elma/",
                        company="Fjordlys Drift AS",
                        number="1",
                    )
            change_users(made, sandbox)
            register_application(made, sandbox)
            jobs.run_due(sandbox)
    return made


def request_transfer(made: Platform, sandbox: Sandbox) -> None:
    """Request that all licences of a contract go over to a new customer: its pages are there, and the mail with the link."""
    browser = Visitor.of(made, sandbox, cast(sandbox, "administrator").email, "en")
    form = browser.form("/settings/contracts/60102/transfer", "receiver")
    receiver: Any = {"receiver": "312000024", "name": "Havbris AS", "contact_name": "Ida Moe", "contact_email": CONTACT}
    assert browser.send(form, **receiver).status_code == 302


def register_application(made: Platform, sandbox: Sandbox) -> None:
    """Register an application that called with an address that is not its own, and whose webhook did not answer."""
    address = "http://localhost:3000/callback"
    with sandbox.transaction() as db:
        shop = applications.add(db, applications.Registration(client_id="shop", name="Webshop", redirect_uris=[address]))
        webhook = webhooks.add(db, shop, "client_application_authorized", HOOK)
        payload = {"id": "1", "type": webhook.event, "data": {}}
        db.add(WebhookCall(uuid=db.chance.uuid(), webhook=webhook, payload=payload, state=CallState.GIVEN_UP))
    browser = Visitor.of(made, sandbox, None, "en")
    assert browser.get(f"/connect/authorize?client_id=shop&redirect_uri={address}/").status_code == 400


def change_users(made: Platform, sandbox: Sandbox) -> None:
    """Mail activation links to two users at once: the page says who was left out, and why."""
    people_ = [cast(sandbox, who) for who in ("administrator", "user")]
    browser = Visitor.of(made, sandbox, people_[0].email, "en")
    values = {"action": "resend", "selection": "ticked", "user": [str(person.id) for person in people_], "confirmed": "y"}
    response = browser.client.post(browser.path("/admin/users/bulk"), data={**values, "csrf_token": browser.token()})
    assert response.status_code == 302


def ask_support(db: Db, person: Person) -> None:
    """Mail the form for the right to generate codes to support."""
    form = CodeRightForm(person.name, person.email, "", ("asked.example",))
    content = code_right_form.write("en", form).encode()
    mail = outbox.PersonalMail(
        sender=person.email, sender_name=person.name, to=support.ADDRESS, subject="Asked for the right", text="Attached.\n",
        language="en", files=[("form.txt", "text/plain", content)],
    )  # fmt: skip
    outbox.write(db, mail)


@pytest.fixture(scope="session")
def site(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return what is there to crawl."""
    return Site(platform, shared_directory(tmp_path_factory) / "crawled")


@pytest.fixture(scope="session")
def address(platform: Platform, listening: socket.socket) -> Iterator[str]:
    """Serve the platform as long as the tests run, and return its address."""
    server = create_server(platform, sockets=[listening], threads=4)
    thread = Thread(target=lambda: _run(server), name="crawled", daemon=True)
    thread.start()
    yield f"http://localhost:{listening.getsockname()[1]}"
    server.close()
    thread.join(10)


def _run(server: object) -> None:
    with suppress(OSError):  # the loop's own socket is closed when the tests are over
        server.run()  # type: ignore[attr-defined]
