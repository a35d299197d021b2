"""The roster of a class as it is typed, pasted or read from a file: a name on each line, or name, e-mail address and language.

Own choice, all of it: columns are separated by semicolons, tabs or commas. A first line with headings says which column is what, as
in the files that learning platforms, meetings and address books export; columns that mean nothing here are passed over.
A later line with two headings or more holds for the lines after it: a file that was put below what was typed. Of a file that has
titles or a summary above its headings, or several tables below each other, such as a meeting's list of who attended, counts what
stands below the first line of headings, as far as the next table.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

from simulator.core.normal_forms import visible
from simulator.core.texts import LANGUAGES

LONGEST_NAME = 80
LONGEST_EMAIL = 254
MOST = 200
"""Trainees of a class."""
LARGEST_UNPACKED = 32 << 20
"""Bytes of all that is in a workbook."""

MOST_COLUMNS = 30
_MEANINGS = {
    "name": (
        "name, full name, display name, displayname, participant, participant name, name (original name), trainee, student, "
        "naam, volledige naam, weergavenaam, deelnemer, cursist, navn, fullt navn, visningsnavn, deltaker, "
        "namn, fullständigt namn, visningsnamn, deltagare"
    ),
    "first": "first name, firstname, given name, forename, voornaam, roepnaam, fornavn, förnamn",
    "last": "last name, lastname, surname, family name, achternaam, etternavn, efternamn",
    "email": (
        "e-mail, email, mail, e-mail address, email address, mail address, user email, user principal name, userprincipalname, "
        "e-mailadres, mailadres, e-post, epost, e-postadresse, epostadresse, e-postadress, epostadress, mejl"
    ),
    "language": "language, preferred language, lang, taal, voorkeurstaal, språk, foretrukket språk",
}
HEADINGS = {heading: meaning for meaning, words in _MEANINGS.items() for heading in words.split(", ")}
"""What a column means, by its heading."""
WITHOUT_HEADINGS = ("name", "email", "language")
"""What columns mean when nothing says it."""
LEAST_HEADINGS = 2
"""Headings of a line further down: one could be a name."""
_LANGUAGES = {
    "nb": "no, nn, norsk, norsk bokmål, bokmål, norwegian, noors, norska",
    "nl": "nederlands, dutch, nederlandsk, nederländska, vlaams",
    "sv": "se, svenska, swedish, zweeds, svensk",
    "en": "english, engels, engelsk, engelska",
}
LANGUAGE_NAMES = {name: code for code, names in _LANGUAGES.items() for name in (code, *names.split(", "))}
"""Codes of languages, by what people write for them."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_MAILBOX = re.compile(r"([^<>]+?)\s*<([^<>@\s]+@[^<>\s]+)>")
"""As mail programs write a person: ``Tess Visser <tess@example.com>``."""
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Entry:
    """A line of the roster; ``language`` is empty when it names none."""

    name: str
    email: str = ""
    language: str = ""


@dataclass(frozen=True)
class RosterProblem:
    """What is wrong with a line; ``code`` ends the key of its text, ``class.roster.<code>``. Line 0 is the file as a whole."""

    line: int
    code: str
    value: str = ""


class BadRoster(Exception):
    """A roster cannot be used.

    Args:
        problems: at least one, by line.
    """

    def __init__(self, problems: Sequence[RosterProblem]) -> None:
        super().__init__("; ".join(f"line {problem.line}: {problem.code} {problem.value}".rstrip() for problem in problems))
        self.problems = problems


def read_text(text: str) -> list[Entry]:
    """Read a roster that was typed or pasted.

    Raises:
        BadRoster: lines cannot be used; all of them are named.
    """

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        separator, least = None, 1
        for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
            if line.strip():
                separator = _separator_of_headings(line, least) or separator
                least = LEAST_HEADINGS
                yield number, _separated(line, separator) if separator else _cells(line)

    return checked(rows())


def read_file(content: bytes) -> list[Entry]:
    """Read a roster from a CSV file or an Excel workbook.

    Raises:
        BadRoster: the file is neither, or lines of it cannot be used.
    """
    return read_text(text_of(content))


def text_of(content: bytes) -> str:
    """Return what stands in a CSV file or an Excel workbook as it would be typed, a line for each row.

    Raises:
        BadRoster: the file is neither.
    """
    if content.startswith(b"PK"):
        return _first_table("\n".join(_line(row) for row in _workbook(content)).rstrip())
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text.replace("\n", "").replace("\r", "")):
            return _first_table(text)
    raise BadRoster([RosterProblem(0, "encoding")])


def checked(lines: Iterable[tuple[int, Sequence[str]]]) -> list[Entry]:
    """Return the entries of numbered lines; empty lines and a first line of headings are passed over.

    Raises:
        BadRoster: lines cannot be used; all of them are named.
    """
    entries: list[Entry] = []
    problems: list[RosterProblem] = []
    seen: set[tuple[str, str]] = set()
    meanings: Sequence[str] | None = None
    for number, line in lines:
        cells = [tidy(cell) for cell in line]
        if not any(cells):
            continue
        headings = _meanings(cells)
        if meanings is None:
            meanings = headings if len(headings) > 1 else WITHOUT_HEADINGS
            if headings:
                continue
        elif sum(map(bool, headings)) >= LEAST_HEADINGS:
            meanings = headings
            continue
        entry = _entry(cells, meanings)
        code, value = problem_of(entry)
        key = (entry.name.casefold(), entry.email.casefold())
        if not code and key in seen:
            code, value = "doubled", entry.name
        seen.add(key)
        if code:
            problems.append(RosterProblem(number, code, value[:LONGEST_NAME]))
        entries.append(entry)
        if len(entries) > MOST:
            raise BadRoster([RosterProblem(number, "many", str(MOST))])
    if problems:
        raise BadRoster(problems)
    return entries


