"""The Mailpit interface: the mails of a sandbox as clients of Mailpit read them."""
