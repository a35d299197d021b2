"""Registers applications that sign in with Connect."""

from .application_entries import Application
from .setting import Setting


def write_applications(setting: Setting, entries: list[Application]) -> None:
    """Register applications; an application that is registered already gets what stands here."""
    if not entries:
        return
    # Few scenarios have any, and what checks them is not needed for the others.
    from simulator.products.openid.services import applications, webhooks

    for at, entry in enumerate(entries):
        with setting.reporting(f"applications.{at}"):
            values = entry.model_dump(exclude={"webhooks"})
            name = values.pop("client_name")
            application = applications.add(setting.db, applications.Registration(name=name, **values))
        for number, webhook in enumerate(entry.webhooks):
            customer = setting.customer(webhook.tenant) if webhook.tenant is not None else None
            with setting.reporting(f"applications.{at}.webhooks.{number}"):
                webhooks.add(setting.db, application, webhook.event, webhook.url, customer, webhook.secret)
