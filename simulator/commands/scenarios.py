"""``vnsim scenario``: which scenarios there are, and whether a file is one; the scenarios that other commands name."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from simulator.commands.control import Control, base_url_option
from simulator.commands.options import DATA_DIR, fail, scenarios_option, token_option


@click.group()
def scenario() -> None:
    """List scenarios, and check a file that should be one."""


@scenario.command("list")
@scenarios_option("A folder with scenarios of your own, to list with those of the simulator.")
@base_url_option("A running server, to list the scenarios that it has.")
@token_option("The control token of the server at --base-url.")
def list_scenarios(scenarios: Path | None, base_url: str | None, control_token: str | None) -> None:
    """List the scenarios that sandboxes can be made from, and the problems of files that cannot be used."""
    from simulator.core.companions import companion

    if base_url is not None:
        with closing(Control(DATA_DIR, base_url, control_token or None)) as control:
            summaries = control.call("GET", "/scenarios")
    else:
        summaries = companion("seed").Catalogue(scenarios).summaries()
    for summary in summaries:
        if not summary["problems"]:
            click.echo("\t".join((summary["name"], summary["title"], ", ".join(summary["languages"]))))
    for summary in summaries:
        for problem in summary["problems"]:
            click.echo(f"vnsim: {summary['name']} cannot be used: {problem['field']}: {problem['message']}", err=True)


@scenario.command("check")
@click.argument("files", metavar="FILE...", type=click.Path(path_type=Path), nargs=-1, required=True)
def check_scenario(files: tuple[Path, ...]) -> None:
    """Check scenario files, or folders of them; each fault names the file, the place in it, what was expected and found."""
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


def scenario_fields(scenario: str, folder: Path | None = None, beside: Path = Path()) -> dict[str, Any]:
    """Return the fields of the control API for a scenario: a file of this machine is sent along, and a name is the server's.

    Args:
        scenario: a name, or the path of a file.
        folder: a folder with scenarios, or None.
        beside: the folder that a path is relative to.

    Exits with the problems when the file cannot be used.
    """
    from simulator.core.companions import companion
    from simulator.core.errors import BadInput, NotFound

    seed = companion("seed")
    try:
        if seed.is_path(scenario):
            name, text = seed.read_own(beside / scenario)
        else:
            name, text = scenario, seed.Catalogue(folder).text_of(scenario) if folder is not None else None
    except NotFound:
        # The server may have a folder of its own.
        return {"scenario": scenario}
    except BadInput as error:
        fail("\n".join(f"{where}: {what}" for where, what in error.problems))
    return {"scenario": name} | ({"scenario_text": text} if text is not None else {})
