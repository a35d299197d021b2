"""A page without a browser: what is on it by role and name, what is open on it, and what is filled in.

Names and roles follow *Accessible Name and Description Computation* and *HTML-AAM* of the W3C as far as the pages of the platform
need it. Scripts do not run, and nothing has a place: both are the browser's to prove.
"""

from collections.abc import Iterable, Iterator

from .elements import Element, read

ROLE_OF_TAG = {
    "a": "link", "button": "button", "summary": "button", "textarea": "textbox", "select": "combobox", "option": "option",
    "tr": "row", "li": "listitem", "th": "columnheader", "td": "cell", "table": "table", "ul": "list", "ol": "list",
    "nav": "navigation", "section": "region", "form": "form", "fieldset": "group", "dialog": "dialog",
    **{f"h{level}": "heading" for level in range(1, 7)},
}  # fmt: skip
ROLE_OF_INPUT = {
    "checkbox": "checkbox", "radio": "radio", "submit": "button", "button": "button", "reset": "button", "file": "button",
    "search": "searchbox", "number": "spinbutton", "hidden": "",
}  # fmt: skip
INVISIBLE = frozenset({"head", "script", "style", "template"})


class Page:
    """A page as it was answered, and as its reader changes it.

    Attributes:
        root: its elements; what is filled in is written into their attributes.
        path: its address.
    """

    def __init__(self, html: str, path: str) -> None:
        self.root = read(html)
        self.path = path
        self._labels: dict[str, list[Element]] = {}
        for label in self.root.all("label"):
            self._labels.setdefault(label["for"], []).append(label)

    def visible(self, within: Element | None = None) -> Iterator[Element]:
        """Go through the elements that can be seen, in the order of the page."""
        for child in (within or self.root).children:
            if isinstance(child, Element) and not self._is_hidden(child):
                yield child
                yield from self.visible(child)

    def by_role(self, roles: Iterable[str], within: Element | None = None) -> list[Element]:
        """Find visible elements of some roles; none that ``aria-hidden`` takes out of the tree of roles."""
        roles = set(roles)
        matches = [element for element in self.visible(within) if role(element) in roles]
        return [element for element in matches if not any(e["aria-hidden"] == "true" for e in (element, *element.ancestors))]

    def by_text(self, text: str, exact: bool, within: Element | None = None) -> list[Element]:
        """Find the smallest visible elements whose text is, or contains, a text."""
        matches = [element for element in self.visible(within) if matching(self.text(element), text, exact)]
        around = {above for element in matches for above in element.ancestors}
        return [element for element in matches if element not in around]

    def name(self, element: Element) -> str:
        """Return what a control, link or heading is called."""
        if ids := element["aria-labelledby"].split():
            return _plain(" ".join(self.text(other) for id_ in ids for other in self.root if other["id"] == id_))
        if element["aria-label"]:
            return _plain(element["aria-label"])
        if element.tag in ("input", "select", "textarea"):
            around = element.above("label")
            labels = [*self._labels.get(element["id"], []), *([around] if around else [])] if element["id"] or around else []
            if labels:
                return self.text(labels[0])
            return _plain(element["value"] if role(element) == "button" else element["title"] or element["placeholder"])
        if element.tag in ("fieldset", "table"):
            titles = element.all("legend" if element.tag == "fieldset" else "caption")
            return self.text(titles[0]) if titles else ""
        if role(element) in ("navigation", "region", "form", "list", "listitem"):
            return ""
        return self.text(element) or _plain(element["title"])

    def text(self, element: Element) -> str:
        """Return what can be read of an element, with the names of pictures in it."""
        return _plain(" ".join(self._parts(element)))

    def value(self, element: Element) -> str:
        """Return what a field holds, which option is chosen, or what the thing says."""
        if element.tag == "select":
            return ", ".join(option.text for option in chosen_options(element))
        if element.tag == "input":
            return _plain(element["value"])
        return self.text(element)

    def labelled(self, label: str) -> list[Element]:
        """Find the fields that carry a label."""
        return [element for element in self.by_role(("textbox", "searchbox", "spinbutton")) if self.name(element) == label]

    def _parts(self, element: Element) -> Iterator[str]:
        whole = ""
        for child in element.children:
            if isinstance(child, str):
                whole += child
            elif child.tag in ("b", "strong", "em", "i", "span", "a", "code", "kbd", "small") and not self._is_unread(child):
                whole += " ".join(self._parts(child))
            else:
                yield whole
                whole = ""
                if child.tag == "img":
                    yield child["alt"]
                elif not self._is_unread(child):
                    yield from self._parts(child)
        yield whole

    def _is_unread(self, element: Element) -> bool:
        return element["aria-hidden"] == "true" or element.tag in ("svg", "select", "textarea") or self._is_hidden(element)

    def _is_hidden(self, element: Element) -> bool:
        attributes = element.attributes
        if element.tag in INVISIBLE or "hidden" in attributes or ("popover" in attributes and "data-open" not in attributes):
            return True
        around = element.parent
        is_folded = around is not None and around.tag == "details" and "open" not in around.attributes
        return (is_folded and element.tag != "summary") or (element.tag == "dialog" and "open" not in attributes)


def role(element: Element) -> str:
    """Return the role of an element, empty when it has none."""
    if element["role"]:
        return element["role"]
    if element.tag == "input":
        return "combobox" if element["list"] else ROLE_OF_INPUT.get(element["type"], "textbox")
    if element.tag == "a" and "href" not in element.attributes:
        return ""
    if element.tag == "th" and element["scope"] == "row":
        return "rowheader"
    return ROLE_OF_TAG.get(element.tag, "")


def chosen_options(select: Element) -> list[Element]:
    """Return the options of a list that are chosen; a list without any has its first."""
    options = select.all("option")
    return [option for option in options if "selected" in option.attributes] or options[:1]


def matching(text: str, expected: str, exact: bool) -> bool:
    """Return whether a text is the label, or contains it in whatever case."""
    return text == _plain(expected) if exact else _plain(expected).lower() in text.lower()


def _plain(text: str) -> str:
    return " ".join(text.split())
