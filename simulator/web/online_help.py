"""Which topic of Online help describes a page: the menu *Help* of that page leads there."""

from flask import request, url_for

TOPICS = {
    "admin.add_user": "register-user-webfaktura",
    "admin.user_groups": "user-group",
    "admin.group": "user-group",
    "admin.support": "support-access",
    "admin.change_log": "change-log",
    "settings.specification": "quantity-on-invoice",
    "admin.invoice": "quantity-on-invoice",
    "settings.contracts": "binding-and-notice",
    "settings.contract": "binding-and-notice",
    "settings.cancel": "give-notice",
    "settings.transfer": "transfer-licences",
    "services.service": "access-after-end",
    "contact.new_chat": "support-by-chat",
}
"""Pages by their endpoint, and the topic of each."""


def address() -> str:
    """Return where Online help describes the present page; its index for a page without a topic."""
    topic = TOPICS.get(request.endpoint or "")
    return url_for("home.online_help_topic", topic=topic) if topic else url_for("home.online_help")
