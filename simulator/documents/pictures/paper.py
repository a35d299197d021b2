"""A document as a PDF on A4, for mail and post: the same bytes each time.

Own choice: the look; the fonts that every reader of PDF has, which hold the letters of the platform's languages. Other letters are
drawn without their marks or as a question mark.
"""

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from simulator.documents.model.content import Content
from simulator.documents.pictures.sheet import Facts, Row, Sheet, Side, sheet

if TYPE_CHECKING:
    pass

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
WIDTH, HEIGHT = 595.28, 841.89
"""A4 in points."""
LEFT, RIGHT, TOP, BOTTOM = 50.0, WIDTH - 50.0, HEIGHT - 50.0, 70.0
LEADING = 1.35
MOST_ROWS = 1000
"""Own choice: lines that are drawn; of a longer document the last row says how many more its file has."""
GREY = 0.38
_RIGHT_EDGES = (330.0, 410.0, 462.0, RIGHT)
"""Where the columns after the first end."""
_FIRST_WIDTH = 215.0
_OTHER_WIDTHS = (64.0, 74.0, 48.0, 78.0)
_OTHERS = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "\N{NARROW NO-BREAK SPACE}": " ", "−": "-"})


def pdf(content: Content, language: str) -> bytes:
    """Return a document as a PDF in a language."""
    drawing = sheet(content, language)
    count = _Paper(drawing, 0).drawn()[1]
    return _Paper(drawing, count).drawn()[0]


def printable(text: str) -> str:
    """Return a text in the letters that the fonts have."""
    characters = []
    for letter in unicodedata.normalize("NFC", text.translate(_OTHERS)):
        for candidate in (letter, unicodedata.normalize("NFKD", letter)[:1]):
            try:
                candidate.encode("cp1252")
            except UnicodeEncodeError:
                continue
            characters.append(candidate if candidate.isprintable() or candidate == "\N{NO-BREAK SPACE}" else " ")
            break
        else:
            characters.append("?")
    return "".join(characters)


