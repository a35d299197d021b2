"""The parts of AutoInvoice's own settings, and the pages that belong to one of them.

Source: AutoInvoice, settings; only administrators see those of the company, every user sees the personal ones.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from simulator.documents.registers import participants
from simulator.web import i18n
from simulator.web.access import has_permission
from simulator.web.pages import page
from simulator.web.visit import actor

AREAS = (
    ("autoinvoice.company", "autoinvoice.company_settings", "autoinvoice.settings"),
    ("autoinvoice.users", "autoinvoice.users", "autoinvoice.settings"),
    ("autoinvoice.sending", "autoinvoice.sending_settings", "autoinvoice.settings"),
    ("autoinvoice.settings.receive", "autoinvoice.receive_invoices", "autoinvoice.settings"),
    ("autoinvoice.notify", "autoinvoice.notification_settings", "autoinvoice.settings"),
    ("autoinvoice.scan", "autoinvoice.scan_account", "autoinvoice.settings"),
    ("autoinvoice.identity", "autoinvoice.identity_check", "autoinvoice.settings"),
    ("autoinvoice.personal", "autoinvoice.personal_details", "autoinvoice.open"),
)
"""Text key, endpoint and permission of each part, in the order of the list."""


@dataclass(frozen=True)
class Area:
    """One part of the settings, ready to show."""

    name: str
    explained: str
    href: str
    current: bool


def areas(current: str | None = None) -> list[Area]:
    """Return the parts that the visitor may open."""
    return [
        Area(i18n.t(key), i18n.t(_text_of(key)), url_for(endpoint), key == current)
        for key, endpoint, permission in AREAS
        if has_permission(permission)
    ]


def _text_of(key: str) -> str:
    """Return the key of a part's sentence: only a Norwegian company reads about ELMA."""
    company = actor().company
    is_abroad = company is not None and company.country != participants.COUNTRY
    if is_abroad and key == "autoinvoice.settings.receive":
        return "autoinvoice.settings.receive.text_abroad"
    return f"{key}.text"


def settings_page(template: str, title: str, *, area: str, status: int = 200, **values: Any) -> Response:
    """Render a page of a part of the settings, with links to the other parts above it."""
    tabs = [(part.name, part.href, part.current) for part in areas(area)]
    return page(template, title, menu="autoinvoice.settings", status=status, area_tabs=tabs, **values)
