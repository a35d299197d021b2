"""Registers applications that sign in with Connect, and accounts at the external provider."""

from .application_entries import Application, ExternalAccount
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


def write_external_accounts(setting: Setting, entries: list[ExternalAccount]) -> None:
    """Add accounts at the external provider, or change those that have their user names."""
    if not entries:
        return
    from simulator.products.openid.services import external

    for at, entry in enumerate(entries):
        with setting.reporting(f"external_accounts.{at}"):
            values = entry.model_dump()
            values["user_name"] = entry.user_name or entry.email
            external.set_account(setting.db, external.Particulars(**values))
