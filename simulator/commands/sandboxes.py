"""``vnsim sandbox``: the same commands on sandboxes as the control API's."""

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from simulator.commands.control import Control, path_segment, with_control
from simulator.commands.options import DEFAULT_SCENARIO, fail, option, scenarios_option
from simulator.commands.scenarios import scenario_fields


@click.group()
def sandbox() -> None:
    """Make, list, keep, reset, delete, export and import sandboxes; through the server when one runs on the data directory."""


@sandbox.command("create")
@click.argument("source", metavar="[SCENARIO]", required=False)
@option("--scenario", help=f"What it is made from: a name, or the path of a file; {DEFAULT_SCENARIO} when left out.")
@scenarios_option("A folder with scenarios of your own.")
@option("--name", help="Lower-case letters, digits and dashes; drawn when left out.")
@option("--language", help="en, nl, nb or sv; the scenario's own when left out.")
@option("--now", metavar="INSTANT", help="Where its clock stands, such as 2022-03-01T09:00:00+01:00.")
@option("--mode", type=click.Choice(["live", "running", "frozen"]), help="How its clock moves.")
@option("--seed", help="The seed of its codes and identifiers.")
@option("--ttl", type=float, metavar="SECONDS", help="After how long it may be removed.")
@option("--tag", "tags", multiple=True, help="A word to find it by; may be given several times.")
@option("--as-json", is_flag=True, help="Print all of it as JSON.")
@with_control
def create_sandbox(
    control: Control,
    source: str | None,
    scenario: str | None,
    scenarios: Path | None,
    as_json: bool,
    tags: tuple[str, ...],
    **options: Any,
) -> None:
    """Make a sandbox from a scenario, which is a name or a file, and print its address."""
    if source is not None and scenario not in (None, source):
        fail(f"Two scenarios are named, {source} and {scenario}: name one.")
    body = {key: value for key, value in options.items() if value is not None} | ({"tags": list(tags)} if tags else {})
    body |= scenario_fields(source or scenario or DEFAULT_SCENARIO, scenarios)
    _show(control.call("POST", "/sandboxes", body), as_json)
    control.warn_without_server()


@sandbox.command("list")
@option("--as-json", is_flag=True, help="Print all of them as JSON.")
@with_control
def list_sandboxes(control: Control, as_json: bool) -> None:
    """List the sandboxes: name, scenario, clock, address."""
    sandboxes = control.call("GET", "/sandboxes")
    if as_json:
        click.echo(json.dumps(sandboxes, ensure_ascii=False, indent=2))
        return
    for row in sandboxes:
        click.echo("\t".join((row["name"], row["scenario"], f"{row['now']} ({row['clock_mode']})", row["url"])))


@sandbox.command("reset")
@click.argument("name")
@option("--snapshot", metavar="SNAPSHOT", help="Which snapshot to go back to; the moment it was made when left out.")
@option("--as-json", is_flag=True, help="Print all of it as JSON.")
@with_control
def reset_sandbox(name: str, snapshot: str | None, control: Control, as_json: bool) -> None:
    """Put a sandbox back to the moment it was made, or to a snapshot."""
    body = {"snapshot": snapshot} if snapshot else {}
    _show(control.call("POST", f"/sandboxes/{path_segment(name)}/reset", body), as_json)


@sandbox.command("advance")
@click.argument("name")
@click.argument("seconds", type=click.IntRange(1))
@with_control
def advance_clock(name: str, seconds: int, control: Control) -> None:
    """Move the clock of a sandbox ahead by some seconds, and print the time it then shows; a live clock cannot be moved."""
    moved = control.call("POST", f"/sandboxes/{path_segment(name)}/clock/advance", {"seconds": seconds})
    click.echo(moved["now"])


@sandbox.command("snapshot")
@click.argument("name")
@click.argument("snapshot")
@with_control
def make_snapshot(name: str, snapshot: str, control: Control) -> None:
    """Keep a sandbox as it is now under a name."""
    control.call("POST", f"/sandboxes/{path_segment(name)}/snapshots", {"name": snapshot})


@sandbox.command("snapshots")
@click.argument("name")
@option("--as-json", is_flag=True, help="Print all of them as JSON.")
@with_control
def list_snapshots(name: str, control: Control, as_json: bool) -> None:
    """List the snapshots of a sandbox: name, its clock, when it was made."""
    snapshots = control.call("GET", f"/sandboxes/{path_segment(name)}/snapshots")
    if as_json:
        click.echo(json.dumps(snapshots, ensure_ascii=False, indent=2))
        return
    for row in snapshots:
        click.echo("\t".join((row["name"], row["now"], row["created_at"])))


@sandbox.command("export")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@with_control
def export_sandbox(name: str, file: Path, control: Control) -> None:
    """Write a whole sandbox into a file; - is the standard output."""
    path = f"/sandboxes/{path_segment(name)}/export"
    if str(file) == "-":
        control.fetch(path, sys.stdout.buffer)
        return
    # Under another name until it is complete: an existing file of that name stays when something fails.
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        unfinished.touch(mode=0o600)
        with unfinished.open("wb") as target:
            control.fetch(path, target)
        unfinished.replace(file)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror or error}.")
    finally:
        unfinished.unlink(missing_ok=True)


@sandbox.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@option("--name", help="Its name; the one it had when left out.")
@option("--as-json", is_flag=True, help="Print all of it as JSON.")
@with_control
def import_sandbox(file: Path, name: str | None, control: Control, as_json: bool) -> None:
    """Make a sandbox of an exported file and print its address; - is the standard input."""
    from shutil import copyfileobj
    from tempfile import TemporaryFile

    path = "/sandboxes/import" + (f"?name={path_segment(name)}" if name else "")
    try:
        source: BinaryIO
        if str(file) == "-":
            source = TemporaryFile()  # noqa: SIM115 - closed below
            copyfileobj(sys.stdin.buffer, source)
            source.seek(0)
        else:
            source = file.open("rb")
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror or error}.")
    with source:
        _show(control.call("POST", path, file=source), as_json)
    control.warn_without_server()


@sandbox.command("delete")
@click.argument("name")
@with_control
def delete_sandbox(name: str, control: Control) -> None:
    """Delete a sandbox."""
    control.call("DELETE", f"/sandboxes/{path_segment(name)}")


def _show(made: Any, as_json: bool) -> None:
    click.echo(json.dumps(made, ensure_ascii=False, indent=2) if as_json else f"{made['name']}\t{made['url']}/")
