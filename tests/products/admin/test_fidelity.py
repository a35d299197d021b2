"""Admin's own statements of what it reproduces (``fidelity.toml``) are complete."""

from simulator.core.texts import LANGUAGES
from simulator.web.fidelity import STATES, read_statements


def test_every_statement_is_complete() -> None:
    for statement in read_statements("admin"):
        assert statement.state in STATES
        assert statement.reason.endswith(".")
        assert statement.language in LANGUAGES
