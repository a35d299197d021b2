"""The command line ``vnsim``. Every command imports only what it needs; every option also reads ``VNSIM_<OPTION>``."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import click

from simulator import __version__
from simulator.settings import Settings

DATA_DIR = Path("var")
PATIENCE = 3.0
"""Seconds that a command waits for another command that holds the data directory."""


def option(name: str, *names: str, **settings: Any) -> Callable[[Any], Any]:
    """Return a click option that also reads the environment: ``--data-dir`` reads ``VNSIM_DATA_DIR``."""
    variable = "VNSIM_" + name.removeprefix("--").replace("-", "_").upper()
    return click.option(name, *names, envvar=variable, show_envvar=True, **settings)


def data_dir_option() -> Callable[[Any], Any]:
    """Return the option for the data directory."""
    path = click.Path(file_okay=True, path_type=Path)
    return option("--data-dir", type=path, default=DATA_DIR, show_default=True, help="Where sandboxes are kept.")


def token_option(what: str) -> Callable[[Any], Any]:
    """Return the option for the control token."""
    return option("--control-token", metavar="TOKEN", help=what)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vnsim", message="%(prog)s %(version)s")
def cli() -> None:
    """A simulator of a business platform, to test, train and write manuals with. Not affiliated with Visma."""


@cli.command()
@option("--host", default="localhost", show_default=True, help="Where to listen; localhost is both loopback addresses.")
@option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free port.")
@data_dir_option()
@option("--ephemeral", is_flag=True, help="Keep nothing: a data directory that is removed at the end.")
@option("--scenario", default="accountant-nl", show_default=True, help="What the sandbox 'default' is made from.")
@token_option("Asked from everybody who steers sandboxes; needed on a network.")
@option("--public-url", metavar="URL", help="The address that pages and mails use, behind a proxy or on a network.")
@option(
    "--password-profile",
    type=click.Choice(["fast", "realistic"]),
    default="fast",
    show_default=True,
    help="How costly password hashes are.",
)
@option(
    "--sandbox-quota",
    type=click.IntRange(16),
    default=512,
    show_default=True,
    metavar="MB",
    help="How much each sandbox may store, its mails and files included; as much again for its snapshots.",
)
@option(
    "--webhook-hosts", metavar="HOSTS", default="", help="Hosts that webhooks may call besides this machine, with commas."
)
@option("--reload", is_flag=True, help="For developers: start again when a Python or template file changes.")
def serve(
    ephemeral: bool,
    data_dir: Path,
    control_token: str | None,
    public_url: str | None,
    webhook_hosts: str,
    sandbox_quota: int,
    reload: bool,
    **options: Any,
) -> None:
    """Start the server with its queue; create the sandbox 'default' when it is not there."""
    if reload:
        from simulator.reload import serve_again

        command = [sys.executable, "-m", "simulator", *(argument for argument in sys.argv[1:] if argument != "--reload")]
        here = Path(__file__).parent
        roots = [path for path in (here, here.parent / "seed") if path.is_dir()]
        sys.exit(serve_again(command, roots, click.echo))
    from simulator.stopping import obeying_signals

    with obeying_signals() as stop:
        with stop.interrupting():
            from simulator.server import CannotServe, Plan, serve

        settings = Settings(
            data_dir=data_dir,
            control_token=control_token or None,
            public_url=public_url or None,
            sandbox_quota=sandbox_quota * 1024 * 1024,
            webhook_hosts=tuple(host.strip().lower() for host in webhook_hosts.split(",") if host.strip()),
            **options,
        )
        try:
            serve(Plan(settings=settings, ephemeral=ephemeral), stop, click.echo)
        except CannotServe as error:
            _fail(str(error))


@cli.group()
def sandbox() -> None:
    """Make, list, keep, reset, delete, export and import sandboxes; through the server when one runs on the data directory."""


@sandbox.command("create")
@option("--scenario", default="accountant-nl", show_default=True)
@option("--name", help="Lower-case letters, digits and dashes; drawn when left out.")
@option("--language", help="en, nl, nb or sv; the scenario's own when left out.")
@option("--now", metavar="INSTANT", help="Where its clock stands, such as 2022-03-01T09:00:00+01:00.")
@option("--mode", type=click.Choice(["live", "running", "frozen"]), help="How its clock moves.")
@option("--seed", help="The seed of its codes and identifiers.")
@option("--ttl", type=float, metavar="SECONDS", help="After how long it may be removed.")
@option("--tag", "tags", multiple=True, help="A word to find it by; may be given several times.")
@option("--as-json", is_flag=True, help="Print all of it as JSON.")
@data_dir_option()
@token_option("The control token of the server that runs.")
def create_sandbox(data_dir: Path, control_token: str | None, as_json: bool, tags: tuple[str, ...], **options: Any) -> None:
    """Make a sandbox from a scenario and print its address."""
    body = {key: value for key, value in options.items() if value is not None} | ({"tags": list(tags)} if tags else {})
    _show(_call_api(data_dir, control_token, "POST", "/sandboxes", body), as_json)
    _warn_without_server(data_dir, control_token)


@sandbox.command("list")
@option("--as-json", is_flag=True, help="Print all of them as JSON.")
@data_dir_option()
@token_option("The control token of the server that runs.")
def list_sandboxes(data_dir: Path, control_token: str | None, as_json: bool) -> None:
    """List the sandboxes: name, scenario, clock, address."""
    sandboxes = _call_api(data_dir, control_token, "GET", "/sandboxes")
    if as_json:
        click.echo(json.dumps(sandboxes, ensure_ascii=False, indent=2))
        return
    for row in sandboxes:
        click.echo("\t".join((row["name"], row["scenario"], f"{row['now']} ({row['clock_mode']})", row["url"])))


@sandbox.command("reset")
@click.argument("name")
@option("--snapshot", metavar="SNAPSHOT", help="Which snapshot to go back to; the moment it was made when left out.")
@option("--as-json", is_flag=True, help="Print all of it as JSON.")
@data_dir_option()
@token_option("The control token of the server that runs.")
def reset_sandbox(name: str, snapshot: str | None, data_dir: Path, control_token: str | None, as_json: bool) -> None:
    """Put a sandbox back to the moment it was made, or to a snapshot."""
    body = {"snapshot": snapshot} if snapshot else {}
    _show(_call_api(data_dir, control_token, "POST", f"/sandboxes/{_path_segment(name)}/reset", body), as_json)


@sandbox.command("snapshot")
@click.argument("name")
@click.argument("snapshot")
@data_dir_option()
@token_option("The control token of the server that runs.")
def make_snapshot(name: str, snapshot: str, data_dir: Path, control_token: str | None) -> None:
    """Keep the present state of a sandbox under a name."""
    _call_api(data_dir, control_token, "POST", f"/sandboxes/{_path_segment(name)}/snapshots", {"name": snapshot})


@sandbox.command("snapshots")
@click.argument("name")
@option("--as-json", is_flag=True, help="Print all of them as JSON.")
@data_dir_option()
@token_option("The control token of the server that runs.")
def list_snapshots(name: str, data_dir: Path, control_token: str | None, as_json: bool) -> None:
    """List the snapshots of a sandbox: name, its clock, when it was made."""
    snapshots = _call_api(data_dir, control_token, "GET", f"/sandboxes/{_path_segment(name)}/snapshots")
    if as_json:
        click.echo(json.dumps(snapshots, ensure_ascii=False, indent=2))
        return
    for row in snapshots:
        click.echo("\t".join((row["name"], row["now"], row["created_at"])))


@sandbox.command("export")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@data_dir_option()
@token_option("The control token of the server that runs.")
def export_sandbox(name: str, file: Path, data_dir: Path, control_token: str | None) -> None:
    """Write a whole sandbox into a file; - is the standard output."""
    path = f"/sandboxes/{_path_segment(name)}/export"
    if str(file) == "-":
        _fetch(data_dir, control_token, path, sys.stdout.buffer)
        return
    # Under another name until it is complete: an existing file of that name stays when something fails.
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        unfinished.touch(mode=0o600)
        with unfinished.open("wb") as target:
            _fetch(data_dir, control_token, path, target)
        unfinished.replace(file)
    except OSError as error:
        _fail(f"{file} cannot be written: {error.strerror or error}.")
    finally:
        unfinished.unlink(missing_ok=True)


@sandbox.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@option("--name", help="Its name; the one it had when left out.")
@option("--as-json", is_flag=True, help="Print all of it as JSON.")
@data_dir_option()
@token_option("The control token of the server that runs.")
def import_sandbox(file: Path, name: str | None, data_dir: Path, control_token: str | None, as_json: bool) -> None:
    """Make a sandbox of an exported file and print its address; - is the standard input."""
    from shutil import copyfileobj
    from tempfile import TemporaryFile

    path = "/sandboxes/import" + (f"?name={_path_segment(name)}" if name else "")
    try:
        source: BinaryIO
        if str(file) == "-":
            source = TemporaryFile()  # noqa: SIM115 - closed below
            copyfileobj(sys.stdin.buffer, source)
            source.seek(0)
        else:
            source = file.open("rb")
    except OSError as error:
        _fail(f"{file} cannot be read: {error.strerror or error}.")
    with source:
        _show(_call_api(data_dir, control_token, "POST", path, file=source), as_json)
    _warn_without_server(data_dir, control_token)


@sandbox.command("delete")
@click.argument("name")
@data_dir_option()
@token_option("The control token of the server that runs.")
def delete_sandbox(name: str, data_dir: Path, control_token: str | None) -> None:
    """Delete a sandbox."""
    _call_api(data_dir, control_token, "DELETE", f"/sandboxes/{_path_segment(name)}")


@cli.group("class")
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
@data_dir_option()
@token_option("The control token of the server that runs.")
def open_class(names: tuple[str, ...], tag: str, data_dir: Path, control_token: str | None, **options: Any) -> None:
    """Make a sandbox for each trainee, and print the link that each of them gets.

    One that is there already with the tag stays as it is, so that the same command adds a trainee who comes late.
    """
    common = {key: value for key, value in options.items() if value is not None}
    existing = {row["name"]: row for row in _class(data_dir, control_token, tag, required=False)}
    for name in dict.fromkeys(names):
        body = {**common, "name": name, "tags": [tag]}
        _show_link(existing.get(name) or _call_api(data_dir, control_token, "POST", "/sandboxes", body))


@class_.command("list")
@tag_option()
@data_dir_option()
@token_option("The control token of the server that runs.")
def list_class(tag: str, data_dir: Path, control_token: str | None) -> None:
    """List the sandboxes of a class, each with the link that its trainee gets."""
    for row in _class(data_dir, control_token, tag, required=False) or _report_empty_class(data_dir, tag):
        _show_link(row)


@class_.command("check")
@click.argument("facts", metavar="FACT...", nargs=-1, required=True)
@tag_option()
@data_dir_option()
@token_option("The control token of the server that runs.")
def check_class(facts: tuple[str, ...], tag: str, data_dir: Path, control_token: str | None) -> None:
    """Say for each trainee which facts hold; a fact is JSON, such as '{"signed_in": "user"}'. Exit code 1 when some do not."""
    parsed = [_json(fact) for fact in facts]
    all_hold = True
    for row in _class(data_dir, control_token, tag):
        findings = _call_api(
            data_dir, control_token, "POST", f"/sandboxes/{_path_segment(row['name'])}/check", {"facts": parsed}
        )
        for finding in findings:
            all_hold = all_hold and finding["holds"]
            fact = json.dumps(finding["fact"], ensure_ascii=False)
            click.echo("\t".join((row["name"], "yes" if finding["holds"] else "NO", fact)))
    sys.exit(0 if all_hold else 1)


@class_.command("reset")
@tag_option()
@data_dir_option()
@token_option("The control token of the server that runs.")
def reset_class(tag: str, data_dir: Path, control_token: str | None) -> None:
    """Put every sandbox of a class back to the moment it was made."""
    for row in _class(data_dir, control_token, tag):
        _show_link(_call_api(data_dir, control_token, "POST", f"/sandboxes/{_path_segment(row['name'])}/reset", {}))


@class_.command("close")
@tag_option()
@data_dir_option()
@token_option("The control token of the server that runs.")
def close_class(tag: str, data_dir: Path, control_token: str | None) -> None:
    """Delete every sandbox of a class."""
    for row in _class(data_dir, control_token, tag):
        _call_api(data_dir, control_token, "DELETE", f"/sandboxes/{_path_segment(row['name'])}")
        click.echo(row["name"])


@cli.group()
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


@cli.group()
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
        _fail(str(error))
    sys.exit(code)


@cli.command()
@data_dir_option()
def worker(data_dir: Path) -> None:
    """Carry out the jobs of a data directory from a process of its own, beside a server or without one.

    One server at a time holds a data directory; workers share it with that server, as many as you like. A job is claimed by one of
    them only. Windows does not let the server remove a file that a worker still has open: run none beside a server there.
    """
    if not data_dir.is_dir():
        _fail(f"There is no data directory {data_dir}.")
    from simulator.stopping import obeying_signals

    with obeying_signals() as stop:
        with stop.interrupting():
            from simulator.worker import work
        work(Settings(data_dir=data_dir), stop, click.echo)


def main() -> None:
    """Run the command line."""
    cli(prog_name="vnsim")


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
        _fail(f"{error.name} is missing. Walking manuals needs the extra [walk]: pip install 'vnsim[walk]'")


def _call_api(
    data_dir: Path, token: str | None, method: str, path: str, body: Any = None, *, file: BinaryIO | None = None
) -> Any:
    """Make a call of the control API: to the server that runs on the data directory, else in this process."""
    remote = _server(data_dir, token)
    if remote is None:
        with _local_answer(data_dir, method, path, body, file) as answer:
            return answer.get_json(silent=True)
    with _refusals_as_messages():
        return remote.call(method, path, body, file=file)


def _fetch(data_dir: Path, token: str | None, path: str, target: BinaryIO) -> None:
    """Write the file that a call of the control API returns."""
    remote = _server(data_dir, token)
    if remote is None:
        with _local_answer(data_dir, "GET", path) as answer:
            for piece in answer.iter_encoded():
                target.write(piece)
        return
    with _refusals_as_messages():
        remote.fetch(path, target)


def _server(data_dir: Path, token: str | None) -> Any:
    """Return the server that runs on a data directory, or None."""
    from simulator.control.remote import server_of

    with _refusals_as_messages():
        return server_of(data_dir, token)


@contextmanager
def _refusals_as_messages() -> Iterator[None]:
    """Exit with a message when the server refuses a call or stops answering."""
    from http.client import HTTPException

    from simulator.control.remote import RemoteRefused

    try:
        yield
    except RemoteRefused as error:
        _fail(str(error))
    except (ConnectionError, TimeoutError, HTTPException) as error:
        _fail(f"The server that runs on the data directory stopped to answer: {error}.")


@contextmanager
def _local_answer(data_dir: Path, method: str, path: str, body: Any = None, file: BinaryIO | None = None) -> Iterator[Any]:
    """Answer a call of the control API in this process; commands that run at the same time wait for each other."""
    from simulator.app import create_app
    from simulator.control.remote import FILE
    from simulator.lock import InUse, holding
    from simulator.server import CannotServe, make_writable

    request: dict[str, Any] = {"json": body} if file is None else {"input_stream": file, "content_type": FILE}
    try:
        make_writable(data_dir)
        with holding(data_dir, patience=PATIENCE):
            client = create_app(Settings(data_dir=data_dir)).test_client()
            with client.open("/_sim" + path, method=method, **request) as answer:
                if answer.status_code >= 400:
                    _fail(answer.get_json(force=True)["detail"])
                yield answer
    except (CannotServe, InUse) as error:
        _fail(str(error))


def _show(made: Any, as_json: bool) -> None:
    click.echo(json.dumps(made, ensure_ascii=False, indent=2) if as_json else f"{made['name']}\t{made['url']}/")


def _class(data_dir: Path, token: str | None, tag: str, *, required: bool = True) -> Any:
    """Return the sandboxes of a class, by name; warn with the directory when no server runs on it.

    Args:
        data_dir: where they are.
        token: the control token of the server.
        tag: the tag that they share.
        required: exit when there is none.
    """
    if not _warn_without_server(data_dir, token) and not (data_dir / "sandboxes").is_dir():
        # No server could open a class in this directory.
        sys.exit(1)
    rows = _call_api(data_dir, token, "GET", f"/sandboxes?tag={_path_segment(tag)}")
    if required and not rows:
        _report_empty_class(data_dir, tag)
        sys.exit(1)
    return rows


def _report_empty_class(data_dir: Path, tag: str) -> tuple[()]:
    click.echo(f"vnsim: No sandbox has the tag {tag!r} in the data directory {data_dir.absolute()}.", err=True)
    return ()


def _warn_without_server(data_dir: Path, token: str | None) -> bool:
    """Return whether a server runs on a data directory; warn on the error output if not."""
    if _server(data_dir, token) is not None:
        return True
    click.echo(
        f"vnsim: No server runs on the data directory {data_dir.absolute()}, so no link to it opens now. "
        "Start one on it with 'vnsim serve', or name the directory of the one that runs with --data-dir.",
        err=True,
    )
    return False


def _show_link(made: Any) -> None:
    click.echo(f"{made['name']}\t{made['join_url']}")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        _fail(f"{text} is not JSON: {error}.")


def _path_segment(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _fail(sentence: str) -> Any:
    """Exit with code 1 and a sentence on the error output."""
    click.echo(f"vnsim: {sentence}", err=True)
    sys.exit(1)
