"""Reads a page into elements, in the order of the page.

Pages are read thousands of times in a run, and the platform writes them well-formed: a pattern finds their tags, several times
as fast as the standard library's parser, and what is not well-formed is a fault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Self

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
CONTROLS = ("input", "select", "textarea")

_ATTRIBUTE = r"""([^\s=<>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+)))?"""
_TAG = rf"""<(/?)([a-zA-Z][^\s<>/]*)((?:\s+{re.sub(r"[(](?![?])", "(?:", _ATTRIBUTE)})*)\s*(/?)>"""
_TOKEN = re.compile(rf"<!--.*?-->|<!doctype[^>]*>|{_TAG}", re.DOTALL | re.IGNORECASE)
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_RAW = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("script", "style")}
"""Elements in which nothing but their end is a tag."""


@dataclass(eq=False)
class Element:
    """One element, with what is inside."""

    tag: str
    attributes: dict[str, str]
    parent: "Self | None" = None
    children: list["Self | str"] = field(default_factory=list)

    @classmethod
    def of_page(cls, html: str) -> Self:
        """Read a page; elements must be closed in the order they were opened.

        Raises:
            AssertionError: they are not, or something is neither a tag nor text.
        """
        here = root = cls("document", {})
        end = 0
        while token := _TOKEN.search(html, end):
            _add_text(here, html[end : token.start()])
            end = token.end()
            closing, name, attributes, empty = token.groups()
            tag = (name or "").lower()
            if closing and tag not in VOID:
                assert here.tag == tag, f"</{tag}> closes <{here.tag}>"
                assert here.parent is not None
                here = here.parent
            elif tag and not closing:
                element = cls(tag, _attributes(attributes), here)
                here.children.append(element)
                if not empty and tag not in VOID:
                    here = element
            if here.tag in _RAW and not closing:
                raw = _RAW[here.tag].search(html, end)
                assert raw is not None, f"<{here.tag}> is not closed"
                here.children += [html[end : raw.start()]] if raw.start() > end else []
                end = raw.start()
        _add_text(here, html[end:])
        assert here is root, f"<{here.tag}> is not closed"
        return root

    def __getitem__(self, name: str) -> str:
        """Return an attribute, empty when it is not there."""
        return self.attributes.get(name, "")

    def __iter__(self) -> Iterator[Self]:
        """Go through the elements inside."""
        open_ = [iter(self.children)]
        while open_:
            for child in open_[-1]:
                if isinstance(child, Element):
                    yield child
                    open_.append(iter(child.children))
                    break
            else:
                open_.pop()

    def all(self, *tags: str) -> list[Self]:
        """Return the elements of these kinds inside."""
        return [element for element in self if element.tag in tags]

    @property
    def ancestors(self) -> Iterator[Self]:
        """The elements that this one stands in, the nearest first."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def above(self, tag: str) -> Self | None:
        """Return the nearest element of a kind that this one stands in."""
        return next((element for element in self.ancestors if element.tag == tag), None)

    def nodes(self) -> Iterator[tuple[Self, str]]:
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


def read(html: str) -> Element:
    """Read a page as ``Element.of_page`` does."""
    return Element.of_page(html)


def _add_text(element: Element, text: str) -> None:
    if text:
        assert "<" not in text, f"no tag and no text: {text[text.index('<') :][:80]!r}"
        element.children.append(unescape(text))


def _attributes(written: str) -> dict[str, str]:
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTES.findall(written)}
