"""Scopes of tokens.

Source: AutoXChange API, scopes: names and aliases, *global* and *company* when a program names none. Own choice: scopes that
open nothing here are granted too, because programs request them.
"""

ALIASES: dict[str, tuple[str, ...]] = {
    "eui": (
        "eui:open", "company:read", "company:write", "lookup", "receivables:assignments", "document:send", "document:receive",
        "invoice:receive", "invoice:send", "analysis",
    ),
    "global": ("company:read", "document:receive", "document:send", "lookup"),
    "company": ("company:read", "company:write"),
}  # fmt: skip

PARTNER = ("partner:invoice_delivery_actions", "partner:lookups", "billing:reports")
"""Scopes for which a software vendor's key must be shown."""

SCOPES: dict[str, str] = {
    "company:read": "Settings, networks, users and notifications of the company, to look at.",
    "company:write": "Settings, networks, users and notifications of the company, to change; administrators only.",
    "lookup": "Looking up who receives what.",
    "document:receive": "Documents of other kinds than invoices, received; not simulated.",
    "document:send": "Documents of other kinds than invoices, to send; not simulated.",
    "invoice:receive": "Received invoices.",
    "invoice:send": "Sent invoices, and sending.",
    "eui:open": "Opening the embedded pages; not simulated.",
    "validate": "The validator; not simulated.",
    "receivables:assignments": "The receivables service; not simulated.",
    "analysis": "The analysis service; not simulated.",
    "billing:reports": "What companies used, for the software vendor whose key is shown.",
    "partner:invoice_delivery_actions": "Errors and received invoices of all companies of the vendor whose key is shown.",
    "partner:lookups": "Which companies are free to be registered.",
}

DEFAULT = "global company"


def expanded(scope: str | None) -> tuple[list[str], list[str]]:
    """Return the requested scopes without aliases, in their order, and the unknown ones.

    Args:
        scope: words with blanks between them; the default when there is none.
    """
    words = (scope or "").split() or DEFAULT.split()
    names = [name for word in words for name in ALIASES.get(word, (word,))]
    return [name for name in dict.fromkeys(names) if name in SCOPES], [name for name in names if name not in SCOPES]
