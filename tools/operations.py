"""Write ``docs/operations.md``: everything that can be made to fail, from the operations themselves. ``make golden`` runs this."""

from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.app import create_app
from simulator.core.fault_operations import JOBS, ROUTES, Operation, all_operations
from simulator.core.jobs import registry
from simulator.settings import Settings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operations.md"
HEAD = """# Operations

Everything that a [fault](failure-cases.md) can make fail. `make golden` writes this page.

## Declared

| Operation | What fails | Outcomes |
|---|---|---|
"""
KINDS = """
## Jobs

Outcomes of all: {outcomes}.

"""
REQUESTS = """
## Requests

`http` is any request, `http.<product>` any of a product. Outcomes of all: {outcomes}; `stale` only with GET.

| Operation | Methods | Path |
|---|---|---|
"""


def page() -> str:
    """Return the page as it should be."""
    with TemporaryDirectory() as directory:
        create_app(Settings(data_dir=Path(directory)))
        operations = all_operations()
    by_source: dict[str, list[Operation]] = {}
    for operation in operations:
        source = operation.name.partition(".")[0]
        by_source.setdefault(source if source in (ROUTES, JOBS) else "", []).append(operation)
    requests, jobs = by_source[ROUTES], [each for each in by_source[JOBS] if each.name.partition(".")[2] in registry.MODULES]
    parts = [HEAD]
    parts += [f"| `{each.name}` | {each.meaning} | {_names(each)} |\n" for each in by_source[""]]
    parts += [KINDS.format(outcomes=_names(jobs[0])), ", ".join(f"`{each.name}`" for each in jobs), "\n"]
    parts += [REQUESTS.format(outcomes=_names(requests[0]))]
    parts += [
        f"| `{each.name}` | {' '.join(each.methods)} | `<url>{each.path}` |\n" for each in requests if each.path is not None
    ]
    return "".join(parts)


def _names(operation: Operation) -> str:
    return ", ".join(f"`{name}`" for name in operation.outcomes)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
