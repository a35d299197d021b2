"""README says what is simulated as the products do, and its commands are those that there are."""

import re
import shlex
from pathlib import Path

import click

from simulator.cli import cli
from tools.readme import README, readme

TEXT = README.read_text(encoding="utf-8")
ROOT = README.parent


def test_the_table_of_what_is_simulated_is_up_to_date() -> None:
    assert readme() == TEXT, "renew it with: make golden"
    stating = sorted((ROOT / "simulator" / "products").glob("*/fidelity.toml"))
    assert [path for path in stating if path.relative_to(ROOT).as_posix() not in TEXT] == []


def test_every_link_and_picture_of_the_readme_leads_to_a_file_or_a_heading() -> None:
    missing = []
    for target, heading in re.findall(r"\]\(([^)#:]+)(?:#([^)]*))?\)", TEXT):
        path = ROOT / target
        if not path.exists() or (heading and heading not in _headings(path)):
            missing.append(f"{target}#{heading}")
    assert missing == []


def test_the_readme_shows_every_stored_picture_and_each_says_what_it_shows() -> None:
    pictures = dict(reversed(pair) for pair in re.findall(r"!\[([^\]]+)\]\((docs/pictures/[^)]+)\)", TEXT))
    assert sorted(pictures) == sorted(f"docs/pictures/{path.name}" for path in (ROOT / "docs" / "pictures").iterdir())
    assert all(len(alt) > 20 for alt in pictures.values())


def test_every_target_of_make_that_the_readme_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", TEXT)) - targets == set()


def test_the_readme_is_short() -> None:
    assert len(TEXT.splitlines()) <= 125


def test_every_command_of_the_readme_is_understood() -> None:
    lines = [line for block in re.findall(r"```\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("vnsim ")]
    assert len(commands) >= 4
    for words in commands:
        command, arguments = _command(cli, words)
        command.make_context(command.name, arguments)  # refuses what it does not know


def _command(group: click.Group, words: list[str]) -> tuple[click.Command, list[str]]:
    _, command, arguments = group.resolve_command(click.Context(group), words)
    assert command is not None
    return _command(command, arguments) if isinstance(command, click.Group) else (command, arguments)


def _headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}
