"""Products that licences are sold for.

Source: product names as the vendor's public pages, "Verbruik Visma.net AutoInvoice opvragen" and "WebFaktura og Visma.net" print
them; Visma Bizweb and the right to use Visma Business are on the example invoice of "Brukertips i Kundeservice", Visma Document
Center is named there; AccountView, Visma Administration and Visma Global are the accounting systems of other manuals; usage can
be looked up for AutoInvoice and AutoPay, and there are transaction, maintenance and subscription invoices ("Brukertips i
Kundeservice"). WebFaktura needs a licence that the customer registers ("WebFaktura og Visma.net").
"""

from dataclasses import dataclass
from enum import StrEnum

from simulator.billing.contract_days import AccessAfterEnd
from simulator.core.errors import NotFound


class Kind(StrEnum):
    """The kinds of licences."""

    TRANSACTION = "transaction"
    SUBSCRIPTION = "subscription"
    MAINTENANCE = "maintenance"

    @property
    def text(self) -> str:
        """Text key of the licence type shown."""
        return f"licence.kind.{self.value}"


@dataclass(frozen=True)
class LicensedProduct:
    """One product that licences are sold for.

    Attributes:
        code: stable code, part of addresses, for example ``autoinvoice``.
        name: as printed, the same in every language.
        has_usage: whether its use is counted.
        kind: the kind of its licences unless a licence has another one.
        service: the service that cannot be activated on a company without it; None when there is none.
        key_prefix: the letters that keys of its licences begin with; None when its licences need no registration.
        after_end: what remains of it when its contract has ended.
    """

    code: str
    name: str
    has_usage: bool
    kind: Kind
    service: str | None = None
    key_prefix: str | None = None
    after_end: AccessAfterEnd = AccessAfterEnd.STOPS


PRODUCTS: tuple[LicensedProduct, ...] = (
    LicensedProduct("autoinvoice", "Visma.net AutoInvoice", True, Kind.TRANSACTION),
    LicensedProduct("autopay", "AutoPay", True, Kind.TRANSACTION),
    LicensedProduct("expense", "Visma.net Expense", False, Kind.SUBSCRIPTION),
    LicensedProduct("financials", "Visma.net Financials", False, Kind.SUBSCRIPTION),
    LicensedProduct("webfaktura", "WebFaktura Visma.net", False, Kind.SUBSCRIPTION, service="webfaktura", key_prefix="WF"),
    LicensedProduct("visma_business", "Visma Business", False, Kind.MAINTENANCE, after_end=AccessAfterEnd.CLOSES_BOOKS),
    LicensedProduct("bizweb", "Visma Bizweb", False, Kind.MAINTENANCE),
    LicensedProduct("document_center", "Visma Document Center", False, Kind.MAINTENANCE),
    LicensedProduct("payroll", "Huldt & Lillevik Lønn", False, Kind.MAINTENANCE, after_end=AccessAfterEnd.READ_ONLY),
    LicensedProduct("accountview", "AccountView", False, Kind.MAINTENANCE, after_end=AccessAfterEnd.CLOSES_BOOKS),
    LicensedProduct(
        "administration", "Visma Administration", False, Kind.MAINTENANCE, after_end=AccessAfterEnd.CLOSES_BOOKS
    ),
    LicensedProduct("global", "Visma Global", False, Kind.MAINTENANCE, after_end=AccessAfterEnd.CLOSES_BOOKS),
)
BY_CODE = {product.code: product for product in PRODUCTS}


def product_of(code: str) -> LicensedProduct:
    """Return the product with a code.

    Raises:
        NotFound: there is no licensed product of that code.
    """
    try:
        return BY_CODE[code]
    except KeyError:
        raise NotFound("licensed product", code) from None
