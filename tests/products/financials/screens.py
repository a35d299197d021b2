"""What a person reads on the screens of Financials."""

from typing import Any

from werkzeug.test import TestResponse

from tests.reading import Element, read
from tests.visits import Visitor

SEND = "/financials/ar508000"


def element(html: str, id_: str) -> Element:
    """Return the element of an id."""
    return next(item for item in read(html) if item["id"] == id_)


def count(html: str) -> str:
    """Return the text at the bottom right, the only one in the line at the bottom."""
    (line,) = (item for item in read(html) if item["class"] == "status-line")
    return line.text


def messages(html: str) -> list[str]:
    """Return what the page tells about the last command."""
    return [item.text for item in read(html) if "flash" in item["class"].split()]


def facts(html: str) -> dict[str, str]:
    """Return the head of an invoice: each name with its value."""
    head = element(html, "invoice-head")
    return dict(zip((name.text for name in head.all("dt")), (value.text for value in head.all("dd")), strict=True))


def rows(html: str) -> dict[str, list[str]]:
    """Return the rows of the list: each by the text of its link, with the texts of its cells."""
    (body,) = read(html).all("tbody")
    return {row.all("a")[0].text: [cell.text for cell in row.all("td")] for row in body.all("tr")}


def statuses(visitor: Visitor, address: str) -> dict[str, str]:
    """Return the last column of a list: the status of each invoice by its number."""
    return {number: cells[-1] for number, cells in rows(visitor.get(address).text).items()}


def ids(visitor: Visitor, address: str = SEND) -> dict[str, str]:
    """Return the invoices of *Send invoices* that can be ticked: number and value of the box."""
    boxes: dict[str, str] = {}
    for row in read(visitor.get(address).text).all("tr"):
        boxes |= {row.all("a")[0].text: box["value"] for box in row.all("input") if box["name"] == "invoice"}
    return boxes


def process(visitor: Visitor, *numbers: str, command: str = "process", address: str = SEND) -> TestResponse:
    """Tick invoices by their numbers, and press a button."""
    boxes = ids(visitor, address)
    form = visitor.form(address, "command")
    button = [value for _, value, _ in form.buttons].index(command)
    ticked: dict[str, Any] = {"invoice": [boxes[number] for number in numbers]} if numbers else {}
    return visitor.send(form, button, follow=True, **ticked)
