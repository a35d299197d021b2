"""What docs/scenario-format.md says is true."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from seed import model, person_entries
from seed.application_entries import Application
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from tests.conftest import NOW

TEXT = (Path(__file__).parents[2] / "docs/scenario-format.md").read_text(encoding="utf-8")


def test_the_scenarios_of_the_page_have_no_fault(faults_of: Callable[[str], list[tuple[str, str]]]) -> None:
    small, *sections = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert faults_of(small) == []
    for section in sections:
        assert faults_of(small + section) == []


def test_the_overlay_of_the_page_can_be_laid_over(store: Store) -> None:
    (text,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    overlay = json.loads(text)["with"]
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), overlay=overlay))


def test_the_page_names_every_key() -> None:
    shapes = (
        model.Scenario,
        model.Customer,
        model.EmailDomain,
        model.Licence,
        model.Company,
        person_entries.Person,
        model.Crowd,
        person_entries.GrantTo,
        model.Charge,
        model.Account,
        model.Document,
        model.OtherSide,
        Application,
    )
    for shape in (*shapes, model.AccessPoint, model.Participant):
        for name, field in shape.model_fields.items():
            assert f"`{field.alias or name}" in TEXT, f"{shape.__name__}.{name}"
