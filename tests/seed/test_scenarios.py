"""What the scenarios that come with the simulator keep to."""

import json
from pathlib import Path

import pytest

import seed
from seed import reading, schema
from seed.cache import SCENARIOS
from seed.catalogue import list_scenarios
from simulator.core.texts import LANGUAGES

FILES = sorted(SCENARIOS.glob("*.yaml"))
SYNTHETIC = {"NL": "999999", "NO": "3", "SE": "999999", "DK": "99999", "FI": "99999"}
BREACHED = set((Path(__file__).parents[2] / "simulator/directory/breached.txt").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_has_no_fault(path: Path) -> None:
    assert seed.check(path) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_addresses_and_numbers_are_made_up(path: Path) -> None:
    raw = reading.read(path)
    emails = [entry["email"] for section in ("people", "companies") for entry in raw[section]]
    assert all(email.endswith((".example", ".test")) for email in emails)
    for company in raw["companies"]:
        country = company.get("country", raw["country"])
        assert str(company["organisation_number"]).startswith(SYNTHETIC[country])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_password_is_on_the_list_of_breached_ones(path: Path) -> None:
    assert not BREACHED & {person.get("password") for person in reading.read(path)["people"]}


def test_every_scenario_is_listed_with_all_languages() -> None:
    listed = list_scenarios()
    assert [entry["name"] for entry in listed] == [path.stem for path in FILES]
    assert all(set(entry["languages"]) == set(LANGUAGES) and entry["title"] and entry["description"] for entry in listed)


def test_the_json_schema_is_current() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text(), "run python -m seed.schema"


def test_the_json_schema_accepts_the_scenarios_and_refuses_an_unknown_key() -> None:
    import jsonschema  # type: ignore[import-untyped]

    validator = jsonschema.Draft202012Validator(json.loads(schema.text()))
    for path in FILES:
        assert [error.message for error in validator.iter_errors(reading.read(path))] == []
        assert list(validator.iter_errors(reading.read(path) | {"colour": "red"}))
