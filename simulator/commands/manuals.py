"""``vnsim manual``: which manuals there are, whether a file is one, and walks."""

import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from simulator.commands.control import base_url_option
from simulator.commands.options import fail, option, scenarios_option, token_option


def language_option(what: str) -> Callable[[Any], Any]:
    """Return the option for languages, which may be given several times."""
    return option("--language", "languages", multiple=True, help=f"{what} May be given several times.")


@click.group()
def manual() -> None:
    """List, check and walk manuals."""


@manual.command("list")
def list_manuals() -> None:
    """List the manuals that come with the simulator."""
    library = import_walker("e2e.engine.library")
    for _, manual in library.load():
        click.echo("\t".join((manual.id, manual.language, manual.title.source(manual.language))))


@manual.command("check")
@click.argument("files", metavar="[FILE...]", nargs=-1)
@language_option("The language that labels are looked up in, or all; those that the manual has texts in when left out.")
@scenarios_option("A folder with scenarios of your own.")
def check_manuals(files: tuple[str, ...], languages: tuple[str, ...], scenarios: Path | None) -> None:
    """Check manual files; without any, those that come with the simulator. Finds what a walk would miss, without a browser."""
    names = names_for_manuals()
    chosen = _languages(languages, tuple(names.texts))
    problems = import_walker("e2e.engine.library").check(files, platform=names, languages=chosen, scenarios=scenarios)
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo("All right.")
    sys.exit(1 if problems else 0)


@manual.command("walk")
@click.argument("manuals", metavar="[ID|FILE...]", nargs=-1)
@language_option("nl, nb, sv, en or all; each manual's own when left out.")
@scenarios_option("A folder with scenarios of your own; the server need not have them.")
@base_url_option("A server that runs; one of its own is started when left out.")
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
    languages: tuple[str, ...],
    scenarios: Path | None,
    base_url: str | None,
    shots: Path | None,
    headed: bool,
    control_token: str | None,
) -> None:
    """Walk manuals in a browser, each in a fresh sandbox; exit code 1 when a step failed."""
    from simulator.own_server import CannotStart, own_server

    run = import_walker("e2e.engine.run")
    options = {"shots": shots, "headed": headed, "echo": click.echo, "scenarios": scenarios}
    try:
        with own_server() if base_url is None else nullcontext(base_url) as address:
            token = control_token if base_url is not None else None
            code = run.walk(manuals, languages, base_url=address, token=token, **options)
    except CannotStart as error:
        fail(str(error))
    sys.exit(code)


def _languages(requested: tuple[str, ...], offered: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages that are requested; exit when there is no such language."""
    for language in requested:
        if language not in (*offered, "all"):
            fail(f"There is no language {language!r}: choose {', '.join(offered)} or all.")
    return offered if "all" in requested else requested


def names_for_manuals() -> Any:
    """Return the scenarios, events, facts and texts that a manual may name."""
    from simulator.app import PRODUCTS, import_everything
    from simulator.control.schemas import registered_facts
    from simulator.core import events, texts
    from simulator.core.clock import machine_now
    from simulator.core.companions import companion

    import_everything()
    platform_names, seed = import_walker("e2e.engine.platform_names"), companion("seed")

    def read_scenario(file: Path) -> list[str]:
        seed.read_own(file)
        return seed.cast_of(file)  # type: ignore[no-any-return]

    def overlay_problems(scenario: str, overlay: dict[str, Any], begins: datetime | None) -> Iterable[tuple[str, str]]:
        _learn_routes()
        return seed.overlay_problems(scenario, overlay, begins or machine_now())  # type: ignore[no-any-return]

    return platform_names.PlatformNames(
        scenarios=seed.list_casts(),
        events=list(events.TYPES),
        facts=list(registered_facts()),
        texts={language: texts.spoken(language) for language in texts.LANGUAGES},
        products=[product.code for product in PRODUCTS.all],
        read_scenario=read_scenario,
        overlay_problems=overlay_problems,
    )


def _learn_routes() -> None:
    """Put a platform together, unless there is one: it says which routes can fail."""
    from simulator.app import create_app
    from simulator.core.fault_operations import ROUTES, SOURCES
    from simulator.settings import Settings

    if ROUTES not in SOURCES:
        with TemporaryDirectory() as folder:
            create_app(Settings(data_dir=Path(folder)))


def import_walker(name: str) -> Any:
    """Import a module of the walker; exit with the package to install when its libraries are missing."""
    from simulator.core.companions import companion

    try:
        return companion(name)
    except ModuleNotFoundError as error:
        fail(f"{error.name} is missing. Walking manuals needs the extra [walk]: pip install 'vnsim[walk]'")
