"""The preferences of a document's sender for its delivery.

Source: AutoInvoice, invoice routing: an address and an operator given together leave no other route; routes can be turned off and
put in another order; what is said beside the document wins over what it says itself. Own choice: routes that the order does not
name follow in their usual order.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

from simulator.documents.model.channels import Route

USUAL = (Route.EINVOICE, Route.EMAIL, Route.PRINT)
"""The order in which routes are tried. Source: AutoInvoice, invoice routing."""


@dataclass(frozen=True, kw_only=True)
class RoutingPreferences:
    """The preferences of a sender; empty where there are none.

    Attributes:
        address: the electronic address to use, ``0192:310000019``.
        operator: the network to use, by an operator's code.
        email: the e-mail address to use.
        disabled: routes not to take.
        order: routes in the order to try them.
        comment: the sender's own words, kept with the document.
        only: the one route of a document that is sent again, or whose route its sender chose; set by ``resending``.
        instead: the address by that route, this time only.
        through: the network to use this time only, by an operator's code.
        sender: address of the person who sent it, who is notified of failures.
    """

    address: str | None = None
    operator: str | None = None
    email: str | None = None
    disabled: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    comment: str | None = None
    only: str | None = None
    instead: str | None = None
    through: str | None = None
    sender: str | None = None

    def routes(self) -> list[Route]:
        """Return the routes to try, in their order."""
        if self.only is not None:
            return [Route(self.only)]
        named = [Route(name) for name in self.order]
        return [route for route in dict.fromkeys([*named, *USUAL]) if route not in self.disabled]

    def address_now(self) -> str | None:
        """Return the electronic address to use this time."""
        return (self.instead if self.only == Route.EINVOICE else None) or self.address

    def email_now(self) -> str | None:
        """Return the e-mail address to use this time."""
        return (self.instead if self.only == Route.EMAIL else None) or self.email

    def operator_now(self) -> str | None:
        """Return the network to use this time."""
        return self.through or self.operator

    def stored(self) -> dict[str, Any]:
        """Return what a document's row keeps."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """Read what a document's row keeps."""
        values: dict[str, Any] = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        values |= {name: tuple(values[name]) for name in ("disabled", "order") if name in values}
        return cls(**values)
