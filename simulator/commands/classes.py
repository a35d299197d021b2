"""``vnsim class``: a sandbox for each trainee."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from simulator.classroom.names import LONGEST, sandbox_name
from simulator.commands.control import Control, path_segment, with_control
from simulator.commands.options import DEFAULT_SCENARIO, fail, option, scenarios_option
from simulator.commands.scenarios import scenario_fields

_TRAINEE = "trainee: "
"""How the tag begins that holds a trainee's name as it was written."""
LANGUAGES = {"en": "English", "nl": "Dutch", "nb": "Norwegian", "sv": "Swedish"}


class Trainee(NamedTuple):
    """A trainee: the name as it was written, and that of the sandbox."""

    written: str
    name: str


@click.group("class")
def class_() -> None:
    """Open, list, check, reset and close a class: a sandbox for each trainee, found again by a tag they share."""


def tag_option() -> Callable[[Any], Any]:
    """Return the option for the tag of a class."""
    return option("--tag", required=True, help="The word that the sandboxes of the class share.")


@class_.command("open")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@tag_option()
@option(
    "--exercise",
    "exercises",
    multiple=True,
    metavar="ID",
    help="An exercise, in order; with it the class has a board. Repeatable.",
)
@option("--guidance", type=click.Choice(["guided", "practice", "test"]), help="How much trainees see of exercises.")
@option("--scenario", default=DEFAULT_SCENARIO, show_default=True, help="A name, or the path of a file.")
@scenarios_option("A folder with scenarios of your own.")
@option("--language", help="en, nl, nb or sv; the scenario's own when left out.")
@option("--now", metavar="INSTANT", help="Where the clocks stand, such as 2022-03-01T09:00:00+01:00.")
@option("--mode", type=click.Choice(["live", "running", "frozen"]), help="How the clocks move.")
@option("--ttl", type=float, metavar="SECONDS", help="After how long the sandboxes may be removed.")
@option("--replace", is_flag=True, help="Make the sandboxes anew that the class has already; what was done in them is lost.")
@with_control
def open_class(
    names: tuple[str, ...],
    tag: str,
    exercises: tuple[str, ...],
    guidance: str | None,
    scenario: str,
    scenarios: Path | None,
    replace: bool,
    control: Control,
    **options: Any,
) -> None:
    """Make a sandbox for each trainee, and print the link that each of them gets.

    With exercises it is a class as the pages open it, by the name of the tag, and its links lead to the exercise at hand.

    One that is there already with the tag stays as it is, so that the same command adds a trainee who comes late. Nothing is made
    when a name cannot be used, or a sandbox that is there has another scenario, language or clock.
    """
    if exercises:
        if replace or scenario != DEFAULT_SCENARIO or any(options[key] is not None for key in ("now", "mode", "ttl")):
            fail("Nothing was made. An exercise decides these: leave --scenario, --now, --mode, --ttl and --replace out.")
        _open_with_exercises(control, names, tag, exercises, guidance, options["language"])
        return
    trainees = trainees_of(names)
    common = {key: value for key, value in options.items() if value is not None} | scenario_fields(scenario, scenarios)
    existing = {row["name"]: row for row in _class(control, tag, required=False)}
    _check_names(control, trainees, existing)
    if not replace:
        _check_unchanged(trainees, existing, common)
    if replace and existing:
        # What cannot be made is noticed before anything is deleted.
        _delete(control, [control.call("POST", "/sandboxes", {**common, "ttl": 60})])
    made: list[Any] = []
    rows: list[Any] = []
    try:
        for trainee in trainees:
            row = existing.get(trainee.name)
            if row is not None and replace:
                _delete(control, [row])
                row = None
            if row is None:
                tags = [tag, *([f"{_TRAINEE}{trainee.written}"] if trainee.written != trainee.name else [])]
                row = control.call("POST", "/sandboxes", {**common, "name": trainee.name, "tags": tags})
                made.append(row)
            rows.append(row)
    except (SystemExit, KeyboardInterrupt):
        _delete(control, made)
        raise
    for row in rows:
        _show_link(row)
    _explain(trainees, [row for row in rows if row not in made], made, options["language"])


