"""Connect: signing in, recovering a password, activating an account."""
