"""Rosters as people type, paste and save them."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from simulator.classroom.roster import LARGEST_UNPACKED, MOST, BadRoster, Entry, read_file, read_text, text_of


def problems(text: str) -> list[tuple[int, str]]:
    """Return lines and codes of what is wrong with a roster."""
    with pytest.raises(BadRoster) as refused:
        read_text(text)
    return [(problem.line, problem.code) for problem in refused.value.problems]


def workbook(*rows: tuple[str | int | None, ...]) -> bytes:
    """Return an Excel file with these rows."""
    book, file = Workbook(), BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("Zoë\n\n  Jan   de Boer \n", [Entry("Zoë"), Entry("Jan de Boer")]),
        ("Navn;E-post;Språk\r\nKåre;kare@x.example;NB", [Entry("Kåre", "kare@x.example", "nb")]),
        ("Ann\tann@x.example", [Entry("Ann", "ann@x.example")]),
        ("Ann,ann@x.example,sv", [Entry("Ann", "ann@x.example", "sv")]),
        ("Moen, Torleif", [Entry("Moen, Torleif")]),
        ('"Moen; Torleif";;nl', [Entry("Moen; Torleif", "", "nl")]),
        ("=SUM(A1:A9)\n<script>alert(1)</script>", [Entry("=SUM(A1:A9)"), Entry("<script>alert(1)</script>")]),
        ("\ufeff王小明", [Entry("王小明")]),
        # A learning platform, a meeting, an address book of an office, and a spreadsheet of one's own.
        (
            "First name,Surname,Email address,Groups\nÅse,Moen,ase@x.example,\nBo,Berg,,B",
            [Entry("Åse Moen", "ase@x.example"), Entry("Bo Berg")],
        ),
        (
            "Name (Original Name),User Email,Duration (Minutes),Guest\nCy,cy@x.example,61,Yes\nDi (Diana),,12,No",
            [Entry("Cy", "cy@x.example"), Entry("Di (Diana)")],
        ),
        (
            "Display name\tUser principal name\tPreferred language\tLicenses\nMoen, Eva\teva@x.example\tnb-NO\tE3",
            [Entry("Moen, Eva", "eva@x.example", "nb")],
        ),
        ("Taal;Naam\nNederlands;Fien\nZweeds;Gé", [Entry("Fien", "", "nl"), Entry("Gé", "", "sv")]),
        ("Navn\nAnn;ann@x.example\nHelle Name", [Entry("Ann", "ann@x.example"), Entry("Helle Name")]),
        ("E-post\nAnn", [Entry("E-post"), Entry("Ann")]),
        # A file that was put below what was typed.
        ("Ann\nBo;;nl\nSurname,Given name,Group\nBerg,Cy,B", [Entry("Ann"), Entry("Bo", "", "nl"), Entry("Cy Berg")]),
        ("Z\u00adoe\u0308\u200b\nD\u200fi\u202e", [Entry("Zoë"), Entry("Di")]),
        ("Tess Visser <tess@x.example>\n<b@x.example>", [Entry("Tess Visser", "tess@x.example"), Entry("<b@x.example>")]),
        ("", []),
    ],
)
def test_a_roster_is_read_as_people_write_it(text: str, entries: list[Entry]) -> None:
    assert read_text(text) == entries


def test_every_line_that_cannot_be_used_is_named() -> None:
    lines = ["Ann", "ann", f"{'x' * 300}", ";a@x.example", "Bo;nobody", "Cy;;xx", "---", "Di\x07", "Eva"]
    assert problems("\n".join(lines)) == [
        (2, "doubled"),
        (3, "long"),
        (4, "nameless"),
        (5, "email"),
        (6, "language"),
        (7, "name"),
        (8, "name"),
    ]


def test_a_roster_of_thousands_is_refused_at_the_first_line_too_many() -> None:
    assert problems("\n".join(f"Trainee {number}" for number in range(5000))) == [(MOST + 1, "many")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    assert read_file("Åse;;nb\r\nBjörn".encode(encoding)) == [Entry("Åse", "", "nb"), Entry("Björn")]


def test_a_workbook_is_read_and_its_formulas_are_texts() -> None:
    rows: list[tuple[str | int | None, ...]] = [
        ("Name", "E-mail", "Language"),
        ("Åse", "ase@x.example", "nb"),
        ("=1+1", None, None),
        (42, None, None),
    ]
    assert read_file(workbook(*rows)) == [Entry("Åse", "ase@x.example", "nb"), Entry("=1+1"), Entry("42")]


def test_a_workbook_reads_like_a_list_that_was_typed() -> None:
    text = text_of(workbook(("Name", "E-mail"), ("Moen, Torleif", None), (None, None), ("Bo; Berg", "bo@x.example")))
    assert text == 'Name;E-mail\nMoen, Torleif;\n\n"Bo; Berg";bo@x.example'
    assert read_text(text) == [Entry("Moen, Torleif"), Entry("Bo; Berg", "bo@x.example")]


MEETING = """1. Summary
Meeting title\tMonday
Attended participants\t2

2. Participants
Name\tFirst Join\tLast Leave\tEmail\tRole
Åse Moen\t9:00\t9:50\tase@x.example\tPresenter

Bo Berg\t9:01\t9:50\t\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tEmail
Åse Moen\t9:00\tase@x.example
"""


def test_of_a_meetings_list_counts_the_table_of_who_attended() -> None:
    assert read_file(MEETING.encode("utf-16")) == [Entry("Åse Moen", "ase@x.example"), Entry("Bo Berg")]


def test_a_title_above_the_headings_of_a_file_is_no_name() -> None:
    rows = [("Course of Monday", None), (None, None), ("Name", "E-mail"), ("Ann", "ann@x.example")]
    assert read_file(workbook(*rows)) == [Entry("Ann", "ann@x.example")]


def test_a_formula_is_what_it_came_to() -> None:
    # openpyxl writes no values of formulas, so one is put into the sheet.
    content, calculated = workbook(('=CONCATENATE("A","b")',)), BytesIO()
    with ZipFile(BytesIO(content)) as book, ZipFile(calculated, "w", ZIP_DEFLATED) as other:
        for part in book.namelist():
            xml = re.sub(rb'(<c r="A1")(.*?)<v ?/?>(?:</v>)?', rb'\1 t="str"\2<v>Ab</v>', book.read(part))
            other.writestr(part, xml)
    assert read_file(calculated.getvalue()) == [Entry("Ab")]


def zipped(name: str, content: bytes) -> bytes:
    """Return a ZIP file with one file in it."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "encoding"),
        (b"\x81\x8d", "encoding"),
        (b"PK not really", "workbook"),
        (zipped("a.txt", b"no sheet"), "workbook"),
        (zipped("xl/workbook.xml", bytes(LARGEST_UNPACKED + 1)), "large"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(BadRoster) as refused:
        read_file(content)
    assert [(problem.line, problem.code) for problem in refused.value.problems] == [(0, code)]
