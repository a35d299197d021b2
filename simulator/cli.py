"""The command line ``vnsim``. Every command imports only what it needs; every option also reads ``VNSIM_<OPTION>``."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from simulator import __version__
from simulator.commands.options import data_dir_option, fail, option, scenarios_option, token_option
from simulator.settings import LOOPBACK, Certificate, Settings

GROUPS = {
    "sandbox": "simulator.commands.sandboxes:sandbox",
    "class": "simulator.commands.classes:class_",
    "scenario": "simulator.commands.scenarios:scenario",
    "exercise": "simulator.commands.exercises:exercise",
    "manual": "simulator.commands.manuals:manual",
    "texts": "simulator.commands.texts:texts",
    "openapi": "simulator.commands.openapi:openapi",
}
"""Commands that are imported when they are called, so that a server starts without them."""


class LateCommands(click.Group):
    """A group whose further commands are in modules of their own, as click's documentation loads them lazily."""

    def list_commands(self, context: click.Context) -> list[str]:
        """List the names of all commands."""
        return sorted([*super().list_commands(context), *GROUPS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if name not in GROUPS:
            return super().get_command(context, name)
        module, _, attribute = GROUPS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LateCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vnsim", message="%(prog)s %(version)s")
def cli() -> None:
    """A simulator of a business platform, to test, train and write manuals with. Not affiliated with Visma."""


@cli.command()
@option("--host", default="localhost", show_default=True, help="Where to listen; localhost is both loopback addresses.")
@option(
    "--network",
    is_flag=True,
    help="Serve others on the network too: at this machine's address, with a control token that is made once and kept.",
)
@option(
    "--tls",
    is_flag=True,
    help="Speak HTTPS with a certificate by an authority of this server's own, kept in the data directory.",
)
@option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Speak HTTPS with this certificate, a file in PEM; with --key.",
)
@option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate's private key, a file in PEM.",
)
@option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free port.")
@data_dir_option()
@option("--ephemeral", is_flag=True, help="Keep nothing: a data directory that is removed at the end.")
@option("--scenario", default="accountant-nl", show_default=True, help="What the sandbox 'default' is made from; or a file.")
@scenarios_option("A folder with scenarios of your own, besides those of the simulator.")
@token_option("Asked from everybody who steers sandboxes; needed on a network.")
@option("--public-url", metavar="URL", help="The address that pages and e-mails use, behind a proxy or on a network.")
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
    help="How much each sandbox may store, its e-mails and files included; as much again for its snapshots.",
)
@option(
    "--webhook-hosts", metavar="HOSTS", default="", help="Hosts that webhooks may call besides this machine, with commas."
)
@option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write address, port and process id here, as JSON, once the server answers.",
)
@option(
    "--templates",
    metavar="DIR",
    type=click.Path(file_okay=False, writable=True, path_type=Path),
    help="Where built scenarios are kept, for several servers; the data directory when left out.",
)
@option("--lifeline", type=click.IntRange(1, 65535), metavar="PORT", help="Stop when this port of the machine closes.")
@option(
    "--smtp-port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Take e-mail of tested applications here by SMTP; the user name is that of a sandbox. 0 takes a free port.",
)
@option("--reload", is_flag=True, help="For developers: start again when a Python or template file changes.")
def serve(
    ephemeral: bool,
    data_dir: Path,
    control_token: str | None,
    public_url: str | None,
    webhook_hosts: str,
    sandbox_quota: int,
    ready_file: Path | None,
    lifeline: int | None,
    smtp_port: int | None,
    reload: bool,
    network: bool,
    tls: bool,
    certificate: Path | None,
    key: Path | None,
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

        if (certificate is None) != (key is None):
            fail("A certificate needs its key: give both, with --certificate and --key.")
        if tls and certificate is not None:
            fail("Either --tls, for a certificate of this server's own, or --certificate and --key.")
        if network and options["host"] in LOOPBACK:
            options["host"] = "0.0.0.0"
        settings = Settings(
            data_dir=data_dir,
            certificate=Certificate(chain=certificate, key=key) if certificate and key else None,
            control_token=control_token or None,
            public_url=public_url or None,
            sandbox_quota=sandbox_quota * 1024 * 1024,
            webhook_hosts=tuple(host.strip().lower() for host in webhook_hosts.split(",") if host.strip()),
            **options,
        )
        try:
            plan = Plan(
                settings=settings,
                ephemeral=ephemeral,
                ready_file=ready_file,
                lifeline=lifeline,
                smtp_port=smtp_port,
                network=network,
                own_certificate=tls,
            )
            serve(plan, stop, click.echo)
        except CannotServe as error:
            fail(str(error))


@cli.command()
@data_dir_option()
def worker(data_dir: Path) -> None:
    """Carry out the jobs of a data directory from a process of its own, beside a server or without one.

    One server at a time holds a data directory; workers share it with that server, as many as you like. A job is claimed by one of
    them only. Windows does not let the server remove a file that a worker still has open: run none beside a server there.
    """
    if not data_dir.is_dir():
        fail(f"There is no data directory {data_dir}.")
    from simulator.stopping import obeying_signals

    with obeying_signals() as stop:
        with stop.interrupting():
            from simulator.lock import NotWritable, make_writable
            from simulator.worker import work
        try:
            make_writable(data_dir)
        except NotWritable as error:
            fail(str(error))
        work(Settings(data_dir=data_dir), stop, click.echo)


def main() -> None:
    """Run the command line."""
    cli(prog_name="vnsim")
