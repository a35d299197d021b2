"""The events of Connect that webhooks are called on, and the lines of the journal that they are.

Source: Connect help, events: *User Account Modified*, *Client Application Authorized*, *Tenant Application Added* and *Deleted*,
*Authenticator Push Notification Pending*, *Approved* and *Denied*; ``tenant_application_added`` is a machine name in use. Own
choice: the other machine names, in its style; that an application of a tenant is a service of a customer.
"""

ACCOUNT_MODIFIED = "user_account_modified"
AUTHORIZED = "client_application_authorized"
TENANT_ADDED, TENANT_DELETED = "tenant_application_added", "tenant_application_deleted"

ACCOUNT_CHANGES = {
    "user.invited": "created",
    "user.changed": "details_changed",
    "details.changed": "details_changed",
    "user.activated": "email_verified",
    "email.changed": "email_changed",
}
"""What each line changes of an account, as its call says."""

PUSHES = {
    "push.requested": "authenticator_push_notification_pending",
    "push.approved": "authenticator_push_notification_approved",
    "push.denied": "authenticator_push_notification_denied",
}
SERVICE_CHANGES = ("company.service_activated", "company.service_deactivated", "company.deleted", "company.moved")
SIGNED_IN = "openid.authorized"

EVENTS = (ACCOUNT_MODIFIED, AUTHORIZED, TENANT_ADDED, TENANT_DELETED, *PUSHES.values())
"""The events by their machine names."""

JOURNAL_TYPES = (*ACCOUNT_CHANGES, *PUSHES, *SERVICE_CHANGES, SIGNED_IN)
"""The lines of the journal after which webhooks may be called."""
