"""Downloaded files are opened and compared; manuals are found by id or file."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from e2e.engine.downloads import DownloadWrong, check_download
from e2e.engine.library import check, load
from e2e.engine.model import Download
from e2e.engine.reading import ManualError
from e2e.engine.words import Label
from tests.e2e_engine.manuals import INVITATION, SPECIFICATION


def _literal(label: Label) -> str:
    return label.text.source("nl")


def _download(**more: object) -> Download:
    return Download.model_validate({"as": "file", "header": ["Type", "Aantal"], **more})


@pytest.fixture
def excel(tmp_path: Path) -> Path:
    """Give a file with a head block, a header and two rows."""
    workbook = openpyxl.Workbook()
    for row in (["Invoice", 77], [], ["Type", "Aantal", None], ["Mail", 3.0], [date(2022, 3, 27), 0.12], []):
        workbook.worksheets[0].append(row)
    path = tmp_path / "file.xlsx"
    workbook.save(path)
    workbook.close()
    return path


def test_an_excel_file_is_compared_below_its_head_block(excel: Path) -> None:
    cells = [{"column": "Type", "row": 2, "is": "2022-03-27"}, {"column": "Aantal", "is": 0.12}]
    check_download(_download(rows=2, cells=cells), excel, "file.xlsx", _literal)
    check_download(_download(above=[["Invoice", 77]]), excel, "file.xlsx", _literal)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"header": ["Type", "Prijs"]}, "no row with the header Type, Prijs; the closest row is Type, Aantal"),
        ({"above": [["Invoice", 78]]}, "should have above its header Invoice, 78, and has Invoice, 77"),
        ({"rows": ">= 3"}, "has 2 rows below its header, and >= 3 were expected"),
        ({"rows": "< 2"}, "has 2 rows below its header"),
        ({"cells": [{"column": "Aantal", "row": 1, "is": "4"}]}, "not have '4' in the column 'Aantal' of row 1, but 3"),
        ({"cells": [{"column": "Aantal", "row": 9, "is": "4"}]}, "has no row 9 below its header, only 2"),
        ({"cells": [{"column": "Prijs", "is": "4"}]}, "has no column 'Prijs', but Type, Aantal"),
    ],
)
def test_a_file_that_is_different_is_said_in_words(excel: Path, more: dict[str, object], reason: str) -> None:
    with pytest.raises(DownloadWrong) as wrong:
        check_download(_download(**more), excel, "file.xlsx", _literal)
    assert reason in str(wrong.value)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_file_is_compared_whatever_separates_its_columns(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"\ufeffType{separator}Aantal\nMail{separator}3\n", encoding="utf-8")
    check_download(_download(rows=1), path, "file.csv", _literal)


def test_a_file_of_another_kind_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(DownloadWrong, match="neither an Excel file"):
        check_download(_download(), path, "file.pdf", _literal)
    with pytest.raises(DownloadWrong, match="cannot be opened as an Excel file"):
        check_download(_download(), path, "file.xlsx", _literal)


def test_manuals_are_found_by_id_and_by_file(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(SPECIFICATION, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(INVITATION, encoding="utf-8")
    assert [manual.id for _, manual in load([], tmp_path)] == ["specification", "invitation"]
    assert [file.name for file, _ in load(["invitation"], tmp_path)] == ["two.yaml"]
    assert [manual.id for _, manual in load([str(tmp_path / "one.yaml")])] == ["specification"]
    with pytest.raises(ManualError, match=r"expected the id of a manual \(specification, invitation\) or a file"):
        load(["nowhere"], tmp_path)


def test_two_manuals_never_share_an_id(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(SPECIFICATION, encoding="utf-8")
    (problem,) = check([], tmp_path)
    assert problem.endswith(f"expected an id of its own, found 'specification', which {tmp_path / 'one.yaml'} has")
    assert check([str(tmp_path / "one.yaml")]) == []


def test_the_manuals_of_the_project_are_as_they_should_be() -> None:
    assert check() == []
