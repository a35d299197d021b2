"""Fresh sandboxes for the billing's tests: a Dutch customer with two companies and an AutoInvoice licence."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest

from simulator.billing import billing_runs  # noqa: F401
from simulator.core.database import Binding, forget_file
from simulator.core.sandbox import Sandbox
from tests.billing.books import NAME, Books, add_customer, add_licence, make_file

Open = Callable[[], AbstractContextManager[Books]]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file that every sandbox of these tests is a copy of."""
    path = tmp_path_factory.mktemp("billing") / "template.sqlite"
    make_file(path)
    return path


@pytest.fixture(scope="session")
def open_books(template: Path) -> Open:
    """Return what opens a fresh sandbox each time, for rules that are tried with many examples."""
    numbers = count()

    @contextmanager
    def opened() -> Iterator[Books]:
        path = template.with_name(f"sandbox-{next(numbers)}.sqlite")
        shutil.copyfile(template, path)
        try:
            with Sandbox(Binding(path, NAME), f"http://localhost:8000/s/{NAME}").transaction() as db:
                companies = add_customer(db, "NL", "Bakkerij Zon", "Atelier Maan")
                yield Books(db, add_licence(db, companies[0].customer), companies)
        finally:
            forget_file(path)
            path.unlink()

    return opened


@pytest.fixture
def books(open_books: Open) -> Iterator[Books]:
    """Return a fresh sandbox."""
    with open_books() as opened:
        yield opened
