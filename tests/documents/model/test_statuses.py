"""A document's status changes only along the table of moves."""

import ast
from itertools import product
from pathlib import Path

import pytest

from simulator.documents.model.models import Direction, Document, Status
from simulator.documents.model.statuses import MOVES, ForbiddenMove, can_move_to, move_to

ROOT = Path(__file__).resolve().parents[3]
RECEIVED = {Status.NEW, Status.DOWNLOADED, Status.PROCESSED}
ALLOWED = [(before, after) for before, afters in MOVES.items() for after in afters]
FORBIDDEN = [pair for pair in product(Status, Status) if pair not in ALLOWED]


def document(status: Status) -> Document:
    """Return a document with a status."""
    direction = Direction.RECEIVED if status in RECEIVED else Direction.SENT
    return Document(uuid="00000000-0000-4000-8000-000000000000", direction=direction, status=status)


def test_every_status_has_its_moves() -> None:
    assert set(MOVES) == set(Status)


def test_sent_documents_never_get_a_status_of_received_ones() -> None:
    assert all((before in RECEIVED) == (after in RECEIVED) for before, after in ALLOWED)


@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_an_allowed_move_changes_the_status(before: Status, after: Status) -> None:
    moved = document(before)
    assert can_move_to(moved, after)
    move_to(moved, after)
    assert moved.status == after


@pytest.mark.parametrize(("before", "after"), FORBIDDEN)
def test_a_forbidden_move_is_an_error_and_changes_nothing(before: Status, after: Status) -> None:
    stays = document(before)
    assert not can_move_to(stays, after)
    with pytest.raises(ForbiddenMove, match=f"{before} → {after}"):
        move_to(stays, after)
    assert stays.status == before


def test_no_other_code_sets_the_status_of_a_document() -> None:
    setters = set()
    for root in ("simulator/documents", "simulator/products", "simulator/control"):
        for path in (ROOT / root).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if "models import" in ast.unparse(tree) and _sets_status(tree):
                setters.add(path.relative_to(ROOT).as_posix())
    assert setters == {"simulator/documents/model/statuses.py"}


def _sets_status(tree: ast.Module) -> bool:
    """Return whether code sets an attribute ``status`` of something other than ``self``."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and node.attr == "status"
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
        for node in ast.walk(tree)
    )
