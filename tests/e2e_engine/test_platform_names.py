"""What a manual names is compared with what the platform has."""

from pathlib import Path

import pytest

from e2e.engine.platform_names import PlatformNames, missing_names
from e2e.engine.reading import read_manual

PLATFORM = PlatformNames(
    scenarios={"office": ["administrator", "user"]}, events=["user.invited", "elma.removed"], facts=["event", "has_role"]
)
MANUAL = """\
id: mine
title: Mine
language: nl
source: {title: Ours}
scenario: office
now: 2022-03-01T09:00+01:00
person: administrator
variants:
  one: {given: One way}
  other: {given: The other way, person: user}
steps:
  - tell: Sign in.
    do:
      one: [sign_in: user, read_mail: someone@office.example]
      other: {enter_code: administrator}
    then: [{event: user.invited}, {has_role: {person: user, role: Boss}}]
  - tell: Wait.
    do: {wait_for: {event: elma.removed}}
    then: [{event: {type: elma.removed, subject: "310000019"}}, {has_role: {person: "{user.email}", role: Boss}}]
"""


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """Return a manual that names nothing unknown."""
    path = tmp_path / "mine.yaml"
    path.write_text(MANUAL, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    """Return the problems of a manual, without the file's name."""
    return [line.removeprefix(f"{path}:") for line in missing_names(path, read_manual(path), PLATFORM)]


def test_a_manual_that_names_what_there_is_has_no_problem(manual: Path) -> None:
    assert problems(manual) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("scenario: office", "scenario: shop", ["5: scenario: expected one of the scenarios (office), found 'shop'"]),
        ("person: administrator", "person: boss", ["7: person: expected an address, or a person of the scenario's cast"]),
        ("way, person: user", "way, person: boss", ["10: variants.other.person: expected an address, or a person"]),
        ("[sign_in: user,", "[sign_in: boss,", ["14: step 1, do.one[1]: expected an address, or a person"]),
        ("enter_code: administrator", "enter_code: boss", ["15: step 1, do.other[1]: expected an address, or a person"]),
        (
            "{event: user.invited}",
            "{event: user.eaten}",
            ["16: step 1, then[1]: expected a type of event, such as (user.invited)"],
        ),
        ("has_role: {person: user", "has_role: {person: boss", ["16: step 1, then[2]: expected an address, or a person"]),
        ("wait_for: {event: elma.", "wait_for: {event: elma.is_", ["18: step 2, do[1]: expected a type of event, such as"]),
        ("{event: {type: elma", "{event: {type: elma.is", ["19: step 2, then[1]: expected a type of event, such as"]),
        ("{event: {type", "{happened: {type", ["19: step 2, then[1]: expected one of the facts (event or has_role)"]),
    ],
)
def test_a_name_that_is_not_there_is_told_with_its_line(manual: Path, old: str, new: str, expected: list[str]) -> None:
    assert MANUAL.count(old) == 1
    manual.write_text(MANUAL.replace(old, new), encoding="utf-8")
    reported = problems(manual)
    assert [line[: len(start)] for line, start in zip(reported, expected, strict=True)] == expected