def trainees_of(names: Sequence[str]) -> list[Trainee]:
    """Return the trainees, each with a sandbox name of their own: *Zoë* has ``zoe``, a second *Jan* ``jan-2``.

    Exits with every name that cannot be used.
    """
    trainees: list[Trainee] = []
    taken: set[str] = set()
    plain = {sandbox_name(written) for written in names}
    unusable = []
    for written in names:
        name = first = sandbox_name(written)
        if not name or name == "import" or len(written) > LONGEST:
            unusable.append(written)
            continue
        number = 1
        while name in taken:
            number += 1
            name = f"{first[: LONGEST - len(str(number)) - 1]}-{number}"
            if name in plain:
                name = first
        taken.add(name)
        trainees.append(Trainee(written.strip(), name))
    if unusable:
        listed = ", ".join(repr(name) for name in unusable)
        fail(
            f"Nothing was made. A name has 1 to {LONGEST} Latin letters and digits and is not 'import'; unusable: {listed}."
        )
    return trainees


@class_.command("list")
@tag_option()
@with_control
def list_class(tag: str, control: Control) -> None:
    """List the sandboxes of a class, each with the link that its trainee gets."""
    class_ = _with_exercises(control, tag)
    if class_ is not None:
        _show_class(class_)
        return
    for row in _class(control, tag, required=False) or _report_empty_class(control, tag):
        _show_link(row)


@class_.command("check")
@click.argument("facts", metavar="[FACT]...", nargs=-1)
@tag_option()
@with_control
def check_class(facts: tuple[str, ...], tag: str, control: Control) -> None:
    """Say for each trainee whether the case is solved, or which facts hold. Exit code 1 when some do not.

    A fact is written as in manuals, "signed_in: user", or as JSON; without any, the facts of the scenario count (solved).
    """
    question = {"facts": [_fact(fact) for fact in facts]} if facts else {}
    all_hold = True
    for row in _class(control, tag):
        findings = control.call("POST", f"/sandboxes/{path_segment(row['name'])}/check", question)
        for finding in findings:
            all_hold = all_hold and finding["holds"]
            fact = json.dumps(finding["fact"], ensure_ascii=False)
            click.echo("\t".join((row["name"], "yes" if finding["holds"] else "NO", fact)))
    sys.exit(0 if all_hold else 1)


@class_.command("reset")
@tag_option()
@with_control
def reset_class(tag: str, control: Control) -> None:
    """Put every sandbox of a class back to the moment it was made; of a class with exercises those of the exercise at hand."""
    if _with_exercises(control, tag) is not None:
        _show_class(control.call("POST", f"/classes/{tag}/actions", {"action": "put-back"}))
        return
    for row in _class(control, tag):
        _show_link(control.call("POST", f"/sandboxes/{path_segment(row['name'])}/reset", {}))


@class_.command("close")
@tag_option()
@with_control
def close_class(tag: str, control: Control) -> None:
    """Delete every sandbox of a class."""
    class_ = _with_exercises(control, tag)
    if class_ is not None:
        control.call("DELETE", f"/classes/{tag}")
        for row in class_["trainees"]:
            click.echo(row["id"])
        return
    for row in _class(control, tag):
        _delete(control, [row])
        click.echo(row["name"])


@class_.command("board")
@tag_option()
@option("--language", type=click.Choice(list(LANGUAGES)), help="Of goals and wrong turns.")
@with_control
def show_board(tag: str, language: str | None, control: Control) -> None:
    """Say for each trainee of a class with exercises how far they are; who needs help comes first."""
    for row in control.call("GET", f"/classes/{path_segment(tag)}/board" + (f"?language={language}" if language else "")):
        goals = f"{sum(goal['reached'] for goal in row['goals'])}/{len(row['goals'])}"
        words = ("stuck" if row["stuck_at"] else "", "needs help" if row["needs_help"] else "", *row["wrong_turns"])
        left = row["minutes_left"] if not row["is_solved"] else None
        limit = "" if left is None else f", {left} left" if left >= 0 else ", over time"
        cells = (row["trainee"], row["exercise"], goals, f"{row['minutes']} min{limit}", f"{row['hints']} hints")
        click.echo("\t".join((*cells, *filter(None, words))))


@class_.command("act")
@click.argument("action")
@tag_option()
@option("--trainee", help="For whom; everybody when left out.")
@option("--text", help="Of a message, or the new name.")
@option("--message", metavar="ID", type=int, help="To withdraw.")
@option("--exercise", metavar="ID", help="To go to.")
@option("--minutes", type=int, help="To add, or that are left: add-minutes, set-minutes.")
@with_control
def act(action: str, tag: str, control: Control, **values: str | int | None) -> None:
    """Order something in a class with exercises, as the buttons of its pages do.

    ACTION is pause, resume, add-minutes, set-minutes, message, withdraw, next, go-to, skip, hint, solve, undo, put-back, end,
    rename, remove, admit, open-code or close-code.
    """
    control.call("POST", f"/classes/{path_segment(tag)}/actions", {"action": action, **values})


