"""Find a thing on the page as a person would: by what it is and what it says, never by CSS or ids.

A page is searched with the frames in it: to its reader the text of a mail is part of the page.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Frame, Locator, Page

from .position import Box, is_at, related, whereabouts
from .roles import ROLES, SECTIONS, NotFound
from .targets import FormField, Position
from .words import Label, listed

_OPEN_MENUS = "[role=menu], [aria-expanded=true] + *, details[open] > :not(summary)"
_NAME = """elements => elements.filter(e => e.checkVisibility()).map(e => {
  const by = e.getAttribute('aria-labelledby');
  const label = by ? by.split(/\\s+/).map(id => document.getElementById(id)?.innerText || '').join(' ')
    : e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || e.alt || e.value
      || e.title || '';
  return label.replace(/\\s+/g, ' ').trim();
})"""
_ROW_EDGES = """e => {
  const row = e.closest('tr, [role=row], li');
  if (!row) return null;
  const me = e.getBoundingClientRect();
  const others = [...row.querySelectorAll('a, button, summary, input, select, td, th, [role=cell]')]
    .filter(o => o !== e && !o.contains(e) && !e.contains(o) && o.checkVisibility()
      && (o.matches('a, button, summary, input, select') || o.innerText.trim()));
  const middle = r => r.x + r.width / 2;
  return {first: others.every(o => middle(o.getBoundingClientRect()) >= middle(me)),
          last: others.every(o => middle(o.getBoundingClientRect()) <= middle(me))};
}"""


@dataclass(frozen=True)
class Match:
    """A thing that was found.

    Attributes:
        kind: One of `targets.KINDS`.
        label: What it says, in the language of the walk.
        row: The row it is in, when the manual names one.
        locator: Where it is; exactly one element.
    """

    kind: str
    label: str
    row: str | None
    locator: Locator


class Finder:
    """Finds what a manual names on the page as it is now.

    Args:
        page: Gives the page that the reader looks at.
        label: Gives a label in the language of the walk, with its variables replaced.
    """

    def __init__(self, page: Callable[[], Page], label: Callable[[Label], str]) -> None:
        self._page = page
        self.label = label

    def single(self, target: FormField, frames: list[Frame] | None = None) -> Match:
        """Find the one thing that an action is done with.

        Args:
            target: What the manual names.
            frames: Where to look; without it on the whole page.

        Raises:
            NotFound: It is not there, stands elsewhere, or several are there.
        """
        fitting = self.all(target, frames)
        if len(fitting) > 1:
            nearby = "; ".join(_surroundings(match.locator) for match in fitting[:6])
            raise NotFound(
                f"{len(fitting)} things are {self.describe(target)}, and the manual does not say which "
                f"(row, within, place): {nearby}"
            )
        return fitting[0]

    def all(self, target: FormField, frames: list[Frame] | None = None) -> list[Match]:
        """Find everything visible that a target can mean, where its place says.

        Raises:
            NotFound: Nothing is there, or all of it stands elsewhere.
        """
        kind, label = target.kind, self.label(target.label)
        row = self.label(target.in_row) if target.in_row else None
        within = self.label(target.within) if target.within else None
        candidates: list[Locator] = []
        rows_seen = sections_seen = False
        for frame in frames or self._page().frames:
            scopes: list[Frame | Locator] = [frame]
            if within is not None:
                scopes = self._sections(frame, within)
                sections_seen = sections_seen or bool(scopes)
            if row is not None:
                scopes = [match for scope in scopes for match in _rows(frame, scope, row)]
                rows_seen = rows_seen or bool(scopes)
            for scope in scopes:
                candidates = _in_scope(scope, frame, kind, label, target.exact)
                if candidates:
                    break
            else:
                continue
            if row is not None and len(scopes) > 1:
                candidates = [c for scope in scopes for c in _in_scope(scope, frame, kind, label, target.exact)]
            break
        if not candidates:
            raise NotFound(self._missing(target, row if not rows_seen else None, within if not sections_seen else None))
        if target.position:
            self._page().evaluate("window.scrollTo(0, 0)")
        fitting = [locator for locator in candidates if self._is_at_every(locator, target.position)]
        if not fitting:
            raise NotFound(self._elsewhere(target, candidates))
        return [Match(kind, label, row, locator) for locator in fitting]

    def describe(self, target: FormField) -> str:
        """Say what is looked for: `the link 'Facturen' in the row 'Visma.net AutoInvoice'`."""
        text = f"the {target.kind} '{self.label(target.label)}'"
        if target.in_row:
            text += f" in the row '{self.label(target.in_row)}'"
        if target.within:
            text += f" within '{self.label(target.within)}'"
        return text

    def _sections(self, frame: Frame, name: str) -> list[Frame | Locator]:
        """Find the part of a page with a name: a region, dialog or group, or what stands under a heading."""
        for role in SECTIONS:
            matches = _visible(frame.get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
            if matches:
                return list(matches)
        headings = _visible(frame.get_by_role("heading", name=name, exact=True))
        return [
            heading.locator("xpath=ancestor::*[self::section or self::article or self::div or self::main][1]")
            for heading in headings
        ]

    def _is_at_every(self, locator: Locator, positions: list[Position]) -> bool:
        return all(self._is_at(locator, position) for position in positions)

    def _is_at(self, locator: Locator, position: Position) -> bool:
        if position.at.endswith("in row"):
            edges = locator.evaluate(_ROW_EDGES)
            return bool(edges and edges[position.at.split()[0]])
        box = page_box(locator)
        if position.of is None:
            return is_at(position.at, box, page_height(self._page()))
        return any(related(position.at, box, page_box(other)) for other in self._named(self.label(position.of)))

    def _named(self, name: str) -> list[Locator]:
        """Find whatever carries a name: fields by their label, anything else by its text."""
        for frame in self._page().frames:
            matches = [
                *_visible(frame.get_by_label(name, exact=True)),
                *_visible(frame.get_by_placeholder(name, exact=True)),
                *_visible(frame.get_by_role("button", name=name, exact=True)),
                *_visible(frame.get_by_text(name, exact=True)),
            ]
            if matches:
                return matches
        return []

    def _elsewhere(self, target: FormField, candidates: list[Locator]) -> str:
        expected = " and ".join(
            position.at + (f" '{self.label(position.of)}'" if position.of else "") for position in target.position
        )
        height = page_height(self._page())
        boxes = "; ".join(whereabouts(page_box(locator), height) for locator in candidates[:4])
        text = f"{self.describe(target)} does not stand {expected}. It stands: {boxes}"
        for position in target.position:
            if position.of is not None and not self._named(self.label(position.of)):
                text += f". There is no '{self.label(position.of)}' on the page"
        return text

    def _missing(self, target: FormField, no_row: str | None, no_section: str | None) -> str:
        text = f"{self.describe(target)} is not on the page"
        if no_section is not None:
            headings = self._names("heading", "")
            return f"{text}: there is no part of it called '{no_section}'. Headings: {headings}"
        if no_row is not None:
            return f"{text}: no row says '{no_row}'. Rows: {self._names('row', no_row)}"
        name = self.label(target.label)
        if target.kind == "text":
            return text
        return f"{text}. What it has as {target.kind}: {self._names(target.kind, name)}"

    def _names(self, kind: str, like: str) -> str:
        """List what the page has of a kind, the most similar first."""
        names: list[str] = []
        for frame in self._page().frames:
            for role in ROLES[kind]:
                names += frame.get_by_role(role).evaluate_all(_NAME)  # type: ignore[arg-type]
        names = list(dict.fromkeys(name if len(name) <= 60 else name[:57] + "..." for name in names if name))
        if like:
            names.sort(key=lambda name: -difflib.SequenceMatcher(None, name.lower(), like.lower()).ratio())
        if not names:
            return "nothing"
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        return ", ".join(f"'{name}'" for name in names[:12]) + more


def page_box(locator: Locator) -> Box:
    """Measure a thing on the page, in whichever frame it is. Scroll to the top before.

    Raises:
        NotFound: It has gone meanwhile.
    """
    box = locator.bounding_box()
    if box is None:
        raise NotFound("what was found has gone again")
    return Box(box["x"], box["y"], box["width"], box["height"])


def page_height(page: Page) -> float:
    """Measure how tall the page is."""
    return float(page.evaluate("document.documentElement.scrollHeight"))


def describe_page(page: Page, language: str) -> str:
    """Say in one sentence what the reader sees: title, main heading, messages."""
    seen = page.evaluate(
        """() => ({title: document.title, lang: document.documentElement.lang,
          h1: document.querySelector('h1')?.innerText || '',
          alerts: [...document.querySelectorAll('[role=alert], .invalid-feedback')]
            .filter(e => e.checkVisibility()).map(e => e.innerText.replace(/\\s+/g, ' ').trim())
            .filter(t => t).slice(0, 3)})"""
    )
    if not seen["title"] and not seen["h1"]:
        return "The page is empty."
    text = f"The page is '{seen['title']}' with the main heading '{seen['h1']}'"
    if seen["alerts"]:
        text += "; it says " + listed([f"'{alert}'" for alert in seen["alerts"]])
    if seen["lang"] and seen["lang"].split("-")[0] != language:
        text += f"; its language is {seen['lang']}, the walk is in {language}"
    return text + "."


def _visible(locator: Locator) -> list[Locator]:
    return locator.filter(visible=True).all()


def _rows(frame: Frame, scope: Frame | Locator, text: str) -> list[Frame | Locator]:
    """Find the rows that have a cell (or anything else) that says exactly the text, or else contain it."""
    for role in ROLES["row"]:
        rows = scope.get_by_role(role).filter(visible=True)  # type: ignore[arg-type]
        for candidates in (rows.filter(has=frame.get_by_text(text, exact=True)), rows.filter(has_text=text)):
            matches = candidates.all()
            if matches:
                return list(matches)
    return []


def _in_scope(scope: Frame | Locator, frame: Frame, kind: str, label: str, exact: bool) -> list[Locator]:
    """Find the visible things of a kind with a label in a part of the page."""
    if kind == "text":
        return _visible(scope.get_by_text(label, exact=exact))
    if kind == "row":
        return [row for row in _rows(frame, scope, label) if isinstance(row, Locator)]
    matches = [
        locator
        for role in ROLES[kind]
        for locator in _visible(scope.get_by_role(role, name=label, exact=exact))  # type: ignore[arg-type]
    ]
    if matches:
        return matches
    # What a person calls a menu item, a tab or a button is often a link or a summary to the browser.
    if kind == "menuitem":
        menu = scope.locator(_OPEN_MENUS)
        links = menu.get_by_role("link", name=label, exact=exact)
        return _visible(links.or_(menu.get_by_role("button", name=label, exact=exact)))
    if kind == "tab":
        return _visible(scope.get_by_role("navigation").get_by_role("link", name=label, exact=exact))
    if kind == "button":
        return _visible(scope.locator("summary").filter(has=frame.get_by_text(label, exact=exact)))
    return []


def _surroundings(locator: Locator) -> str:
    """Say where one of several candidates stands."""
    text = locator.evaluate(
        """e => (e.closest('tr, li, fieldset, section, nav, [role=dialog], form, header, main')
          || e.parentElement || e).innerText.replace(/\\s+/g, ' ').trim()"""
    )
    tag = locator.evaluate("e => (e.closest('dialog, nav, header, main, footer, aside') || e).tagName.toLowerCase()")
    return f"one in {tag}, beside '{text if len(text) <= 50 else text[:47] + '...'}'"
