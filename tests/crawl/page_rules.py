"""What every page owes its readers, as far as its source shows it. Each rule returns the faults of a page."""

import re
from collections import Counter
from functools import cache

from simulator.core import texts
from simulator.core.texts import LANGUAGES, PSEUDO
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

ERROR_TITLES = tuple(texts.text(language, "form.error_title") for language in (*LANGUAGES, PSEUDO))
"""What the title of a page with a refused form begins with."""

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "popovertarget", "form", "data-copy")
"""Attributes that name other elements by their ids."""

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
        *refusal(root),
        *skip_link(root),
        *followed(root),
        *mark(root),
        *keys(root),
        *cards(root),
        *(translated(root, data) if expected == PSEUDO else []),
    ]


def heading(root: Element) -> list[str]:
    """One main heading, with which the document's title begins; before it the title says that a form was refused."""
    headings = [element.text for element in root.all("h1")]
    if len(headings) != 1:
        return [f"{len(headings)} main headings: {headings}"]
    titles = [element.text for element in root.all("title")][:1]
    titles = [
        title.removeprefix(next((f"{word} " for word in ERROR_TITLES if title.startswith(word)), "")) for title in titles
    ]
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
        for attribute in filter(element.attributes.__contains__, REFERENCES):
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
    wrong += [
        f"the star belongs to the label {label.text!r}" for label in root.all("label", "legend") if label.text.endswith("*")
    ]
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


def refusal(root: Element) -> list[str]:
    """A form that was refused says so: in the title, and in a summary that has the focus and leads to each field at fault."""
    faulty = [element for element in root if element["aria-invalid"] == "true" or "is-invalid" in element["class"].split()]
    summaries = [element for element in root if "error-summary" in element["class"].split()]
    wrong = []
    for control in faulty:
        if control["type"] != "radio" and (control["aria-invalid"] != "true" or not control["aria-describedby"]):
            wrong.append(f"<{control.tag} name={control['name']!r}> does not say what is wrong with it")
    if not faulty and not summaries:
        return wrong
    (title,) = (element.text for element in root.all("title"))
    if not title.startswith(ERROR_TITLES):
        wrong.append(f"the title {title!r} does not say that something is wrong")
    if len(summaries) != 1:
        return [*wrong, f"{len(summaries)} summaries of what is wrong"]
    (summary,) = summaries
    if "autofocus" not in summary.attributes or summary["tabindex"] != "-1":
        wrong.append("the summary of what is wrong does not get the focus")
    linked = [link["href"].removeprefix("#") for link in summary.all("a")]
    elements = {element["id"]: element for element in root if element["id"]}
    wrong += [f"the summary leads to {id_!r}, which is not there" for id_ in linked if id_ not in elements]
    inside = {id(inner) for id_ in linked if id_ in elements for inner in (elements[id_], *elements[id_])}
    for control in faulty:
        if id(control) not in inside and not any(id(inner) in inside for inner in control) and control["type"] != "radio":
            wrong.append(f"the summary does not lead to <{control.tag} name={control['name']!r}>")
    return wrong


def skip_link(root: Element) -> list[str]:
    """The first stop of the keyboard leads past what surrounds the content."""
    stops = root.all("a", "button", *CONTROLS)[:1]
    content = [element for element in root if element["id"] == "content" and element["tabindex"] == "-1"]
    return (
        []
        if content and [stop["href"] for stop in stops] == ["#content"]
        else ["no link that leads to the content is first"]
    )


def followed(root: Element) -> list[str]:
    """What a script keeps up to date can be found again in the page, which can be opened anew where no script runs."""
    parts = [element for element in root if element["data-follow"]]
    wrong = [f"<{part.tag} data-follow> has no id" for part in parts if not part["id"]]
    plain = [
        inner
        for element in root.all("noscript")
        for inner in element
        if inner.tag == "a" or inner["http-equiv"] == "refresh"
    ]
    return wrong if plain or not parts else [*wrong, "nothing opens the page anew where no script runs"]


def mark(root: Element) -> list[str]:
    """The page says that it is a simulator."""
    marks = [element for element in root if "simulator-mark" in element["class"].split() and element.text]
    return [] if len(marks) == 1 else ["the simulator's mark is not there"]


def keys(root: Element) -> list[str]:
    """Every key and password that is shown to be used elsewhere can be copied with a button."""
    copied = {element["data-copy"] for element in root.all("button")}
    return [
        f"{element['id']!r} cannot be copied"
        for element in root
        if "data-secret" in element.attributes and element["id"] not in copied
    ]


def cards(root: Element) -> list[str]:
    """On a narrow screen, where a row is a card, a value has the heading that its column has elsewhere."""
    wrong = []
    for table in root.all("table"):
        headings = {head.text.rstrip(" ▲▼") for head in table.all("th")}
        labels = {cell["data-label"] for cell in table.all("td") if cell["data-label"]}
        wrong += [f"no column is called {label!r}" for label in sorted(labels - headings)]
    return wrong


def _outside(text: str, depth: int = 0) -> tuple[str, int]:
    """Return what of a text is outside the brackets, which may be nested, and how many are open after it."""
    outside = ""
    for character in text:
        depth += {OPEN: 1, CLOSE: -1}.get(character, 0)
        outside += character if depth == 0 and character != CLOSE else ""
    return outside, depth


def translated(root: Element, data: tuple[str, ...]) -> list[str]:
    """Read in the pseudo-language, every text stands in its brackets but for data."""
    wrong, depth = [], 0
    for element, text in root.nodes():
        outside, depth = _outside(text, depth)
        foreign = _language_of(element) != PSEUDO
        if element.tag not in ("script", "style") and not foreign and _words(outside, data):
            wrong.append(f"not translated: {' '.join(outside.split())[:100]!r} in <{element.tag}>")
    for element in root:
        for attribute in SPOKEN:
            outside, _ = _outside(element[attribute])
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
