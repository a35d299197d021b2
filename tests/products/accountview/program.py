"""AccountView in a browser without a window: its pages by address, its wizard by button."""

from dataclasses import dataclass, replace
from typing import Self

from werkzeug.test import TestResponse

from tests.reading import Element, read
from tests.visits import Form, Visitor, forms_on

NAME = "accountview"


@dataclass(frozen=True)
class Page:
    """A page of the program."""

    status: int
    root: Element
    html: str

    @property
    def heading(self) -> str:
        """Its main heading."""
        return self.root.all("h1")[0].text

    @property
    def alerts(self) -> list[str]:
        """Its messages."""
        return [element.text for element in self.root if "alert" in element["class"].split()]

    @property
    def states(self) -> list[tuple[bool, str]]:
        """Its lines of states: whether it is good, and what it says."""
        lines = [element for element in self.root.all("p") if "state" in element["class"].split()]
        return [("state-good" in line["class"], line.text) for line in lines]

    @property
    def count_line(self) -> str:
        """What is at the bottom right."""
        return next((element.text for element in self.root if element["class"] == "window-count"), "")

    @property
    def wizard(self) -> Form:
        """The form of the wizard."""
        forms = forms_on(self.html, "/")
        return next(form for form in forms if form.element["class"] == "wizard-form")


@dataclass(frozen=True)
class Program:
    """The program, open for a client.

    Attributes:
        visitor: the browser.
        client: id of the client.
        clients: number → id of all clients.
    """

    visitor: Visitor
    client: int
    clients: dict[str, int]

    def of(self, number: str) -> Self:
        """Return the program, open for another client."""
        return replace(self, client=self.clients[number])

    def open(self, path: str = "") -> Page:
        """Open a page of the client."""
        return self._page(self.visitor.get(f"/accountview/{self.client}/{path}", follow_redirects=True))

    def press(self, action: str, page: Page | None = None, **values: str) -> Page:
        """Press a button of the wizard, on the step that is open now unless a page is given that was opened before."""
        form = (page or self.open("activate")).wizard
        data = {**form.values, **values, "action": action}
        address = self.visitor.path(f"/accountview/{self.client}/activate")
        return self._page(self.visitor.client.post(address, data=data, follow_redirects=True))

    def go_to_the_last_step(self) -> Page:
        """Go through the first three steps of a client whose licence data are right."""
        self.press("next", services="y")
        self.press("next")
        return self.press("next")

    def create(self, email: str, page: Page | None = None) -> Page:
        """Press *Aanmaken* for an address."""
        return self.press("create", page, email=email, first_name="Beheer", last_name="Vlijt")

    @staticmethod
    def _page(response: TestResponse) -> Page:
        return Page(response.status_code, read(response.text), response.text)
