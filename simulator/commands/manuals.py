"""``vnsim manual``: which manuals there are, whether a file is one, and walks."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from simulator.commands.options import fail, option, token_option


@click.group()
def manual() -> None:
    """List, check and walk manuals."""


@manual.command("list")
def list_manuals() -> None:
    """List the manuals that come with the simulator."""
    library = _import_walker("e2e.engine.library")
    for _, manual in library.load():
        click.echo("\t".join((manual.id, manual.language, manual.title.source(manual.language))))


@manual.command("check")
@click.argument("files", metavar="[FILE...]", nargs=-1)
def check_manuals(files: tuple[str, ...]) -> None:
    """Check manual files; without any, those that come with the simulator."""
    problems = _import_walker("e2e.engine.library").check(files, platform=_names_for_manuals())
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo("All right.")
    sys.exit(1 if problems else 0)


@manual.command("walk")
@click.argument("manuals", metavar="[ID|FILE...]", nargs=-1)
@option("--language", help="nl, nb, sv, en or all; each manual's own when left out.")
@option("--base-url", metavar="URL", help="A server that runs; one of its own is started when left out.")
@option(
    "--shots",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where pictures go; none are taken when left out.",
)
@option("--headed", is_flag=True, help="Show the browser.")
@token_option("The control token of the server at --base-url.")
def walk_manuals(
    manuals: tuple[str, ...],
    language: str | None,
    base_url: str | None,
    shots: Path | None,
    headed: bool,
    control_token: str | None,
) -> None:
    """Walk manuals in a browser, each in a fresh sandbox; exit code 1 when a step failed."""
    from simulator.own_server import CannotStart, own_server

    run = _import_walker("e2e.engine.run")
    options = {"shots": shots, "headed": headed, "echo": click.echo}
    try:
        with own_server() if base_url is None else nullcontext(base_url) as address:
            token = control_token if base_url is not None else None
            code = run.walk(manuals, language, base_url=address, token=token, **options)
    except CannotStart as error:
        fail(str(error))
    sys.exit(code)


def _names_for_manuals() -> Any:
    """Return the scenarios, events and facts that a manual may name."""
    from simulator.app import import_everything
    from simulator.control.schemas import registered_facts
    from simulator.core import events
    from simulator.core.companions import companion

    import_everything()
    platform_names, seed = _import_walker("e2e.engine.platform_names"), companion("seed")
    return platform_names.PlatformNames(
        scenarios=seed.list_casts(), events=list(events.TYPES), facts=list(registered_facts())
    )


def _import_walker(name: str) -> Any:
    """Import a module of the walker; exit with the package to install when its libraries are missing."""
    from simulator.core.companions import companion

    try:
        return companion(name)
    except ModuleNotFoundError as error:
        fail(f"{error.name} is missing. Walking manuals needs the extra [walk]: pip install 'vnsim[walk]'")