def _open_with_exercises(
    control: Control, names: Sequence[str], tag: str, exercises: Sequence[str], guidance: str | None, language: str | None
) -> None:
    """Open a class with exercises, or add those to it who are not there yet."""
    class_ = _with_exercises(control, tag)
    rows = [{"name": name} for name in names]
    if class_ is None:
        body = {"title": tag, "name": tag, "exercises": list(exercises), "mode": guidance, "language": language}
        _show_class(control.call("POST", "/classes", {**body, "trainees": rows}))
        return
    present = {row["name"].casefold() for row in class_["trainees"]}
    fresh = [row for row in rows if row["name"].casefold() not in present]
    _show_class(control.call("POST", f"/classes/{tag}/trainees", {"trainees": fresh}) if fresh else class_)


def _with_exercises(control: Control, tag: str) -> Any:
    """Return the class with exercises of the name of a tag; None when there is none."""
    if control.server is None and not (control.data_dir / "classes").is_dir():
        return None
    return next((class_ for class_ in control.call("GET", "/classes") if class_["name"] == tag), None)


def _show_class(class_: Any) -> None:
    for row in class_["trainees"]:
        click.echo("\t".join((row["id"], row["link"], row["name"])))


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


def _check_names(control: Control, trainees: Sequence[Trainee], existing: dict[str, Any]) -> None:
    """Exit when a sandbox that is not of the class has the name of a trainee's."""
    new = {trainee.name for trainee in trainees} - set(existing)
    taken = sorted(new & {row["name"] for row in control.call("GET", "/sandboxes")}) if new else []
    if taken:
        fail(f"Nothing was made. Sandboxes of these names exist already, without the tag: {', '.join(taken)}.")


def _check_unchanged(trainees: Sequence[Trainee], existing: dict[str, Any], requested: dict[str, Any]) -> None:
    """Exit when the class has a sandbox that was made with other options than those of the command."""
    columns = {"scenario": "scenario", "language": "language", "mode": "clock_mode"}
    for row in (existing[trainee.name] for trainee in trainees if trainee.name in existing):
        differing = [key for key, column in columns.items() if key in requested and requested[key] != row[column]]
        if differing:
            listed = ", ".join(f"{key} {row[columns[key]]}, not {requested[key]}" for key in differing)
            fail(
                f"Nothing was made. {row['name']} is in the class already, with the {listed}: leave the name out, choose another "
                "tag, or make the sandboxes anew with --replace."
            )


def _explain(trainees: Sequence[Trainee], old: Sequence[Any], made: Sequence[Any], language: str | None) -> None:
    """Say on the error output what a trainer may not expect of the sandboxes of a class."""
    for trainee in trainees:
        if trainee.name != trainee.written.lower():
            click.echo(f"vnsim: The sandbox of {trainee.written} is {trainee.name}.", err=True)
    if old:
        click.echo(f"vnsim: There already, and as they were: {', '.join(row['name'] for row in old)}.", err=True)
    if made and language is None:
        spoken = LANGUAGES.get(made[0]["language"], made[0]["language"])
        others = ", ".join(code for code in LANGUAGES if code != made[0]["language"])
        click.echo(f"vnsim: People and mails are {spoken}; --language makes them {others}.", err=True)


def _delete(control: Control, rows: Sequence[Any]) -> None:
    for row in rows:
        control.call("DELETE", f"/sandboxes/{path_segment(row['name'])}")


def _show_link(row: Any) -> None:
    written = [tag.removeprefix(_TRAINEE) for tag in row["tags"] if tag.startswith(_TRAINEE)]
    click.echo("\t".join((row["name"], row["join_url"], *written)))


def _fact(text: str) -> Any:
    """Read a fact: ``signed_in: user``, or JSON."""
    from simulator.core.companions import companion
    from simulator.core.errors import BadInput

    try:
        return companion("seed.reading").parse(text, text)
    except BadInput:
        fail(f'{text} is no fact: write one such as "signed_in: user", or as JSON.')
