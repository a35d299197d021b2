"""The events that webhooks can be told of."""

EVENTS = {
    "DOCUMENTS.INVOICE.RECEIVED": "document.received",
    "DOCUMENTS.INVOICE.SENT": "document.sent",
    "DOCUMENTS.INVOICE.DELIVERED": "document.sent",
    "DOCUMENTS.INVOICE.DELIVERY_CONFIRMED": "document.delivered",
    "DOCUMENTS.INVOICE.FAILED": "document.failed",
    "DOCUMENTS.INVOICE.ERROR": "document.failed",
}
"""Events by their names here, with the line of the journal that each one is.

Source: Maventa documentation, Webhooks: *DELIVERED* when it left for its route, *DELIVERY_CONFIRMED* when it is known to have
arrived, *FAILED*, *RECEIVED*. Own choice: *SENT* and *ERROR* are taken as other words for two of them.
"""
