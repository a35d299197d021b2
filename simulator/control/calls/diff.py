"""The call that says what changed in a sandbox."""

from typing import Any

from simulator.control.diff_schemas import Diff
from simulator.control.table import Calls, store
from simulator.core.texts import LANGUAGES
from simulator.web.calls.fields import choice, text
from simulator.web.platform import platform

blueprint = Calls("diff", __name__)


@blueprint.call(
    "GET",
    "/sandboxes/{name}/diff",
    query={"from": text(longest=60), "language": choice(*LANGUAGES)},
    refusals=(404, 409, 422, 507),
)
def show_diff(name: str, language: str | None, **query: Any) -> Diff:
    """Say what changed since the creation, a snapshot or an instant (``from``), in the sandbox's language or another."""
    from simulator.control import differences

    platform().load_all()
    comparison = differences.compare(store(), name, query["from"] or differences.CREATION)
    if language is None:
        with store().open(name) as sandbox, sandbox.reading() as db:
            language = db.head.language
    return differences.described(comparison, language)
