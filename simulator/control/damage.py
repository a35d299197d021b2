"""Damaged sandboxes: a file that cannot be read never blocks access to the other sandboxes."""

from sqlalchemy.exc import DatabaseError

from simulator.core.database import NoRoom, Unreadable

DAMAGE = (Unreadable, NoRoom, DatabaseError)
"""Errors that reading a damaged sandbox raises: at once, or only at the damaged page of its file."""


def reason(error: Exception) -> str:
    """Return in one sentence why a sandbox cannot be read."""
    return f"Its file cannot be read: {error.orig}." if isinstance(error, DatabaseError) else str(error)
