"""Documents are counted and listed through one door, which unpacks recorded consumption or refuses: never a wrong number."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from simulator.billing.models import Charge
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Company
from simulator.documents.model import lists
from simulator.documents.model.lists import NotUnpacked, Search
from simulator.documents.model.models import Direction, Document
from simulator.documents.synthetic import consumption
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parents[3]
SENT = Search(direction=Direction.SENT)
SENT_UNITS = ("EINVOICE", "EMAIL")

DIRECT_QUERIES = {
    "seed.documents._join": "documents that the scenario lists one by one, before anything is unpacked",
    "simulator.documents.exchange.duplicates": "a number that somebody sent; those that are recorded have been seen by nobody",
    "simulator.documents.exchange.letters.run": "letters that wait for the print run; recorded ones were delivered",
    "simulator.documents.exchange.links.by_token": "the document of a mailed link; none was mailed for a recorded one",
    "simulator.documents.exchange.sending._uploaded": "the document of an upload; recorded ones have no key of an upload",
    "simulator.documents.changes._documents": "what changed of documents; recorded ones are unpacked in both states or no news",
    "simulator.documents.model.facts.document": "the newest document; recorded ones are passed over, as its page says",
    "simulator.documents.model.lists": "the door itself",
    "simulator.documents.model.models": "the next id of a document; those of recorded ones are set aside",
    "simulator.documents.synthetic.consumption._first_id": "the last id of what was unpacked before, asked while more is unpacked",
    "simulator.documents.synthetic.consumption._existing": "what was unpacked before, asked while more is unpacked",
    "simulator.products.autoinvoice_api.calls.invoices._of_upload": "the document of an upload, by its uuid",
    "simulator.products.autoinvoice_api.calls.partner._errors": "documents with an error in their history; recorded ones have none",
    "simulator.products.autoinvoice_api.webhooks": "the document of an event of the journal, by its uuid",
    "simulator.sales.invoice_search": "the documents of invoices of the books, by their ids; none is a recorded one",
}
"""Reviewed queries of documents outside the door, and why recorded consumption makes no difference to each."""


def company_of(db: Db) -> Company:
    """Return a company with much recorded consumption."""
    return db.scalars(select(Company).where(Company.key == "rietkraag")).one()


def charged(db: Db, company: Company) -> int:
    """Return how many sent documents the ledger has charged."""
    query = select(func.sum(Charge.quantity)).where(Charge.company_id == company.id, Charge.unit.in_(SENT_UNITS))
    return db.scalars(query).one()


READS: dict[str, Callable[[Db, Company], object]] = {
    "count": lambda db, company: lists.counted(db, company, SENT)[0],
    "list": lambda db, company: lists.find(db, company, SENT).total,
    "own query": lambda db, company: db.scalar(
        lists.query_of(db, [company.id], func.count()).where(Document.direction == Direction.SENT)
    ),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_page_with_the_number_of_documents_gets_the_right_one_or_none(
    sandbox: Sandbox, read: Callable[[Db, Company], object]
) -> None:
    with sandbox.reading() as db:
        company, expected = company_of(db), charged(db, company_of(db))
        with pytest.raises(NotUnpacked, match="reading_documents"):
            read(db, company)
    with consumption.reading_documents(sandbox, company.id) as db:
        assert read(db, company) == expected > 700
    with sandbox.reading() as db:
        assert read(db, company) == expected


def test_a_part_of_the_documents_is_no_answer_either(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        company = company_of(db)
    with consumption.reading_documents(sandbox, company.id) as db:
        before = lists.counted(db, company, SENT)[0]
    with sandbox.transaction() as db:
        consumption.record_consumption(db, db.get_one(Company, company.id), "autoinvoice", "EMAIL", NOW.date(), 3)
        with pytest.raises(NotUnpacked):
            lists.counted(db, company, SENT)
    with consumption.changing_documents(sandbox, company.id) as db:
        assert lists.counted(db, company, SENT)[0] == before + 3


def test_one_document_is_not_missed_because_it_is_still_recorded(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        company = company_of(db)
        with pytest.raises(NotUnpacked):
            lists.visible(db, company.id, "00000000-0000-4000-8000-000000000000")
    with consumption.reading_documents(sandbox, company.id) as db:
        assert lists.visible(db, company.id, "00000000-0000-4000-8000-000000000000") is None


def test_documents_of_other_companies_stay_recorded(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        company = company_of(db)
        other = db.scalars(select(Company.id).where(Company.key == "sauna")).one()
    with consumption.reading_documents(sandbox, company.id) as db:
        assert not lists.is_unpacked(db, other)
        with pytest.raises(NotUnpacked):
            lists.query_of(db, [company.id, other])


def test_no_other_code_queries_documents() -> None:
    queries = {name for name, _ in _queries(["simulator", "seed"])}
    reviewed = {query: next((name for name in DIRECT_QUERIES if _is_within(query, name)), None) for query in queries}
    assert not [query for query, reason in reviewed.items() if reason is None], "use lists.query_of"
    assert set(DIRECT_QUERIES) == set(reviewed.values()), "a reviewed query is gone: take it off the list"


@pytest.mark.parametrize(
    "source",
    [
        "def f(db):\n    return db.scalar(select(func.count()).select_from(Document))",
        "def f(db):\n    return db.scalars(select(Document).where(Document.company_id == 1)).all()",
        "def f(db):\n    return db.scalar(select(func.sum(Document.net)))",
        "def f(db):\n    return db.scalar(select(func.count()).where(models.Document.company_id == 1))",
        "def f(db):\n    return db.execute(select(Company.id).join(Document, Document.company_id == Company.id))",
        "def f(db):\n    return db.query(aliased(Document)).count()",
        "def f(db):\n    return db.execute(text('SELECT count(*) FROM document'))",
        "def f(db):\n    mine = Document.company_id == 1\n    return db.scalar(select(func.count()).where(mine))",
        "def f(db):\n    count = func.count(Document.id)\n    return db.scalar(select(count))",
        "def f(db):\n    from models import Document as Row\n    return db.scalar(select(func.count(Row.id)))",
    ],
)
def test_a_query_of_documents_is_recognized(source: str) -> None:
    assert list(_of_tree(ast.parse(source), "module")) == ["module.f"]


STARTERS = {"aliased", "exists", "join", "outerjoin", "query", "select", "select_from"}


def _is_within(query: str, name: str) -> bool:
    return query == name or query.startswith(f"{name}.")


def _queries(roots: list[str]) -> Iterator[tuple[str, Path]]:
    for root in roots:
        for path in sorted((ROOT / root).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for name in _of_tree(ast.parse(path.read_text(encoding="utf-8")), module):
                yield name, path


def _of_tree(tree: ast.Module, module: str) -> Iterator[str]:
    """Yield the name of each top-level definition that queries documents; the module's for its other statements."""
    for statement in tree.body:
        is_named = isinstance(statement, ast.FunctionDef | ast.ClassDef)
        nodes = list(ast.walk(statement))
        calls = {_name(node.func) for node in nodes if isinstance(node, ast.Call)}
        is_composed = "query_of" not in calls and calls & STARTERS and any(_is_column(node) for node in nodes)
        if is_composed or any(_starts_query(node) for node in nodes):
            yield f"{module}.{statement.name}" if is_named else module  # type: ignore[attr-defined]


def _starts_query(node: ast.AST) -> bool:
    """Return whether a node selects documents: in SQL, or by a call of SQLAlchemy; another name for them counts as that."""
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "Document" and alias.asname is not None for alias in node.names)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return any(f"{word} document" in " ".join(node.value.split()) for word in ("FROM", "JOIN"))
    if not isinstance(node, ast.Call) or not (_name(node.func) in STARTERS or _is_condition_of_select(node.func)):
        return False
    return any(_name(part) == "Document" for argument in node.args for part in ast.walk(argument))


def _is_column(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and _name(node.value) == "Document"


def _is_condition_of_select(node: ast.AST) -> bool:
    """Return whether this is ``select(…).….where``: a condition alone also makes SQLAlchemy read from the table."""
    if _name(node) != "where":
        return False
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Call) and _name(node.func) == "select":
            return True
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return False


def _name(node: Any) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
