"""``vnsim class``: a sandbox for each trainee."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from simulator.commands.control import Control, path_segment, with_control
from simulator.commands.options import fail, option


@click.group("class")
def class_() -> None:
    """Open, list, check, reset and close a class: a sandbox for each trainee, found again by a tag they share."""


def tag_option() -> Callable[[Any], Any]:
    """Return the option for the tag of a class."""
    return option("--tag", required=True, help="The word that the sandboxes of the class share.")


@class_.command("open")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@tag_option()
@option("--scenario", default="accountant-nl", show_default=True)
@option("--language", help="en, nl, nb or sv; the scenario's own when left out.")
@option("--now", metavar="INSTANT", help="Where the clocks stand, such as 2022-03-01T09:00:00+01:00.")
@option("--mode", type=click.Choice(["live", "running", "frozen"]), help="How the clocks move.")
@option("--ttl", type=float, metavar="SECONDS", help="After how long the sandboxes may be removed.")
@with_control
def open_class(names: tuple[str, ...], tag: str, control: Control, **options: Any) -> None:
    """Make a sandbox for each trainee, and print the link that each of them gets.

    One that is there already with the tag stays as it is, so that the same command adds a trainee who comes late.
    """
    common = {key: value for key, value in options.items() if value is not None}
    existing = {row["name"]: row for row in _class(control, tag, required=False)}
    for name in dict.fromkeys(names):
        body = {**common, "name": name, "tags": [tag]}
        _show_link(existing.get(name) or control.call("POST", "/sandboxes", body))


@class_.command("list")
@tag_option()
@with_control
def list_class(tag: str, control: Control) -> None:
    """List the sandboxes of a class, each with the link that its trainee gets."""
    for row in _class(control, tag, required=False) or _report_empty_class(control, tag):
        _show_link(row)


@class_.command("check")
@click.argument("facts", metavar="FACT...", nargs=-1, required=True)
@tag_option()
@with_control
def check_class(facts: tuple[str, ...], tag: str, control: Control) -> None:
    """Say for each trainee which facts hold; a fact is JSON, such as '{"signed_in": "user"}'. Exit code 1 when some do not."""
    parsed = [_json(fact) for fact in facts]
    all_hold = True
    for row in _class(control, tag):
        findings = control.call("POST", f"/sandboxes/{path_segment(row['name'])}/check", {"facts": parsed})
        for finding in findings:
            all_hold = all_hold and finding["holds"]
            fact = json.dumps(finding["fact"], ensure_ascii=False)
            click.echo("\t".join((row["name"], "yes" if finding["holds"] else "NO", fact)))
    sys.exit(0 if all_hold else 1)


@class_.command("reset")
@tag_option()
@with_control
def reset_class(tag: str, control: Control) -> None:
    """Put every sandbox of a class back to the moment it was made."""
    for row in _class(control, tag):
        _show_link(control.call("POST", f"/sandboxes/{path_segment(row['name'])}/reset", {}))


@class_.command("close")
@tag_option()
@with_control
def close_class(tag: str, control: Control) -> None:
    """Delete every sandbox of a class."""
    for row in _class(control, tag):
        control.call("DELETE", f"/sandboxes/{path_segment(row['name'])}")
        click.echo(row["name"])


def _class(control: Control, tag: str, *, required: bool = True) -> Any:
    """Return the sandboxes of a class, by name; warn with the directory when no server runs on it.

    Args:
        control: where they are.
        tag: the tag that they share.
        required: exit when there is none.
    """
    if not control.warn_without_server() and not (control.data_dir / "sandboxes").is_dir():
        # No server could open a class in this directory.
        sys.exit(1)
    rows = control.call("GET", f"/sandboxes?tag={path_segment(tag)}")
    if required and not rows:
        _report_empty_class(control, tag)
        sys.exit(1)
    return rows


def _report_empty_class(control: Control, tag: str) -> tuple[()]:
    click.echo(f"vnsim: No sandbox has the tag {tag!r} {control.where}.", err=True)
    return ()


def _show_link(made: Any) -> None:
    click.echo(f"{made['name']}\t{made['join_url']}")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        fail(f"{text} is not JSON: {error}.")
