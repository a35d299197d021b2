"""Phone: the authenticator app and the text messages of each person."""
