"""Sandboxes with a time to live, and their removal when it is over."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.control.damage import DAMAGE
from simulator.core.clock import machine_now, parse_instant
from simulator.core.errors import NotFound
from simulator.core.store import Store

if TYPE_CHECKING:
    from simulator.control.answers import ListEntry


def remove_expired(store: Store) -> list[str]:
    """Remove every sandbox whose time is over, by the machine's clock; damaged ones are passed over.

    Returns:
        The names of those removed.
    """
    removed: list[str] = []
    for _ in present_sandboxes(store, removed.append):
        pass
    return removed


def present_sandboxes(
    store: Store, removed: Callable[[str], object] = lambda name: None
) -> "Iterator[tuple[str, ListEntry | Exception]]":
    """Read what lists say of every sandbox, in the order of their names, and remove those whose time is over.

    Args:
        store: where they are.
        removed: called with the name of each that was removed.

    Yields:
        The name of a sandbox, and what lists say of it or why it cannot be read; ones that vanish meanwhile are passed over.
    """
    from simulator.control.answers import list_entry

    for name in store.names():
        try:
            row = list_entry(store, name)
        except NotFound:
            continue
        except DAMAGE as error:
            yield name, error
            continue
        expires_at = row.summary["expires_at"]
        if expires_at is None or parse_instant(expires_at) > machine_now():
            yield name, row
        else:
            with suppress(NotFound):
                store.delete(name)
                removed(name)
