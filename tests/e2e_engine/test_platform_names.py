"""What a manual names is compared with what the platform has."""

from pathlib import Path

import pytest

from e2e.engine.library import check
from e2e.engine.platform_names import PlatformNames, missing_names
from e2e.engine.reading import read_manual
from e2e.engine.walker import ScenarioUnreadable, scenario_of
from tests.e2e_engine.manuals import SPECIFICATION
from tests.e2e_engine.manuals import manual as parsed

PLATFORM = PlatformNames(
    scenarios={"office": ["administrator", "user"]},
    events=["user.invited", "elma.removed"],
    facts=["event", "has_role"],
    products=["elma"],
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
        (
            "source: {title: Ours}",
            "product: shop\nsource: {title: Ours}",
            ["4: product: expected one of the products (elma)"],
        ),
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


TEXTS = {
    "nl": {"users.greeting": "Hallo %(name)s, welkom terug", "search.go": "Zoeken", "search.title": "Zoeken"},
    "nb": {"users.greeting": "Hei %(name)s, velkommen tilbake", "search.go": "Søk", "search.title": "Søking"},
}
STEP = """\
  - tell: Read {user.email}.
    do:
      - {fill: {textbox: Naam, with: "{person.email}"}}
      - {upload: {button: Kies, file: logo.png}}
      - {click: {button: Zoeken, key: search.go}}
    see: {text: Iedereen}
    then: {has_role: {person: user, role: Boss}}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{user.email}", "{boss.email}", "step 1, tell: expected an address, or a person of the scenario's cast"),
        ("{person.email}", "{boss.name}", "step 1, do[1]: expected an address, or a person of the scenario's cast"),
        ("text: Iedereen", "text: '{boss.name}'", "step 1, see[1]: expected an address, or a person"),
        ("role: Boss", "role: '{boss.name}'", "step 1, then[1]: expected an address, or a person"),
        ("file: logo.png", "file: other.png", "step 1, do[2]: expected a file beside the manual, found no 'other.png'"),
        ("search.go", "search.gone", "step 1, do[3]: expected a text key that fits; the platform has no text with the key"),
        ("search.go", "users.greeting", "step 1, do[3]: expected a text key that fits; the label is 'Zoeken', but the text"),
        (", key: search.go", "", "step 1, do[3]: expected one text in nb; the label 'Zoeken' has several texts in nb"),
        (
            "text: Iedereen",
            "text: 'Hallo Ada Oever, welkom terug'",
            "step 1, see[1]: expected a text of the platform or data; the label 'Hallo Ada Oever, welkom terug' may be a text",
        ),
        ("has_role: {person: user, role: Boss}", "signed_in: boss", "step 1, then[1]: expected an address, or a person"),
        ("has_role: {person: user, role: Boss}", "mailed: {to: boss}", "step 1, then[1]: expected an address, or a person"),
    ],
)
def test_a_check_sees_what_a_walk_would_miss(tmp_path: Path, old: str, new: str, expected: str) -> None:
    (tmp_path / "logo.png").write_bytes(b"")
    head = MANUAL.partition("variants:")[0] + "steps:\n"
    path = tmp_path / "mine.yaml"
    facts = ["event", "has_role", "signed_in", "mailed"]
    platform = PlatformNames(scenarios=PLATFORM.scenarios, events=PLATFORM.events, facts=facts, texts=TEXTS)
    assert STEP.count(old) == 1
    for step, problem in ((STEP, None), (STEP.replace(old, new), expected)):
        path.write_text(head + step, encoding="utf-8")
        reported = [line.partition(": ")[2] for line in missing_names(path, read_manual(path), platform, ["nl", "nb"])]
        assert reported == [] if problem is None else [line[: len(problem)] for line in reported] == [problem]


def test_variables_of_the_reader_need_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    head = MANUAL.partition("variants:")[0].replace("person: administrator\n", "")
    path.write_text(head + "steps:\n  - tell: Read {person.email}.\n    do: sign_in\n", encoding="utf-8")
    reported = problems(path)
    assert "expected a manual with a person, found the variable {person.email}" in reported[0]
    assert "expected the person to sign in: the manual has none" in reported[1]


def test_a_scenario_beside_the_manual_is_read_for_its_cast(manual: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("anything", encoding="utf-8")
    manual.write_text(MANUAL.replace("scenario: office", "scenario: ./shop.yaml"), encoding="utf-8")

    def read_scenario(file: Path) -> list[str]:
        if not file.is_file():
            raise ValueError("no such file")
        return ["administrator"]

    platform = PlatformNames(scenarios={}, events=PLATFORM.events, facts=PLATFORM.facts, read_scenario=read_scenario)
    reported = check([str(manual)], platform=platform)
    assert reported
    assert all("a person of the scenario's cast (administrator), found 'user'" in line for line in reported)
    manual.write_text(MANUAL.replace("scenario: office", "scenario: shops.yaml"), encoding="utf-8")
    assert "scenario: expected a scenario that can be used, found no such file" in check([str(manual)], platform=platform)[0]


def test_the_scenario_of_a_manual_is_a_file_beside_it_or_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("name: shop", encoding="utf-8")
    sent = {"scenario": "shop", "scenario_text": "name: shop"}
    text = SPECIFICATION.replace("scenario: accountant-nl", "scenario: ./shop.yaml")
    assert scenario_of(parsed(text), tmp_path) == sent
    assert scenario_of(parsed(text.replace("./shop.yaml", "shop")), Path(), tmp_path) == sent
    assert scenario_of(parsed(), tmp_path, tmp_path) == {"scenario": "accountant-nl"}
    with pytest.raises(ScenarioUnreadable, match="cannot be read"):
        scenario_of(parsed(text.replace("shop.yaml", "nothing.yaml")), tmp_path)
