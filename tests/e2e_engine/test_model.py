"""A manual file that is not as it should be is refused with file, line, step, key, what was expected and found."""

import json
from datetime import date
from pathlib import Path

import jsonschema  # type: ignore[import-untyped,unused-ignore]
import pytest
import yaml

from e2e.engine.reading import ManualError, parse_manual, read_manual
from e2e.engine.schema import EXERCISE_SCHEMA_FILE, SCHEMA_FILE, exercise_schema, manual_schema, schema_text
from tests.e2e_engine.manuals import HEAD, INVITATION, SPECIFICATION, manual

STEP = HEAD + "variants: {home: {given: Zo}, menu: {given: Anders}}\nsteps:\n  - tell: Doe dit.\n"


def _problems(text: str) -> list[str]:
    with pytest.raises(ManualError) as refused:
        parse_manual(text, "manual.yaml")
    return refused.value.problems


def test_a_manual_is_read_with_its_variants() -> None:
    read = manual()
    assert read.variant_names() == ["home", "menu"]
    assert [action.word for action in read.steps[0].actions("menu")] == ["click", "click"]
    assert [action.word for action in read.steps[1].actions("menu")] == ["click"]
    assert read.start_in("menu") == (True, "home")
    assert manual(INVITATION).start_in(None) == (False, None)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            "    do: {click: {lnk: Facturen}}\n",
            "manual.yaml:11: step 1, do[1].click.lnk: expected one of link, button, menuitem, tab, heading, textbox, "
            "checkbox, radio, combobox, row, column, cell, text, within, place, key, exact, option, found 'lnk'",
        ),
        (
            "    do: {clik: {link: Facturen}}\n",
            "manual.yaml:11: step 1, do[1].clik: expected one of open, click, fill, select, check, uncheck, press, "
            "upload, sign_in, read_mail, follow_link, scan, enter_code, wait_for, supplier_sends, advance, found 'clik'",
        ),
        (
            "    do:\n      home: {open: home}\n",
            "manual.yaml:11: step 1, do: expected an entry for each variant (home or menu), found a list of 1",
        ),
        (
            "    do:\n      home: {open: home}\n      meny: {open: home}\n",
            "manual.yaml:13: step 1, do.meny: expected a variant of this manual (home or menu), found 'meny'",
        ),
        (
            "    do:\n      home: {open: home}\n      menu:\n        - {click: {button: Apps, place: up}}\n",
            "manual.yaml:14: step 1, do.menu[1].click.place[1]: expected top, bottom, left, right, far left, far right, "
            "top left, top right, bottom left, bottom right, halfway down, first in row, last in row, or under, above, "
            "left of or right of followed by a label, found 'up'",
        ),
        (
            "    do: {click: {link: A, button: B}}\n",
            "manual.yaml:11: step 1, do[1].click: expected only one of link or button, "
            "found a mapping with the keys link, button",
        ),
        (
            "    do: {click: {link: false}}\n",
            "manual.yaml:11: step 1, do[1].click.link: expected a text, found false (put true and false in quotes to mean words)",
        ),
        ("    do: {fill: {textbox: A}}\n", "manual.yaml:11: step 1, do[1].fill.with: expected the key with, "),
        ("    do: {click: }\n", "manual.yaml:11: step 1, do[1].click: expected what it is done with, found nothing"),
        ("    see: {}\n", "manual.yaml:11: step 1, see[1]: expected one of link, "),
        (
            "    see: {textbox: A, state: gray}\n",
            "manual.yaml:11: step 1, see[1].state: expected one of 'enabled', 'disabled', 'checked', 'unchecked' "
            "or 'gone', found 'gray'",
        ),
        ("    then: [event]\n", "manual.yaml:11: step 1, then[1]: expected a fact: a mapping such as "),
        (
            "    only: [tiles]\n",
            "manual.yaml:11: step 1, only: expected variants of this manual (home or menu), found 'tiles'",
        ),
        (
            "    do: {click: {link: A}}\n    download: {as: x, header: [A], rows: some}\n",
            "manual.yaml:12: step 1, download.rows: expected a number of rows, such as 15 or '>= 1', found 'some'",
        ),
        ("    download: {as: x, header: [A]}\n", "manual.yaml:11: step 1, download: expected a deed (do) that brings"),
        ("    hint: Van {person.age}.\n", "manual.yaml:11: step 1, hint: expected {person.email}, {person.first_name}"),
        ("    hint: {da: Tip}\n", "manual.yaml:11: step 1, hint.da: expected a text, or a mapping with the languages "),
        ("    why: x\n", "manual.yaml:11: step 1, why: expected one of tell, hint, only, do, see, then, download,"),
    ],
)
def test_a_step_that_is_wrong_is_refused_by_line_step_and_key(lines: str, problem: str) -> None:
    assert [line for line in _problems(STEP + lines) if line.startswith(problem)], _problems(STEP + lines)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("language: nl", "language: da", "manual.yaml:4: language: expected one of 'nl', 'nb', 'sv' or 'en', found 'da'"),
        ("id: spec", "id: Spec", "manual.yaml:2: id: expected lower-case letters, digits and single hyphens"),
        ("scenario: accountant-nl\n", "", "manual.yaml:2: scenario: expected the key scenario, found a mapping"),
        ("+01:00", "", "manual.yaml:7: now: expected an instant with its offset, such as 2022-03-01T09:00+01:00"),
        (
            "{home: {given: Zo}, menu: {given: Anders}}",
            "{click: {given: Zo}}",
            "expected a name in lower case that is no word of the format",
        ),
        ("person: admin", "persoon: admin", "manual.yaml:9: persoon: expected one of id, title, language, product,"),
    ],
)
def test_a_head_that_is_wrong_is_refused_by_line_and_key(old: str, new: str, problem: str) -> None:
    text = SPECIFICATION if old in SPECIFICATION else STEP
    assert any(problem in line for line in _problems(text.replace(old, new, 1)))


