"""The documents that `make official` changes and compares are right, and it says what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from simulator.documents import ubl
from tests.documents.ubl.example import refusing
from tools.vocabulary import BASES


@pytest.mark.parametrize("document", BASES, ids=range(len(BASES)))
def test_a_document_of_the_whole_vocabulary_is_right(document: str) -> None:
    assert refusing(document.encode()) == set()


def test_a_self_billed_document_is_read_as_one() -> None:
    assert [ubl.read(document.encode()).self_billed for document in BASES[-4:]] == [True] * 4


def test_what_is_missing_for_a_comparison_is_said(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.official", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "vnsim[official]" in run.stdout or run.returncode == 2
