"""The Norwegian office of the scenario ``webfaktura-no`` with its clients, and a visitor of its programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import events
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.sales import clients, installations
from simulator.sales.models import Module, Opg, ProgramCode
from tests.conftest import NOW
from tests.reading import Element, read
from tests.visits import Visitor, make_platform, store_of

ADMINISTRATOR = "administrator@nordlys-regnskap.example"
OFFICE_USER = "byraabruker@nordlys-regnskap.example"
NEIGHBOUR = "administrator@nabobyraet.example"


@dataclass
class Office:
    """The office's sandbox, and a browser in which its administrator is signed in."""

    platform: Platform
    sandbox: Sandbox
    visitor: Visitor

    def as_person(self, email: str, language: str = "nb") -> Visitor:
        """Return the browser of another person."""
        return Visitor.of(self.platform, self.sandbox, email, language)

    def client(self, key: str) -> int:
        """Return the id of a client."""
        with self.sandbox.reading() as db:
            client = clients.by_key(db, key)
            assert client is not None
            return client.id

    def set_gateway(self, state: Opg) -> None:
        """Set the state of the office's gateway."""
        with self.sandbox.transaction() as db:
            client = clients.by_key(db, "kafe")
            assert client is not None
            installations.set_state(db, client.customer, opg=state)

    def install(self, key: str, program: ProgramCode, version: str, *modules: Module) -> None:
        """Install a program for a client."""
        with self.sandbox.transaction() as db:
            client = clients.by_key(db, key)
            assert client is not None
            clients.install(db, client, program, version=version, modules=modules)

    def journal(self, prefix: str) -> list[str]:
        """Return the types of the events that begin like this, oldest first."""
        with self.sandbox.reading() as db:
            return [event.type for event in events.after(db) if event.type.startswith(prefix)]


@pytest.fixture(scope="module")
def office_platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    """Put a platform together."""
    return make_platform(tmp_path_factory.mktemp("office"), templates)


@pytest.fixture
def office(office_platform: Platform) -> Iterator[Office]:
    """Make the office's sandbox, fresh for each test."""
    store = store_of(office_platform)
    store.create("no", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW)))
    with store.open("no") as sandbox:
        yield Office(office_platform, sandbox, Visitor.of(office_platform, sandbox, ADMINISTRATOR, "nb"))
    store.delete("no")


def press(visitor: Visitor, path: str, label: str, **values: Any) -> TestResponse:
    """Open a page, fill in the form with a button of this label, press it, and follow where it leads."""
    for form in visitor.forms(path):
        labels = [button.text for button in form.element.all("button")]
        if label in labels:
            return visitor.send(form, follow=True, **values)
    raise AssertionError(f"no form on {path} has a button {label}")


def alerts(response: TestResponse) -> list[str]:
    """Return the messages and refusals of a page."""
    return [element.text for element in _content(response).all("div") if "alert" in element["class"].split()]


def states(response: TestResponse) -> dict[str, bool]:
    """Return the lines with a green tick or a red cross: whether it is a tick."""
    lines = [line for line in _content(response).all("p") if "state" in line["class"].split()]
    return {line.all("span")[-1].text: "state-good" in line["class"] for line in lines}


def paragraphs(response: TestResponse) -> list[str]:
    """Return the paragraphs of a page's content."""
    return [element.text for element in _content(response).all("p")]


def row(response: TestResponse, text: str) -> list[str]:
    """Return the cells of the table row that has a cell with this text."""
    for line in _content(response).all("tr"):
        cells = [cell.text for cell in line.all("td")]
        if text in cells:
            return cells
    raise AssertionError(f"no row has a cell {text}")


def value(response: TestResponse, name: str) -> str:
    """Return the value of the field with an id."""
    (field,) = [field for field in _content(response).all("input") if field["id"] == name]
    return field["value"]


def _content(response: TestResponse) -> Element:
    (content,) = read(response.text).all("main")
    return content