def folded(text: str, font: str, size: float, width: float) -> list[str]:
    """Break a text into lines that fit; a word that does not fit alone is broken, too."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in printable(paragraph).split(" "):
            joined = f"{line} {word}" if line else word
            if stringWidth(joined, font, size) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *whole, line = _broken(word, font, size, width)
            lines += whole
        lines.append(line)
    return [line for line in lines if line.strip()]


def _broken(word: str, font: str, size: float, width: float) -> Iterator[str]:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    part = ""
    for letter in word:
        if part and stringWidth(part + letter, font, size) > width:
            yield part
            part = ""
        part += letter
    yield part


class _Paper:
    """Draws a sheet from top to bottom, on as many pages as it needs; ``count`` is how many that are."""

    def __init__(self, drawing: Sheet, count: int) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self.sheet, self.count, self.page = drawing, count, 1
        self.file = BytesIO()
        self.canvas: Canvas = Canvas(self.file, pagesize=(WIDTH, HEIGHT), invariant=1, lang=drawing.language)
        self.canvas.setTitle(printable(drawing.title))
        self.canvas.setAuthor(printable(drawing.seller.name))
        self.canvas.setSubject(printable(drawing.mark))
        self.y = TOP

    def drawn(self) -> tuple[bytes, int]:
        """Draw everything; return the file and the number of its pages."""
        self._head()
        self._columns()
        for row in self.sheet.rows[:MOST_ROWS]:
            self._row(row)
        if len(self.sheet.rows) > MOST_ROWS:
            self._row(Row((self.sheet.more % {"count": len(self.sheet.rows) - MOST_ROWS}, "", "", "", ""), ""))
        self._sums()
        self._facts(self.sheet.payment)
        self._text(self.sheet.note)
        self._foot()
        self.canvas.save()
        return self.file.getvalue(), self.page

    def _write(
        self, x: float, text: str, font: str = PLAIN, size: float = 9, *, grey: bool = False, right: bool = False
    ) -> None:
        self.canvas.setFont(font, size)
        self.canvas.setFillGray(GREY if grey else 0)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, self.y, printable(text))

    def _down(self, size: float = 9) -> None:
        self.y -= size * LEADING

    def _need(self, height: float, *, columns: bool = False) -> None:
        """Go to a new page when there is no room left for that height."""
        if self.y - height >= BOTTOM:
            return
        self._foot()
        self.canvas.showPage()
        self.page += 1
        self.y = TOP
        self._write(LEFT, self.sheet.title, BOLD, 9)
        self._down(18)
        if columns:
            self._columns()

    def _foot(self) -> None:
        self.y, before = 45.0, self.y
        for line in folded(self.sheet.mark, PLAIN, 7.5, RIGHT - LEFT - 90):
            self._write(LEFT, line, size=7.5, grey=True)
            self._down(7.5)
        self.y = 45.0
        self._write(RIGHT, self.sheet.page % {"page": self.page, "pages": self.count}, size=7.5, grey=True, right=True)
        self.y = before

    def _rule(self) -> None:
        self.canvas.setStrokeGray(0.8)
        self.canvas.setLineWidth(0.5)
        self.canvas.line(LEFT, self.y, RIGHT, self.y)

    def _head(self) -> None:
        for line in folded(self.sheet.title, BOLD, 17, RIGHT - LEFT):
            self._write(LEFT, line, BOLD, 17)
            self._down(17)
        self._down(8)
        top = self.y
        ends = [self._side(x, top, side) for x, side in ((LEFT, self.sheet.seller), (310.0, self.sheet.buyer))]
        self.y = min(ends)
        self._down(9)
        self._facts(self.sheet.facts)

    def _side(self, x: float, top: float, side: Side) -> float:
        self.y = top
        self._write(x, side.role, size=8, grey=True)
        self._down()
        for font, text in ((BOLD, side.name), *((PLAIN, line) for line in side.lines)):
            for line in folded(text, font, 9, 235):
                self._write(x, line, font)
                self._down()
        return self.y

    def _facts(self, facts: Facts) -> None:
        for label, value in facts:
            lines = folded(value, PLAIN, 9, RIGHT - LEFT - 130)
            for at, line in enumerate(lines):
                self._need(9 * LEADING)
                if at == 0:
                    self._write(LEFT, label, grey=True)
                self._write(LEFT + 130, line)
                self._down()
        self._down()

    def _columns(self) -> None:
        self._need(40)
        self._write(LEFT, self.sheet.columns[0], BOLD, 8)
        for x, text in zip(_RIGHT_EDGES, self.sheet.columns[1:], strict=True):
            self._write(x, text, BOLD, 8, right=True)
        self.y -= 4
        self._rule()
        self._down(9)

    def _row(self, row: Row) -> None:
        firsts = [(line, False) for line in folded(row.cells[0], PLAIN, 9, _FIRST_WIDTH)]
        firsts += [(line, True) for line in folded(row.note, PLAIN, 8, _FIRST_WIDTH)]
        others = [folded(cell, PLAIN, 9, width) for cell, width in zip(row.cells[1:], _OTHER_WIDTHS, strict=True)]
        for at in range(max(len(firsts), *(len(lines) for lines in others))):
            self._need(9 * LEADING, columns=True)
            if at < len(firsts):
                line, grey = firsts[at]
                self._write(LEFT, line, size=8 if grey else 9, grey=grey)
            for x, lines in zip(_RIGHT_EDGES, others, strict=True):
                if at < len(lines):
                    self._write(x, lines[at], right=True)
            self._down()
        self.y -= 2

    def _sums(self) -> None:
        self._rule()
        self._down(12)
        for label, value in (*self.sheet.taxes, *self.sheet.sums):
            self._sum(label, value, PLAIN, 9)
        self._sum(*self.sheet.payable, BOLD, 11)
        self._down(9)

    def _sum(self, label: str, value: str, font: str, size: float) -> None:
        for at, line in enumerate(folded(label, font, size, 330)):
            self._need(size * LEADING)
            self._write(LEFT + 130, line, font, size)
            if at == 0:
                self._write(RIGHT, value, font, size, right=True)
            self._down(size)

    def _text(self, text: str) -> None:
        for line in folded(text, PLAIN, 9, RIGHT - LEFT):
            self._need(9 * LEADING)
            self._write(LEFT, line)
            self._down()
