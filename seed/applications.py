"""Registers applications that sign in with Connect."""

from .application_entries import Application
from .setting import Setting


def write_applications(setting: Setting, entries: list[Application]) -> None:
    """Register applications; an application that is registered already gets what stands here."""
    if not entries:
        return
    # Few scenarios have any, and what checks them is not needed for the others.
    from simulator.products.openid.services import applications

    for at, entry in enumerate(entries):
        with setting.reporting(f"applications.{at}"):
            values = entry.model_dump()
            name = values.pop("client_name")
            applications.add(setting.db, applications.Registration(name=name, **values))