def test_every_problem_of_a_file_is_listed() -> None:
    text = SPECIFICATION.replace("link: Facturen", "lnk: Facturen").replace("link: Settings", "lnk: Settings")
    assert [problem.split(": ")[1].split(",")[0] for problem in _problems(text)] == ["step 1", "step 2"]


def test_yaml_that_is_none_is_refused_with_its_line() -> None:
    (problem,) = _problems("id: x\ntitle: [a\n")
    assert problem.startswith("manual.yaml:3: expected YAML, found: ")


def test_a_key_that_stands_twice_is_refused() -> None:
    (problem,) = _problems("id: x\ntitle: a\nid: y\n")
    assert problem == "manual.yaml:3: expected YAML, found: expected each key once, found 'id' again"


def test_an_empty_file_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    assert "found nothing" in _problems("")[0]
    with pytest.raises(ManualError, match="expected a file that can be read, found none"):
        read_manual(tmp_path / "nowhere.yaml")


def test_what_is_typed_may_look_like_a_number_or_a_date() -> None:
    text = HEAD + "steps:\n  - tell: T.\n    do: [{fill: {textbox: A, with: 12}}, {fill: {textbox: B, with: 2022-03-01}}]\n"
    actions = parse_manual(text, "manual.yaml").steps[0].actions(None)
    assert [action.fill.value for action in actions if action.fill] == ["12", date(2022, 3, 1)]


def test_on_yes_and_no_are_plain_words() -> None:
    read = parse_manual(
        f"{HEAD}steps:\n  - {{tell: Go, do: {{open: home}}, then: {{has_role: {{person: user, role: R, on: no}}}}}}\n",
        "m.yaml",
    )
    assert read.steps[0].facts(None) == [{"has_role": {"person": "user", "role": "R", "on": "no"}}]


def test_the_json_schema_is_current() -> None:
    for file, schema in ((SCHEMA_FILE, manual_schema()), (EXERCISE_SCHEMA_FILE, exercise_schema())):
        assert file.read_text(encoding="utf-8") == schema_text(schema), "run python -m e2e.engine.schema"


@pytest.mark.parametrize("text", [SPECIFICATION, INVITATION])
def test_the_json_schema_accepts_what_the_model_accepts(text: str) -> None:
    schema = manual_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    raw = json.loads(json.dumps(yaml.safe_load(text), default=str))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(raw)] == []


def test_the_json_schema_refuses_an_unknown_word() -> None:
    raw = json.loads(json.dumps(yaml.safe_load(SPECIFICATION.replace("lick:", "lik:")), default=str))
    assert list(jsonschema.Draft202012Validator(manual_schema()).iter_errors(raw))


def test_the_example_of_the_documentation_is_a_manual() -> None:
    page = (Path(__file__).parents[2] / "docs" / "manual-format.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert parse_manual(example, "manual-format.md").variant_names() == ["home", "menu"]
