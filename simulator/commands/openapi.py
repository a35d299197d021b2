"""``vnsim openapi``: the OpenAPI description of the control API, for generators of clients."""

import json

import click

from simulator.commands.options import option


@click.command("openapi")
@option(
    "--base-url",
    default="http://localhost:8000",
    show_default=True,
    help="The server that the description names.",
)
def openapi(base_url: str) -> None:
    """Write the OpenAPI description of the control API, as /_sim/openapi.json has it, without a server."""
    from simulator.app import import_everything

    import_everything()
    from simulator.control.openapi import description

    click.echo(json.dumps(description(base_url.rstrip("/")), indent=1, ensure_ascii=False))
