"""``vnsim scenario``: which scenarios there are, and whether a file is one."""

import sys
from pathlib import Path

import click


@click.group()
def scenario() -> None:
    """List scenarios, and check a file that should be one."""


@scenario.command("list")
def list_scenarios() -> None:
    """List the scenarios that sandboxes can be made from."""
    from simulator.core.companions import companion

    for summary in companion("seed").list_scenarios():
        click.echo("\t".join((summary["name"], summary["title"], ", ".join(summary["languages"]))))


@scenario.command("check")
@click.argument("files", metavar="FILE...", type=click.Path(path_type=Path), nargs=-1, required=True)
def check_scenario(files: tuple[Path, ...]) -> None:
    """Check scenario files; each fault names the file, the place in it, what was expected and what was found."""
    from simulator.core.companions import companion

    seed, faulty = companion("seed"), False
    for file in files:
        problems = seed.check(file)
        for where, what in problems:
            click.echo(f"{where}: {what}")
        faulty = faulty or bool(problems)
        if not problems:
            click.echo(f"{file}: right")
    sys.exit(1 if faulty else 0)
