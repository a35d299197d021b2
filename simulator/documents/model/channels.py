"""What AutoInvoice does with the documents of each channel; charges, routes, history and the interface for programs obey it.

Source: units as printed in "Specificatie verbruik Visma.net AutoInvoice"; channels of AutoInvoice's interface for programs. Own
choice: which unit a channel is charged as; Finvoice only where it has a price in the customer's currency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from simulator.billing import countries, units
from simulator.documents.model.models import Channel, Document


class Route(StrEnum):
    """A group of channels, as a sender speaks of them."""

    EINVOICE = "einvoice"
    EMAIL = "email"
    PRINT = "print"


@dataclass(frozen=True, kw_only=True)
class ChannelRules:
    """The rules of one channel.

    ``exchange.routing.HAND_OVER`` says how documents are handed over; the text ``autoinvoice.channel.<channel>`` is its label.

    Attributes:
        api_name: its name in AutoInvoice's interface for programs.
        route: the group that it belongs to; None for a channel by which documents only come in.
        sent_unit: returns what a sent document is charged as; None likewise.
        received_unit: what a received document is charged as.
        charges_pages: whether further pages of a sent document are charged beside it.
    """

    api_name: str
    route: Route | None
    sent_unit: Callable[[Document], str] | None
    received_unit: str = "INCOMING_EINVOICE"
    charges_pages: bool = False


def _operator_unit(document: Document) -> str:
    return "FINVOICE" if document.party.country == "FI" and _is_priced("FINVOICE", document) else "EINVOICE"


def _letter_unit(document: Document) -> str:
    return "PRINT_PRIORITY" if document.party.country == document.company.country else "PRINT_EU"


def _is_priced(unit: str, document: Document) -> bool:
    return countries.country_of(document.company.customer.country).currency in units.unit_of(unit).prices


CHANNELS: dict[Channel, ChannelRules] = {
    Channel.INTERNAL: ChannelRules(api_name="EINVOICE", route=Route.EINVOICE, sent_unit=lambda document: "INTERNAL"),
    Channel.PEPPOL: ChannelRules(api_name="EINVOICE", route=Route.EINVOICE, sent_unit=lambda document: "EINVOICE"),
    Channel.OPERATOR: ChannelRules(api_name="EINVOICE", route=Route.EINVOICE, sent_unit=_operator_unit),
    Channel.EMAIL: ChannelRules(api_name="EMAIL", route=Route.EMAIL, sent_unit=lambda document: "EMAIL"),
    Channel.PRINT: ChannelRules(api_name="PRINT", route=Route.PRINT, sent_unit=_letter_unit, charges_pages=True),
    Channel.SCAN: ChannelRules(api_name="SCAN", route=None, sent_unit=None, received_unit="SCAN_PDF"),
}
SENDABLE = tuple(channel for channel, rules in CHANNELS.items() if rules.route is not None)
"""The channels by which documents are sent."""


def route_of(channel: Channel | str | None) -> Route | None:
    """Return the group that a channel belongs to; None for a document that has none yet, or was scanned."""
    return CHANNELS[Channel(channel)].route if channel is not None else None


def unit_of(document: Document) -> str:
    """Return what a document is charged as when it is delivered, or received, by its channel."""
    rules = CHANNELS[Channel(document.channel or "")]
    if document.direction == "received":
        return rules.received_unit
    if rules.sent_unit is None:
        raise ValueError(f"no document is sent by {document.channel}")
    return rules.sent_unit(document)
