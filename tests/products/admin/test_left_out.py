"""Rules of pages that are not simulated: they say so, and Admin's own statements (``fidelity.toml``) agree."""

import pytest

from simulator.core.texts import LANGUAGES
from simulator.products.admin.views.left_out import LEFT_OUT
from simulator.web.fidelity import STATES, read_statements
from tests.products.admin.browser import Browser
from tests.products.admin.conftest import ADMINISTRATOR, SignIn

PATHS = {name: f"/admin/{name.replace('_', '-')}" for name in LEFT_OUT}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_page_that_is_not_simulated_says_so_in_every_language(sign_in: SignIn, name: str, language: str) -> None:
    page = sign_in(ADMINISTRATOR, language).open(PATHS[name])
    assert page.status == 200
    assert page.root.all("html")[0].get("lang") == language
    opened = [link.get("aria-current") for link in page.root.all("nav")[0].all("a") if link.get("aria-current")]
    assert opened in (["true"], ["page"])


@pytest.mark.parametrize("name", LEFT_OUT)
def test_the_manual_sections_left_out_are_the_ones_that_admin_states(administrator: Browser, name: str) -> None:
    stated = [s for s in read_statements("admin") if (s.manual, s.section) in LEFT_OUT[name]]
    assert {(s.manual, s.section) for s in stated} == set(LEFT_OUT[name])
    assert {s.state for s in stated} == {"left_out"}
    text = administrator.open(PATHS[name]).text
    assert all(f"{s.manual}: {s.section}" in text for s in stated)


def test_every_statement_is_complete() -> None:
    for statement in read_statements("admin"):
        assert statement.state in STATES
        assert statement.reason.endswith(".")
        assert statement.language in LANGUAGES
