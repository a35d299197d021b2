"""``vnsim exercise``: which exercises there are, and whether a file is one."""

import sys

import click

from simulator.commands.manuals import import_walker, names_for_manuals
from simulator.commands.options import option


@click.group()
def exercise() -> None:
    """List and check exercises."""


@exercise.command("list")
@option("--manuals", is_flag=True, help="List the manuals that are exercises as they stand instead.")
def list_exercises(manuals: bool) -> None:
    """List the exercises that come with the simulator: id, minutes, title."""
    format_ = import_walker("e2e.engine.exercise")
    rows = [format_.exercise_of_manual(id_) for id_ in format_.manual_exercises()] if manuals else format_.load().values()
    for row in rows:
        click.echo("\t".join((row.id, str(row.minutes or ""), row.title.in_language("en", row.language) or "")))


@exercise.command("check")
@click.argument("files", metavar="[FILE...]", nargs=-1)
def check_exercises(files: tuple[str, ...]) -> None:
    """Check exercise files; without any, those that come with the simulator. Exit code 1 when there is a problem."""
    names = names_for_manuals()
    problems = import_walker("e2e.engine.exercise").check(files, platform=names, languages=tuple(names.texts))
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo("All right.")
    sys.exit(1 if problems else 0)
