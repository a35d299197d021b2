"""A document as a PDF on A4, for mail and post: the same bytes each time.

Own choice: the look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING

from simulator.documents.model.content import Content
from simulator.documents.pictures.fonts import BOLD, PLAIN, folded, runs, width
from simulator.documents.pictures.sheet import Facts, Row, Sheet, Side, Sum, as_texts, sheet

if TYPE_CHECKING:
    pass

WIDTH, HEIGHT = 595.28, 841.89
"""A4 in points."""
LEFT, RIGHT, TOP, BOTTOM = 50.0, WIDTH - 50.0, HEIGHT - 50.0, 70.0
LEADING = 1.3
GREY, BLACK, FAINT = 0.38, 0.0, 0.8
SIZE, SMALL = 9.0, 8.0
LABELS = 130.0
"""How wide the labels of facts are."""
_RIGHT_EDGES = (330.0, 410.0, 462.0, RIGHT)
"""Where the columns after the first end."""
_FIRST_WIDTH = 215.0
_OTHER_WIDTHS = (64.0, 74.0, 48.0, 78.0)
_SIDES = (LEFT, 310.0)
_SIDE_WIDTH = 235.0
_HEAD = (LEFT, LEFT + 168, LEFT + 336)
_HEAD_WIDTH = 156.0
_SUMS = LEFT + 130
_SEPARATOR = "  ·  "


def pdf(content: Content, language: str) -> bytes:
    """Return a document as a PDF in a language."""
    drawing = sheet(content, language)
    return _Printer(drawing).printed(_Paper(drawing).pages)


@dataclass(frozen=True)
class Text:
    """A text of one line on a page; ``right``: ``x`` is where it ends."""

    x: float
    y: float
    text: str
    font: str = PLAIN
    size: float = SIZE
    grey: float = BLACK
    right: bool = False


@dataclass(frozen=True)
class Rule:
    """A line across a page from ``x`` to its right edge."""

    x: float
    y: float
    grey: float = FAINT


@dataclass(frozen=True)
class Line:
    """A text of one line that has no place yet."""

    text: str
    font: str = PLAIN
    size: float = SIZE
    grey: float = BLACK


@dataclass
class Page:
    """What is drawn on one page."""

    items: list[Text | Rule] = field(default_factory=list)


class _Paper:
    """Puts a sheet on pages from top to bottom, as many as it needs."""

    def __init__(self, drawing: Sheet) -> None:
        self.sheet = drawing
        self.pages = [Page()]
        self.y = TOP
        self._head()
        self._sides()
        self._facts_in_columns(drawing.facts)
        for note in drawing.notes:
            self._paragraph(note)
        self._columns()
        for row in drawing.rows:
            self._row(row)
        self._sums()
        for group in drawing.groups:
            self._group(group.heading, group.facts, quiet=group is drawing.groups[-1])

    def _add(self, x: float, line: Line, *, right: bool = False) -> None:
        self.pages[-1].items.append(Text(x, self.y, line.text, line.font, line.size, line.grey, right))

    def _write(self, x: float, text: str, font: str = PLAIN, size: float = SIZE, grey: float = BLACK) -> None:
        self._add(x, Line(text, font, size, grey))

    def _rule(self, x: float = LEFT, grey: float = FAINT) -> None:
        self.pages[-1].items.append(Rule(x, self.y, grey))

    def _down(self, size: float = SIZE) -> None:
        self.y -= size * LEADING

    def _need(self, height: float, *, columns: bool = False) -> None:
        """Go to a new page when there is no room left for that height."""
        if self.y - height >= BOTTOM:
            return
        self.pages.append(Page())
        self.y = TOP
        self._write(LEFT, folded(self.sheet.title, BOLD, SIZE, RIGHT - LEFT)[0], BOLD)
        self._down(18)
        if columns:
            self._columns()

    def _head(self) -> None:
        """Write the title, and at the right what is looked for first: the sum to pay, and until when."""
        top = self.y
        (label, amount), *others = self.sheet.lead
        for text, font, size, grey in (
            (label, PLAIN, SMALL, GREY),
            (amount, BOLD, 15.0, BLACK),
            *((f"{name} {day}", PLAIN, SIZE, BLACK) for name, day in others),
        ):
            self._add(RIGHT, Line(text, font, size, grey), right=True)
            self._down(size if font == BOLD else 12)
        end, self.y = self.y, top - 8
        available = RIGHT - LEFT - max(width(amount, BOLD, 15.0), 120.0) - 20
        for line in folded(self.sheet.title, BOLD, 17, max(available, 200.0)):
            self._write(LEFT, line, BOLD, 17)
            self._down(17)
        self.y = min(self.y, end)
        self._down(8)

    def _sides(self) -> None:
        sides = self.sheet.sides
        for at in range(0, len(sides), len(_SIDES)):
            blocks = [_lines_of(side) for side in sides[at : at + len(_SIDES)]]
            self._side_by_side(_SIDES, blocks)
            self._down(6)

    def _side_by_side(self, edges: Sequence[float], blocks: Sequence[Sequence[Line]]) -> None:
        for lines in zip_longest(*blocks):
            size = max(line.size for line in lines if line is not None)
            self._need(size * LEADING)
            for x, line in zip(edges, lines, strict=False):
                if line is not None:
                    self._add(x, line)
            self._down(size)

    def _facts_in_columns(self, facts: Facts) -> None:
        self._rule()
        self._down(SIZE)
        for at in range(0, len(facts), len(_HEAD)):
            blocks = [
                [Line(line, PLAIN, 7.5, GREY) for line in folded(label, PLAIN, 7.5, _HEAD_WIDTH)]
                + [Line(line) for line in folded(value, PLAIN, SIZE, _HEAD_WIDTH)]
                for label, value in facts[at : at + len(_HEAD)]
            ]
            self._need(24)
            self._side_by_side(_HEAD, blocks)
            self.y -= 3
        self._down(6)

    def _paragraph(self, text: str) -> None:
        for line in folded(text, PLAIN, SIZE, RIGHT - LEFT):
            self._need(SIZE * LEADING)
            self._write(LEFT, line)
            self._down()
        self._down(6)

    def _columns(self) -> None:
        self._need(40)
        self._write(LEFT, self.sheet.columns[0], BOLD, SMALL, GREY)
        for x, text in zip(_RIGHT_EDGES, self.sheet.columns[1:], strict=True):
            self._add(x, Line(text, BOLD, SMALL, GREY), right=True)
        self.y -= 4
        self._rule(grey=GREY)
        self._down(SIZE)

    def _row(self, row: Row) -> None:
        firsts = [Line(line) for line in folded(row.cells[0], PLAIN, SIZE, _FIRST_WIDTH)]
        for text in row.texts:
            firsts += [Line(line, PLAIN, SMALL, GREY) for line in folded(text, PLAIN, SMALL, _FIRST_WIDTH)]
        others = [folded(cell, PLAIN, SIZE, available) for cell, available in zip(row.cells[1:], _OTHER_WIDTHS, strict=True)]
        for at in range(max(len(firsts), *(len(lines) for lines in others), 1)):
            self._need(SIZE * LEADING, columns=True)
            if at < len(firsts):
                self._add(LEFT, firsts[at])
            for x, lines in zip(_RIGHT_EDGES, others, strict=True):
                if at < len(lines):
                    self._add(x, Line(lines[at]), right=True)
            self._down()
        for line in folded(_SEPARATOR.join(as_texts(row.facts)), PLAIN, SMALL, RIGHT - LEFT - 80):
            self._need(SMALL * LEADING, columns=True)
            self._write(LEFT, line, size=SMALL, grey=GREY)
            self._down(SMALL)
        self.y -= 5 if row.facts else 1.5

    def _sums(self) -> None:
        self._rule()
        self._down(12)
        for sum_ in (*self.sheet.adjustments, *self.sheet.taxes):
            self._sum(sum_)
        # The sums and what is to be paid stay together.
        self._need(min(SIZE * LEADING * len(self.sheet.sums) + 45, TOP - BOTTOM - 40))
        self.y += 4
        self._rule(_SUMS)
        self._down(10)
        for sum_ in self.sheet.sums:
            self._sum(sum_)
        self.y += 3
        self._rule(_SUMS, BLACK)
        self._down(13)
        self._sum(self.sheet.payable, BOLD, 13.0)
        self.y += 7
        self._rule(_SUMS, BLACK)
        self._down(20)

    def _sum(self, sum_: Sum, font: str = PLAIN, size: float = SIZE) -> None:
        available = RIGHT - _SUMS - width(sum_.amount, font, size) - 12
        for at, line in enumerate(folded(sum_.label, font, size, max(available, 100.0)) or [""]):
            self._need(size * LEADING)
            self._write(_SUMS, line, font, size)
            if at == 0:
                self._add(RIGHT, Line(sum_.amount, font, size), right=True)
            self._down(size)
        for line in folded(_SEPARATOR.join(as_texts(sum_.facts)), PLAIN, SMALL, 330):
            self._need(SMALL * LEADING)
            self._write(_SUMS, line, size=SMALL, grey=GREY)
            self._down(SMALL)

    def _group(self, heading: str, facts: Facts, *, quiet: bool) -> None:
        size, grey = (7.5, GREY) if quiet else (SIZE, BLACK)
        self._need(30)
        self._write(LEFT, heading, BOLD, SMALL, GREY)
        self._down(SIZE)
        for label, value in facts:
            labels = [Line(line, PLAIN, size, GREY) for line in folded(label, PLAIN, size, LABELS - 10)]
            values = [Line(line, PLAIN, size, grey) for line in folded(value, PLAIN, size, RIGHT - LEFT - LABELS)]
            self._side_by_side((LEFT, LEFT + LABELS), (labels, values))
        self._down()


def _lines_of(side: Side) -> list[Line]:
    lines = [Line(side.role, PLAIN, SMALL, GREY)]
    for text, font in ((side.name, BOLD), *((line, PLAIN) for line in side.lines)):
        lines += [Line(line, font) for line in folded(text, font, SIZE, _SIDE_WIDTH)]
    for text in as_texts(side.facts):
        lines += [Line(line, PLAIN, SMALL, GREY) for line in folded(text, PLAIN, SMALL, _SIDE_WIDTH)]
    return lines


class _Printer:
    """Draws pages, and what stands at the foot of each."""

    def __init__(self, drawing: Sheet) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self.sheet = drawing
        self.file = BytesIO()
        self.canvas: Canvas = Canvas(self.file, pagesize=(WIDTH, HEIGHT), invariant=1, lang=drawing.language)
        self.canvas.setTitle(drawing.title)
        self.canvas.setAuthor(drawing.sides[0].name if drawing.sides else "")
        self.canvas.setSubject(drawing.mark)
        self.mark = folded(drawing.mark, PLAIN, 7.5, RIGHT - LEFT - 90)

    def printed(self, pages: Sequence[Page]) -> bytes:
        """Return the file."""
        for number, page in enumerate(pages, 1):
            for item in page.items:
                if isinstance(item, Rule):
                    self.canvas.setStrokeGray(item.grey)
                    self.canvas.setLineWidth(0.5)
                    self.canvas.line(item.x, item.y, RIGHT, item.y)
                else:
                    self._text(item)
            y = 45.0
            self._text(
                Text(RIGHT, y, self.sheet.page % {"page": number, "pages": len(pages)}, size=7.5, grey=GREY, right=True)
            )
            for line in self.mark:
                self._text(Text(LEFT, y, line, size=7.5, grey=GREY))
                y -= 7.5 * LEADING
            self.canvas.showPage()
        self.canvas.save()
        return self.file.getvalue()

    def _text(self, item: Text) -> None:
        x = item.x - width(item.text, item.font, item.size) if item.right else item.x
        self.canvas.setFillGray(item.grey)
        for name, letters in runs(item.text, item.font):
            self.canvas.setFont(name, item.size)
            self.canvas.drawString(x, item.y, letters)
            x += self.canvas.stringWidth(letters, name, item.size)
