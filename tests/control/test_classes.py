"""Rules of opening a class: all of it or nothing, and nothing that a trainer does not expect without a word."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.cli import cli
from simulator.commands.classes import trainees_of
from tests.seed.conftest import SMALL

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs ``vnsim class`` with the scenario ``small`` or ``other`` in the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VNSIM_DATA_DIR", str(tmp_path / "var"))
    (tmp_path / "var" / "sandboxes").mkdir(parents=True)
    for name in ("small", "other"):
        (tmp_path / f"{name}.yaml").write_text(SMALL.replace("name: small", f"name: {name}"), encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(cli, ["class", *map(str, arguments)], catch_exceptions=False)


def names(result: Result) -> list[str]:
    """Return the names of the sandboxes that a command lists."""
    return [line.partition("\t")[0] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("written", "sandboxes"),
    [
        (["lisa", "Omar"], ["lisa", "omar"]),
        (["zoë", "Zoe\u0308", "ZOË"], ["zoe", "zoe-2", "zoe-3"]),
        (["jan", "jan", "jan-2"], ["jan", "jan-3", "jan-2"]),
        (["Bjørn Åse", "Łukasz", "Größe", "O'Neill", " ann "], ["bjorn-ase", "lukasz", "grosse", "o-neill", "ann"]),
        (["a" * 40, "a" * 40], ["a" * 40, "a" * 38 + "-2"]),
    ],
)
def test_each_trainee_has_a_sandbox_of_their_own_with_a_name_like_theirs(written: list[str], sandboxes: list[str]) -> None:
    assert [trainee.name for trainee in trainees_of(written)] == sandboxes


def test_names_that_cannot_be_used_are_all_named_before_anything_is_made(run: Run) -> None:
    opened = run(
        "open", "lisa", "李雷", "omar", "???", "import", "b" * 41, "", "--tag", "monday", "--scenario", "small.yaml"
    )
    assert (opened.exit_code, opened.stdout) == (1, "")
    for name in ("李雷", "???", "import", "b" * 41, ""):
        assert repr(name) in opened.stderr
    assert "lisa" not in opened.stderr
    assert names(run("list", "--tag", "monday")) == []


def test_two_of_a_name_and_letters_with_accents_are_told(run: Run) -> None:
    opened = run("open", "jan", "jan", "zoë", "--tag", "monday", "--scenario", "small.yaml")
    assert [line.split("\t")[::2] for line in opened.stdout.splitlines()] == [["jan"], ["jan-2", "jan"], ["zoe", "zoë"]]
    assert "The sandbox of jan is jan-2.\nvnsim: The sandbox of zoë is zoe.\n" in opened.stderr
    assert run("open", "jan", "jan", "zoë", "--tag", "monday", "--scenario", "small.yaml").stdout == opened.stdout
    assert sorted(run("list", "--tag", "monday").stdout.splitlines()) == sorted(opened.stdout.splitlines())


def test_a_sandbox_outside_the_class_that_has_a_name_is_told_before_anything_is_made(run: Run) -> None:
    run("open", "omar", "--tag", "friday", "--scenario", "small.yaml")
    opened = run("open", "lisa", "omar", "--tag", "monday", "--scenario", "small.yaml")
    assert (opened.exit_code, opened.stdout) == (1, "")
    assert "exist already, without the tag: omar" in opened.stderr
    assert names(run("list", "--tag", "monday")) == []


def test_a_class_of_another_case_is_refused_or_made_anew(run: Run) -> None:
    run("open", "lisa", "--tag", "monday", "--scenario", "small.yaml")
    for options, difference in (
        (("--scenario", "other.yaml"), "scenario small, not other"),
        (("--scenario", "small.yaml", "--language", "sv"), "language nl, not sv"),
        (("--scenario", "small.yaml", "--mode", "running"), "mode live, not running"),
    ):
        refused = run("open", "lisa", "tess", "--tag", "monday", *options)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert f"lisa is in the class already, with the {difference}" in refused.stderr
    assert names(run("list", "--tag", "monday")) == ["lisa"]
    late = run("open", "lisa", "tess", "--tag", "monday", "--scenario", "small.yaml")
    assert "There already, and as they were: lisa." in late.stderr
    wrong = run("open", "lisa", "--tag", "monday", "--scenario", "case-that-is-not-there", "--replace")
    assert wrong.exit_code == 1
    assert names(run("list", "--tag", "monday")) == ["lisa", "tess"]
    anew = run("open", "lisa", "tess", "--tag", "monday", "--scenario", "other.yaml", "--replace")
    assert names(anew) == ["lisa", "tess"]
    assert set(anew.stdout.splitlines()).isdisjoint(late.stdout.splitlines())


def test_what_fails_on_the_way_leaves_nothing(run: Run) -> None:
    opened = run("open", "lisa", "omar", "--tag", "monday", "--scenario", "small.yaml", "--ttl", "0")
    assert (opened.exit_code, opened.stdout) == (1, "")
    assert names(run("list", "--tag", "monday")) == []


def test_the_language_of_a_class_is_told_when_it_was_not_chosen(run: Run) -> None:
    opened = run("open", "lisa", "--tag", "monday", "--scenario", "small.yaml")
    assert "People and mails are Dutch; --language makes them en, nb, sv." in opened.stderr
    assert (
        "People and mails"
        not in run("open", "omar", "--tag", "tuesday", "--scenario", "small.yaml", "--language", "en").stderr
    )


def test_a_fact_is_written_as_in_manuals_or_as_json_and_the_case_knows_when_it_is_solved(run: Run, tmp_path: Path) -> None:
    solved = SMALL + "solved: [{signed_in: administrator}]\n"
    (tmp_path / "small.yaml").write_text(solved, encoding="utf-8")
    run("open", "lisa", "--tag", "monday", "--scenario", "small.yaml")
    active = '{"person_status": {"person": "administrator", "status": "active"}}'
    checked = run("check", active, "person_status: {person: administrator, status: active}", "--tag", "monday")
    assert (checked.exit_code, checked.stdout.splitlines()) == (0, [f"lisa\tyes\t{active}"] * 2)
    own = run("check", "--tag", "monday")
    assert (own.exit_code, own.stdout) == (1, 'lisa\tNO\t{"signed_in": "administrator"}\n')
    for wrong in ("signed_in", "{", "[1]", ""):
        assert "is no fact: write one such as" in run("check", wrong, "--tag", "monday").stderr
