"""What every page owes its readers, as far as its source shows it. Each rule returns the faults of a page."""

import re
from collections import Counter
from functools import cache

from simulator.core.texts import PSEUDO
from tests.reading import CONTROLS, Element, read

OPEN, CLOSE = "⟦", "⟧"

SAME_IN_EVERY_LANGUAGE = ("vnsim", "ISO", "Visma Connect", "Peppol", "Visma.net")
"""Words that no language translates and that stand in no scenario: names of programs and registers."""

UNIT_OF_TIME = re.compile(r"\bs\b")
"""The symbol of the second, which is international."""

UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
"""What a document is called by programs."""

BETWEEN_DATES = re.compile(r"(?<=\d) to (?=\d)")
"""The word between the two days of a period, which is part of how a language writes periods."""

SPOKEN = ("aria-label", "title", "placeholder", "alt")
"""Attributes that people hear or see."""


def faults(html: str, expected: str, data: tuple[str, ...]) -> list[str]:
    """Return everything that is wrong with a page in a language; data are the words that no language translates."""
    root = read(html)
    return [
        *heading(root),
        *language(root, expected),
        *ids(root),
        *labels(root),
        *mark(root),
        *(translated(root, data) if expected == PSEUDO else []),
    ]


def heading(root: Element) -> list[str]:
    """One main heading, with which the document's title begins."""
    headings = [element.text for element in root.all("h1")]
    if len(headings) != 1:
        return [f"{len(headings)} main headings: {headings}"]
    titles = [element.text for element in root.all("title")][:1]
    if not titles or not headings[0] or not titles[0].startswith(headings[0]):
        return [f"the title {titles} does not begin with the main heading {headings[0]!r}"]
    return []


def language(root: Element, expected: str) -> list[str]:
    """The document says its language."""
    said = root.all("html")[0]["lang"]
    return [] if said == expected else [f"the document says lang={said!r}, not {expected!r}"]


def ids(root: Element) -> list[str]:
    """No id stands twice, and what is referred to is there."""
    counted = Counter(element["id"] for element in root if element["id"])
    wrong = [f"the id {name!r} stands {count} times" for name, count in counted.items() if count > 1]
    for element in root:
        for attribute in ("for", "aria-labelledby", "aria-describedby", "popovertarget", "form"):
            missing = [id_ for id_ in element[attribute].split() if id_ not in counted]
            wrong += [f"<{element.tag} {attribute}={id_!r}> refers to nothing" for id_ in missing]
        filtered = element["data-filter"].removeprefix("#")
        if filtered and filtered not in counted:
            wrong.append(f"<{element.tag} data-filter> refers to nothing")
    return wrong


def labels(root: Element) -> list[str]:
    """Every control that can be seen has a label, and every button and link a name."""
    named = {element["for"]: element.text for element in root.all("label")}
    wrong = []
    for control in root.all(*CONTROLS):
        inside = control.above("label")
        if control["type"] == "hidden":
            continue
        if not (control["aria-label"] or named.get(control["id"], "").strip() or (inside and inside.text)):
            wrong.append(f"<{control.tag} name={control['name']!r} id={control['id']!r}> has no label")
    for element in root.all("a", "button"):
        if not (element.text or element["aria-label"]):
            wrong.append(f"<{element.tag} href={element['href']!r}> has no name")
    for table in root.all("table"):
        box = table.parent
        if not table.all("caption") and not (box and (box["aria-label"] or box["aria-labelledby"])):
            wrong.append("a table has no name")
    for form in root.all("form"):
        if form["method"].lower() == "post" and not any(field["name"] == "csrf_token" for field in form.all("input")):
            wrong.append(f"the form {form['action']!r} carries no token")
    return wrong


def mark(root: Element) -> list[str]:
    """The page says that it is a simulator."""
    marks = [element for element in root if "simulator-mark" in element["class"].split() and element.text]
    return [] if len(marks) == 1 else ["the simulator's mark is not there"]


def translated(root: Element, data: tuple[str, ...]) -> list[str]:
    """Read in the pseudo-language, every text stands in its brackets but for data."""
    wrong, depth = [], 0
    for element, text in root.nodes():
        outside = ""
        for character in text:
            depth += {OPEN: 1, CLOSE: -1}.get(character, 0)
            outside += character if depth == 0 and character != CLOSE else ""
        foreign = _language_of(element) != PSEUDO
        if element.tag not in ("script", "style") and not foreign and _words(outside, data):
            wrong.append(f"not translated: {' '.join(outside.split())[:100]!r} in <{element.tag}>")
    for element in root:
        for attribute in SPOKEN:
            outside = re.sub(r"⟦[^⟦⟧]*⟧", "", element[attribute])
            if _language_of(element) == PSEUDO and _words(outside, data):
                wrong.append(f"not translated: {element.tag}[{attribute}={element[attribute]!r}]")
    return wrong


def _language_of(element: Element) -> str:
    ancestor: Element | None = element
    while ancestor is not None and not ancestor["lang"]:
        ancestor = ancestor.parent
    return ancestor["lang"] if ancestor else ""


@cache
def _no_text(data: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches everything that is no text of the platform, the longest first."""
    return re.compile("|".join(re.escape(word) for word in (*data, *SAME_IN_EVERY_LANGUAGE)))


@cache
def _words(text: str, data: tuple[str, ...]) -> bool:
    """Return whether letters are left once everything was taken away that is no text of the platform."""
    left = " ".join(text.split())
    if not any(character.isalpha() for character in left):
        return False
    left = UNIT_OF_TIME.sub(" ", _no_text(data).sub(" ", UUID.sub(" ", left)))
    left = BETWEEN_DATES.sub(" ", left)
    return any(character.isalpha() for character in left)
