"""Security keys and passkeys (WebAuthn): registering them, and proving by their signature who signs in."""