def _meanings(cells: Sequence[str]) -> list[str]:
    """Return what each column means, empty for those that mean nothing here; none at all when the line is no line of headings."""
    meanings = [HEADINGS.get(cell.casefold(), "") for cell in cells]
    return meanings if {"name", "first", "last"} & set(meanings) and not any("@" in cell for cell in cells) else []


def _entry(cells: Sequence[str], meanings: Sequence[str]) -> Entry:
    values: dict[str, str] = {}
    for meaning, cell in zip(meanings, cells, strict=False):
        if meaning and not values.get(meaning):
            values[meaning] = cell
    name = values.get("name") or f"{values.get('first', '')} {values.get('last', '')}".strip()
    email = values.get("email", "")
    if not email and (written := _MAILBOX.fullmatch(name)):
        name, email = written[1].strip(" '\""), written[2]
    return Entry(name, email, _language(values.get("language", "")))


def _language(written: str) -> str:
    """Return the code of a language, also of one with a country such as ``nb-NO``; what means none as it stands."""
    word = written.casefold()
    return LANGUAGE_NAMES.get(word) or LANGUAGE_NAMES.get(re.split("[-_]", word)[0]) or word


def tidy(cell: str) -> str:
    """Return what was written without what cannot be seen and comes along when text is pasted, and with single blanks."""
    return " ".join(visible(cell).split())


def problem_of(entry: Entry) -> tuple[str, str]:
    """Return the code of what is wrong with an entry, and the value at fault; empty when nothing is."""
    if not entry.name:
        return "nameless", entry.email
    if len(entry.name) > LONGEST_NAME:
        return "long", str(LONGEST_NAME)
    if _CONTROL.search(entry.name) or not re.search(r"[^\W_]", entry.name):
        return "name", _CONTROL.sub("�", entry.name)
    if entry.email and (len(entry.email) > LONGEST_EMAIL or not _EMAIL.fullmatch(entry.email)):
        return "email", entry.email
    if entry.language and entry.language not in LANGUAGES:
        return "language", entry.language
    return "", ""


def _separator_of_headings(line: str, least: int) -> str | None:
    """Return what separates the columns of a line with at least so many headings; None for another line."""

    def headings(sign: str) -> int:
        return sum(map(bool, _meanings([tidy(cell) for cell in _separated(line, sign)])))

    return next((sign for sign in ";\t," if sign in line and headings(sign) >= least), None)


def _first_table(text: str) -> str:
    """Return the first table of a file that has lines above its headings; other files as they are."""
    lines = text.lstrip("\ufeff").splitlines()
    heads = [at for at, line in enumerate(lines) if _separator_of_headings(line, LEAST_HEADINGS)]
    if not heads or heads[0] == 0:
        return text
    first, end = heads[0], len(lines)
    if len(heads) > 1:
        # The title of the next table stands right above its headings.
        end = next((at for at in range(heads[1] - 1, first, -1) if not lines[at].strip()), heads[1])
    return "\n".join(lines[first:end])


def _line(row: Sequence[str]) -> str:
    """Return a row of a workbook as a line with semicolons."""
    text = StringIO()
    csv.writer(text, delimiter=";", lineterminator="").writerow([tidy(cell) for cell in row])
    line = text.getvalue().rstrip(";")
    # A comma within the only cell separates nothing.
    return f"{line};" if "," in line and ";" not in line else line


def _cells(line: str) -> list[str]:
    for separator in (";", "\t"):
        if separator in line:
            return _separated(line, separator)
    cells = _separated(line, ",")
    # A comma may stand within a name: "Moen, Torleif".
    is_table = any(cell in LANGUAGES or "@" in cell for cell in (part.strip() for part in cells[1:]))
    return cells if is_table or len(cells) == 1 else [line]


def _separated(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return [line]


def _workbook(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet; a formula is what it came to, or a text when nothing has calculated it."""
    from openpyxl import load_workbook

    try:
        if sum(part.file_size for part in ZipFile(BytesIO(content)).infolist()) > LARGEST_UNPACKED:
            raise BadRoster([RosterProblem(0, "large")])

        def cells(*, calculated: bool) -> list[tuple[object, ...]]:
            sheet = load_workbook(BytesIO(content), read_only=True, data_only=calculated).worksheets[0]
            return list(sheet.iter_rows(max_row=2 * MOST + 10, max_col=MOST_COLUMNS, values_only=True))

        pairs = (zip(*rows, strict=True) for rows in zip(cells(calculated=True), cells(calculated=False), strict=True))
        return [
            ["" if formula is None else str(formula if value is None else value) for value, formula in row] for row in pairs
        ]
    except (BadZipFile, KeyError, ValueError, IndexError, OSError, TypeError, AttributeError, SyntaxError):
        raise BadRoster([RosterProblem(0, "workbook")]) from None
