"""Options that several commands share, and how a command ends with a sentence."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

DATA_DIR = Path("var")
DEFAULT_SCENARIO = "accountant-nl"


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


def scenarios_option(what: str) -> Callable[[Any], Any]:
    """Return the option for a folder of scenarios."""
    return option("--scenarios", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path), help=what)


def fail(sentence: str) -> NoReturn:
    """Exit with code 1 and a sentence on the error output."""
    click.echo(f"vnsim: {sentence}", err=True)
    sys.exit(1)
