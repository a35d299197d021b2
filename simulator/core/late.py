"""Functions that are imported when they are first called, so that a server starts without the modules they are in."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def late(path: str) -> Callable[..., Any]:
    """Return a function that imports another one when it is called, and calls it.

    Args:
        path: module and name, for example ``simulator.documents.accounts.accounts:open_account``.
    """
    module, _, name = path.partition(":")

    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(import_module(module), name)(*arguments, **named)

    return call
