"""Signing in: pending sign-ins, codes by text message, remembered devices, enrolment for two-step verification."""
