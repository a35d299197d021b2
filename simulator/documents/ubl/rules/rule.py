"""What a rule is, and the paths that rules share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.documents.ubl.rules.facts import Facts

Test = Callable[[Any, "Facts"], bool]
"""What must be true of an element or attribute of a document, of which the facts are known."""


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: its published name; those that begin with ``SIM-`` are ours.
        of: XPath of the elements or attributes that it is about.
        test: what must be true there: an XPath, or a function of the element or attribute and the facts of the document.
        message: what is wrong when it is not; ``{}`` stands for the text of the element or attribute.
        warning: whether a document that breaks it can be sent all the same.
    """

    id: str
    of: str
    test: str | Test
    message: str
    warning: bool = False


@dataclass(frozen=True)
class Group:
    """Rules that belong together.

    Attributes:
        title: what they are about, as a heading.
        rules: they.
        applies: to which documents they apply; to all, unless given.
    """

    title: str
    rules: tuple[Rule, ...]
    applies: Callable[["Facts"], bool] = lambda facts: True


DOCUMENT = "/*"
SELLER = "/*/cac:AccountingSupplierParty/cac:Party"
BUYER = "/*/cac:AccountingCustomerParty/cac:Party"
REPRESENTATIVE = "/*/cac:TaxRepresentativeParty"
PAYEE = "/*/cac:PayeeParty"
DELIVERY = "/*/cac:Delivery"
PAYMENT = "/*/cac:PaymentMeans"
TOTALS = "/*/cac:LegalMonetaryTotal"
SUBTOTALS = "/*/cac:TaxTotal/cac:TaxSubtotal"
LINES = "/*/*[self::cac:InvoiceLine or self::cac:CreditNoteLine]"
ITEMS = f"{LINES}/cac:Item"
PRICES = f"{LINES}/cac:Price"

OF_ALLOWANCE = "[normalize-space(cbc:ChargeIndicator) = 'false' or normalize-space(cbc:ChargeIndicator) = '0']"
OF_CHARGE = "[normalize-space(cbc:ChargeIndicator) = 'true' or normalize-space(cbc:ChargeIndicator) = '1']"
ALLOWANCES = f"/*/cac:AllowanceCharge{OF_ALLOWANCE}"
CHARGES = f"/*/cac:AllowanceCharge{OF_CHARGE}"
LINE_ALLOWANCES = f"{LINES}/cac:AllowanceCharge{OF_ALLOWANCE}"
LINE_CHARGES = f"{LINES}/cac:AllowanceCharge{OF_CHARGE}"

OF_VAT = "[translate(normalize-space(cac:TaxScheme/cbc:ID), 'vat', 'VAT') = 'VAT']"
LEGAL = "cac:PartyLegalEntity/cbc:CompanyID"
VAT_NUMBER = f"cac:PartyTaxScheme{OF_VAT}/cbc:CompanyID"
COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"


def named(*names: str) -> str:
    """Return the path of the elements with one of some names, wherever they stand: ``//*[self::cbc:IssueDate or self::…]``."""
    return f"//*[{' or '.join(f'self::{name}' for name in names)}]"


def text_of(node: Any) -> str:
    """Return the text of an element or attribute without what surrounds it."""
    return (node if isinstance(node, str) else node.text or "").strip()


def of_text(test: Callable[[str], Any]) -> Test:
    """Return a test of an element's or attribute's text."""
    return lambda node, facts: bool(test(text_of(node)))
