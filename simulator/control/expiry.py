"""Sandboxes with a time to live, and their removal when it is over."""

import contextlib

from simulator.control.damage import DAMAGE
from simulator.core.clock import machine_now
from simulator.core.errors import NotFound
from simulator.core.store import Store, sandboxes_of


def remove_expired(store: Store) -> list[str]:
    """Remove every sandbox whose time is over, by the machine's clock; damaged ones are passed over.

    Returns:
        The names of those removed.
    """
    over = []
    for sandbox in sandboxes_of(store):
        try:
            with sandbox.reading() as db:
                expires_at = db.record.expires_at
        except DAMAGE:
            continue
        if expires_at is not None and expires_at <= machine_now():
            over.append(sandbox.name)
    for name in over:
        with contextlib.suppress(NotFound):
            store.delete(name)
    return over
