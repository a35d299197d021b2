"""Visma Administration 2000 as somebody has it open: opens its pages, fills in their forms, and reads what they say."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.core.advance import advance
from simulator.core.sandbox import Sandbox
from simulator.documents.model.models import Document
from simulator.sales import books, clients
from simulator.sales.models import Buyer, SalesInvoice
from tests.reading import read
from tests.visits import Visitor

NAME = "workshop"


@dataclass
class Program:
    """The program, open for one client."""

    visitor: Visitor
    sandbox: Sandbox
    client: int

    def path(self, page: str) -> str:
        """Return the address of a page of the program."""
        return page if page.startswith("/s/") else f"/administration/{self.client}/{page}"

    def text(self, page: str, status: int = 200) -> str:
        """Open a page and return what its content says."""
        response = self.visitor.get(self.path(page))
        assert response.status_code == status
        return content_of(response)

    def send(self, page: str, field: str, button: int = 0, **values: Any) -> TestResponse:
        """Fill in the form of a page that has a field, and press one of its buttons; the pages that follow are opened."""
        form = self.visitor.form(self.path(page), field)
        return self.visitor.send(form, button, follow=True, **values)

    def print(self, number: str, delivery: str | None = None, page: str = "print") -> TestResponse:
        """Print an invoice, with the value that the page offers first unless another is named."""
        values: dict[str, Any] = {"delivery": delivery} if delivery else {}
        return self.send(f"invoices/{self.invoice(number).id}/{page}", "delivery", **values)

    def make(self, *lines: tuple[str, str, str], **values: Any) -> TestResponse:
        """Make an invoice with lines of name, quantity and price."""
        names, quantities, prices = ([line[at] for line in lines] for at in range(3))
        lists = {"name": names, "quantity": quantities, "price": prices, "rate": ["25"] * len(lines)}
        form = self.visitor.form(self.path("invoices/new"), "issued_on")
        at = next(at for at, (name, _, _) in enumerate(form.buttons) if name != "action")
        return self.visitor.send(form, at, follow=True, **(lists | values))

    def invoice(self, number: str) -> SalesInvoice:
        """Return an invoice of the books."""
        with self.sandbox.reading() as db:
            query = select(SalesInvoice).where(SalesInvoice.number == number, SalesInvoice.client_id == self.client)
            return db.scalars(query).one()

    def buyer(self, number: str) -> Buyer:
        """Return a customer of the books."""
        with self.sandbox.reading() as db:
            return db.scalars(select(Buyer).where(Buyer.number == number, Buyer.client_id == self.client)).one()

    def numbers(self) -> list[str]:
        """Return the numbers of all invoices of the books, newest first."""
        with self.sandbox.reading() as db:
            client = clients.by_key(db, "verkstad")
            assert client is not None
            return [invoice.number for invoice in books.invoices(db, client)]

    def documents(self) -> list[tuple[str, str | None, str]]:
        """Return the documents that AutoInvoice has from the program: number, channel, status."""
        with self.sandbox.reading() as db:
            query = select(SalesInvoice.document_id).where(SalesInvoice.document_id.is_not(None)).order_by(SalesInvoice.id)
            documents = [db.get_one(Document, id_) for id_ in db.scalars(query)]
            return [(document.number, document.channel, document.status) for document in documents]

    def settle(self) -> None:
        """Let what is under way arrive."""
        advance(self.sandbox, 20 * 60)


def content_of(response: TestResponse) -> str:
    """Return what the content of a page says, with single blanks."""
    between_cells = re.sub(r"</(?:dt|dd|td|th|li|p)>", r"\g<0> ", response.text)
    (main,) = read(between_cells).all("main")
    return re.sub(r"\s+", " ", main.text)
