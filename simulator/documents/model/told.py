"""What a document's row takes over of what the document says."""

from typing import Any

from simulator.documents.model.content import Content


def told_by(content: Content) -> dict[str, Any]:
    """Return the columns of a document that its content tells."""
    return {
        "kind": content.kind,
        "number": content.number,
        "reference": content.buyer_reference or content.order_reference,
        "issue_date": content.issue_date,
        "due_date": content.due_date,
        "currency": content.currency,
        "net": content.net,
        "tax": content.tax,
        "total": content.total,
    }
