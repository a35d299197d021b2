"""Phone: each person's authenticator app and text messages."""
