"""Reads a page into elements, in the order of the page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
CONTROLS = ("input", "select", "textarea")


@dataclass(eq=False)
class Element:
    """One element, with what is inside."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        """Return an attribute, empty when it is not there."""
        return self.attributes.get(name, "")

    def __iter__(self) -> Iterator["Element"]:
        """Go through the elements inside."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    def all(self, *tags: str) -> list["Element"]:
        """Return the elements of these kinds inside."""
        return [element for element in self if element.tag in tags]

    def above(self, tag: str) -> "Element | None":
        """Return the nearest element of a kind that this one stands in."""
        found = self.parent
        while found is not None and found.tag != tag:
            found = found.parent
        return found

    def nodes(self) -> Iterator[tuple["Element", str]]:
        """Go through all texts inside, each with the element it stands in."""
        for child in self.children:
            if isinstance(child, Element):
                yield from child.nodes()
            else:
                yield self, child

    @property
    def text(self) -> str:
        """What can be read inside."""
        return " ".join("".join(text for _, text in self.nodes()).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document", {})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.children.append(Element(tag, {name: value or "" for name, value in attrs}, self._open))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open.tag == tag, f"</{tag}> closes <{self._open.tag}>"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)


def read(html: str) -> Element:
    """Read a page; elements must be closed in the order they were opened.

    Raises:
        AssertionError: they are not.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader._open is reader.root, f"<{reader._open.tag}> is not closed"
    return reader.root
