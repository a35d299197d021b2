"""Files in cases: attached by the customer and by the desk, limited, downloadable by those who see the case, and never shown."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from simulator.directory.cases.models import CaseFile
from tests.reading import read
from tests.visits import Visitor, cast

USER = "user@rietkraag.example"
CASE = "/contact/cases/10001"
PAGE = b"<script>alert(1)</script>"


def attached(visitor: Visitor, path: str, files: list[tuple[str, bytes]], **values: Any) -> Any:
    """Send the form of a page that has a text, with files."""
    form = visitor.form(path, "text")
    storages = [FileStorage(BytesIO(content), filename=name, name="attachments") for name, content in files]
    data = {name: value for name, value in form.values.items() if name != "attachments"} | values
    boundary, body = encode_multipart({**data, "attachments": storages})
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.client.post(f"{visitor.home}{path}", data=body, content_type=kind, follow_redirects=True)


def begin(visitor: Visitor, *files: tuple[str, bytes], **values: Any) -> Any:
    """Send the contact form with files."""
    return attached(
        visitor, "/contact/form", list(files), subject="Invoice", text="See the file.", topic="invoice", **values
    )


def hrefs(page: str) -> list[str]:
    """Return where the files of a conversation are downloaded, below the sandbox."""
    return [link["href"].partition("/s/default")[2] for link in read(page).all("a") if "/files/" in link["href"]]


@pytest.fixture
def desk(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a member of the staff."""
    return Visitor.of(platform, sandbox, cast(sandbox, "support").email, "en")


def test_both_ends_attach_and_download_what_is_never_shown(user: Visitor, desk: Visitor, sandbox: Sandbox) -> None:
    page = begin(user, ("C:\\fakepath\\../räkning <b>.html", PAGE), ("empty.txt", b""))
    assert page.status_code == 200, page.text
    first, _ = hrefs(page.text)
    assert first.startswith(f"{CASE}/files/")
    got = user.get(first)
    assert (got.data, got.mimetype) == (PAGE, "application/octet-stream")
    assert got.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''r%C3%A4kning%20%3Cb%3E.html")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    theirs = "/support/cases/10001"
    assert desk.get(hrefs(desk.get(theirs).text)[0]).data == PAGE
    answer = attached(desk, theirs, [("answer.pdf", b"%PDF")], text="Here.", do="answer")
    assert "answer.pdf" in answer.text
    assert len([link for link in hrefs(user.get(CASE).text) if user.get(link).data == b"%PDF"]) == 1
    with sandbox.reading() as db:
        assert [file.name for file in outbox.newest_first(db, to=USER)[0].attachments] == ["answer.pdf"]


def test_nobody_else_gets_a_file_nor_anybody_one_of_a_note(
    user: Visitor, desk: Visitor, guest: Visitor, platform: Platform, sandbox: Sandbox
) -> None:
    (link,) = hrefs(begin(user, ("a.txt", b"a")).text)
    attached(desk, "/support/cases/10001", [("note.txt", b"n")], text="Among us.", do="note")
    with sandbox.reading() as db:
        own, of_note = db.scalars(select(CaseFile.id).order_by(CaseFile.id)).all()
    assert link.endswith(f"/{own}")
    assert user.get(f"{CASE}/files/{of_note}").status_code == 404
    assert desk.get(f"/support/cases/10001/files/{of_note}").data == b"n"
    assert user.get(f"/support/cases/10001/files/{own}").status_code == 403
    assert "Sign in" in guest.get(link, follow_redirects=True).text
    other = Visitor.of(platform, sandbox, cast(sandbox, "administrator").email, "en")
    assert other.get(link).status_code == 404
    begin(other, ("b.txt", b"b"))
    assert other.get(f"/contact/cases/10002/files/{own}").status_code == 404
    assert desk.get(f"/support/cases/10002/files/{own}").status_code == 404


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([(f"{number}.txt", b"x") for number in range(6)], "5"),
        ([("big.bin", bytes(1024 * 1024 + 1))], "1,024"),
        ([("n" * 121, b"x")], "120"),
    ],
)
def test_what_is_too_much_is_refused_and_the_text_stays(
    user: Visitor, files: list[tuple[str, bytes]], reason: str, sandbox: Sandbox
) -> None:
    answer = begin(user, *files)
    assert (answer.status_code, reason in answer.text, "See the file." in answer.text) == (422, True, True)
    with sandbox.reading() as db:
        assert db.scalars(select(CaseFile)).all() == []
