"""The topics of the program's help.

Source: "Visma Administration 2000: Så här fakturerar du i ditt program": the sections that it names. Own choice: what they say.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic of the help.

    Attributes:
        code: its name in addresses.
        title: text key of its title.
        text: text key of its paragraphs, with an empty line between them.
        endpoint: the page that it is about; None for none.
        page: text key of that page's name.
    """

    code: str
    title: str
    text: str
    endpoint: str | None = None
    page: str | None = None


TOPICS = (
    Topic(
        "invoicing", "administration.help.invoicing", "administration.help.invoicing.text", ".start", "administration.start"
    ),
    Topic(
        "autoinvoice",
        "administration.autoinvoice",
        "administration.help.autoinvoice.text",
        ".unsent",
        "administration.unsent",
    ),
    Topic(
        "company-settings",
        "administration.settings",
        "administration.help.company_settings.text",
        ".settings",
        "administration.settings",
    ),
    Topic(
        "customer-delivery",
        "administration.help.customer_delivery",
        "administration.help.customer_delivery.text",
        ".customers",
        "administration.customers",
    ),
    Topic(
        "sending", "administration.help.sending", "administration.help.sending.text", ".invoices", "administration.invoices"
    ),
    Topic(
        "create-invoice",
        "administration.create_invoice",
        "administration.help.create_invoice.text",
        ".create_invoice",
        "administration.create_invoice",
    ),
    Topic(
        "delivery", "administration.delivery", "administration.help.delivery.text", ".customers", "administration.customers"
    ),
    Topic("print", "administration.print", "administration.help.print.text", ".documents", "administration.print"),
    Topic(
        "invoice-tab",
        "administration.help.invoice_tab",
        "administration.help.invoice_tab.text",
        ".invoices",
        "administration.invoices",
    ),
)
"""In the order of the Help menu."""
BY_CODE = {topic.code: topic for topic in TOPICS}
