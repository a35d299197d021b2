"""Mail: the mailboxes of the sandbox, as their owners see them."""
