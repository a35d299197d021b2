"""Signing in: sign-ins on their way, codes by text message, remembered devices, setting two-step verification up."""
